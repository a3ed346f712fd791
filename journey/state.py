"""The state of the interface as one value: everything the screens draw and `step` decides on.

Frozen dataclasses and enums only. The time is `now`, seconds of a monotonic clock at the last Tick.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from drivers.ports.speaker import SpeakerStatus
from journey.complaint.draft import Draft
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.faults import Fault
from journey.screens import Screen
from journey.setup.setup_state import Setup
from protocol.staff_call import StaffCallResponse

if TYPE_CHECKING:  # its model imports pydantic, which the first frame does not wait for
    from protocol.messages import TrackingResponse


class Overlay(Enum):
    """A question or message that covers the screen. One at a time."""

    STILL_THERE = "still_there"
    CARD_OUT = "card_out"  # the card was removed: personal data is hidden; unanswered, the visit ends
    OTHER_CARD = "other_card"  # another card: start over, or continue once the first one is back or this one out
    START_OVER = "start_over"  # confirm that the entries are discarded
    NO_RECEIPT = "no_paper"  # leaving a receipt that was not printed: has the code been noted?
    STAFF = "staff"  # the state of the staff call
    ACCESSIBILITY = "comfort"  # the accessibility options


class TextSize(Enum):
    """The text size, in per cent of the normal one."""

    NORMAL = 100
    LARGE = 140
    LARGEST = 180


class Contrast(Enum):
    """The palette: the colours of every view."""

    NORMAL = "normal"
    DARK = "dark"  # light text on a dark background: against glare
    LIGHT = "light"  # black on white: for weak colour vision


class Volume(Enum):
    """Volume of sounds and reading aloud, in per cent of the hall's maximum (Journey.max_volume_percent)."""

    SOFT = 40
    NORMAL = 70
    LOUD = 100


@dataclass(frozen=True)
class AccessibilityOptions:
    """The accessibility options of this visit. Its end restores the defaults."""

    language: str = "th"  # 'th' or 'en'
    text_size: TextSize = TextSize.NORMAL
    contrast: Contrast = Contrast.NORMAL
    low_reach: bool = False
    left_handed: bool = False
    long_press_keys: bool = False  # holding a key types its shifted character
    alphabetical_keys: bool = False  # Thai keys in the order ก–ฮ instead of Kedmanee
    read_aloud: bool = False
    volume: Volume = Volume.NORMAL


@dataclass(frozen=True)
class KioskProfile:
    """Facts about this kiosk and its centre, from settings and enrolment."""

    kiosk_id: str = ""
    centre_name_th: str = "ศูนย์ดำรงธรรม"
    centre_name_en: str = "Damrongdham Centre"
    area: str = ""  # DOPA code of the hall, prefilled when no card is read
    public_url: str = ""
    notice_version: str = "1"
    technician_pin_hash: str = field(default="", repr=False)  # see journey.pin; '' means no technician's screen
    idle_seconds: float = 60.0  # base time before "still there?"; the screen's reading time is added
    default_language: str = "th"
    chip_side: str = "up"  # 'up' or 'down': which way the card's chip faces in this kiosk's reader
    panel_width_mm: float = 268.0  # of the upright picture; checked with a ruler on the technician's screen
    rotation: int = 0  # of the picture on the panel, in degrees, anticlockwise

    def centre_names(self, language: str) -> tuple[str, str]:
        """The centre's name in this language and in the other one."""
        thai_first = self.centre_name_th, self.centre_name_en
        return thai_first if language == "th" else (thai_first[1], thai_first[0])


@dataclass(frozen=True)
class Environment:
    """What is known of devices and services, as last reported."""

    card_reader: CardReaderStatus = CardReaderStatus.UNKNOWN
    printer: PrinterStatus = PrinterStatus.UNKNOWN
    scanner: ScannerStatus = ScannerStatus.UNKNOWN
    ocr_available: bool = True  # whether text recognition is installed
    centre_reachable: bool | None = None  # whether the last exchange with the centre succeeded; None: not known yet
    sms_offered: bool = False  # whether the centre can send notices by SMS
    clock_trusted: bool = True
    enrolled: bool = False
    outbox_writable: bool = True  # the store opens and has space above its reserve
    outbox_damaged: bool = False  # why it is not writable: damaged, not full
    speaker: SpeakerStatus = SpeakerStatus.UNKNOWN  # how the last sound ended
    revoked: bool = False  # the centre has revoked this kiosk's enrolment
    acknowledged_ids: tuple[str, ...] = ()  # the submissions acknowledged last
    is_night: bool = False  # closing hours: the resting screen goes dark
    card_is_new: bool = False  # the card was inserted into the empty slot after the last visit ended

    @property
    def card_left_behind(self) -> bool:
        """Whether the card in the slot may be an earlier person's. It is not read until the slot has been empty."""
        return self.card_reader.has_card and not self.card_is_new


