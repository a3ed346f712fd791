"""From the settings' connection to a printer."""

from collections.abc import Sequence

from drivers.ports.receipt_printer import ReceiptPrinter
from drivers.receipt_printer.escpos_printer import EscposPrinter
from drivers.receipt_printer.null_printer import NullPrinter
from drivers.receipt_printer.state_store import PrinterStateStore
from drivers.receipt_printer.status_bytes import STATUS_QUERIES


def create_printer(
    connection: str,
    width_dots: int,
    *,
    queries: Sequence[int] = STATUS_QUERIES,
    cut: bool = True,
    state_store: PrinterStateStore | None = None,
) -> ReceiptPrinter:
    """The printer for `connection`, see EscposPrinter; 'none' for a kiosk without one. Opens nothing yet."""
    if connection == "none":
        return NullPrinter(width_dots)
    return EscposPrinter(connection, width_dots, queries=queries, cut=cut, state_store=state_store)
