"""From the settings' connection to a printer."""

from drivers.receipt_printer.escpos import EscposPrinter
from drivers.receipt_printer.null import NullPrinter
from drivers.receipt_printer.port import ReceiptPrinter


def connect(connection: str, width_dots: int) -> ReceiptPrinter:
    """The printer for `connection`, see EscposPrinter; 'none' for a kiosk without one. Opens nothing yet."""
    return NullPrinter(width_dots) if connection == "none" else EscposPrinter(connection, width_dots)
