"""The visit as a value: everything the screens draw and `step` decides on.

Frozen dataclasses and enums only. Time stands here as `now`, seconds of a monotonic clock as the last Tick told it.
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
from protocol.staff_call import StaffCallResponse

if TYPE_CHECKING:  # its model takes pydantic, which the first picture does not wait for
    from protocol.messages import TrackingResponse


class Screen(Enum):
    """Where the citizen is. One value, one screen."""

    ATTRACT = "attract"
    NOTICE = "notice"
    IDENTIFY = "identify"
    TOPIC = "topic"
    PLACE = "place"
    STORY = "tell"  # by typing
    SCAN = "scan"  # by a letter; the other half of "tell"
    REVIEW = "review"
    CONTACT = "contact"  # aside from review: the name of a citizen without card
    PHONE = "phone"  # aside from review: a number to be called at
    DETAILS = "details"  # aside from review: nature, about whom, for whom
    RECEIPT = "receipt"
    FAREWELL = "farewell"
    TRACK = "track"  # type the code, or lay the receipt on the scanner
    TRACKING_RESULT = "tracked"
    ABOUT = "about"
    TECHNICIAN_PIN = "technician_pin"
    TECHNICIAN = "technician"
    FAULT = "fault"  # a fault that stops new visits, or one shown because it was touched


class Overlay(Enum):
    """What lies over the screen and covers it. One at a time."""

    STILL_THERE = "still_there"
    CARD_OUT = "card_out"  # personal fields are covered, "still there?" runs
    OTHER_CARD = "other_card"  # "start over", or "go on" once the first card is back or this one out
    START_OVER = "start_over"  # are you sure?
    NO_RECEIPT = "no_paper"  # leaving a receipt that is not on paper: is the code kept?
    STAFF = "staff"  # the state of the call for staff
    ACCESSIBILITY = "comfort"  # how the citizen wants to see, hear and reach this


class TextSize(Enum):
    NORMAL = 100
    LARGE = 140
    LARGEST = 180


class Contrast(Enum):
    """The palette."""

    NORMAL = "normal"
    DARK = "dark"  # light signs on a dark ground: for eyes that are dazzled
    LIGHT = "light"  # black on white: for eyes that see too little of colours


class Volume(Enum):
    """How loud sounds and reading aloud are, in per cent of what the hall allows (Journey.max_volume_percent)."""

    SOFT = 40
    NORMAL = 70
    LOUD = 100


@dataclass(frozen=True)
class AccessibilityOptions:
    """How this visit wants to be shown and heard; back to the hall's defaults at wipe."""

    language: str = "th"  # 'th' or 'en'
    text_size: TextSize = TextSize.NORMAL
    contrast: Contrast = Contrast.NORMAL
    low_reach: bool = False
    left_handed: bool = False
    long_press_keys: bool = False  # a key of the keyboard that is held writes its other sign
    alphabetical_keys: bool = False  # Thai keys in the order ก–ฮ instead of Kedmanee
    read_aloud: bool = False
    volume: Volume = Volume.NORMAL


@dataclass(frozen=True)
class KioskProfile:
    """Facts of this kiosk that the journey needs, from settings and enrolment."""

    kiosk_id: str = ""
    centre_name_th: str = "ศูนย์ดำรงธรรม"
    centre_name_en: str = "Damrongdham Centre"
    area: str = ""  # DOPA code prefilled without a card
    public_url: str = ""
    notice_version: str = "1"
    technician_pin_hash: str = field(default="", repr=False)  # see journey.pin; '' means no technician screen
    idle_seconds: float = 60.0  # base time before "still there?"; grows with the text of the screen
    default_language: str = "th"
    chip_side: str = "up"  # 'up' or 'down': which way the card's chip faces in this kiosk's reader
    panel_width_mm: float = 268.0  # of the picture as it stands; checked with a ruler on the technician's screen


