"""Everything that can happen to a visit: touches, the world's changes, the answers to effects, and time."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drivers.ports.card_reader import CardFault, CardReaderStatus, CitizenCard
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from drivers.ports.speaker import SpeakerStatus
from journey.complaint.draft import LetterPage, RecognisedLine
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.faults import Fault
from journey.state import KioskProfile, SavedSubmission, Screen
from protocol.choices import NameDisclosure, Nature, OnBehalfOf, RespondentKind
from protocol.staff_call import StaffCallResponse
from protocol.topics import Topic

if TYPE_CHECKING:  # its model takes pydantic, which the first picture does not wait for
    from protocol.messages import TrackingResponse


@dataclass(frozen=True)
class RequestId:
    """Which effect an answer answers. `step` drops an answer that this visit does not await."""

    visit_id: int
    sequence: int


# --- touches -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ScreenTouched:
    """A finger anywhere on the glass, also while writing; it alone presses nothing."""


@dataclass(frozen=True)
class BeginVisit:
    """The attract screen's button."""


@dataclass(frozen=True)
class AcceptNotice:
    at_epoch_s: float  # seconds since the epoch


@dataclass(frozen=True)
class ContinueWithoutCard:
    pass


@dataclass(frozen=True)
class ReadCardAgain:
    pass


@dataclass(frozen=True)
class ChooseTopic:
    """A tile: chooses and moves on (unless the topic wants a note)."""

    topic: Topic


@dataclass(frozen=True)
class WriteTopicNote:
    text: str = field(repr=False)


@dataclass(frozen=True)
class ChooseArea:
    """A DOPA code of a province (2 digits), district (4) or tambon (6); the citizen may not know more of the place."""

    area: str
    subareas_unknown: bool = False


@dataclass(frozen=True)
class WriteLocationNote:
    text: str = field(repr=False)


@dataclass(frozen=True)
class WriteText:
    text: str = field(repr=False)


@dataclass(frozen=True)
class ReplaceHiddenStory:
    """Give up a story that is covered (its card is out) and tell it once more."""


@dataclass(frozen=True)
class SwitchToScan:
    pass


@dataclass(frozen=True)
class SwitchToTyping:
    pass


@dataclass(frozen=True)
class ScanPage:
    """Scan the page that lies on the glass and add it."""


@dataclass(frozen=True)
class CancelScan:
    pass


@dataclass(frozen=True)
class RemovePage:
    page_id: str


@dataclass(frozen=True)
class RescanPage:
    """Scan once more in the place of a page, which goes: the paper lay with its empty side down."""

    page_id: str


@dataclass(frozen=True)
class KeepBlankPage:
    """Keep a page although nothing seems to be on it."""

    page_id: str


@dataclass(frozen=True)
class RotatePage:
    """Turn a page by a quarter clockwise; it is recognised anew."""

    page_id: str


@dataclass(frozen=True)
class WritePageText:
    page_id: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class ChooseNature:
    nature: Nature


@dataclass(frozen=True)
class ChooseAbout:
    about: RespondentKind


@dataclass(frozen=True)
class WriteAboutNote:
    text: str = field(repr=False)


@dataclass(frozen=True)
class ChooseForWhom:
    for_whom: OnBehalfOf


@dataclass(frozen=True)
class WriteForWhomNote:
    text: str = field(repr=False)


@dataclass(frozen=True)
class ChooseNameDisclosure:
    name_disclosure: NameDisclosure


@dataclass(frozen=True)
class WriteName:
    text: str = field(repr=False)


@dataclass(frozen=True)
class WritePhone:
    text: str = field(repr=False)


@dataclass(frozen=True)
class SetAssistedByStaff:
    """Whether staff help to fill this in."""

    assisted: bool


@dataclass(frozen=True)
class Next:
    """The one filled button of identify, topic, place, story, scan, contact, details."""


@dataclass(frozen=True)
class Back:
    pass


@dataclass(frozen=True)
class EditSection:
    """From review: open the screen of one part (IDENTIFY is not among them: it is CONTACT)."""

    screen: Screen


@dataclass(frozen=True)
class SubmitComplaint:
    """ "Send": seals and saves."""


@dataclass(frozen=True)
class ReportReceiptPrinted:
    """The answer to "did the paper come out?"."""

    printed: bool


@dataclass(frozen=True)
class ReprintReceipt:
    pass


@dataclass(frozen=True)
class Finish:
    """Done: from receipt to farewell, from farewell, tracked, about, technician to attract. From receipt it says
    that the citizen has code and number."""


@dataclass(frozen=True)
class ConfirmCodeNoted:
    """The answer "yes" to NO_RECEIPT: the code is photographed or written down."""


@dataclass(frozen=True)
class StartOver:
    """Asks first while something would be lost."""


