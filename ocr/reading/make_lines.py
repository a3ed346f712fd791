"""Makes the lines that are returned from the words that were read: printed text, handwriting, or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import Floats
from ocr.lines.line_pictures import LinePicture
from ocr.page.box import Box
from ocr.page.page_copy import PageCopy, quarter_turn_matrix
from ocr.reading.certainty import MIN_SURE, certainty
from ocr.reading.handwriting import Part
from ocr.reading.line_reader import Word, mean_confidence
from ocr.reading.repair_text import repair_thai_line
from ocr.recognise import Line

Repair = Callable[[str], str]
MIN_READABLE_CONFIDENCE = 78.0  # of a page's printed lines; printed pages have 87 and more
# Of a readable page's lines, by width. Forms filled by hand have 0.25 and more; of a page of handwriting, at most a
# tenth is taken for print.
MIN_PRINTED_SHARE = 0.2
_SURE_DIGIT, _SURE_LETTER = 80.0, 60.0  # confidence of a word's least certain character, with and without digits
_MIN_PRINT = 60.0  # mean confidence of a printed part; below are specks, emblems and rules
_SHORT_CHARS, _MIN_SHORT_PRINT = 3, 82.0
_MIN_COLOURED_CHARS, _MIN_COLOURED_PRINT = 16, 90.0  # of print in colour; stamps are shorter, or read in pieces


@dataclass(frozen=True)
class Placement:
    """How the level page lies on the upright stored one."""

    copy: PageCopy
    stored_size: tuple[int, int]
    quarter_turns: int

    def place(self, box: Box) -> tuple[float, ...]:
        """Left, top, right and bottom of a box of the level page on the upright page, as fractions of its size."""
        left, top, right, bottom = self.copy.stored_box(box)
        corners = np.array([[[left, top], [right, bottom]]])
        upright_size = self.stored_size[::-1] if self.quarter_turns % 2 else self.stored_size
        to_upright: Floats = quarter_turn_matrix(self.quarter_turns, *self.stored_size)
        upright = cv2.perspectiveTransform(corners, to_upright)[0] / upright_size
        place = np.clip(np.concatenate([upright.min(axis=0), upright.max(axis=0)]), 0, 1)
        return tuple(round(float(value), 4) for value in place)


def make_lines(
    parts: Sequence[Part], pictures: Sequence[LinePicture], placement: Placement, repair: Repair = repair_thai_line
) -> list[Line]:
    """A line for each of its printed and handwritten parts, except for noise. `repair` corrects the spelling
    of what was read."""
    top = min((picture.box.top for picture in pictures), default=0)
    bottom = max((picture.box.bottom for picture in pictures), default=0)
    lines = []
    for part in parts:
        box = Box(min(word.left for word in part.words), top, max(word.right for word in part.words), bottom)
        line = _make_line(part, placement.place(box), repair)
        if line is not None:
            lines.append(line)
    return lines


def _make_line(part: Part, place: tuple[float, ...], repair: Repair) -> Line | None:
    confidence = mean_confidence(part.words)
    centre_y = (place[1] + place[3]) / 2
    if part.is_handwritten:
        return Line("", confidence, True, centre_y, place, is_handwritten=True)
    text = repair(" ".join(word.text for word in part.words))
    if not text or confidence < (_MIN_SHORT_PRINT if len(text) <= _SHORT_CHARS else _MIN_PRINT):
        return None
    sure = certainty(part.words)
    return Line(
        text,
        confidence,
        sure < MIN_SURE,
        centre_y,
        place,
        certainty=round(sure, 1),
        doubts=_find_doubts(text, part.words, repair),
    )


def is_stamp(line: Line) -> bool:
    """Whether a line of coloured ink over print is a stamp, or a piece of one: it is neither handwriting nor sure print
    of some length, such as a heading in blue."""
    is_print = len(line.text) >= _MIN_COLOURED_CHARS and line.confidence >= _MIN_COLOURED_PRINT
    return not (line.is_handwritten or is_print)


def _find_doubts(text: str, words: Sequence[Word], repair: Repair) -> tuple[int, ...]:
    """Where in the repaired text the words with a doubtful character are: start and end of each."""
    doubts: list[int] = []
    position = 0
    for word in words:
        repaired = repair(word.text)
        start = text.find(repaired, position)
        if start < 0 or not repaired:
            continue  # the line was repaired across words
        position = start + len(repaired)
        has_digit = any(character.isdigit() for character in repaired)
        if word.lowest < (_SURE_DIGIT if has_digit else _SURE_LETTER):
            doubts += [start, position]
    return tuple(doubts)


def page_confidence(lines: Sequence[Line]) -> float:
    """Mean confidence of the printed characters; 0 without any."""
    weight = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / weight if weight else 0.0


def is_readable(lines: Sequence[Line]) -> bool:
    """Whether the page has print that is worth showing, beside its handwriting."""
    printed = sum(line.box[2] - line.box[0] for line in lines if not line.is_handwritten)
    total = sum(line.box[2] - line.box[0] for line in lines)
    is_printed = total > 0 and printed >= MIN_PRINTED_SHARE * total
    return is_printed and page_confidence(lines) >= MIN_READABLE_CONFIDENCE
