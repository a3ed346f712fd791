"""What a draft needs before it can be sent, and how a text is cut to its maximum length."""

import re
import unicodedata
from enum import Enum

from journey.complaint.draft import Draft
from journey.language import _
from protocol.choices import NameDisclosure
from thai.phone import normalise, thai_mobile_number

_UNSENDABLE_CHARS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Requirement(Enum):
    """What a draft needs before it can be sent. The value is the text that asks for it, a message id."""

    TOPIC = _("Choose a topic")
    STORY = _("Tell us what happened, or scan a letter")
    PHONE = _("This is not a valid Thai phone number. Check it, or leave it blank")


def unmet_requirements(draft: Draft) -> tuple[Requirement, ...]:
    """Every requirement that the draft does not meet, in the order of the screens; empty when it can be sent.

    A note for the topic, the place, a name and a phone number are optional.
    """
    checked = (check_topic(draft), check_story(draft), check_phone(draft))
    return tuple(requirement for requirement in checked if requirement is not None)


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
    """The phone number as nine or ten digits; '' when none is given, None when the typed text is no Thai number.

    An anonymous complaint has none, even if one was typed.
    """
    if draft.name_disclosure is NameDisclosure.ANONYMOUS or not draft.phone.strip():
        return ""
    try:
        return normalise(draft.phone)
    except ValueError:
        return None


def has_sms_consent(draft: Draft) -> bool:
    """Whether the citizen wants notices by SMS, and the number can receive them."""
    return draft.sms_consent and bool(thai_mobile_number(normalised_phone(draft) or ""))


def truncate_text(text: str, limit: int) -> str:
    """At most `limit` characters; a Thai consonant is not separated from its marks.

    Control characters except the line break, and lone surrogates, are removed: JSON cannot carry them.
    """
    sendable = _UNSENDABLE_CHARS.sub("", text)
    end = limit
    while 0 < end < len(sendable) and unicodedata.category(sendable[end]) == "Mn":
        end -= 1
    return sendable[:end]
