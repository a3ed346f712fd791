"""A scan becomes a page to keep: upright, at most 200 dpi, grey unless its colours say something, one compact JPEG."""

import io
import struct
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageFilter

from ocr import pixels
from ocr.decode_picture import decode

PREVIEW_SIDE = pixels.LONGEST_SIDE  # half a portrait screen's height
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
# A page is blank when less than this share of a small copy is this much darker than what surrounds it closely. Compared
# with its neighbourhood (and not with the paper) shadows and yellowed paper are no ink; print that shines through is
# soft and hardly differs from it. Shares measured on generated A4 pages, in parts of 100,000 (decision 0222): print
# shining through 0, ten specks of dust 6, bare paper with a scanner's noise 0; "- 2 -" 12, one word in pencil 17 (35
# grey levels darker than the paper) to 54 (90 darker), a faint stamp 380, a letter 4,800. In doubt a page is not blank.
_NEAR = 2  # pixels of the small copy
_INK = 14  # grey levels
_INKED_SHARE = 0.00008
_BLANK_SIDE = 1100  # pixels of the small copy's long side, at least: a pencil's line is two of them wide


# A kept page begins with the JFIF header that `_compact` has Pillow write (200 dots an inch), and once turned goes on
# with an EXIF block that holds nothing but the orientation: 1, 6, 3 and 8 are 0 to 3 quarters clockwise.
_KEPT = bytes.fromhex("ffd8 ffe0 0010 4a46494600 0101 01 00c8 00c8 0000")
_TURNED = [
    b"\xff\xe1\x00\x22Exif\0\0" + b"MM\0\x2a\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, value, 0, 0)
    for value in (1, 6, 3, 8)
]
_UPRIGHT = _TURNED[0]
_JPEG = b"\xff\xd8"


@dataclass(frozen=True)
class PreparedPage:
    """A page as it is shown, kept and sent."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    preview: bytes = field(repr=False)  # see ocr.pixels: whoever shows it decodes nothing
    blank: bool = False  # an empty back: no ink, only what shines through

    def __post_init__(self) -> None:
        """Raises ValueError for what `prepare` does not make: it may come from a process that a picture took over."""
        if not self.jpeg.startswith(_JPEG) or len(self.jpeg) > MOST_BYTES + len(_UPRIGHT):
            raise ValueError("It is no page to keep")
        if not (0 < self.width <= LONG_SIDE and 0 < self.height <= LONG_SIDE):
            raise ValueError("No page has that size")
        pixels.check(self.preview)


def prepare(raw: bytes, turn: int = 0) -> PreparedPage:
    """The page in `raw` (PNM, PNG or JPEG), turned by `turn` quarters clockwise, in at most 300 kB.

    A page that was kept before is turned without a loss: its JPEG only says which way up it is to be shown.

    Raises OcrError: TOO_LARGE, TRUNCATED, NOT_AN_IMAGE."""
    page = decode(raw)
    if turn % 4 and max(page.size) <= LONG_SIDE and (kept := _said_to_be_turned(raw, turn)) is not None:
        page = page.transpose(QUARTERS[turn % 4])
        return PreparedPage(kept, page.width, page.height, _preview(page), is_blank(page))
    most = (SHORT_SIDE, LONG_SIDE) if page.height >= page.width else (LONG_SIDE, SHORT_SIDE)
    page.thumbnail(most, Image.Resampling.LANCZOS, reducing_gap=2)
    if page.mode == "RGB" and not is_coloured(page):
        page = page.convert("L")
    if turn % 4:
        page = page.transpose(QUARTERS[turn % 4])
    return _compact(page)


def _said_to_be_turned(raw: bytes, turn: int) -> bytes | None:
    """The JPEG with another orientation in its EXIF block, its picture untouched; None for what `prepare` did not make.

    Encoding it again would lose quality at each touch of "turn"."""
    if not raw.startswith(_KEPT) or len(raw) > MOST_BYTES + len(_UPRIGHT):
        return None
    exif, picture = raw[len(_KEPT) :][: len(_UPRIGHT)], raw[len(_KEPT) + len(_UPRIGHT) :]
    if exif not in _TURNED:
        exif, picture = _UPRIGHT, raw[len(_KEPT) :]
    return _KEPT + _TURNED[(_TURNED.index(exif) + turn) % 4] + picture


def is_coloured(page: Image.Image) -> bool:
    """Do the colours of an 'RGB' picture say something (a stamp, blue ink, a photograph)?"""
    small = np.asarray(page.reduce(max(1, max(page.size) // 600)), np.int16)
    chroma = small.max(axis=2) - small.min(axis=2)
    tint = np.median(chroma)  # tinted paper is not colour
    return bool((chroma - tint > _CHROMA).mean() > _COLOURED_SHARE)


def is_blank(page: Image.Image) -> bool:
    """Is there nothing on it? Its edges, where shadows and staples are, do not count, nor print shining through."""
    small = page.convert("L").reduce(max(1, max(page.size) // _BLANK_SIDE))
    around = np.asarray(small.filter(ImageFilter.GaussianBlur(_NEAR)), np.int16)
    ink = around - np.asarray(small, np.int16) > _INK
    down, across = ink.shape[0] // 20, ink.shape[1] // 20
    middle = ink[down : ink.shape[0] - down, across : ink.shape[1] - across]
    return bool(middle.mean() < _INKED_SHARE) if middle.size else True


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
    small = page.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS, reducing_gap=2)
    return pixels.packed(small)
