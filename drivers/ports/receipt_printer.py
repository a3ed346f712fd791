"""Port of the receipt printer: its statuses and the calls the kiosk makes."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal, Protocol, get_args

if TYPE_CHECKING:  # the interface imports this port before its first frame, without Pillow
    from PIL import Image

PaperWidthDots = Literal[384, 512, 576]  # printable dots: 58 mm paper, 80 mm paper of two makes of print head
PAPER_WIDTHS_DOTS: tuple[int, ...] = get_args(PaperWidthDots)


class PrinterStatus(Enum):
    """State of the printer. UNKNOWN means that it did not respond, which is neither ready nor out of paper."""

    UNKNOWN = "unknown"
    READY = "ready"
    PAPER_NEAR_END = "paper_near_end"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_ERROR = "cutter_error"
    ERROR = "error"
    OFFLINE = "offline"
    ABSENT = "absent"  # no device, or no listener at its address
    NOT_ALLOWED = "not_allowed"  # it is present, but this user may not open it
    HOLDS_OLD_DATA = "holds_old_data"  # an aborted job may still be in its buffer: power-cycle it
    UNRESPONSIVE = "unresponsive"  # the worker passed its deadline and was replaced

    @property
    def is_ready_to_print(self) -> bool:
        """The printer responded, and nothing prevents printing."""
        return self in (PrinterStatus.READY, PrinterStatus.PAPER_NEAR_END)

    @property
    def can_print(self) -> bool:
        """Whether a job may be tried. At UNKNOWN too: many printers never respond, and then the citizen is asked."""
        return self.is_ready_to_print or self is PrinterStatus.UNKNOWN


class PrintVerdict(Enum):
    """What is known of one job."""

    PRINTED = "printed"  # status before and after and the barrier agree
    PROBABLY_PRINTED = "probably_printed"  # sent, but the printer could not confirm it
    NOT_PRINTED = "not_printed"


@dataclass(frozen=True)
class PrintResult:
    """How a job ended, and the printer's state after it."""

    verdict: PrintVerdict
    status: PrinterStatus


class ReceiptPrinter(Protocol):
    """A receipt printer. Calls block for at most a few seconds; the device is opened for each job."""

    @property
    def width_dots(self) -> int:
        """Printable width, one of PAPER_WIDTHS_DOTS."""

    def status(self) -> PrinterStatus:
        """Query the printer now. Never raises."""

    def print_bitmap(self, job_id: str, image: "Image.Image") -> PrintResult:
        """Print one 1-bit image of full paper width and cut. The same job_id is printed only once. Never
        raises."""
