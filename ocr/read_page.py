"""Recognises the text of a stored page: prepares a copy of it, finds its lines, and reads them one by one."""

import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2

from ocr.arrays import Grey
from ocr.decode_picture import decode
from ocr.errors import OcrError, OcrErrorReason
from ocr.find_offers import find_offers
from ocr.lines.chain_letters import Row
from ocr.lines.segment_lines import Segmentation, segment_lines
from ocr.models import THAI, Model, find_english_model, find_missing_ocr, find_thai_model
from ocr.page.binarise import binarise
from ocr.page.box import Box
from ocr.page.components import find_components, is_texture, letter_height
from ocr.page.deskew import MIN_DEGREES, measure_skew
from ocr.page.orientation import runs_down, turn
from ocr.page.page_copy import PageCopy, copy_page
from ocr.reading.handwriting import has_handwriting, mean_confidence
from ocr.reading.line_reader import LineReader, Word
from ocr.reading.make_lines import Placement, is_readable, make_lines, page_confidence
from ocr.reading.printed_parts import read_printed_parts
from ocr.reading.read_lines import read_line
from ocr.reading.repair_text import repair_line_of_debian_model, repair_thai_line
from ocr.reading.tesseract_readers import open_reader
from ocr.recognise import Line, Progress, Recognition

_ORIENTATION_LINES = 3
_MIN_ORIENTATION_LETTERS, _MAX_ORIENTATION_LETTERS = 8, 45  # of a sample: enough to be sure, and quickly read
_SURELY_UPRIGHT = 86.0  # mean confidence of the sample lines; print upside down has less than 80
_MIN_SURE_PRINT = 80.0  # handwriting has less in either direction
_MIN_ORIENTATION_GAIN = 4.0  # confidence by which the lines must read better upside down
_MAX_ORIENTATION_SAMPLES = 4  # a page of handwriting has none that decides
_MAX_LINES_WITHOUT_PRINT = 40  # a page whose first lines are noise or handwriting is not read further
MAX_READING_S = 15.0  # processor time after which the rest of a page is not read; a dense page takes 3


@dataclass(frozen=True)
class _Page:
    """A page ready to be read."""

    copy: PageCopy
    lines: list[tuple[Segmentation, list[Row]]]  # cut out when they are read, so that the first is read at once
    degrees: float
    quarter_turns: int


@dataclass(frozen=True)
class _Readers:
    thai: LineReader
    english: LineReader
    model: Model


def recognise(jpeg: bytes) -> Recognition:
    """The text of a page prepared by `ocr.prepare_page`, in any orientation. Raises what `recognise_by_line` raises."""
    by_line = recognise_by_line(jpeg)
    while True:
        try:
            next(by_line)
        except StopIteration as finished:
            result: Recognition = finished.value
            return result


def recognise_by_line(jpeg: bytes) -> Generator[Progress, None, Recognition]:
    """Yields each line when it is read, in reading order, and returns the page's text.

    Raises OcrError: those of `decode`, UNAVAILABLE, FAILED."""
    cv2.setNumThreads(1)  # the other core draws the screen
    start_s = _processor_s()
    stored = decode(jpeg)
    readers = _open_readers()
    page = _prepare(copy_page(stored), readers)
    lines: list[Line] = []
    repair = repair_line_of_debian_model if readers.model.name == THAI else repair_thai_line
    placement = Placement(page.copy, stored.size, page.quarter_turns)
    for number, (segmentation, rows) in enumerate(page.lines, 1):
        if _processor_s() - start_s > MAX_READING_S:
            break
        pictures = segmentation.cut(rows)
        words = read_line(pictures, readers.thai, readers.english)
        if has_handwriting(words):
            words = read_printed_parts(words, pictures, readers.thai, readers.english)
        for line in make_lines(words, pictures, placement, repair):
            lines.append(line)
            yield Progress(line, number / len(page.lines), page.quarter_turns)
        if number == _MAX_LINES_WITHOUT_PRINT and not is_readable(lines):
            break
    return Recognition(
        tuple(lines),
        is_readable(lines),
        page_confidence(lines),
        page.quarter_turns,
        page.degrees,
        page.copy.steps,
        find_offers(lines),
        readers.model.name,
    )


