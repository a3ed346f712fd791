"""A receipt on the printer's line, against its whole bitmap sent naively: bytes, and time to the last byte.

    python -m tests.bench.receipt_bytes

The anchor is python-escpos's own raster of the whole picture. Budget: at most half of it. The time is that of a serial
line of 115,200 baud (a terminal that is read at that pace), where somebody stands and waits: the anchor's bytes alone,
ours with everything that is asked of the printer before and after, and drawing the receipt told apart.
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
    """A receipt as the kiosk prints it."""
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
    began = time.perf_counter()
    send()
    while time.perf_counter() - line.last_byte_at < 0.3:  # what the terminal still held has gone by
        time.sleep(0.05)
    return line.last_byte_at - began


def time_transmission(naive: bytes, image: Image.Image) -> tuple[float, float]:
    """Seconds to the last byte: `naive` as it is, and the driver's job of the same `image`."""
    with paced_serial_port(image.width) as line:
        with serial.Serial(line.name, BAUD) as port:
            naive_s = time_to_last_byte(line, partial(port.write, naive))
        driver = EscposPrinter(f"serial:{line.name}:{BAUD}", image.width)
        driver.status()  # as the interface did seconds ago
        ours_s = time_to_last_byte(line, lambda: driver.print_bitmap("a", image))
        if driver.print_bitmap("a", image).verdict is not PrintVerdict.PRINTED:  # the remembered answer
            raise RuntimeError("the printer did not print it")
    return naive_s, ours_s


def main() -> int:
    """Print the table. 0 when every paper is within the budget."""
    worst = 0.0
    print(
        f"{'paper':15} {'naive':>8} {'ours':>7} {'ratio':>6}  | {BAUD} baud: {'naive':>7} {'ours':>7} {'ratio':>6}"
        f"  {'drawing':>8} {'encoding':>8}   budget {BUDGET}"
    )
    for width in (384, 512, 576):
        for language in ("th", "en"):
            began = time.perf_counter()
            image = draw_receipt(sample_content(language), width)
            drawn = time.perf_counter() - began
            whole = Dummy(profile=printer_profile(width))
            whole.image(image, center=False)
            whole.cut()
            naive = bytes(whole.output)
            began = time.perf_counter()
            ours = len(build_job(image))
            encoded = time.perf_counter() - began
            naive_s, ours_s = time_transmission(naive, image)
            ratio, slowness = ours / len(naive), ours_s / naive_s
            print(
                f"{width} dots, {language:4} {len(naive):8} {ours:7} {ratio:6.2f}  | {'':13} {naive_s:5.2f} s "
                f"{ours_s:5.2f} s {slowness:6.2f}  {drawn * 1e3:5.0f} ms {encoded * 1e3:5.0f} ms"
            )
            worst = max(worst, ratio, slowness)
    return 0 if worst <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
