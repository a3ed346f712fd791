"""What `step` asks the runner to do. Each effect that will be answered carries a ticket; its answer returns it."""

from dataclasses import dataclass, field

from journey.complaint.draft import Draft
from journey.device_tests import Part, Trial
from journey.events import Ticket
from journey.state import Minted


@dataclass(frozen=True)
class ReadCard:
    """-> CardRead | CardReadFailed"""

    ticket: Ticket


@dataclass(frozen=True)
class ReadCardId:
    """-> CardIdRead | CardReadFailed"""

    ticket: Ticket


@dataclass(frozen=True)
class ScanOnePage:
    """-> PageProgress…, then PageScanned | ScanFailed; from a feeder up to `most` PageScanned, then ScanEnded"""

    ticket: Ticket
    most: int = 1


@dataclass(frozen=True)
class StopScan:
    """Cancel the running scan; its ticket is no longer awaited."""

    visit_id: int


@dataclass(frozen=True)
class RecognisePage:
    """-> PageRecognised | RecognitionFailed. With `may_turn` a page that was read lying otherwise is kept upright."""

    ticket: Ticket
    page_id: str
    may_turn: bool = True


@dataclass(frozen=True)
class TurnPicture:
    """Turn the stored picture a quarter clockwise. -> PageTurned | RecognitionFailed"""

    ticket: Ticket
    page_id: str


@dataclass(frozen=True)
class DropPage:
    page_id: str


@dataclass(frozen=True)
class Save:
    """Seal and commit. -> Saved | SaveFailed. Pressing twice cannot save twice: one visit, one Save."""

    ticket: Ticket
    draft: Draft = field(repr=False)
    language: str


@dataclass(frozen=True)
class PrintReceipt:
    """-> ReceiptPrinted. `copy` counts the asks and names the job, so that a reprint is a job of its own; `is_copy`
    says whether a paper is already out, and the new one is marked so."""

    ticket: Ticket
    minted: Minted
    language: str
    pages: int
    copy: int
    date_known: bool  # an untrusted clock leaves the date off
    is_copy: bool = False


@dataclass(frozen=True)
class ConfirmReceipt:
    """Record with the row that the citizen has (or has not) code and number. Not answered."""

    submission_id: str
    confirmed: bool


@dataclass(frozen=True)
class KeepReceiptNote:
    """Lay code and number into a 0600 note in tmpfs until the wipe. Not answered."""

    minted: Minted
    language: str


@dataclass(frozen=True)
class ReadPaperCode:
    """Scan and look for the receipt's QR code. -> CodeRead | CodeNotRead"""

    ticket: Ticket


@dataclass(frozen=True)
class LookUp:
    """Ask the centre. -> LookedUp | LookUpFailed"""

    ticket: Ticket
    code: str = field(repr=False)
    language: str


@dataclass(frozen=True)
class CallStaff:
    """Tell the desk at once whether staff are called. -> CallAnswered, when and as often as the desk says something."""


@dataclass(frozen=True)
class CheckPin:
    """Is it the technician's; the check takes about 1 s. -> PinChecked"""

    number: int
    pin: str = field(repr=False)
    hashed: str = field(repr=False)


@dataclass(frozen=True)
class TryOut:
    """-> TriedOut"""

    part: Part


@dataclass(frozen=True)
class KeepTrials:
    """So that results and loudness are known after a restart. Not answered."""

    trials: tuple[Trial, ...]
    loudness: int


@dataclass(frozen=True)
class Restart:
    """End the interface, which is started again; or start the machine anew. Not answered."""

    machine: bool


@dataclass(frozen=True)
class SwitchBacklight:
    """The panel's light, where there is one to switch. Not answered."""

    lit: bool


@dataclass(frozen=True)
class Wipe:
    """End of a visit: cancel the lanes, drop pages, erase the note, forget."""

    visit_id: int


Effect = (
    ReadCard
    | ReadCardId
    | ScanOnePage
    | StopScan
    | RecognisePage
    | TurnPicture
    | DropPage
    | Save
    | PrintReceipt
    | ConfirmReceipt
    | KeepReceiptNote
    | ReadPaperCode
    | LookUp
    | CallStaff
    | CheckPin
    | TryOut
    | KeepTrials
    | Restart
    | SwitchBacklight
    | Wipe
)
