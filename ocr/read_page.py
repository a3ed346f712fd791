"""Recognises the text of a stored page: prepares a copy of it, finds its lines, and reads them one by one."""

import os
from collections.abc import Generator
from dataclasses import dataclass
from functools import lru_cache

import cv2

from ocr.decode_picture import decode
from ocr.errors import OcrError, OcrErrorReason
from ocr.find_lines import find_lines
from ocr.find_offers import find_offers
from ocr.models import THAI, Model, find_english_model, find_missing_ocr, find_thai_model
from ocr.page.page_copy import copy_page
from ocr.reading.handwriting import split_handwriting
from ocr.reading.line_reader import LineReader
from ocr.reading.make_lines import Placement, is_readable, is_stamp, make_lines, page_confidence
from ocr.reading.printed_parts import read_printed_parts
from ocr.reading.read_lines import read_line
from ocr.reading.repair_text import repair_line_of_debian_model, repair_thai_line
from ocr.reading.tesseract_readers import open_reader
from ocr.recognise import Line, Progress, Recognition

_MAX_LINES_WITHOUT_PRINT = 40  # a page whose first lines are noise or handwriting is not read further
MAX_READING_S = 15.0  # processor time after which the rest of a page is not read; a dense page takes 3


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
    page = find_lines(copy_page(stored), readers.thai)
    lines: list[Line] = []
    is_complete = True
    repair = repair_line_of_debian_model if readers.model.name == THAI else repair_thai_line
    placement = Placement(page.copy, stored.size, page.quarter_turns)
    for number, page_line in enumerate(page.lines, 1):
        if _processor_s() - start_s > MAX_READING_S:
            is_complete = False
            break
        pictures = page_line.cut()
        words = read_line(pictures, readers.thai, readers.english)
        parts = split_handwriting(words)
        if any(part.is_handwritten for part in parts):
            parts = split_handwriting(read_printed_parts(words, pictures, readers.thai, readers.english))
        for line in make_lines(parts, pictures, placement, repair):
            if page_line.is_over_print and is_stamp(line):
                continue
            lines.append(line)
            yield Progress(line, number / len(page.lines), page.quarter_turns)
        if number == _MAX_LINES_WITHOUT_PRINT < len(page.lines) and not is_readable(lines):
            is_complete = False
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
        is_complete,
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