@dataclass(frozen=True)
class SavedSubmission:
    """The final result of the durable save."""

    submission_id: str
    code: str = field(repr=False)  # canonical tracking code, 13 symbols
    number: str = ""  # case number
    saved_at_epoch_s: float = 0.0  # seconds since the epoch
    pages: int = 0  # pages of the letter, printed on the receipt, also after a restart


class CardPhase(Enum):
    """The state of identification within a visit."""

    NOT_REQUESTED = "not_asked"  # notice not accepted yet, or a visit without card
    WAITING = "waiting"  # for a card in the slot
    READING = "reading"
    READ = "read"
    FAILED = "failed"
    DECLINED = "declined"  # this visit does not use the reader


class ScanPhase(Enum):
    """The state of the scanner within a visit."""

    IDLE = "idle"
    SCANNING = "scanning"
    FAILED = "failed"


class PrintPhase(Enum):
    """The state of the receipt's print job."""

    NOT_REQUESTED = "not_asked"
    PRINTING = "printing"
    DONE = "done"  # see verdict


class LookUpPhase(Enum):
    """The state of a look-up of a case."""

    IDLE = "idle"
    BAD_CODE = "bad_code"  # no tracking code: one symbol is wrong or two are swapped
    CASE_NUMBER = "case_number"  # the case number was typed, which opens nothing
    SCANNING_RECEIPT = "reading_paper"
    RECEIPT_UNREADABLE = "paper_unreadable"
    QUERYING = "asking"
    RESPONDED = "answered"
    NO_RESPONSE = "no_answer"  # no network, or the centre does not respond


class RatingPhase(Enum):
    """The state of a rating within a visit."""

    CHOOSING = "choosing"
    SENDING = "sending"
    NOT_SENT = "not_sent"  # no network, or the centre does not respond


class RequestKind(Enum):
    """The kind of a requested effect. A visit waits for one result of each kind (and page)."""

    CARD = "card"
    CITIZEN_ID = "citizen_id"
    LOOK_UP = "look_up"
    RECEIPT_CODE = "receipt_code"
    RATING = "rating"
    SCAN = "scan"
    SAVE = "save"
    PRINT = "print"
    RECOGNISE = "recognise"  # of a page
    ROTATE = "rotate"  # of a page


@dataclass(frozen=True)
class PendingRequest:
    """A request whose result the visit waits for."""

    kind: RequestKind
    page_id: str  # '' when it concerns no single page
    sequence: int


