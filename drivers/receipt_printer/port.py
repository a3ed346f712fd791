"""What the kiosk asks of a receipt printer."""

from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from drivers.receipt_printer.status import PrinterStatus, PrintVerdict


@dataclass(frozen=True)
class PrintResult:
    """How a job ended, and the printer's state after it."""

    verdict: PrintVerdict
    status: PrinterStatus


class ReceiptPrinter(Protocol):
    """A receipt printer. Calls block for at most a few seconds; the device is opened for each job."""

    @property
    def width_dots(self) -> int:
        """Printable width: 384 (58 mm), 512 or 576 (80 mm)."""

    def status(self) -> PrinterStatus:
        """Ask now. Never raises."""

    def print_bitmap(self, job_id: str, image: Image.Image) -> PrintResult:
        """Print one 1-bit image of full paper width and cut. The same job_id is printed once only. Never raises."""
