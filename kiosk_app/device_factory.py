"""From kiosk.toml to the drivers of printer and scanner. Nothing is opened yet."""

from drivers.letter_scanner.sane_scanner import SaneScanner
from drivers.letter_scanner.scan_options import ScanOptions
from drivers.ports.letter_scanner import Source
from drivers.ports.receipt_printer import ReceiptPrinter
from drivers.receipt_printer import printer_factory
from drivers.receipt_printer.state_store import PrinterStateStore
from kiosk_app.outbox.state_directory import interface_directory
from kiosk_app.settings import Settings

PRINTER_MEMORY_FILE = "printer.json"  # in the interface's own directory


def create_printer(settings: Settings) -> ReceiptPrinter:
    """The receipt printer; one that is always absent where there is none."""
    ours = settings.printer
    return printer_factory.create_printer(
        ours.connection, ours.width_dots, queries=ours.queries, cut=ours.cut, state_store=printer_memory(settings)
    )


def printer_memory(settings: Settings) -> PrinterStateStore:
    """What is known of the printer from one program to the next."""
    return PrinterStateStore(
        interface_directory(settings.paths.state) / PRINTER_MEMORY_FILE, settings.printer.roll_m * 1000
    )


def create_scanner(settings: Settings) -> SaneScanner:
    """The letter scanner."""
    ours = settings.scanner
    options = ScanOptions(Source(ours.source), ours.paper, ours.colour, ours.options)
    return SaneScanner(ours.device, options, ours.timeout_s)
