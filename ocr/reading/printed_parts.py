"""Reads the parts of a line with handwriting again, each alone: the printed prompt of a form beside what was written.

Handwriting is larger than the print beside it. Read together, the print becomes too small for the reader.
"""

from collections.abc import Sequence

import numpy as np

from ocr.arrays import Bools
from ocr.lines.line_pictures import MARGIN_PX, LinePicture
from ocr.page.box import Box
from ocr.reading.line_reader import LineReader, Word, mean_confidence
from ocr.reading.read_lines import read_line

_MIN_GAP = 0.6  # letter heights of white between two parts; words of print are nearer to each other
_DARK = 160  # grey levels below are ink; with 110 or 200 the parts of the tuning forms are the same
_SURE_PRINT, _MIN_CHARS = 86.0, 4  # a part of handwriting read alone has less, or is shorter


def read_printed_parts(
    words: Sequence[Word], pictures: Sequence[LinePicture], thai: LineReader, english: LineReader
) -> tuple[Word, ...]:
    """`words` of a line, with what reads as print when its part of the line is read alone."""
    result = list(words)
    for picture in pictures:
        parts = _split_at_gaps(picture)
        for part in parts if len(parts) > 1 or len(pictures) > 1 else []:
            read = read_line([part], thai, english)
            left, right = part.box.left + MARGIN_PX, part.box.right - MARGIN_PX
            before = [word for word in result if left <= (word.left + word.right) / 2 < right]
            is_whole = all(part.box.left <= word.left and word.right <= part.box.right for word in before)
            if is_whole and _is_print(read) and mean_confidence(read) > mean_confidence(before):
                result = [word for word in result if word not in before] + list(read)
    return tuple(sorted(result, key=lambda word: word.left))


def _is_print(words: Sequence[Word]) -> bool:
    return sum(len(word.text) for word in words) >= _MIN_CHARS and mean_confidence(words) >= _SURE_PRINT


def _split_at_gaps(picture: LinePicture) -> list[LinePicture]:
    """The parts of a line between its wide gaps, each cut to its own ink."""
    dark = picture.picture < _DARK
    columns = np.flatnonzero(dark.any(axis=0))
    if not len(columns):
        return []
    breaks = np.flatnonzero(np.diff(columns) > _MIN_GAP * picture.letter_height)
    lefts = columns[np.concatenate([[0], breaks + 1])]
    rights = columns[np.concatenate([breaks, [len(columns) - 1]])] + 1
    return [_part(picture, dark, int(left), int(right)) for left, right in zip(lefts, rights, strict=True)]


def _part(picture: LinePicture, dark: Bools, left: int, right: int) -> LinePicture:
    rows = np.flatnonzero(dark[:, left:right].any(axis=1))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    part = picture.picture[top:bottom, left:right]
    box = Box(
        picture.box.left + left - MARGIN_PX,
        picture.box.top + top - MARGIN_PX,
        picture.box.left + right + MARGIN_PX,
        picture.box.top + bottom + MARGIN_PX,
    )
    return LinePicture(np.pad(part, MARGIN_PX, constant_values=255), box, picture.letter_height)
