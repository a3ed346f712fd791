"""The text of a page, as recognition returns it, and the functions that a child process runs for it.

This module is small on purpose: the process that shows the text imports neither OpenCV nor Tesseract, which take 60 MB
and half a second. `ocr.read_page` is imported in the child only.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import StrEnum

from ocr.confined.child_function import ChildFunction


@dataclass(frozen=True)
class Line:
    """One line of text, or the printed or handwritten part of one. `is_uncertain` marks it for the citizen."""

    text: str = field(repr=False)
    confidence: float  # 0..100; of Tesseract, mean of the characters
    is_uncertain: bool
    centre_y: float = 0.5  # height of its centre on the upright page, 0 at the top, 1 at the bottom
    box: tuple[float, ...] = ()  # left, top, right, bottom on the upright page, as fractions of its size
    is_handwritten: bool = False  # not read: `text` is empty, the picture in `box` is shown
    certainty: float = 0.0  # per cent of such lines that have no wrong character, see `ocr.reading.certainty`
    doubts: tuple[int, ...] = ()  # start and end, in pairs, of the words in `text` that have a doubtful character


class OfferKind(StrEnum):
    """What a part of a letter says."""

    PHONE = "phone"
    DATE = "date"
    REFERENCE = "reference"  # the letter's number, «ที่ …»
    SUBJECT = "subject"  # «เรื่อง …»
    RECIPIENT = "recipient"  # «เรียน …»


@dataclass(frozen=True)
class Offer:
    """Something read that can be offered for a form, never a fact: see `ocr.find_offers`."""

    kind: str  # value of an OfferKind
    text: str = field(repr=False)  # as on the page
    value: str = field(repr=False)  # a phone number in Arabic digits, an ISO date, otherwise the text
    is_uncertain: bool  # a character in it is doubtful
    box: tuple[float, ...]  # of its line, as in Line


@dataclass(frozen=True)
class Progress:
    """One more line is read; `fraction` of the page's lines is done. `quarter_turns` as in Recognition."""

    line: Line
    fraction: float
    quarter_turns: int


@dataclass(frozen=True)
class Recognition:
    """A page's lines in reading order. `is_readable` False: handwriting or noise, only the picture is shown.
    `is_complete` False: the reading was ended before the last line."""

    lines: tuple[Line, ...]
    is_readable: bool
    confidence: float
    quarter_turns: int = 0  # clockwise, by which the page was rotated to be read
    degrees: float = field(default=0.0, compare=False)  # counter-clockwise, by which it was levelled
    steps: tuple[str, ...] = field(default=(), compare=False)  # of its preparation
    offers: tuple[Offer, ...] = field(default=(), compare=False)
    model: str = field(default="", compare=False)  # that read the Thai text
    is_complete: bool = True


recognise: ChildFunction[Recognition] = ChildFunction("ocr.read_page:recognise")
recognise_by_line: ChildFunction[Generator[Progress, None, Recognition]] = ChildFunction(
    "ocr.read_page:recognise_by_line"
)
