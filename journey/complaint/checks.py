"""What makes a draft complete, part by part, and how much each part may hold."""

import re
import unicodedata
from enum import Enum

from journey.complaint.draft import Draft
from journey.language import _
from protocol.choices import MAX_NOTE_CHARS, MAX_TEXT_CHARS, NameDisclosure
from thai.phone import normalise

MAX_NAME_CHARS = 200  # characters of a typed name
MAX_PHONE_CHARS = 20  # as typed, with spaces and hyphens

_UNSENDABLE_CHARS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Requirement(Enum):
    """What still keeps a draft from being sent. The value is the sentence to show, a message id."""

    TOPIC = _("Choose a topic")
    STORY = _("Tell us what happened, or scan a letter")
    PHONE = _("This is not a valid Thai phone number. Check it, or leave it blank")


def unmet_requirements(draft: Draft) -> tuple[Requirement, ...]:
    """Everything still lacking, in the order of the screens; empty when the draft can be sent.

    A note for the topic, the place, a name and a phone number are welcome and never required.
    """
    found = (check_topic(draft), check_story(draft), check_phone(draft))
    return tuple(lack for lack in found if lack is not None)


def check_topic(draft: Draft) -> Requirement | None:
    """A topic must be chosen; "not sure" is one."""
    return Requirement.TOPIC if draft.topic is None else None


def check_story(draft: Draft) -> Requirement | None:
    """Some typed text, or at least one page."""
    return None if draft.has_story else Requirement.STORY


def check_phone(draft: Draft) -> Requirement | None:
    """No phone number, or a Thai one."""
    return Requirement.PHONE if normalised_phone(draft) is None else None


def normalised_phone(draft: Draft) -> str | None:
    """The number as nine or ten digits; '' when none is given, None when what was typed is no Thai number.

    Anonymous visits give none, whatever was typed before.
    """
    if draft.name_disclosure is NameDisclosure.ANONYMOUS or not draft.phone.strip():
        return ""
    try:
        return normalise(draft.phone)
    except ValueError:
        return None


def truncate_story(text: str) -> str:
    """The story, or a page's text, cut to what a submission holds."""
    return truncate_text(text, MAX_TEXT_CHARS)


def truncate_note(text: str) -> str:
    """A note (topic, spot, about whom, for whom), cut to what a submission holds."""
    return truncate_text(text, MAX_NOTE_CHARS)


def truncate_text(text: str, limit: int) -> str:
    """At most `limit` characters, never parting a letter from its marks.

    Control characters but the line break are dropped, and lone surrogates: no JSON could carry them.
    """
    kept = _UNSENDABLE_CHARS.sub("", text)
    end = limit
    while 0 < end < len(kept) and unicodedata.category(kept[end]) == "Mn":
        end -= 1
    return kept[:end]
