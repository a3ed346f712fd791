"""The device drivers that kiosk.toml describes. No device is opened here."""

from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.letter_scanner.sane_scanner import SaneScanner
from drivers.letter_scanner.scan_options import ScanOptions
from drivers.ports.letter_scanner import Source
from drivers.ports.receipt_printer import ReceiptPrinter
from drivers.receipt_printer import printer_factory
from drivers.receipt_printer.state_store import STATE_FILE, PrinterStateStore
from kiosk_app.outbox.state_directory import interface_directory
from kiosk_app.runner.ports import Devices
from kiosk_app.settings import Settings


def create_devices(settings: Settings) -> Devices:
    """The drivers of all devices that this kiosk has."""
    return Devices(
        card_reader=PcscCardReader(settings.card_reader.reader) if settings.card_reader.enabled else None,
        printer=create_printer(settings),
        scanner=create_scanner(settings) if settings.scanner.enabled else None,
    )


def create_printer(settings: Settings) -> ReceiptPrinter:
    """The receipt printer; without a connection, one that is always absent."""
    printer = settings.printer
    return printer_factory.create_printer(
        printer.connection,
        printer.width_dots,
        queries=printer.queries,
        cut=printer.cut,
        state_store=printer_state_store(settings),
    )


def printer_state_store(settings: Settings) -> PrinterStateStore:
    """The file with the printer's state, shared by the interface and the commands."""
    return PrinterStateStore(interface_directory(settings.paths.state) / STATE_FILE, settings.printer.roll_m * 1000)


def create_scanner(settings: Settings) -> SaneScanner:
    """The letter scanner."""
    scanner = settings.scanner
    options = ScanOptions(Source(scanner.source), scanner.paper, scanner.colour, scanner.options)
    return SaneScanner(scanner.device, options, scanner.timeout_s)
