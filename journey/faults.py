"""The fault table: one row for each fault that a citizen may meet.

Texts are message ids of the catalogue (English); the Thai texts are in language/locale/th. A fault is cleared by a
state of the environment, so its screen closes by itself.
"""

from dataclasses import dataclass
from enum import Enum

from journey.language import _, translate


class Fault(Enum):
    """The faults. The value is the staff code, shown small on the screen."""

    NOT_ENROLLED = "K-01"
    STORE_FULL = "K-02"
    STORE_BROKEN = "K-03"
    SAVE_FAILED = "K-04"
    UNEXPECTED = "K-09"
    REVOKED = "K-13"
    CARD_NO_READER = "C-01"
    CARD_MUTE = "C-02"
    CARD_NOT_THAI_ID = "C-03"
    CARD_PULLED_OUT = "C-04"
    CARD_UNREADABLE = "C-05"
    CARD_LEFT_BEHIND = "C-07"
    PRINTER_ABSENT = "P-01"
    PRINTER_PAPER_OUT = "P-02"
    PRINTER_COVER_OPEN = "P-03"
    PRINTER_CUTTER = "P-04"
    PRINTER_ERROR = "P-05"
    PRINTER_HOLDS_OLD_DATA = "P-06"
    PRINTER_PAPER_LOW = "P-07"
    SCANNER_ABSENT = "S-01"
    SCANNER_NO_PAPER = "S-02"
    SCANNER_JAM = "S-03"
    SCANNER_COVER_OPEN = "S-04"
    SCANNER_FAILED = "S-05"
    RECOGNITION_OFF = "S-06"
    RECOGNITION_FAILED = "S-07"
    SPEAKER_ABSENT = "A-01"
    SPEAKER_FAILED = "A-02"
    NETWORK_OFF = "N-01"
    CLOCK_UNTRUSTED = "N-02"


@dataclass(frozen=True)
class FaultRow:
    """The texts of the fault screen. `title` and `advice` are message ids; `icon` is the name of a glyph."""

    title: str
    advice: str
    icon: str
    cleared_by: str  # for the handbook: what clears the fault
    blocks_new_visits: bool = False


TAKE_CARD_TEXT = _("Please take your card")

