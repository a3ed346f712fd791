"""What makes a draft complete, part by part, and how much each part may hold."""

import re
import unicodedata
from enum import Enum

from journey.complaint.draft import Draft
from journey.language import _
from protocol.choices import MAX_NOTE, MAX_TEXT, Naming
from thai.phone import normalise

MAX_NAME = 200  # characters of a typed name
MAX_PHONE = 20  # as typed, with spaces and hyphens

_CANNOT_TRAVEL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Lack(Enum):
    """What still keeps a draft from being sent. The value is the sentence to show, a message id."""

    TOPIC = _("Choose a topic")
    STORY = _("Tell us what happened, or scan a letter")
    PHONE = _("This is not a valid Thai phone number. Check it, or leave it blank")


def lacks(draft: Draft) -> tuple[Lack, ...]:
    """Everything still lacking, in the order of the screens; empty when the draft can be sent.

    A note for the topic, the place, a name and a phone number are welcome and never required.
    """
    found = (topic_lack(draft), story_lack(draft), phone_lack(draft))
    return tuple(lack for lack in found if lack is not None)


def topic_lack(draft: Draft) -> Lack | None:
    """A topic must be chosen; "not sure" is one."""
    return Lack.TOPIC if draft.topic is None else None


def story_lack(draft: Draft) -> Lack | None:
    """Some typed text, or at least one page."""
    return None if draft.is_told else Lack.STORY


def phone_lack(draft: Draft) -> Lack | None:
    """No phone number, or a Thai one."""
    return Lack.PHONE if phone_number(draft) is None else None


def phone_number(draft: Draft) -> str | None:
    """The number as nine or ten digits; '' when none is given, None when what was typed is no Thai number.

    Anonymous visits give none, whatever was typed before.
    """
    if draft.naming is Naming.ANONYMOUS or not draft.phone.strip():
        return ""
    try:
        return normalise(draft.phone)
    except ValueError:
        return None


def fitted_text(text: str) -> str:
    """The story, or a page's text, cut to what a submission holds."""
    return fitted(text, MAX_TEXT)


def fitted_note(text: str) -> str:
    """A note (topic, spot, about whom, for whom), cut to what a submission holds."""
    return fitted(text, MAX_NOTE)


def fitted(text: str, limit: int) -> str:
    """At most `limit` characters, never parting a letter from its marks.

    Control characters but the line break are dropped, and lone surrogates: no JSON could carry them.
    """
    kept = _CANNOT_TRAVEL.sub("", text)
    end = limit
    while 0 < end < len(kept) and unicodedata.category(kept[end]) == "Mn":
        end -= 1
    return kept[:end]