@dataclass(frozen=True)
class Visit:
    """One citizen's visit, from the first touch until its data is erased."""

    visit_id: int
    draft: Draft = field(default_factory=Draft)
    card_phase: CardPhase = CardPhase.NOT_REQUESTED
    card_fault: Fault | None = None
    scan_phase: ScanPhase = ScanPhase.IDLE
    scan_progress: float = 0.0
    scan_fault: Fault | None = None
    recognition_fault: Fault | None = None  # of the page recognised last
    editing: bool = False  # a section was opened from review: "next" and "back" return to review
    saving: bool = False
    save_fault: Fault | None = None
    saved: SavedSubmission | None = None
    print_phase: PrintPhase = PrintPhase.NOT_REQUESTED
    print_verdict: PrintVerdict | None = None
    print_requests: int = 0
    receipts_out: int = 0  # receipts that were printed, or probably printed
    printout_confirmed: bool | None = None  # the reply to "did the receipt come out?"
    code_prompt_dismissed: bool = False  # "has the code been noted?" was dismissed: it is not asked again
    personal_data_hidden: bool = False  # personal fields are hidden (card removed, other card)
    story_hidden: bool = False  # ... and so is a story entered before; one entered afterwards is shown
    idle_time_factor: float = 1.0  # multiplies the time until "still there?"; doubled by every reply to it
    technician_return_screen: Screen | None = None  # the screen on which the technician's gesture was made
    next_card_inserted: bool = False  # a card inserted after saving or while tracking: its visit comes next
    acknowledged: bool = False  # the centre's signed receipt for this submission has arrived
    phone_invalid: bool = False  # the last "next" on PHONE found no valid number
    look_up_phase: LookUpPhase = LookUpPhase.IDLE
    tracked_code: str = field(default="", repr=False)  # canonical, of the last look-up
    tracking_response: "TrackingResponse | None" = field(default=None, repr=False)
    stars: tuple[tuple[str, int], ...] = ()  # key of a body to rate, and the stars chosen for it
    rating_phase: RatingPhase = RatingPhase.CHOOSING
    pending: tuple[PendingRequest, ...] = ()

    @property
    def is_card_step_done(self) -> bool:
        """Whether a card was read, or the citizen goes on without one."""
        return self.card_phase in (CardPhase.READ, CardPhase.DECLINED)

    @property
    def is_scanning(self) -> bool:
        return self.scan_phase is ScanPhase.SCANNING

    @property
    def is_saved(self) -> bool:
        return self.saved is not None

    @property
    def has_entries(self) -> bool:
        """Whether ending this visit now loses entries. Everything is entered after the topic."""
        return self.saved is None and self.draft.topic is not None

    @property
    def has_printed_receipt(self) -> bool:
        """Whether a receipt came out, by the printer's response or the citizen's reply."""
        is_unconfirmed = self.print_verdict is PrintVerdict.PROBABLY_PRINTED and self.printout_confirmed is None
        return self.receipts_out - is_unconfirmed > 0


class CallPhase(Enum):
    """The state of a staff call. Only the centre can confirm that it has arrived."""

    CALLING = "calling"
    NOT_SENT = "not_sent"  # no network, or no response in time; sending continues
    RESPONDED = "answered"  # the centre has responded; see `response`


@dataclass(frozen=True)
class StaffCall:
    """An open staff call. Its number distinguishes its response from that of an earlier call."""

    number: int
    started_at: float  # as Journey.now
    phase: CallPhase = CallPhase.CALLING
    response: StaffCallResponse = StaffCallResponse.RECEIVED


@dataclass(frozen=True)
class Journey:
    """The whole state of the interface."""

    kiosk: KioskProfile = KioskProfile()
    screen: Screen = Screen.ATTRACT
    overlay: Overlay | None = None
    accessibility: AccessibilityOptions = AccessibilityOptions()
    environment: Environment = Environment()
    visit: Visit | None = None
    fault: Fault | None = None  # shown on the FAULT screen
    now: float = 0.0
    last_touch_at: float = 0.0
    overlay_deadline: float = 0.0  # when an unanswered overlay ends, see transitions.VISIT_ENDING_OVERLAYS
    staff_call: StaffCall | None = None  # the open call
    next_call_number: int = 1
    pin_failures: int = 0
    pin_locked_until: float = 0.0
    last_pin_check_id: int = 0  # number of checks since the start
    pending_pin_check_id: int = 0  # the check whose result is pending; 0: none
    device_tests: tuple[DeviceTest, ...] = ()  # the last result of every device that was tested
    setup: Setup | None = None  # the set-up that is under way
    asleep: bool = False  # the screen is dark; the touch that wakes it presses nothing
    running_test: DeviceUnderTest | None = None  # the device under test now
    max_volume_percent: int = 100  # per cent: the loudest volume in this hall, set by the technician
    card_reminder_count: int = 0  # sound reminders to take the card that is in the slot
    next_card_reminder_at: float = 0.0  # when the next reminder is due
    next_visit_id: int = 1  # visit ids are never used twice within a boot
    next_request_sequence: int = 1

    @property
    def is_staff_called(self) -> bool:
        """Whether a staff call is open."""
        return self.staff_call is not None
