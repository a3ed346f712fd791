"""What a runner is given: the devices, and everything else it has done by others, each as one plain call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from PIL import Image

from drivers.ports.card_reader import CardReader
from drivers.ports.letter_scanner import LetterScanner
from drivers.ports.receipt_printer import ReceiptPrinter
from journey.complaint.draft import Draft, RecognisedLine
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.effects import PrintReceipt
from journey.events import EnvironmentChanged, StaffCallAnswered
from journey.faults import Fault
from journey.state import Journey, SavedSubmission
from protocol.messages import TrackingResponse


@dataclass(frozen=True)
class Devices:
    """The real drivers; None for what this kiosk does not have."""

    card_reader: CardReader | None = None
    printer: ReceiptPrinter | None = None
    scanner: LetterScanner | None = None


@dataclass(frozen=True)
class Picture:
    """A prepared page: the JPEG that is sent, its size in pixels, and a small one for the screen
    (`ocr.pixels`)."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    preview: bytes = field(repr=False)
    blank: bool = False  # nothing is on it


@dataclass(frozen=True)
class RecognisedText:
    """What recognition made of a page."""

    lines: tuple[RecognisedLine, ...] = field(repr=False)
    readable: bool
    confidence: float
    quarter_turns: int = 0  # quarters clockwise that set the page upright


class SaveError(Exception):
    """A complaint was not saved; nothing of it is on disk."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.name)
        self.fault = fault


@dataclass(frozen=True)
class Services:
    """Calls that block belong on a worker and may raise anything; those on the drawing thread are marked so.

    Calls about pictures take an event that asks them to give up.
    """

    prepare: Callable[[bytes, int, Event], Picture]  # (picture as scanned or kept, quarter turns clockwise)
    recognise: Callable[[bytes, Event], RecognisedText]
    find_code: Callable[[bytes, Event], str | None]  # the canonical tracking code on a scanned receipt
    save: Callable[[Draft, str, tuple[bytes, ...]], SavedSubmission]  # (draft, language, pictures); raises SaveError
    confirm_receipt: Callable[[str, bool], None]
    draw_receipt: Callable[[PrintReceipt], Image.Image]
    look_up: Callable[[str, str], TrackingResponse]  # (canonical code, language)
    read_environment: Callable[[], EnvironmentChanged]
    write_report: Callable[[Journey], None]  # leave devices' state and "staff called" where the heartbeat finds them
    save_receipt_note: Callable[[SavedSubmission, str], None]  # on the drawing thread: tmpfs, microseconds
    erase_receipt_note: Callable[[], None]  # on the drawing thread
    read_receipt_note: Callable[[], tuple[SavedSubmission, str] | None]  # on the drawing thread, once at the start
    # May raise nothing of a person.
    run_device_test: Callable[[DeviceUnderTest], DeviceTest] = lambda target: DeviceTest(target, None, 0.0)
    save_device_tests: Callable[[tuple[DeviceTest, ...], int], None] = lambda device_tests, max_volume_percent: None
    load_device_tests: Callable[[], tuple[tuple[DeviceTest, ...], int]] = lambda: ((), 100)  # as read_receipt_note
    restart: Callable[[bool], None] = lambda reboot: None
    # What the centre says of the call that is open.
    read_call_answer: Callable[[], StaffCallAnswered | None] = lambda: None
    switch_backlight: Callable[[bool], object] = lambda lit: None
