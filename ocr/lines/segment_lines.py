"""Finds the lines of text of an evenly lit, level page, in reading order, without Tesseract's page layout.

Tesseract's own layout reads rows of tone marks as lines of Latin, and mixes columns, rules and stamps into the text.
Found this way and read line by line, degraded office pages have a seventh of the errors (7.3 to 1.0 % with Debian's
model).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ocr.arrays import Bools, Grey, Ink, Ints
from ocr.lines.attach_marks import attach_marks
from ocr.lines.chain_letters import MAX_LETTER, Row, chain_letters, is_base_letter
from ocr.lines.dotted_leaders import is_leader_dot
from ocr.lines.line_pictures import LinePicture, cut_line
from ocr.lines.reading_order import order_rows
from ocr.lines.table_rules import find_rules, paint_over_rules, remove_rules
from ocr.page.components import MAX_LETTERS, Components, find_components

_MAX_TITLE = 6.0  # letter heights of letters in a heading
_MIN_TITLE_LETTERS = 3
_MIN_SMALL = 0.3  # letter heights of letters beside larger handwriting; 0.2 and 0.45 find the same rows on tuning forms
_MIN_SMALL_LETTERS = 4
_MAX_JOINED = 9.0  # letter heights of pieces that join rows
_MIN_SINGLE_INK = 0.22  # of a letter height's square, in a row of one letter
_MIN_CELL_INK = 0.06  # the same for a letter on the base line of another row, such as a thin 1 in a table
_BASE_LINE_TOLERANCE, _HEIGHT_TOLERANCE = 0.15, 0.3  # letter heights
_MAX_ROWS = 2_000  # a page of small print in a table has 600
MAX_LINES = 400  # a page of 8-point print has 130


@dataclass(frozen=True)
class Segmentation:
    """The lines of a page; each has one picture, or several side by side."""

    even: Grey
    components: Components
    lines: list[list[Row]]
    shared: dict[int, list[int]]  # by `id` of a row: pieces that join it to another row

    def cut(self, line: list[Row]) -> list[LinePicture]:
        """The pictures of a line, from left to right."""
        return [cut_line(self.even, self.components, row, self.shared.get(id(row), [])) for row in line]

    def __iter__(self) -> Iterator[list[LinePicture]]:
        return (self.cut(line) for line in self.lines)


def segment_lines(even: Grey, ink: Ink, height: int) -> Segmentation:
    """The lines of a level page. `height`: of its letters, in pixels."""
    horizontal, vertical = find_rules(ink, height)
    ink = remove_rules(ink, horizontal, vertical, height)
    even = paint_over_rules(even, horizontal, vertical, ink)
    components = find_components(ink)
    is_dot = is_leader_dot(components, height)
    letters = np.flatnonzero(is_base_letter(components, height) & ~is_dot)
    if len(letters) > MAX_LETTERS:
        return Segmentation(even, components, [], {})
    rows = chain_letters(components, letters, height, vertical, is_dot)
    is_large = (components.height > MAX_LETTER * height) & ~is_dot
    large = np.flatnonzero(is_large)
    rows += _title_rows(components, large, height, vertical, is_dot)
    if len(rows) > _MAX_ROWS:
        return Segmentation(even, components, [], {})
    in_rows = {int(piece) for row in rows for piece in row.letters}
    marks = np.flatnonzero(~is_large & ~is_dot & (components.height <= MAX_LETTER * height))
    attach_marks(components, rows, _exclude(marks, in_rows), height)
    attached = in_rows | {mark for row in rows for mark in row.marks}
    rows += _small_rows(components, _exclude(marks, attached), height, vertical, is_dot)
    shared = _attach_large(components, rows, _exclude(large, in_rows), height)
    rows = [row for row in rows if not _is_speck(components, row, rows, height)]
    return Segmentation(even, components, order_rows(rows, even.shape[1])[:MAX_LINES], shared)


def _exclude(pieces: Ints, excluded: set[int]) -> Ints:
    return np.array([piece for piece in pieces.tolist() if piece not in excluded], np.int64)


def _title_rows(components: Components, large: Ints, height: int, vertical: Ink, is_leader: Bools) -> list[Row]:
    """Rows of letters that are larger than those of the text."""
    heights = components.height[large]
    candidates = large[(heights <= _MAX_TITLE * height) & (components.width[large] <= 1.5 * heights)]
    if len(candidates) < _MIN_TITLE_LETTERS:
        return []
    title_height = float(np.median(components.height[candidates]))
    rows = chain_letters(components, candidates, title_height, vertical, is_leader)
    return [row for row in rows if len(row.letters) >= _MIN_TITLE_LETTERS and _is_even(components, row)]


def _small_rows(components: Components, pieces: Ints, height: int, vertical: Ink, is_leader: Bools) -> list[Row]:
    """Rows of letters that are too small for the page's letter height, such as the prompts of a form filled by hand,
    with their marks."""
    heights = components.height[pieces]
    candidates = pieces[(heights >= _MIN_SMALL * height) & (components.width[pieces] <= 2 * heights)]
    if len(candidates) < _MIN_SMALL_LETTERS:
        return []
    small_height = float(np.median(components.height[candidates]))
    rows = [
        row
        for row in chain_letters(components, candidates, small_height, vertical, is_leader)
        if len(row.letters) >= _MIN_SMALL_LETTERS and _is_even(components, row)
    ]
    in_rows = {int(piece) for row in rows for piece in row.letters}
    attach_marks(components, rows, _exclude(pieces, in_rows), small_height)
    return rows


def _is_even(components: Components, row: Row) -> bool:
    heights = components.height[row.letters]
    return bool(np.median(np.abs(heights - row.height)) <= 0.25 * row.height)


def _attach_large(components: Components, rows: list[Row], large: Ints, height: int) -> dict[int, list[int]]:
    """Give pieces higher than a letter to the rows they touch: a tall letter in a heading to its row, a piece that
    joins rows to each of them in part. Returns the parts."""
    shared: dict[int, list[int]] = {}
    for piece in large.tolist():
        across = float(components.centre_x[piece])
        top, bottom = float(components.top[piece]), float(components.bottom[piece])
        touched = []
        for row in rows:
            if not row.left - 2 * row.height <= across <= row.right + 2 * row.height:
                continue
            row_top = float(np.interp(across, row.centres, row.tops))
            row_bottom = float(np.interp(across, row.centres, row.bottoms))
            if min(bottom, row_bottom) - max(top, row_top) >= 0.6 * (row_bottom - row_top):
                touched.append(row)
        if len(touched) == 1 and bottom - top <= MAX_LETTER * touched[0].height:
            touched[0].marks.append(piece)
        elif touched and bottom - top <= _MAX_JOINED * height and components.width[piece] <= _MAX_JOINED * height:
            for row in touched:
                shared.setdefault(id(row), []).append(piece)
    return shared


def _is_speck(components: Components, row: Row, rows: list[Row], height: int) -> bool:
    if len(row.letters) > 1:
        return False
    ink = int(components.area[row.letters[0]]) / (height * height)
    return ink < _MIN_SINGLE_INK and (ink < _MIN_CELL_INK or not any(_is_level(row, other, height) for other in rows))


def _is_level(row: Row, other: Row, height: int) -> bool:
    """Whether the letter of `row` has the height and base line of the letters of a longer row."""
    return (
        len(other.letters) > 1
        and abs(row.bottom - other.bottom) <= _BASE_LINE_TOLERANCE * height
        and abs(row.height - other.height) <= _HEIGHT_TOLERANCE * height
    )
