"""Decides by reading whether a level page lies upside down."""

from collections.abc import Sequence

from ocr.lines.chain_letters import Row
from ocr.lines.segment_lines import Segmentation
from ocr.page.orientation import turn
from ocr.reading.line_reader import LineReader, Word, mean_confidence

_SAMPLE_LINES = 3
_MIN_LETTERS, _MAX_LETTERS = 8, 45  # of a sample: enough to be sure, and quickly read
_SURELY_UPRIGHT = 86.0  # mean confidence of the sample lines; print upside down has less than 80
_MIN_SURE_PRINT = 80.0  # handwriting has less in either direction
_MIN_GAIN = 4.0  # confidence by which the lines must read better upside down
_MAX_SAMPLES = 4  # a page of handwriting has none that decides


def is_upside_down(lines: Segmentation, reader: LineReader) -> bool:
    """Whether sample lines read clearly better upside down. More lines are read while none is print: a filled form has
    few lines of print among its handwriting."""
    upright: list[Word] = []
    upside_down: list[Word] = []
    for rows in _samples(lines):
        pictures = [picture.picture for row in rows for picture in lines.cut([row])]
        these = _words(reader.read(pictures))
        if mean_confidence(these) >= _SURELY_UPRIGHT:
            return False
        turned = _words(reader.read([turn(picture, 2) for picture in pictures]))
        is_better = mean_confidence(turned) > mean_confidence(these) + _MIN_GAIN
        if is_better and mean_confidence(turned) >= _MIN_SURE_PRINT:
            return True
        upright += these
        upside_down += turned
    return mean_confidence(upside_down) > mean_confidence(upright) + _MIN_GAIN


def _samples(lines: Segmentation) -> list[list[Row]]:
    """Rows of ordinary length, a few at a time: first the longest from the middle of the page."""
    every = [row for line in lines.lines for row in line]
    usual = [row for row in every if _MIN_LETTERS <= len(row.letters) <= _MAX_LETTERS]
    rows = usual or every
    middle = len(rows) // 2
    first = sorted(rows[max(0, middle - 4) : middle + 5], key=lambda row: -len(row.letters))[:_SAMPLE_LINES]
    used = {id(row) for row in first}
    ordered = first + [row for row in rows if id(row) not in used]
    starts = range(0, min(len(ordered), _SAMPLE_LINES * _MAX_SAMPLES), _SAMPLE_LINES)
    return [ordered[start : start + _SAMPLE_LINES] for start in starts]


def _words(readings: Sequence[tuple[Word, ...]]) -> list[Word]:
    return [word for reading in readings for word in reading]
