"""`kiosk print-test`: print a slip that tests Thai text across the whole paper width."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from drivers.ports.receipt_printer import PrintVerdict
from drivers.receipt_printer.usb_discovery import list_usb_printers
from kiosk_app.commands.arguments import CommandError, make_parser, settings_from_args
from kiosk_app.commands.output import describe_status, print_message
from kiosk_app.device_factory import create_printer, printer_state_store
from kiosk_app.health.device_checks import PRINTER_STATUSES
from kiosk_app.outbox.device_successes import record_success
from kiosk_app.receipt import printer_test_slip

SERIAL_DEVICES = Path("/dev/serial/by-id")


def main(argv: Sequence[str]) -> int:
    """Print the slip; the status is 0 only when the printer confirms it."""
    arg_parser = make_parser("print-test", "Print a test slip on the printer of kiosk.toml.")
    arg_parser.add_argument(
        "--list", action="store_true", help="list printers and serial lines as kiosk.toml names them"
    )
    arg_parser.add_argument("--new-roll", action="store_true", help="a full roll was inserted: count its paper")
    arguments = arg_parser.parse_args(argv)
    if arguments.list:
        return _list()
    settings = settings_from_args(arguments)
    printer_settings = settings.printer
    if printer_settings.connection == "none":
        raise CommandError("kiosk.toml has no printer: set printer.connection, see: kiosk print-test --list", 2)
    if arguments.new_roll:
        printer_state_store(settings).record_new_roll()
    slip = printer_test_slip(
        printer_settings.width_dots,
        datetime.now(UTC),
        printer_name=f"*{settings.kiosk.id}* {settings.kiosk.centre_name_th}",
        connection=printer_settings.connection.partition(":")[0],
    )
    result = create_printer(settings).print_bitmap(f"test:{uuid.uuid4()}", slip)
    if result.verdict is PrintVerdict.NOT_PRINTED:
        raise CommandError(f"not printed. {describe_status(PRINTER_STATUSES, result.status)}")
    if result.verdict is PrintVerdict.PROBABLY_PRINTED:
        raise CommandError("sent, but this printer does not confirm printing: look at the paper")
    record_success(settings.paths.state, ["printer"])
    print_message(f"printed; the printer is {result.status.value}")
    return 0


def _list() -> int:
    connections = list(_connections())
    for connection, name in connections:
        print(f"{connection}\t{name}")
    if not connections:
        raise CommandError("no USB printer and no USB serial line is found; a network printer is named by its address")
    return 0


def _connections() -> Iterator[tuple[str, str]]:
    for printer in list_usb_printers():
        yield printer.connection, f"{printer.name} at {printer.node}"
    for line in sorted(SERIAL_DEVICES.glob("*")):
        yield f"serial:{line}:19200", "a serial line; its speed is set at the printer"
