"""The slip that tries a printer out."""

from datetime import datetime

from PIL import Image

from kiosk_app.receipt.layout import draw_slip
from thai import dates

SAMPLE_TEXT = "น้ำ ก่ำ ปั่น ญู ฐุ กี่ ที่ปู่ ๐๑๒๓๔๕๖๗๘๙"  # what shaping gets wrong first


def printer_test_slip(width_dots: int, moment: datetime, *, whose: str = "", line: str = "") -> Image.Image:
    """Paper that shows whether the printer prints Thai, across its whole width. `whose` printer, and on what kind of
    `line`, where that is known."""
    lines = [
        *([whose] if whose else []),
        f"{dates.long_date(moment)} {dates.clock_time(moment)}",
        "",
        SAMPLE_TEXT,
        f"{width_dots} dots" + (f", {line}" if line else ""),
    ]
    return draw_slip("ทดสอบเครื่องพิมพ์", lines, width_dots)