FAULTS: dict[Fault, FaultRow] = {
    Fault.NOT_ENROLLED: FaultRow(
        _("This kiosk is not in service yet"),
        _("Please go to the service desk, or call 1567"),
        "plug-off",
        "an officer approves the enrolment",
        blocks_new_visits=True,
    ),
    Fault.REVOKED: FaultRow(
        _("This kiosk is out of service"),
        _("Please go to the service desk, or call 1567"),
        "plug-off",
        "the kiosk is enrolled again; its complaints are kept and sent then",
        blocks_new_visits=True,
    ),
    Fault.STORE_FULL: FaultRow(
        _("This kiosk cannot take any more cases"),
        _("Please go to the service desk, or call 1567"),
        "database-off",
        "free disk space is above the reserve",
        blocks_new_visits=True,
    ),
    Fault.STORE_BROKEN: FaultRow(
        _("This kiosk cannot store cases safely right now"),
        _("Please go to the service desk, or call 1567"),
        "database-off",
        "the outbox opens again",
        blocks_new_visits=True,
    ),
    Fault.SAVE_FAILED: FaultRow(
        _("Your case was not saved"),
        _("Nothing is lost. Press Send again, or ask staff"),
        "device-floppy",
        "a save succeeds",
    ),
    Fault.UNEXPECTED: FaultRow(
        _("Something went wrong"),
        _("Please start again, or ask staff for help"),
        "alert-triangle",
        "the next visit begins",
    ),
    Fault.CARD_NO_READER: FaultRow(
        _("The card reader is not working"),
        _("You can continue without a card"),
        "credit-card-off",
        "a reader is detected",
    ),
    Fault.CARD_MUTE: FaultRow(
        _("The chip on the card cannot be read"),
        _("Turn the card over and insert the gold chip first"),
        "rotate",
        "another card is inserted, or this one turned over",
    ),
    Fault.CARD_NOT_THAI_ID: FaultRow(
        _("This is not a Thai ID card"),
        _("Insert your ID card, or continue without one"),
        "id-off",
        "another card is inserted",
    ),
    Fault.CARD_PULLED_OUT: FaultRow(
        _("The card was removed too soon"),
        _("Insert it again and leave it in"),
        "id",
        "a card is inserted",
    ),
    Fault.CARD_UNREADABLE: FaultRow(
        _("The card could not be read"),
        _("Insert it again, or continue without a card"),
        "id-off",
        "a card is inserted or read again",
    ),
    Fault.CARD_LEFT_BEHIND: FaultRow(
        TAKE_CARD_TEXT,
        _("If it is not yours, give it to staff"),
        "id",
        "the slot is empty",
    ),
    Fault.PRINTER_ABSENT: FaultRow(
        _("The receipt printer is not working"),
        _("You can continue. Photograph the code on the screen"),
        "printer-off",
        "the printer responds",
    ),
    Fault.PRINTER_PAPER_OUT: FaultRow(
        _("The receipt printer is out of paper"),
        _("You can continue. Photograph the code on the screen"),
        "receipt",
        "paper is inserted",
    ),
    Fault.PRINTER_COVER_OPEN: FaultRow(
        _("The printer cover is open"),
        _("You can continue. Photograph the code on the screen"),
        "printer-off",
        "the cover is closed",
    ),
    Fault.PRINTER_CUTTER: FaultRow(
        _("The printer cutter is jammed"),
        _("You can continue. Photograph the code on the screen"),
        "cut",
        "the cutter moves again",
    ),
    Fault.PRINTER_ERROR: FaultRow(
        _("The receipt printer has a fault"),
        _("You can continue. Photograph the code on the screen"),
        "printer-off",
        "the printer reports ready",
    ),
    Fault.PRINTER_HOLDS_OLD_DATA: FaultRow(
        _("The receipt printer must be restarted"),
        _("You can continue. Photograph the code on the screen"),
        "printer-off",
        "the printer was switched off and on",
    ),
    Fault.PRINTER_PAPER_LOW: FaultRow(
        _("The receipt paper is running low"),
        _("You can continue. Staff will change the roll"),
        "receipt",
        "a new roll is inserted",
    ),
    Fault.SCANNER_ABSENT: FaultRow(
        _("The scanner is not working"),
        _("You can type instead"),
        "scan",
        "the scanner is detected",
    ),
    Fault.SCANNER_NO_PAPER: FaultRow(
        _("No page found"),
        _("Place the page on the scanner and press Scan"),
        "file-off",
        "the next scan begins",
    ),
    Fault.SCANNER_JAM: FaultRow(
        _("Paper is jammed in the scanner"),
        _("Pull it out gently, or ask staff"),
        "alert-triangle",
        "the scanner reports no jam, or the next scan begins",
    ),
    Fault.SCANNER_COVER_OPEN: FaultRow(
        _("The scanner lid is open"),
        _("Close the lid and press Scan"),
        "scan",
        "the next scan begins",
    ),
    Fault.SCANNER_FAILED: FaultRow(
        _("The page could not be scanned"),
        _("Try again, or type instead"),
        "scan",
        "the next scan begins",
    ),
    Fault.RECOGNITION_OFF: FaultRow(
        _("The kiosk cannot read letters right now"),
        _("You can still scan. Staff will read the image"),
        "eye-off",
        "recognition works again",
    ),
    Fault.RECOGNITION_FAILED: FaultRow(
        _("The text could not be read"),
        _("You can send the image. Staff will read it"),
        "eye-off",
        "a page is recognised, or this one rotated or removed",
    ),
    Fault.SPEAKER_ABSENT: FaultRow(
        _("No loudspeaker was found"),
        _("You can continue. Everything is shown on the screen"),
        "volume",
        "a sound is played",
    ),
    Fault.SPEAKER_FAILED: FaultRow(
        _("The loudspeaker is not working"),
        _("You can continue. Everything is shown on the screen"),
        "volume",
        "a sound is played",
    ),
    Fault.NETWORK_OFF: FaultRow(
        _("No connection at the moment"),
        _("Your case is stored safely and will be sent automatically"),
        "wifi-off",
        "the centre responds",
    ),
    Fault.CLOCK_UNTRUSTED: FaultRow(
        _("The kiosk clock is not set"),
        _("You can continue. The receipt will have no date"),
        "clock-off",
        "the clock is synchronised",
    ),
}


def format_staff_code(fault: Fault, language: str) -> str:
    """The line with the staff code, which a citizen reads out to staff."""
    return translate(_("Staff code {code}"), language, code=fault.value)
