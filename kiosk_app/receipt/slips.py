"""Slips for staff: a title and paragraphs, drawn like a receipt."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from PIL import Image

from kiosk_app.receipt.strips import StripSizes, stack_strips
from thai import dates

SAMPLE_TEXT = "น้ำ ก่ำ ปั่น ญู ฐุ กี่ ที่ปู่ ๐๑๒๓๔๕๖๗๘๙"  # text in which wrong shaping is most visible


def draw_slip(title: str, lines: Sequence[str], width_dots: int) -> Image.Image:
    """A slip as a bitmap (mode '1', 0 black). Words between asterisks are bold, an empty line leaves a gap.

    Raises ShapingMissingError, and ValueError for a width that no paper has.
    """
    return stack_strips(width_dots, _slip(title, lines, StripSizes(width_dots)))


def _slip(title: str, lines: Sequence[str], sizes: StripSizes) -> Iterator[Image.Image]:
    yield sizes.gap(18)
    yield sizes.centred(title, sizes.title)
    yield sizes.gap(10)
    yield sizes.rule()
    yield sizes.gap(14)
    for line in lines:
        yield sizes.paragraph(line, sizes.body) if line else sizes.gap(18)
    yield sizes.gap(18)


def printer_test_slip(
    width_dots: int, printed_at: datetime, *, printer_name: str = "", connection: str = ""
) -> Image.Image:
    """A slip that shows whether the printer prints Thai across its whole width, with name and connection if known."""
    lines = [
        *([printer_name] if printer_name else []),
        f"{dates.long_date(printed_at)} {dates.clock_time(printed_at)}",
        "",
        SAMPLE_TEXT,
        f"{width_dots} dots" + (f", {connection}" if connection else ""),
    ]
    return draw_slip("ทดสอบเครื่องพิมพ์", lines, width_dots)
