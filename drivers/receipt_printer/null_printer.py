"""A kiosk without a receipt printer."""

from PIL import Image

from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict


class NullPrinter:
    """The ReceiptPrinter port for `connection = "none"`: always ABSENT, prints nothing, says so."""

    def __init__(self, width_dots: int) -> None:
        self._width_dots = width_dots

    @property
    def width_dots(self) -> int:
        """Width the receipt is drawn in for the screen."""
        return self._width_dots

    def status(self) -> PrinterStatus:
        """There is none."""
        return PrinterStatus.ABSENT

    def print_bitmap(self, job_id: str, image: Image.Image) -> PrintResult:
        """Not printed."""
        return PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)
