"""The effects that `step` requests from the runner. One with a result carries a RequestId, which the result repeats.

The docstrings name the results: `-> CardRead | CardReadFailed`.
"""

from dataclasses import dataclass, field
from typing import dataclass_transform

from journey.complaint.draft import Draft
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.events import RequestId
from journey.setup.setup_state import Pairs, SetupTask
from journey.state import SavedSubmission


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Effect:
    """Base of all effects: makes every subclass a frozen dataclass."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)


class ReadCard(Effect):
    """Read the citizen's data. -> CardRead | CardReadFailed"""

    request_id: RequestId


class ReadCitizenId(Effect):
    """Read the citizen id only. -> CitizenIdRead | CardReadFailed"""

    request_id: RequestId


class ScanPages(Effect):
    """-> ScanProgress…, then PageScanned | ScanFailed; from a feeder up to `max_pages` PageScanned, then ScanEnded."""

    request_id: RequestId
    max_pages: int = 1


class StopScan(Effect):
    """Cancel the running scan; its results are dropped."""

    visit_id: int


class RecognisePage(Effect):
    """Recognise a page's text. -> ReadingProgress…, then PageRecognised | RecognitionFailed"""

    request_id: RequestId
    page_id: str
    may_rotate: bool = True  # set the stored picture upright if its text is readable another way round


class RotatePicture(Effect):
    """Rotate the stored picture by 90° clockwise. -> PageRotated | RecognitionFailed"""

    request_id: RequestId
    page_id: str


class DropPage(Effect):
    """Erase a page. No result."""

    page_id: str


class SaveSubmission(Effect):
    """Seal and save. -> SaveSucceeded | SaveFailed. A visit is saved once, however often this is requested."""

    request_id: RequestId
    draft: Draft = field(repr=False)
    language: str


class PrintReceipt(Effect):
    """-> PrintFinished. `print_number` is part of the job's id, so that a reprint is another job; `is_copy` marks the
    receipt as a copy, because one has already come out."""

    request_id: RequestId
    saved: SavedSubmission
    language: str
    page_count: int
    print_number: int
    date_known: bool  # False while the clock is not trusted: the receipt has no date
    is_copy: bool = False


class ConfirmReceipt(Effect):
    """Record that the citizen has, or has not, code and number. No result."""

    submission_id: str
    confirmed: bool


class SaveReceiptNote(Effect):
    """Keep code and number in a 0600 file in tmpfs until the visit ends. No result."""

    saved: SavedSubmission
    language: str


class ReadReceiptCode(Effect):
    """Scan a receipt and read its QR code. -> ReceiptCodeRead | ReceiptCodeReadFailed"""

    request_id: RequestId


class LookUp(Effect):
    """Ask the centre for a case. -> LookUpSucceeded | LookUpFailed"""

    request_id: RequestId
    code: str = field(repr=False)
    language: str


class SendRating(Effect):
    """Send the stars for everybody who worked on a case. -> RatingSent | RatingFailed"""

    request_id: RequestId
    code: str = field(repr=False)
    stars: tuple[tuple[str, int], ...]  # key of a body to rate, and its stars
    language: str


class ReportStaffCall(Effect):
    """Report at once whether staff are called. -> StaffCallResponded with every response of the centre."""


class CheckPin(Effect):
    """Check the technician's PIN, which takes about 1 s. -> PinChecked"""

    check_id: int
    pin: str = field(repr=False)
    pin_hash: str = field(repr=False)


class RunDeviceTest(Effect):
    """Test a device. -> DeviceTestFinished"""

    target: DeviceUnderTest


class SaveDeviceTests(Effect):
    """Keep results and volume for the next start. No result."""

    device_tests: tuple[DeviceTest, ...]
    max_volume_percent: int


class RunSetupTask(Effect):
    """Have the machine do what a page of the set-up asks. -> SetupTaskEnded"""

    task: SetupTask
    task_number: int
    answers: Pairs = field(repr=False)


class SaveSetupProgress(Effect):
    """Keep page and answers, so that the set-up continues there after a power cut. No result."""

    page: str
    answers: Pairs = field(repr=False)
    skipped: tuple[str, ...]


class Restart(Effect):
    """End the interface, which systemd starts again, or reboot the machine. No result."""

    reboot: bool


class SwitchBacklight(Effect):
    """Switch the panel's light, if there is a switch. No result."""

    lit: bool


class EraseVisitData(Effect):
    """The visit has ended: cancel its calls, erase its pages and the receipt note. No result."""

    visit_id: int