@dataclass(frozen=True)
class ConfirmStartOver:
    pass


@dataclass(frozen=True)
class DismissOverlay:
    """Close the overlay and go on: "I am still here", "no, do not start over", staff called. OTHER_CARD only yields
    once the first card is back or the other one out."""


@dataclass(frozen=True)
class RequestStaff:
    pass


@dataclass(frozen=True)
class CancelStaffCall:
    """Staff are no longer needed."""


@dataclass(frozen=True)
class OpenTracking:
    pass


@dataclass(frozen=True)
class SubmitTrackingCode:
    text: str = field(repr=False)


@dataclass(frozen=True)
class ScanReceiptCode:
    pass


@dataclass(frozen=True)
class OpenAbout:
    pass


@dataclass(frozen=True)
class OpenTechnician:
    """The hidden gesture."""


@dataclass(frozen=True)
class EnterPin:
    pin: str = field(repr=False)


@dataclass(frozen=True)
class PinChecked:
    """The answer to the CheckPin of that id."""

    check_id: int
    correct: bool


@dataclass(frozen=True)
class RunDeviceTest:
    """The technician tries a part."""

    target: DeviceUnderTest


@dataclass(frozen=True)
class RecordDeviceTest:
    """What only the technician can tell: did it print, sound, answer to the finger."""

    target: DeviceUnderTest
    passed: bool
    at_epoch_s: float  # seconds since the epoch


@dataclass(frozen=True)
class SetMaxVolume:
    """How loud the hall's loudspeaker may be, per cent; heard at once."""

    percent: int


@dataclass(frozen=True)
class Restart:
    """The technician restarts the interface, or the whole machine."""

    reboot: bool


@dataclass(frozen=True)
class ShowFault:
    """A notice on attract was touched: show its row."""

    fault: Fault


@dataclass(frozen=True)
class SetLanguage:
    language: str


@dataclass(frozen=True)
class NextTextSize:
    pass


@dataclass(frozen=True)
class NextContrast:
    pass


@dataclass(frozen=True)
class ToggleLowReach:
    pass


@dataclass(frozen=True)
class ToggleLeftHanded:
    pass


@dataclass(frozen=True)
class SetThaiKeyOrder:
    """The key that switches between the two Thai layouts was touched."""

    alphabetical: bool


@dataclass(frozen=True)
class ToggleLongPressKeys:
    pass


@dataclass(frozen=True)
class ToggleReadAloud:
    pass


@dataclass(frozen=True)
class NextVolume:
    pass


@dataclass(frozen=True)
class OpenAccessibility:
    """Show everything that makes this easier to see, hear and reach."""


# --- the world ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tick:
    now: float  # seconds, monotonic


@dataclass(frozen=True)
class ScreenShown:
    """This screen stands on the glass, drawn: only now may the receipt printer be asked."""

    screen: Screen


@dataclass(frozen=True)
class CardReaderChanged:
    status: CardReaderStatus


@dataclass(frozen=True)
class PrinterChanged:
    status: PrinterStatus


@dataclass(frozen=True)
class ScannerChanged:
    status: ScannerStatus


@dataclass(frozen=True)
class EnvironmentChanged:
    """What the health checks found; None leaves the value as it is."""

    ocr_available: bool | None = None
    centre_reachable: bool | None = None
    clock_trusted: bool | None = None
    enrolled: bool | None = None
    outbox_writable: bool | None = None
    outbox_damaged: bool | None = None
    is_night: bool | None = None
    revoked: bool | None = None
    acknowledged_ids: tuple[str, ...] | None = None
    speaker: SpeakerStatus | None = None


@dataclass(frozen=True)
class StaffCallAnswered:
    """The centre has the call of this number, and answers so."""

    number: int
    answer: StaffCallResponse


@dataclass(frozen=True)
class KioskProfileChanged:
    """The kiosk was enrolled, or enrolled anew: its centre's names and public address."""

    kiosk: KioskProfile


@dataclass(frozen=True)
class ReceiptRestored:
    """The interface was restarted within two minutes of the same boot, and a receipt note lay there."""

    saved: SavedSubmission
    language: str = "th"


@dataclass(frozen=True)
class DeviceTestsLoaded:
    """What was tried out and set before this start."""

    device_tests: tuple[DeviceTest, ...]
    max_volume_percent: int


@dataclass(frozen=True)
class DeviceTestFinished:
    """A trial's answer; no visit awaits it."""

    device_test: DeviceTest


# --- answers to effects ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardRead:
    request_id: RequestId
    card: CitizenCard = field(repr=False)
    area: str = ""


@dataclass(frozen=True)
class CardReadFailed:
    request_id: RequestId
    fault: CardFault