@dataclass(frozen=True)
class Environment:
    """What is known of devices and services; statuses as last reported."""

    card_reader: CardReaderStatus = CardReaderStatus.UNKNOWN
    printer: PrinterStatus = PrinterStatus.UNKNOWN
    scanner: ScannerStatus = ScannerStatus.UNKNOWN
    ocr_available: bool = True  # is recognition available
    centre_reachable: bool | None = None  # did the last talk with the centre succeed; None: not known yet
    clock_trusted: bool = True
    enrolled: bool = False
    outbox_writable: bool = True  # store usable and above its reserve
    outbox_damaged: bool = False  # why not open: damaged, not full
    speaker: SpeakerStatus = SpeakerStatus.UNKNOWN  # how the last sound ended
    revoked: bool = False  # the centre has taken this kiosk's enrolment back
    acknowledged_ids: tuple[str, ...] = ()  # ids of the submissions whose receipts the centre gave last
    is_night: bool = False  # the hall is closed: the screen may be dark while nobody is here
    card_is_new: bool = False  # the card in the slot came into an empty slot after the last visit ended

    @property
    def card_left_behind(self) -> bool:
        """The card in the slot may be an earlier person's: it is not read before the slot was empty."""
        return self.card_reader.has_card and not self.card_is_new


@dataclass(frozen=True)
class SavedSubmission:
    """What the durable save gave: final from here on."""

    submission_id: str
    code: str = field(repr=False)  # canonical tracking code, 13 symbols
    number: str = ""  # case number
    saved_at_epoch_s: float = 0.0  # seconds since the epoch
    pages: int = 0  # of the letter; the receipt says so, also after a restart


class CardPhase(Enum):
    """Where identification stands within a visit."""

    NOT_REQUESTED = "not_asked"  # notice not accepted yet, or a visit without card
    WAITING = "waiting"  # for a card in the slot
    READING = "reading"
    READ = "read"
    FAILED = "failed"
    DECLINED = "declined"  # this visit never talks to the reader


class ScanPhase(Enum):
    IDLE = "idle"
    SCANNING = "scanning"
    FAILED = "failed"


class PrintPhase(Enum):
    NOT_REQUESTED = "not_asked"
    PRINTING = "printing"
    DONE = "done"  # see verdict


class LookUpPhase(Enum):
    IDLE = "idle"
    BAD_CODE = "bad_code"  # not a code: one symbol wrong or two swapped
    CASE_NUMBER = "case_number"  # the other number on the receipt, which opens nothing
    SCANNING_RECEIPT = "reading_paper"
    RECEIPT_UNREADABLE = "paper_unreadable"
    QUERYING = "asking"
    ANSWERED = "answered"
    NO_RESPONSE = "no_answer"  # network off or the centre does not answer


class RequestKind(Enum):
    """What an effect that will be answered is asked for. A visit awaits one answer of each kind (and page)."""

    CARD = "card"
    CITIZEN_ID = "citizen_id"
    LOOK_UP = "look_up"
    RECEIPT_CODE = "receipt_code"
    SCAN = "scan"
    SAVE = "save"
    PRINT = "print"
    RECOGNISE = "recognise"  # of a page
    ROTATE = "rotate"  # of a page


@dataclass(frozen=True)
class PendingRequest:
    """A request of this visit whose answer is still wanted."""

    kind: RequestKind
    page_id: str  # '' for what is asked of no single page
    sequence: int


