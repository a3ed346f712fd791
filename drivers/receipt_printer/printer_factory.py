"""Creates the printer driver for a connection setting."""

from collections.abc import Sequence

from PIL import Image

from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict, ReceiptPrinter
from drivers.receipt_printer.escpos_printer import EscposPrinter
from drivers.receipt_printer.state_store import PrinterStateStore
from drivers.receipt_printer.status_bytes import STATUS_QUERIES


class NullPrinter:
    """The ReceiptPrinter port for `connection = "none"`, a kiosk without a receipt printer: always ABSENT."""

    def __init__(self, width_dots: int) -> None:
        self._width_dots = width_dots

    @property
    def width_dots(self) -> int:
        """Width of the receipt on the screen."""
        return self._width_dots

    def status(self) -> PrinterStatus:
        """ABSENT."""
        return PrinterStatus.ABSENT

    def print_bitmap(self, job_id: str, image: Image.Image) -> PrintResult:
        """Prints nothing."""
        return PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)


def create_printer(
    connection: str,
    width_dots: int,
    *,
    queries: Sequence[int] = STATUS_QUERIES,
    cut: bool = True,
    state_store: PrinterStateStore | None = None,
) -> ReceiptPrinter:
    """The printer for `connection`, see EscposPrinter; 'none' means a kiosk without one. Opens nothing yet."""
    if connection == "none":
        return NullPrinter(width_dots)
    return EscposPrinter(connection, width_dots, queries=queries, cut=cut, state_store=state_store)
