"""Sets the copy of a page upright and level, and finds its lines, those of its coloured ink among them."""

from dataclasses import dataclass, replace

from ocr.arrays import Grey
from ocr.lines.page_line import PageLine, merge_by_height, page_lines
from ocr.lines.segment_lines import segment_lines
from ocr.page.binarise import binarise
from ocr.page.deskew import MIN_DEGREES, measure_skew
from ocr.page.orientation import runs_down, turn
from ocr.page.page_copy import PageCopy
from ocr.page.page_ink import measure_ink
from ocr.reading.line_reader import LineReader
from ocr.reading.upside_down import is_upside_down


@dataclass(frozen=True)
class LevelPage:
    """A page ready to be read; `copy` is upright and level."""

    copy: PageCopy
    lines: list[PageLine]  # in reading order
    degrees: float = 0.0  # counter-clockwise, by which it was levelled
    quarter_turns: int = 0  # clockwise


def find_lines(copy: PageCopy, reader: LineReader) -> LevelPage:
    """The lines of the page, none for a page without letters. `reader` decides which end of the page is up."""
    page_ink = measure_ink(copy.grey)
    if page_ink is None and copy.coloured is not None:  # the black ink is the edge of the sheet or an emblem
        copy = replace(copy, grey=copy.coloured, coloured=None)
        page_ink = measure_ink(copy.grey)
    if page_ink is None:
        return LevelPage(copy, [])
    quarter_turns = 0
    if runs_down(page_ink.components, page_ink.height):
        quarter_turns = 1
        copy = copy.turned(1)
        page_ink = measure_ink(copy.grey) or page_ink  # the height was that of the letters' widths
    degrees = measure_skew(page_ink.components, page_ink.height)
    if abs(degrees) > MIN_DEGREES:
        copy = copy.rotated(degrees)
        page_ink = replace(page_ink, ink=binarise(copy.grey))
    else:
        degrees = 0.0
    segmentation = segment_lines(copy.grey, page_ink.ink, page_ink.height)
    if is_upside_down(segmentation, reader):
        quarter_turns += 2
        copy = copy.turned(2)
        segmentation = segment_lines(copy.grey, turn(page_ink.ink, 2), page_ink.height)
    lines = page_lines(segmentation)
    if copy.coloured is not None:
        lines = merge_by_height(lines, _coloured_lines(copy.coloured, is_over_print=copy.is_over_print))
    return LevelPage(copy, lines, degrees, quarter_turns)


def _coloured_lines(coloured: Grey, *, is_over_print: bool) -> list[PageLine]:
    """The lines of the coloured ink of a level page: its letters have a height of their own."""
    ink = measure_ink(coloured)
    if ink is None:
        return []
    return page_lines(segment_lines(coloured, ink.ink, ink.height), is_over_print=is_over_print)