def _processor_s() -> float:
    """Processor time of this process and of the programs it waited for. On a busy machine a page takes longer, and must
    not lose text for it."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@lru_cache(maxsize=1)
def _load_readers(thai: Model, english: Model) -> _Readers:
    return _Readers(open_reader(thai), open_reader(english), thai)


def _open_readers() -> _Readers:
    """Raises OcrError (UNAVAILABLE)."""
    thai, english = find_thai_model(), find_english_model()
    if (missing := find_missing_ocr()) is not None or thai is None or english is None:
        raise OcrError(OcrErrorReason.UNAVAILABLE, missing or "")
    return _load_readers(thai, english)


def _prepare(copy: PageCopy, readers: _Readers) -> _Page:
    """The page turned upright, levelled and cut into lines."""
    ink = binarise(copy.grey)
    components = find_components(ink)
    height = letter_height(components)
    if height is None and copy.coloured is not None:  # the black ink is the edge of the sheet or an emblem
        copy = replace(copy, grey=copy.coloured, coloured=None)
        ink = binarise(copy.grey)
        components = find_components(ink)
        height = letter_height(components)
    if height is None or is_texture(components):
        return _Page(copy, [], 0.0, 0)
    quarter_turns = 0
    if runs_down(components, height):
        quarter_turns = 1
        copy, ink = copy.turned(1), turn(ink, 1)
        components = find_components(ink)
        height = letter_height(components) or height  # before, it was that of their widths
    degrees = measure_skew(components, height)
    if abs(degrees) > MIN_DEGREES:
        copy = copy.rotated(degrees)
        ink = binarise(copy.grey)
    else:
        degrees = 0.0
    lines = segment_lines(copy.grey, ink, height)
    if _is_upside_down(lines, readers.thai):
        quarter_turns += 2
        copy = copy.turned(2)
        lines = segment_lines(copy.grey, turn(ink, 2), height)
    in_order = [(lines, rows) for rows in lines.lines]
    if copy.coloured is not None:
        in_order = _merge_by_height(in_order, _coloured_lines(copy.coloured))
    return _Page(copy, in_order, degrees, quarter_turns)


def _coloured_lines(coloured: Grey) -> list[tuple[Segmentation, list[Row]]]:
    """The lines of the coloured ink of a level page: its letters have a height of their own."""
    ink = binarise(coloured)
    components = find_components(ink)
    height = letter_height(components)
    if height is None or is_texture(components):
        return []
    lines = segment_lines(coloured, ink, height)
    return [(lines, rows) for rows in lines.lines]


def _merge_by_height(
    lines: list[tuple[Segmentation, list[Row]]], others: list[tuple[Segmentation, list[Row]]]
) -> list[tuple[Segmentation, list[Row]]]:
    """`lines` in their order, and each of `others` behind the last one that is higher on the page, or on the same line
    and further to the left."""
    merged = list(lines)
    for other in others:
        before = [index for index, line in enumerate(merged) if _is_before(_bounds(line[1]), _bounds(other[1]))]
        merged.insert(before[-1] + 1 if before else 0, other)
    return merged


def _is_before(line: Box, other: Box) -> bool:
    overlap = min(line.bottom, other.bottom) - max(line.top, other.top)
    if overlap >= min(line.bottom - line.top, other.bottom - other.top) / 2:
        return line.left <= other.left
    return line.top + line.bottom <= other.top + other.bottom


def _bounds(rows: list[Row]) -> Box:
    return Box(
        min(row.left for row in rows),
        int(min(row.top for row in rows)),
        max(row.right for row in rows),
        int(max(row.bottom for row in rows)),
    )


def _is_upside_down(lines: Segmentation, reader: LineReader) -> bool:
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
        is_better = mean_confidence(turned) > mean_confidence(these) + _MIN_ORIENTATION_GAIN
        if is_better and mean_confidence(turned) >= _MIN_SURE_PRINT:
            return True
        upright += these
        upside_down += turned
    return mean_confidence(upside_down) > mean_confidence(upright) + _MIN_ORIENTATION_GAIN


def _samples(lines: Segmentation) -> list[list[Row]]:
    """Rows of ordinary length, a few at a time: first the longest from the middle of the page."""
    every = [row for line in lines.lines for row in line]
    usual = [row for row in every if _MIN_ORIENTATION_LETTERS <= len(row.letters) <= _MAX_ORIENTATION_LETTERS]
    rows = usual or every
    middle = len(rows) // 2
    first = sorted(rows[max(0, middle - 4) : middle + 5], key=lambda row: -len(row.letters))[:_ORIENTATION_LINES]
    used = {id(row) for row in first}
    ordered = first + [row for row in rows if id(row) not in used]
    starts = range(0, min(len(ordered), _ORIENTATION_LINES * _MAX_ORIENTATION_SAMPLES), _ORIENTATION_LINES)
    return [ordered[start : start + _ORIENTATION_LINES] for start in starts]


def _words(readings: Sequence[tuple[Word, ...]]) -> list[Word]:
    return [word for reading in readings for word in reading]
