"""Everything that can happen to a visit: touches, the world's changes, the answers to effects, and time."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drivers.ports.card_reader import CardFault, CardReaderStatus, CitizenCard
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from drivers.ports.speaker import SpeakerStatus
from journey.complaint.draft import LetterPage, RecognisedLine
from journey.device_tests import Part, Trial
from journey.faults import Fault
from journey.state import Hall, Minted, Screen
from protocol.choices import AboutWhom, ForWhom, Naming, Nature
from protocol.staff_call import CallAnswer
from protocol.topics import Topic

if TYPE_CHECKING:  # its model takes pydantic, which the first picture does not wait for
    from protocol.messages import TrackAnswer


@dataclass(frozen=True)
class Ticket:
    """Which effect an answer answers. `step` drops an answer whose ticket this visit does not await."""

    visit_id: int
    sequence: int


# --- touches -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Touched:
    """A finger anywhere on the glass, also while writing; it alone presses nothing."""


@dataclass(frozen=True)
class Begin:
    """The attract screen's button."""


@dataclass(frozen=True)
class AcceptNotice:
    wall: float  # seconds since the epoch


@dataclass(frozen=True)
class WithoutCard:
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
    rest_unknown: bool = False


@dataclass(frozen=True)
class WriteSpot:
    text: str = field(repr=False)


@dataclass(frozen=True)
class WriteText:
    text: str = field(repr=False)


@dataclass(frozen=True)
class TellAnew:
    """Give up a story that is covered (its card is out) and tell it once more."""


@dataclass(frozen=True)
class TellByScan:
    pass


@dataclass(frozen=True)
class TellByTyping:
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
class ScanInstead:
    """Scan once more in the place of a page, which goes: the paper lay with its empty side down."""

    page_id: str


@dataclass(frozen=True)
class KeepPage:
    """Keep a page although nothing seems to be on it."""

    page_id: str


@dataclass(frozen=True)
class TurnPage:
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
    about: AboutWhom


@dataclass(frozen=True)
class WriteAboutNote:
    text: str = field(repr=False)


@dataclass(frozen=True)
class ChooseForWhom:
    for_whom: ForWhom


@dataclass(frozen=True)
class WriteForWhomNote:
    text: str = field(repr=False)


@dataclass(frozen=True)
class ChooseNaming:
    naming: Naming


@dataclass(frozen=True)
class WriteName:
    text: str = field(repr=False)


@dataclass(frozen=True)
class WritePhone:
    text: str = field(repr=False)


@dataclass(frozen=True)
class Assisted:
    """Whether staff help to fill this in."""

    by_staff: bool


@dataclass(frozen=True)
class Next:
    """The one filled button of identify, topic, place, tell, scan, contact, details."""


@dataclass(frozen=True)
class Back:
    pass


@dataclass(frozen=True)
class Edit:
    """From review: open the screen of one part (IDENTIFY is not among them: it is CONTACT)."""

    screen: Screen


@dataclass(frozen=True)
class Confirm:
    """ "Send": seals and saves."""


@dataclass(frozen=True)
class PaperCameOut:
    """The answer to "did the paper come out?"."""

    yes: bool


@dataclass(frozen=True)
class PrintAgain:
    pass


@dataclass(frozen=True)
class Finish:
    """Done: from receipt to farewell, from farewell, tracked, about, technician to attract. From receipt it says
    that the citizen has code and number."""


@dataclass(frozen=True)
class CodeKept:
    """The answer "yes" to NO_PAPER: the code is photographed or written down."""


@dataclass(frozen=True)
class StartOver:
    """Asks first while something would be lost."""


@dataclass(frozen=True)
class StartOverYes:
    pass


@dataclass(frozen=True)
class Dismiss:
    """Close the overlay and go on: "I am still here", "no, do not start over", staff called. OTHER_CARD only yields
    once the first card is back or the other one out."""


@dataclass(frozen=True)
class AskStaff:
    pass


@dataclass(frozen=True)
class CancelCall:
    """Staff are no longer needed."""


@dataclass(frozen=True)
class OpenTrack:
    pass


@dataclass(frozen=True)
class SubmitCode:
    text: str = field(repr=False)


@dataclass(frozen=True)
class ReadCodeFromPaper:
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
    """The answer to the CheckPin of that number."""

    number: int
    right: bool


@dataclass(frozen=True)
class TryOut:
    """The technician tries a part."""

    part: Part


@dataclass(frozen=True)
class JudgeTrial:
    """What only the technician can tell: did it print, sound, answer to the finger."""

    part: Part
    passed: bool
    wall: float  # seconds since the epoch


@dataclass(frozen=True)
class SetLoudness:
    """How loud the hall's loudspeaker may be, per cent; heard at once."""

    percent: int


@dataclass(frozen=True)
class Restart:
    """The technician restarts the interface, or the whole machine."""

    machine: bool


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
class ArrangeThaiKeys:
    """The key that switches between the two Thai layouts was touched."""

    alphabetical: bool


@dataclass(frozen=True)
class ToggleHoldKeys:
    pass


@dataclass(frozen=True)
class ToggleReadAloud:
    pass


@dataclass(frozen=True)
class NextVolume:
    pass


@dataclass(frozen=True)
class OpenComfort:
    """Show everything that makes this easier to see, hear and reach."""


# --- the world ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tick:
    now: float  # seconds, monotonic