@dataclass(frozen=True)
class CitizenIdRead:
    """The citizen id of the card now in the slot, to tell the same person's from another's."""

    request_id: RequestId
    citizen_id: str = field(repr=False)


@dataclass(frozen=True)
class ScanProgress:
    request_id: RequestId
    fraction: float


@dataclass(frozen=True)
class PageScanned:
    """A page is in the store, prepared for showing; recognition is a second effect."""

    request_id: RequestId
    page: LetterPage
    more_pages_follow: bool = False  # from a feeder: the scan goes on until ScanEnded or ScanFailed


@dataclass(frozen=True)
class ScanEnded:
    """The feeder is empty, or the letter is full."""

    request_id: RequestId


@dataclass(frozen=True)
class PageRotated:
    request_id: RequestId
    page: LetterPage


@dataclass(frozen=True)
class ScanFailed:
    request_id: RequestId
    status: ScannerStatus


@dataclass(frozen=True)
class PageRecognised:
    request_id: RequestId
    page_id: str
    lines: tuple[RecognisedLine, ...]
    readable: bool
    confidence: float
    quarter_turns: int = 0  # quarters clockwise by which the kept picture was set upright


@dataclass(frozen=True)
class RecognitionFailed:
    request_id: RequestId
    page_id: str


@dataclass(frozen=True)
class SaveSucceeded:
    request_id: RequestId
    saved: SavedSubmission


@dataclass(frozen=True)
class SaveFailed:
    request_id: RequestId
    fault: Fault


@dataclass(frozen=True)
class PrintFinished:
    """How a print job ended, whatever its verdict."""

    request_id: RequestId
    verdict: PrintVerdict
    status: PrinterStatus


@dataclass(frozen=True)
class ReceiptCodeRead:
    """A tracking code was found on the paper on the scanner."""

    request_id: RequestId
    code: str = field(repr=False)


@dataclass(frozen=True)
class ReceiptCodeReadFailed:
    """No code was found on the paper, or `status` tells why there is no picture of it."""

    request_id: RequestId
    status: ScannerStatus | None = None


@dataclass(frozen=True)
class LookUpSucceeded:
    request_id: RequestId
    response: "TrackingResponse" = field(repr=False)


@dataclass(frozen=True)
class LookUpFailed:
    request_id: RequestId


EffectResult = (
    CardRead
    | CardReadFailed
    | CitizenIdRead
    | ScanProgress
    | PageScanned
    | ScanEnded
    | PageRotated
    | ScanFailed
    | PageRecognised
    | RecognitionFailed
    | SaveSucceeded
    | SaveFailed
    | PrintFinished
    | ReceiptCodeRead
    | ReceiptCodeReadFailed
    | LookUpSucceeded
    | LookUpFailed
)
ExternalEvent = (
    Tick
    | ScreenShown
    | CardReaderChanged
    | PrinterChanged
    | ScannerChanged
    | EnvironmentChanged
    | StaffCallAnswered
    | KioskProfileChanged
    | ReceiptRestored
    | DeviceTestsLoaded
    | DeviceTestFinished
    | PinChecked
)
UserAction = (
    ScreenTouched
    | BeginVisit
    | AcceptNotice
    | ContinueWithoutCard
    | ReadCardAgain
    | ChooseTopic
    | WriteTopicNote
    | ChooseArea
    | WriteLocationNote
    | WriteText
    | ReplaceHiddenStory
    | SwitchToScan
    | SwitchToTyping
    | ScanPage
    | CancelScan
    | RemovePage
    | RescanPage
    | KeepBlankPage
    | RotatePage
    | WritePageText
    | ChooseNature
    | ChooseAbout
    | WriteAboutNote
    | ChooseForWhom
    | WriteForWhomNote
    | ChooseNameDisclosure
    | WriteName
    | WritePhone
    | SetAssistedByStaff
    | Next
    | Back
    | EditSection
    | SubmitComplaint
    | ReportReceiptPrinted
    | ReprintReceipt
    | Finish
    | ConfirmCodeNoted
    | StartOver
    | ConfirmStartOver
    | DismissOverlay
    | RequestStaff
    | CancelStaffCall
    | OpenTracking
    | SubmitTrackingCode
    | ScanReceiptCode
    | OpenAbout
    | OpenTechnician
    | EnterPin
    | RunDeviceTest
    | RecordDeviceTest
    | SetMaxVolume
    | Restart
    | ShowFault
    | SetLanguage
    | NextTextSize
    | NextContrast
    | ToggleLowReach
    | ToggleLeftHanded
    | SetThaiKeyOrder
    | ToggleLongPressKeys
    | ToggleReadAloud
    | NextVolume
    | OpenAccessibility
)
Event = EffectResult | ExternalEvent | UserAction
