"""`kiosk print-test`: a slip that shows whether the printer prints Thai, across the whole paper."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from drivers.receipt_printer.connect import connect
from drivers.receipt_printer.status import PrinterStatus, PrintVerdict
from kiosk_app.commands.common import CommandError, parser, settings_of, tell
from kiosk_app.health.devices import PRINTER
from kiosk_app.receipt import draw_slip
from thai import dates


def main(words: Sequence[str]) -> int:
    """Print; 0 only when the printer says that it did."""
    settings = settings_of(parser("print-test", "Print a test slip on the printer of kiosk.toml.").parse_args(words))
    ours = settings.printer
    if ours.connection == "none":
        raise CommandError("kiosk.toml has no printer: set printer.connection", 2)
    moment = datetime.now(UTC)
    lines = (
        f"*{settings.kiosk.id}* {settings.kiosk.hall_th}",
        f"{dates.long_date(moment)} {dates.clock_time(moment)}",
        "",
        "น้ำ ก่ำ ปั่น ญู ฐุ กี่ ที่ปู่ ๐๑๒๓๔๕๖๗๘๙",
        f"{ours.width_dots} dots, {ours.connection.partition(':')[0]}",
    )
    printer = connect(ours.connection, ours.width_dots)
    result = printer.print_bitmap(f"test:{uuid.uuid4()}", draw_slip("ทดสอบเครื่องพิมพ์", lines, ours.width_dots))
    if result.verdict is PrintVerdict.NOT_PRINTED:
        raise CommandError(f"not printed. {_sentence(result.status)}")
    if result.verdict is PrintVerdict.PROBABLY_PRINTED:
        raise CommandError("sent, but this printer does not say whether it printed: look at the paper")
    tell(f"printed; the printer is {result.status.value}")
    return 0


def _sentence(status: PrinterStatus) -> str:
    found = PRINTER.get(status)
    return f"{found.what.en} ({status.value}). {found.advice.en}." if found else f"The printer is {status.value}."
