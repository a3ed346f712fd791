"""What a card reader and the card in it can be, in words the rest of the kiosk uses."""

from enum import Enum


class CardReaderStatus(Enum):
    """State of the reader and its slot. UNKNOWN until the first answer; never read as "fine"."""

    UNKNOWN = "unknown"
    NO_SERVICE = "no_service"  # pcscd does not answer
    NOT_ALLOWED = "not_allowed"  # pcscd does not serve this user, or not from this session
    NO_READER = "no_reader"
    EMPTY = "empty"
    CARD_PRESENT = "card_present"
    CARD_MUTE = "card_mute"  # something is in the slot that does not answer: upside down, dirty or blank
    UNRESPONSIVE = "unresponsive"  # the lane passed its deadline and was replaced

    @property
    def card_is_in(self) -> bool:
        """Something is known to be in the slot."""
        return self in (CardReaderStatus.CARD_PRESENT, CardReaderStatus.CARD_MUTE)


class CardFault(Enum):
    """Why one reading of a card did not end in an identity."""

    NO_READER = "no_reader"
    NO_CARD = "no_card"
    MUTE = "mute"
    NOT_THAI_ID = "not_thai_id"
    PULLED_OUT = "pulled_out"
    UNREADABLE = "unreadable"
    BAD_CONTENT = "bad_content"  # read, but the citizen id fails its check digit
    UNRESPONSIVE = "unresponsive"
