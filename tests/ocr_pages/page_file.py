"""A page as its reader and its judge need it: the file, and what is on it."""

from dataclasses import dataclass, field

from tests.ocr_pages.sheet import TrueLine


@dataclass(frozen=True)
class PageFile:
    """`file`: PNM as from a scanner, JPEG as from a camera. `lines` are in reading order. `marks`: texts of stamps.

    `is_by_paragraph`: how `metrics.score_page` judges it."""

    split: str
    kind: str
    index: int
    typeface: str
    strength: float
    file: bytes = field(repr=False)
    lines: tuple[TrueLine, ...] = field(repr=False)
    marks: tuple[str, ...] = ()
    is_by_paragraph: bool = False
    sheet_size: tuple[int, int] = (1, 1)  # of the upright sheet, in pixels of the lines' boxes
