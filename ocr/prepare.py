"""A scan becomes a page to keep: upright, at most 200 dpi, grey unless its colours say something, one compact JPEG."""

import io
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from ocr.picture import decode

PREVIEW_SIDE = 1200  # pixels: half a portrait screen's height
# Pixels: A4 at 200 dpi, a folio at 195; recognition gains nothing above (FACTS §4).
SHORT_SIDE, LONG_SIDE = 1654, 2600
MOST_BYTES = 300_000
QUALITIES = (82, 75, 65, 55, 45, 35)
# Pillow turns counter-clockwise, we count quarters clockwise.
QUARTERS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
# A page is coloured when this share of a small copy's pixels has this much between its channels: a stamp or a
# photograph does, a scanner's yellowish white and its coloured fringes do not.
_CHROMA = 48
_COLOURED_SHARE = 0.0008
# A page is blank when less than this share of a small copy is this much darker than its paper: one handwritten word on
# A4 is 0.0004, dust 0.00002, print shining through is 30 darker.
_INK = 50
_INKED_SHARE = 0.0001


@dataclass(frozen=True)
class PreparedPage:
    """A page as it is shown, kept and sent."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    preview: bytes = field(repr=False)  # a small JPEG, quick to decode where frames must not be late
    blank: bool = False  # an empty back: no ink, only what shines through


def prepare(raw: bytes, turn: int = 0) -> PreparedPage:
    """The page in `raw` (PNM, PNG or JPEG), turned by `turn` quarters clockwise, in at most 300 kB.

    Raises OcrError: TOO_LARGE, TRUNCATED, NOT_AN_IMAGE."""
    page = decode(raw)
    most = (SHORT_SIDE, LONG_SIDE) if page.height >= page.width else (LONG_SIDE, SHORT_SIDE)
    page.thumbnail(most, Image.Resampling.LANCZOS, reducing_gap=2)
    if page.mode == "RGB" and not is_coloured(page):
        page = page.convert("L")
    if turn % 4:
        page = page.transpose(QUARTERS[turn % 4])
    return _compact(page)


def is_coloured(page: Image.Image) -> bool:
    """Do the colours of an 'RGB' picture say something (a stamp, blue ink, a photograph)?"""
    small = np.asarray(page.reduce(max(1, max(page.size) // 600)), np.int16)
    chroma = small.max(axis=2) - small.min(axis=2)
    tint = np.median(chroma)  # tinted paper is not colour
    return bool((chroma - tint > _CHROMA).mean() > _COLOURED_SHARE)


def is_blank(page: Image.Image) -> bool:
    """Is there nothing on it? Its edges, where shadows and staples are, do not count, nor print shining through."""
    small = np.asarray(page.convert("L").reduce(max(1, max(page.size) // 800)), np.int16)
    down, across = small.shape[0] // 20, small.shape[1] // 20
    middle = small[down : small.shape[0] - down, across : small.shape[1] - across]
    return bool((np.median(middle) - middle > _INK).mean() < _INKED_SHARE) if middle.size else True


def _compact(page: Image.Image) -> PreparedPage:
    """The best quality that fits; a page that fits at none (pure noise) is made smaller instead."""
    while True:
        for quality in QUALITIES:
            kept = io.BytesIO()
            page.save(kept, "JPEG", quality=quality, optimize=True, dpi=(200, 200))
            if kept.tell() <= MOST_BYTES:
                return PreparedPage(kept.getvalue(), page.width, page.height, _preview(page), is_blank(page))
        page = page.resize((max(1, page.width * 3 // 4), max(1, page.height * 3 // 4)), Image.Resampling.LANCZOS)


def _preview(page: Image.Image) -> bytes:
    small, kept = page.copy(), io.BytesIO()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS, reducing_gap=2)
    small.save(kept, "JPEG", quality=75)
    return kept.getvalue()
