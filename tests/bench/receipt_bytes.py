"""A receipt on the printer's connection, against its whole bitmap: bytes, and time to the last byte.

    python -m tests.bench.receipt_bytes

The baseline is python-escpos's own raster of the whole picture. Budget: at most half of it. The time is measured on a
serial line of 115,200 baud (a terminal that is read at that pace): for the baseline its bytes alone, for the kiosk with
all status queries before and after. Drawing and encoding the receipt are measured separately.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import serial
from escpos.printer import Dummy
from PIL import Image

from drivers.ports.receipt_printer import PrintVerdict
from drivers.receipt_printer.escpos_printer import EscposPrinter
from drivers.receipt_printer.print_job import build_job, printer_profile
from kiosk_app.receipt import ReceiptContent, draw_receipt
from simulators.printer import SimulatedPrinter
from simulators.sample_data import CASE_NUMBER, KIOSK_PROFILE, TRACKING_CODE
from tests.printer_terminal import PrinterTerminal

BUDGET = 0.5
BAUD = 115_200
BYTES_PER_S = BAUD / 10  # 8N1


@contextmanager
def paced_serial_port(width: int) -> Iterator[PrinterTerminal]:
    """A terminal in front of a simulated printer, read as fast as a serial line carries."""
    with (
        tempfile.TemporaryDirectory() as directory,
        SimulatedPrinter(Path(directory), width_dots=width) as printer,
        PrinterTerminal(printer.port, BYTES_PER_S) as line,
    ):
        yield line


def sample_content(language: str) -> ReceiptContent:
    """The content of a sample receipt."""
    return ReceiptContent(
        centre_name_th=KIOSK_PROFILE.centre_name_th,
        centre_name_en=KIOSK_PROFILE.centre_name_en,
        code=TRACKING_CODE,
        number=CASE_NUMBER,
        url=f"{KIOSK_PROFILE.public_url}/t#{TRACKING_CODE}",
        page_count=3,
        saved_at=datetime(2026, 11, 21, 2, 12, tzinfo=UTC),
        language=language,
    )


def time_to_last_byte(line: PrinterTerminal, send: Callable[[], object]) -> float:
    """Seconds from the beginning of `send` to the last byte on the line."""
    start = time.perf_counter()
    send()
    while time.perf_counter() - line.last_byte_at < 0.3:  # until the terminal's buffer is empty
        time.sleep(0.05)
    return line.last_byte_at - start


def time_transmission(baseline: bytes, image: Image.Image) -> tuple[float, float]:
    """Seconds to the last byte of (the baseline's bytes, the driver's job of the same image)."""
    with paced_serial_port(image.width) as line:
        with serial.Serial(line.name, BAUD) as port:
            baseline_s = time_to_last_byte(line, partial(port.write, baseline))
        driver = EscposPrinter(f"serial:{line.name}:{BAUD}", image.width)
        driver.status()  # the interface also queries it before a job
        driver_s = time_to_last_byte(line, lambda: driver.print_bitmap("a", image))
        if driver.print_bitmap("a", image).verdict is not PrintVerdict.PRINTED:  # the same job again
            raise RuntimeError("the printer did not print it")
    return baseline_s, driver_s


def main() -> int:
    """Print the table. 0 when every paper width is within the budget."""
    worst = 0.0
    print(
        f"{'paper':15} {'whole':>8} {'kiosk':>7} {'ratio':>6}  | {BAUD} baud: {'whole':>7} {'kiosk':>7} {'ratio':>6}"
        f"  {'drawing':>8} {'encoding':>8}   budget {BUDGET}"
    )
    for width in (384, 512, 576):
        for language in ("th", "en"):
            start = time.perf_counter()
            image = draw_receipt(sample_content(language), width)
            drawing_s = time.perf_counter() - start
            printer = Dummy(profile=printer_profile(width))
            printer.image(image, center=False)
            printer.cut()
            baseline = bytes(printer.output)
            start = time.perf_counter()
            job_bytes = len(build_job(image))
            encoding_s = time.perf_counter() - start
            baseline_s, driver_s = time_transmission(baseline, image)
            byte_ratio, time_ratio = job_bytes / len(baseline), driver_s / baseline_s
            print(
                f"{width} dots, {language:4} {len(baseline):8} {job_bytes:7} {byte_ratio:6.2f}  | {'':13} "
                f"{baseline_s:5.2f} s {driver_s:5.2f} s {time_ratio:6.2f}  {drawing_s * 1e3:5.0f} ms "
                f"{encoding_s * 1e3:5.0f} ms"
            )
            worst = max(worst, byte_ratio, time_ratio)
    return 0 if worst <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