@dataclass(frozen=True)
class Painted:
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
class HealthChanged:
    """What the health checks found; None leaves the value as it is."""

    ocr: bool | None = None
    network: bool | None = None
    clock_trusted: bool | None = None
    enrolled: bool | None = None
    outbox_open: bool | None = None
    outbox_broken: bool | None = None
    night: bool | None = None
    revoked: bool | None = None
    received: tuple[str, ...] | None = None
    speaker: SpeakerStatus | None = None


@dataclass(frozen=True)
class CallAnswered:
    """The centre has the call of this number, and answers so."""

    number: int
    answer: CallAnswer


@dataclass(frozen=True)
class HallChanged:
    """The kiosk was enrolled, or enrolled anew: its centre's names and public address."""

    hall: Hall


@dataclass(frozen=True)
class Restored:
    """The interface was restarted within two minutes of the same boot, and a receipt note lay there."""

    minted: Minted
    language: str = "th"


@dataclass(frozen=True)
class TrialsKnown:
    """What was tried out and set before this start."""

    trials: tuple[Trial, ...]
    loudness: int


@dataclass(frozen=True)
class TriedOut:
    """A trial's answer; no visit awaits it."""

    trial: Trial


# --- answers to effects ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardRead:
    ticket: Ticket
    card: CitizenCard = field(repr=False)
    area: str = ""


@dataclass(frozen=True)
class CardReadFailed:
    ticket: Ticket
    fault: CardFault


@dataclass(frozen=True)
class CardIdRead:
    """The citizen id of the card now in the slot, to tell the same person's from another's."""

    ticket: Ticket
    citizen_id: str = field(repr=False)


@dataclass(frozen=True)
class PageProgress:
    ticket: Ticket
    fraction: float


@dataclass(frozen=True)
class PageScanned:
    """A page is in the store, prepared for showing; recognition is a second effect."""

    ticket: Ticket
    page: LetterPage
    more: bool = False  # from a feeder: the scan goes on until ScanEnded or ScanFailed


@dataclass(frozen=True)
class ScanEnded:
    """The feeder is empty, or the letter is full."""

    ticket: Ticket


@dataclass(frozen=True)
class PageTurned:
    ticket: Ticket
    page: LetterPage


@dataclass(frozen=True)
class ScanFailed:
    ticket: Ticket
    status: ScannerStatus


@dataclass(frozen=True)
class PageRecognised:
    ticket: Ticket
    page_id: str
    lines: tuple[RecognisedLine, ...]
    readable: bool
    confidence: float
    turned: int = 0  # quarters clockwise by which the kept picture was set upright


@dataclass(frozen=True)
class RecognitionFailed:
    ticket: Ticket
    page_id: str


@dataclass(frozen=True)
class Saved:
    ticket: Ticket
    minted: Minted


@dataclass(frozen=True)
class SaveFailed:
    ticket: Ticket
    fault: Fault


@dataclass(frozen=True)
class ReceiptPrinted:
    """How a print job ended, whatever its verdict."""

    ticket: Ticket
    verdict: PrintVerdict
    status: PrinterStatus


@dataclass(frozen=True)
class CodeRead:
    """A tracking code was found on the paper on the scanner."""

    ticket: Ticket
    code: str = field(repr=False)


@dataclass(frozen=True)
class CodeNotRead:
    """No code was found on the paper, or `status` tells why there is no picture of it."""

    ticket: Ticket
    status: ScannerStatus | None = None


@dataclass(frozen=True)
class LookedUp:
    ticket: Ticket
    answer: "TrackAnswer" = field(repr=False)


@dataclass(frozen=True)
class LookUpFailed:
    ticket: Ticket


Answer = (
    CardRead
    | CardReadFailed
    | CardIdRead
    | PageProgress
    | PageScanned
    | ScanEnded
    | PageTurned
    | ScanFailed
    | PageRecognised
    | RecognitionFailed
    | Saved
    | SaveFailed
    | ReceiptPrinted
    | CodeRead
    | CodeNotRead
    | LookedUp
    | LookUpFailed
)
World = (
    Tick
    | Painted
    | CardReaderChanged
    | PrinterChanged
    | ScannerChanged
    | HealthChanged
    | CallAnswered
    | HallChanged
    | Restored
    | TrialsKnown
    | TriedOut
    | PinChecked
)
Touch = (
    Touched
    | Begin
    | AcceptNotice
    | WithoutCard
    | ReadCardAgain
    | ChooseTopic
    | WriteTopicNote
    | ChooseArea
    | WriteSpot
    | WriteText
    | TellAnew
    | TellByScan
    | TellByTyping
    | ScanPage
    | CancelScan
    | RemovePage
    | ScanInstead
    | KeepPage
    | TurnPage
    | WritePageText
    | ChooseNature
    | ChooseAbout
    | WriteAboutNote
    | ChooseForWhom
    | WriteForWhomNote
    | ChooseNaming
    | WriteName
    | WritePhone
    | Assisted
    | Next
    | Back
    | Edit
    | Confirm
    | PaperCameOut
    | PrintAgain
    | Finish
    | CodeKept
    | StartOver
    | StartOverYes
    | Dismiss
    | AskStaff
    | CancelCall
    | OpenTrack
    | SubmitCode
    | ReadCodeFromPaper
    | OpenAbout
    | OpenTechnician
    | EnterPin
    | TryOut
    | JudgeTrial
    | SetLoudness
    | Restart
    | ShowFault
    | SetLanguage
    | NextTextSize
    | NextContrast
    | ToggleLowReach
    | ToggleLeftHanded
    | ArrangeThaiKeys
    | ToggleHoldKeys
    | ToggleReadAloud
    | NextVolume
    | OpenComfort
)
Event = Answer | World | Touch
