"""The slip that tries a printer out."""

from datetime import datetime

from PIL import Image

from kiosk_app.receipt.layout import draw_slip
from thai import dates

SAMPLE_TEXT = "น้ำ ก่ำ ปั่น ญู ฐุ กี่ ที่ปู่ ๐๑๒๓๔๕๖๗๘๙"  # what shaping gets wrong first


def printer_test_slip(
    width_dots: int, printed_at: datetime, *, printer_name: str = "", connection: str = ""
) -> Image.Image:
    """Paper that shows whether the printer prints Thai, across its whole width. `printer_name` names it and
    `connection` how it is connected, where that is known."""
    lines = [
        *([printer_name] if printer_name else []),
        f"{dates.long_date(printed_at)} {dates.clock_time(printed_at)}",
        "",
        SAMPLE_TEXT,
        f"{width_dots} dots" + (f", {connection}" if connection else ""),
    ]
    return draw_slip("ทดสอบเครื่องพิมพ์", lines, width_dots)
