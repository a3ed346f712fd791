"""A receipt's bytes on the printer's line, against its whole bitmap sent naively.

    python -m tests.bench.receipt_bytes

The anchor is python-escpos's own raster of the whole picture. Budget: at most half. How long a 19,200 baud serial line
takes for it is shown because somebody stands there and waits.
"""

import sys
import time
from datetime import UTC, datetime

from escpos.printer import Dummy

from drivers.receipt_printer.job import job_bytes, paper_profile
from kiosk_app.receipt import ReceiptContent, draw_receipt
from protocol import tracking_code

BUDGET = 0.5
SERIAL_BYTES_PER_S = 1920
CODE = tracking_code.mint()


def receipt(language: str) -> ReceiptContent:
    """A receipt as the kiosk prints it."""
    return ReceiptContent(
        centre_th="ศูนย์ดำรงธรรมจังหวัดขอนแก่น",
        centre_en="Khon Kaen Damrongdham Centre",
        code=CODE,
        number="KKN07A-000123-41",
        url=f"https://damrongdham.example.go.th/t#{CODE}",
        pages=3,
        moment=datetime(2026, 11, 21, 2, 12, tzinfo=UTC),
        language=language,
    )


def main() -> int:
    """Print the table. 0 when every paper is within the budget."""
    worst = 0.0
    print(f"{'paper':16} {'naive':>8} {'ours':>8} {'ratio':>6} {'serial':>8} {'encoding':>9}   budget {BUDGET}")
    for width in (384, 512, 576):
        for language in ("th", "en"):
            image = draw_receipt(receipt(language), width)
            whole = Dummy(profile=paper_profile(width))
            whole.image(image, center=False)
            began = time.perf_counter()
            ours = len(job_bytes(image))
            took = time.perf_counter() - began
            ratio = ours / len(whole.output)
            print(
                f"{width:4} dots, {language:4} {len(whole.output):8} {ours:8} {ratio:6.2f} "
                f"{ours / SERIAL_BYTES_PER_S:6.1f} s {took * 1e3:6.0f} ms"
            )
            worst = max(worst, ratio)
    return 0 if worst <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
