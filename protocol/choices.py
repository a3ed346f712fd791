"""The choices and limits of a submission, for screens that do not load its pydantic models."""

from enum import Enum

MAX_TEXT_CHARS = 20_000  # characters; an A4 page of dense Thai is about 3,000
MAX_NOTE_CHARS = 500
MAX_PAGES = 20


class Nature(Enum):
    COMPLAINT = "complaint"
    HELP = "help"
    TIP_OFF = "tip_off"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


class RespondentKind(Enum):
    NOBODY = "nobody"
    OFFICIAL = "official"  # an official or an agency
    PERSON = "person"


class OnBehalfOf(Enum):
    SELF = "self"
    ANOTHER = "another"
    GROUP = "group"  # a group or a company


class NameDisclosure(Enum):
    NAMED = "named"
    WITHHELD = "withheld"  # the centre knows, the agency does not
    ANONYMOUS = "anonymous"  # name and contact are removed before sealing


class IdentitySource(Enum):
    CHIP = "chip-unverified"
    STATED = "officer-stated"  # read from the card or typed at the desk: nothing but the officer's word shows which
    TYPED = "typed"
    NONE = "none"


class ClockQuality(Enum):
    SYNCHRONISED = "synchronised"
    UNTRUSTED = "untrusted"