@dataclass(frozen=True)
class Visit:
    """One citizen's visit, from the tap that woke the kiosk to the wipe."""

    visit_id: int
    draft: Draft = field(default_factory=Draft)
    card_phase: CardPhase = CardPhase.NOT_REQUESTED
    card_fault: Fault | None = None
    scan_phase: ScanPhase = ScanPhase.IDLE
    scan_progress: float = 0.0
    scan_fault: Fault | None = None
    recognition_fault: Fault | None = None  # of the page that was to be read last
    editing: bool = False  # a part was opened from review: "next" and "back" lead back to review
    saving: bool = False
    save_fault: Fault | None = None
    saved: SavedSubmission | None = None
    print_phase: PrintPhase = PrintPhase.NOT_REQUESTED
    print_verdict: PrintVerdict | None = None
    print_requests: int = 0
    receipts_out: int = 0  # prints that came out, or probably did
    printout_confirmed: bool | None = None  # the answer to "did the paper come out?"
    code_prompt_dismissed: bool = False  # "is the code kept?" was answered by "not yet": it is not asked again
    personal_data_hidden: bool = False  # personal fields are hidden (card out, other card)
    story_hidden: bool = False  # ... and so is a story that was told before; what is told from then on is not
    idle_time_factor: float = 1.0  # the wait for "still there?" is multiplied by it; each answer to it doubles it
    technician_return_screen: Screen | None = None  # where the technician's gesture was made; leaving leads back there
    next_card_inserted: bool = False  # a card put in after saving, or while tracking: its visit begins after this one
    acknowledged: bool = False  # the centre has what was sent: its signed receipt came
    phone_invalid: bool = False  # the last "next" on PHONE found no phone number in what was typed
    look_up_phase: LookUpPhase = LookUpPhase.IDLE
    tracking_response: "TrackingResponse | None" = field(default=None, repr=False)
    pending: tuple[PendingRequest, ...] = ()

    @property
    def has_entries(self) -> bool:
        """Whether ending this visit now loses what the citizen entered: all of that comes after the topic."""
        return self.saved is None and self.draft.topic is not None

    @property
    def has_printed_receipt(self) -> bool:
        """Whether a receipt is out, as far as the printer or the citizen could say."""
        unsure = self.print_verdict is PrintVerdict.PROBABLY_PRINTED and self.printout_confirmed is None
        return self.receipts_out - unsure > 0


class CallPhase(Enum):
    """How far a call for staff has come. Nothing is said to have arrived before the centre says so."""

    CALLING = "calling"
    NOT_SENT = "not_sent"  # no network, or no answer in time; it is still being tried
    ANSWERED = "answered"  # the centre has it; see the answer


@dataclass(frozen=True)
class StaffCall:
    """An open call. Its number tells its answer from an earlier call's."""

    number: int
    started_at: float  # as Journey.now
    phase: CallPhase = CallPhase.CALLING
    answer: StaffCallResponse = StaffCallResponse.RECEIVED


@dataclass(frozen=True)
class Journey:
    """The whole state of the interface."""

    kiosk: KioskProfile = KioskProfile()
    screen: Screen = Screen.ATTRACT
    overlay: Overlay | None = None
    accessibility: AccessibilityOptions = AccessibilityOptions()
    environment: Environment = Environment()
    visit: Visit | None = None
    fault: Fault | None = None  # which row the FAULT screen shows
    now: float = 0.0
    last_touch_at: float = 0.0
    overlay_deadline: float = 0.0  # when an unanswered overlay ends: see transitions.VISIT_ENDING_OVERLAYS
    staff_call: StaffCall | None = None  # while staff are called
    next_call_number: int = 1
    pin_failures: int = 0
    pin_locked_until: float = 0.0
    last_pin_check_id: int = 0  # how many were asked for since the start
    pending_pin_check_id: int = 0  # which of them is awaited; 0: none
    device_tests: tuple[DeviceTest, ...] = ()  # the last of each part that was ever tried out
    asleep: bool = False  # the screen is dark; a touch wakes it and presses nothing
    running_test: DeviceUnderTest | None = None  # what the technician tries out now
    max_volume_percent: int = 100  # per cent: how loud the hall lets the loudspeaker be; set by the technician
    card_reminder_count: int = 0  # how often the citizen was reminded by sound of the card that lies in the slot
    next_card_reminder_at: float = 0.0  # when the next reminder is due
    next_visit_id: int = 1  # visit ids are never used twice within a boot
    next_request_sequence: int = 1

    @property
    def is_staff_called(self) -> bool:
        """A call for staff is open."""
        return self.staff_call is not None
