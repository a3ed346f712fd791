"""What the EffectRunner needs: the devices, and four services as Protocols. The composition root builds all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from drivers.ports.card_reader import CardReader
from drivers.ports.letter_scanner import LetterScanner
from drivers.ports.receipt_printer import ReceiptPrinter
from journey.complaint.draft import Draft, LetterOffer, RecognisedLine
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.events import EnvironmentChanged, StaffCallResponded
from journey.faults import Fault
from journey.setup.setup_state import Pairs, SetupTask, TaskOutcome
from journey.state import Journey, SavedSubmission
from kiosk_app.outbox.receipt_note import ReceiptNote
from protocol.messages import TrackingResponse


@dataclass(frozen=True)
class Devices:
    """The device drivers; None for a device that this kiosk does not have."""

    card_reader: CardReader | None = None
    printer: ReceiptPrinter | None = None
    scanner: LetterScanner | None = None


@dataclass(frozen=True)
class Picture:
    """A prepared page: the JPEG that is sent, its size in pixels, and a preview for the screen (`ocr.pixels`)."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    preview: bytes = field(repr=False)
    blank: bool = False  # nothing was detected on it


@dataclass(frozen=True)
class RecognisedText:
    """The recognised text of a page. Places are on the upright page."""

    lines: tuple[RecognisedLine, ...] = field(repr=False)
    is_readable: bool
    confidence: float
    quarter_turns: int = 0  # quarters clockwise that set the page upright
    offers: tuple[LetterOffer, ...] = field(default=(), repr=False)
    is_complete: bool = True  # False: the reading was ended before the last line


class SaveError(Exception):
    """A complaint was not saved; nothing of it is on disk."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.name)
        self.fault = fault


# Every method may block and raise anything; it is called on a worker. Exceptions are marked "drawing thread".


class SubmissionStore(Protocol):
    """Where complaints are saved, and the note that restores a receipt after a restart."""

    def save(self, draft: Draft, language: str, pictures: tuple[bytes, ...]) -> SavedSubmission:
        """Seal and save durably. Raises SaveError."""

    def confirm_receipt(self, submission_id: str, confirmed: bool) -> None:
        """Record whether the citizen has code and number."""

    def save_receipt_note(self, note: ReceiptNote) -> None:
        """Drawing thread: tmpfs, microseconds."""

    def erase_receipt_note(self) -> None:
        """Drawing thread."""

    def read_receipt_note(self) -> ReceiptNote | None:
        """Drawing thread, once at the start."""


class Centre(Protocol):
    """What is exchanged with the centre during a visit."""

    def look_up(self, code: str, language: str) -> TrackingResponse:
        """The centre's response to a canonical tracking code."""

    def rate(self, code: str, stars: tuple[tuple[str, int], ...], language: str) -> TrackingResponse:
        """Send stars by the key of who is rated. Returns the case as it is afterwards."""

    def write_report(self, journey: Journey) -> None:
        """Report devices and staff call for the next heartbeat."""

    def read_call_response(self) -> StaffCallResponded | None:
        """The centre's response to the open staff call."""


class PageImages(Protocol):
    """What is done with pictures. `cancel` asks a call to give up."""

    def prepare(self, raw: bytes, quarter_turns: int, cancel: Event) -> Picture:
        """A picture as scanned or stored, rotated clockwise and prepared for sending and showing."""

    def recognise(self, jpeg: bytes, cancel: Event, on_line: Callable[[RecognisedLine, float], None]) -> RecognisedText:
        """The text of a prepared page. `on_line` gets each line as soon as it is read, and the fraction of the page."""

    def find_code(self, raw: bytes, cancel: Event) -> str | None:
        """The canonical tracking code on a scanned receipt."""


class Appliance(Protocol):
    """The kiosk itself: its state, its device tests, its power."""

    def read_environment(self) -> EnvironmentChanged:
        """The present state of the services."""

    def run_device_test(self, target: DeviceUnderTest, max_volume_percent: int) -> DeviceTest:
        """Test one device. The result holds no personal data."""

    def save_device_tests(self, device_tests: tuple[DeviceTest, ...], max_volume_percent: int) -> None:
        """Keep results and volume for the next start."""

    def load_device_tests(self) -> tuple[tuple[DeviceTest, ...], int]:
        """Results and maximum volume (per cent) saved by the previous start. Drawing thread, once at the start."""

    def restart(self, reboot: bool) -> None:
        """Restart the interface or the machine."""

    def switch_backlight(self, lit: bool) -> None:
        """Switch the panel's light, if there is a switch."""

    def perform_setup_task(self, task: SetupTask, answers: Pairs) -> TaskOutcome:
        """Do what a page of the set-up asks."""

    def save_setup_progress(self, page: str, answers: Pairs, skipped: tuple[str, ...]) -> None:
        """Keep page and answers of the set-up for the next start."""


@dataclass(frozen=True)
class Services:
    """The services of one kiosk."""

    store: SubmissionStore
    centre: Centre
    images: PageImages
    appliance: Appliance
