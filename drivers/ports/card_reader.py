"""Port of the card reader: its statuses, the content of a card, and the calls the kiosk makes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from threading import Event
from typing import Protocol

from thai.id_number import CitizenId


class CardReaderStatus(Enum):
    """State of the reader and its slot. UNKNOWN until the first response; UNKNOWN never means that it works."""

    UNKNOWN = "unknown"
    NO_SERVICE = "no_service"  # pcscd does not respond
    NOT_ALLOWED = "not_allowed"  # pcscd refuses this user, or this session
    NO_READER = "no_reader"
    EMPTY = "empty"
    CARD_PRESENT = "card_present"
    CARD_MUTE = "card_mute"  # something in the slot does not respond: upside down, dirty or blank
    UNRESPONSIVE = "unresponsive"  # the worker passed its deadline and was replaced

    @property
    def has_card(self) -> bool:
        """Something is in the slot."""
        return self in (CardReaderStatus.CARD_PRESENT, CardReaderStatus.CARD_MUTE)


class CardFault(Enum):
    """Why a card could not be read."""

    NO_READER = "no_reader"
    NO_CARD = "no_card"
    MUTE = "mute"
    NOT_THAI_ID = "not_thai_id"
    PULLED_OUT = "pulled_out"  # during reading; also when another person's card is in the slot
    UNREADABLE = "unreadable"
    BAD_CONTENT = "bad_content"  # read, but the check digit of the citizen id is wrong
    UNRESPONSIVE = "unresponsive"


@dataclass(frozen=True)
class PersonName:
    """A Thai name in the parts that the card stores, without padding; a missing part is ''."""

    title: str = ""
    first: str = ""
    middle: str = ""
    last: str = ""

    def __str__(self) -> str:
        full_name = " ".join(part for part in (self.first, self.middle, self.last) if part)
        return f"{self.title}{full_name}"


@dataclass(frozen=True)
class CardAddress:
    """The registered address, parts without their prefixes; `raw` is the text as read, '#' replaced by spaces.

    `area` is the DOPA code of the deepest level whose names match one (6, 4 or 2 digits), '' where none does.
    """

    raw: str = ""
    house: str = ""
    moo: str = ""
    trok: str = ""
    soi: str = ""
    road: str = ""
    tambon: str = ""
    amphoe: str = ""
    province: str = ""
    area: str = ""


@dataclass(frozen=True)
class CitizenCard:
    """The citizen fields of a card, and no others.

    birth_date is Buddhist era 'YYYYMMDD', month and day may be '00'; sex is '1' male, '2' female or ''.
    The repr hides everything, because a repr may be logged.
    """

    citizen_id: CitizenId = field(repr=False)
    name: PersonName = field(repr=False)
    birth_date: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    address: CardAddress = field(default_factory=CardAddress, repr=False)
    card_version: str = "0003"


class CardReadError(Exception):
    """A card could not be read; `fault` says why."""

    def __init__(self, fault: CardFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class CardReader(Protocol):
    """A card reader. Calls block; each is made on the reader's worker thread, which may be abandoned."""

    def watch(self, on_change: Callable[[CardReaderStatus], None], stop: Event) -> None:
        """Report each change of the slot until `stop` is set; the first call reports the present status. Never
        raises."""

    def read_citizen(self) -> CitizenCard:
        """Read the citizen fields. Raises CardReadError."""

    def read_citizen_id(self) -> CitizenId:
        """Read the 13 digits only, to check whether it is the same person's card. Raises CardReadError."""
