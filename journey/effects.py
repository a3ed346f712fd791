"""What `step` asks the runner to do. Each effect that will be answered carries a RequestId; its answer returns it."""

from dataclasses import dataclass, field

from journey.complaint.draft import Draft
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.events import RequestId
from journey.state import SavedSubmission


@dataclass(frozen=True)
class ReadCard:
    """-> CardRead | CardReadFailed"""

    request_id: RequestId


@dataclass(frozen=True)
class ReadCitizenId:
    """-> CitizenIdRead | CardReadFailed"""

    request_id: RequestId


@dataclass(frozen=True)
class ScanPages:
    """-> ScanProgress…, then PageScanned | ScanFailed; from a feeder up to `max_pages` PageScanned, then ScanEnded"""

    request_id: RequestId
    max_pages: int = 1


@dataclass(frozen=True)
class StopScan:
    """Cancel the running scan; its request is no longer awaited."""

    visit_id: int


@dataclass(frozen=True)
class RecognisePage:
    """-> PageRecognised | RecognitionFailed. With `may_rotate` a page that was read lying otherwise is kept upright."""

    request_id: RequestId
    page_id: str
    may_rotate: bool = True


@dataclass(frozen=True)
class RotatePicture:
    """Turn the stored picture a quarter clockwise. -> PageRotated | RecognitionFailed"""

    request_id: RequestId
    page_id: str


@dataclass(frozen=True)
class DropPage:
    page_id: str


@dataclass(frozen=True)
class SaveSubmission:
    """Seal and commit. -> SaveSucceeded | SaveFailed. Pressing twice cannot save twice: one visit, one save."""

    request_id: RequestId
    draft: Draft = field(repr=False)
    language: str


@dataclass(frozen=True)
class PrintReceipt:
    """-> PrintFinished. `print_number` counts the requests and names the job, so that a reprint is a job of its own;
    `is_copy` says whether a paper is already out, and the new one is marked so."""

    request_id: RequestId
    saved: SavedSubmission
    language: str
    page_count: int
    print_number: int
    date_known: bool  # an untrusted clock leaves the date off
    is_copy: bool = False


@dataclass(frozen=True)
class ConfirmReceipt:
    """Record with the row that the citizen has (or has not) code and number. Not answered."""

    submission_id: str
    confirmed: bool


@dataclass(frozen=True)
class SaveReceiptNote:
    """Lay code and number into a 0600 note in tmpfs until the wipe. Not answered."""

    saved: SavedSubmission
    language: str


@dataclass(frozen=True)
class ReadReceiptCode:
    """Scan and look for the receipt's QR code. -> ReceiptCodeRead | ReceiptCodeReadFailed"""

    request_id: RequestId


@dataclass(frozen=True)
class LookUp:
    """Ask the centre. -> LookUpSucceeded | LookUpFailed"""

    request_id: RequestId
    code: str = field(repr=False)
    language: str


@dataclass(frozen=True)
class ReportStaffCall:
    """Tell the desk at once whether staff are called. -> StaffCallAnswered, each time the desk says something."""


@dataclass(frozen=True)
class CheckPin:
    """Is it the technician's; the check takes about 1 s. -> PinChecked"""

    check_id: int
    pin: str = field(repr=False)
    pin_hash: str = field(repr=False)


@dataclass(frozen=True)
class RunDeviceTest:
    """-> DeviceTestFinished"""

    target: DeviceUnderTest


@dataclass(frozen=True)
class SaveDeviceTests:
    """So that results and loudness are known after a restart. Not answered."""

    device_tests: tuple[DeviceTest, ...]
    max_volume_percent: int


@dataclass(frozen=True)
class Restart:
    """End the interface, which is started again; or start the machine anew. Not answered."""

    reboot: bool


@dataclass(frozen=True)
class SwitchBacklight:
    """The panel's light, where there is one to switch. Not answered."""

    lit: bool


@dataclass(frozen=True)
class EraseVisitData:
    """End of a visit: cancel the workers, drop pages, erase the note, forget."""

    visit_id: int


Effect = (
    ReadCard
    | ReadCitizenId
    | ScanPages
    | StopScan
    | RecognisePage
    | RotatePicture
    | DropPage
    | SaveSubmission
    | PrintReceipt
    | ConfirmReceipt
    | SaveReceiptNote
    | ReadReceiptCode
    | LookUp
    | ReportStaffCall
    | CheckPin
    | RunDeviceTest
    | SaveDeviceTests
    | Restart
    | SwitchBacklight
    | EraseVisitData
)
