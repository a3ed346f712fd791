"""A scan as the page that is stored and sent: upright, at most 200 dpi, grey unless coloured, one compact JPEG.

Pillow alone is enough. To import numpy takes 0.1 s of processor time, which a citizen would wait for each page.
"""

import io
import statistics
import struct

from PIL import Image, ImageChops, ImageFilter

from ocr import pixels
from ocr.decode_picture import decode
from ocr.prepared_page import EXIF_BLOCK_BYTES, MAX_JPEG_BYTES, MAX_LONG_SIDE_PX, MAX_SHORT_SIDE_PX, PreparedPage

MAX_PREVIEW_SIDE_PX = pixels.MAX_SIDE_PX  # half a portrait screen's height
JPEG_QUALITIES = (82, 75, 65, 55, 45, 35)
# Pillow rotates counter-clockwise, quarter turns count clockwise.
TRANSPOSE_BY_QUARTER_TURNS = {
    1: Image.Transpose.ROTATE_270,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}
# A page is coloured when this share of a small copy's pixels has this difference between its channels: a stamp or a
# photograph has it, a scanner's yellowish white and its coloured fringes do not.
_MIN_CHROMA = 48
_MIN_COLOURED_SHARE = 0.0008
# A page is blank when less than this share of a small copy is this much darker than its close surroundings. Compared
# with the surroundings, and not with the paper, shadows and yellowed paper do not count as ink; print that shines
# through is soft and differs little from its surroundings. Shares measured on generated A4 pages, in parts of 100,000
# (decision 0028): print shining through 0, ten specks of dust 6, bare paper with a scanner's noise 0; "- 2 -" 12, one
# word in pencil 17 (35 grey levels darker than the paper) to 54 (90 darker), a faint stamp 380, a letter 4,800. In
# doubt a page is not blank.
_NEIGHBOUR_PX = 2  # pixels of the small copy
_MIN_INK_CONTRAST = 14  # grey levels
_MIN_INKED_SHARE = 0.00008
_BLANK_CHECK_SIDE_PX = 1100  # minimum long side of the small copy: a pencil line is two pixels wide


# A prepared page begins with the JFIF header that Pillow writes in `_compress` (200 dots an inch). Once rotated, it
# also has an EXIF block with only the orientation: 1, 6, 3 and 8 are 0 to 3 quarter turns clockwise.
_PREPARED_HEADER = bytes.fromhex("ffd8 ffe0 0010 4a46494600 0101 01 00c8 00c8 0000")
_EXIF_BY_QUARTER_TURNS = [
    b"\xff\xe1\x00\x22Exif\0\0" + b"MM\0\x2a\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, value, 0, 0)
    for value in (1, 6, 3, 8)
]
_EXIF_UPRIGHT = _EXIF_BY_QUARTER_TURNS[0]


def prepare(raw: bytes, quarter_turns: int = 0) -> PreparedPage:
    """The page in `raw` (PNM, PNG, JPEG or WebP), rotated by `quarter_turns` quarters clockwise, in at most 300 kB.

    A prepared page is rotated without loss: only the orientation in its JPEG changes.

    Raises OcrError: TOO_LARGE, TRUNCATED, NOT_AN_IMAGE."""
    page = decode(raw)
    if (
        quarter_turns % 4
        and max(page.size) <= MAX_LONG_SIDE_PX
        and (rotated := _set_exif_orientation(raw, quarter_turns)) is not None
    ):
        page = page.transpose(TRANSPOSE_BY_QUARTER_TURNS[quarter_turns % 4])
        return PreparedPage(rotated, page.width, page.height, _make_preview(page), is_blank(page))
    if quarter_turns % 4:
        page = page.transpose(TRANSPOSE_BY_QUARTER_TURNS[quarter_turns % 4])
    return prepare_picture(page)


def prepare_picture(page: Image.Image) -> PreparedPage:
    """The decoded page ('L' or 'RGB') in at most 300 kB."""
    max_size = (
        (MAX_SHORT_SIDE_PX, MAX_LONG_SIDE_PX) if page.height >= page.width else (MAX_LONG_SIDE_PX, MAX_SHORT_SIDE_PX)
    )
    page.thumbnail(max_size, Image.Resampling.LANCZOS, reducing_gap=2)
    if page.mode == "RGB" and not is_coloured(page):
        page = page.convert("L")
    return _compress(page)


def _set_exif_orientation(raw: bytes, quarter_turns: int) -> bytes | None:
    """The JPEG with another orientation in its EXIF block and the same picture; None for what `prepare` did not make.

    Encoding it again would lose quality at each rotation."""
    if not raw.startswith(_PREPARED_HEADER) or len(raw) > MAX_JPEG_BYTES + EXIF_BLOCK_BYTES:
        return None
    exif, picture = (
        raw[len(_PREPARED_HEADER) :][:EXIF_BLOCK_BYTES],
        raw[len(_PREPARED_HEADER) + len(_EXIF_UPRIGHT) :],
    )
    if exif not in _EXIF_BY_QUARTER_TURNS:
        exif, picture = _EXIF_UPRIGHT, raw[len(_PREPARED_HEADER) :]
    return _PREPARED_HEADER + _EXIF_BY_QUARTER_TURNS[(_EXIF_BY_QUARTER_TURNS.index(exif) + quarter_turns) % 4] + picture


def is_coloured(page: Image.Image) -> bool:
    """Whether an 'RGB' picture has meaningful colours: a stamp, blue ink, a photograph."""
    red, green, blue = page.reduce(max(1, max(page.size) // 600)).split()
    brightest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    chroma = ImageChops.subtract(brightest, darkest)
    tint = statistics.median(chroma.tobytes())  # tinted paper does not count as colour
    return _share_above(chroma, tint + _MIN_CHROMA) > _MIN_COLOURED_SHARE


def is_blank(page: Image.Image) -> bool:
    """Whether there is no ink on the page. The edges, where shadows and staples are, do not count."""
    small = page.convert("L").reduce(max(1, max(page.size) // _BLANK_CHECK_SIDE_PX))
    ink = ImageChops.subtract(small.filter(ImageFilter.GaussianBlur(_NEIGHBOUR_PX)), small)
    across, down = small.width // 20, small.height // 20
    middle = ink.crop((across, down, small.width - across, small.height - down))
    return _share_above(middle, _MIN_INK_CONTRAST) < _MIN_INKED_SHARE


def _share_above(grey: Image.Image, level: float) -> float:
    """The share of the pixels of an 'L' picture that are brighter than `level`."""
    counts = grey.histogram()
    return sum(count for value, count in enumerate(counts) if value > level) / sum(counts)


def _compress(page: Image.Image) -> PreparedPage:
    """The best quality that fits into MAX_JPEG_BYTES; a page that fits at none (pure noise) is made smaller."""
    while True:
        for quality in JPEG_QUALITIES:
            jpeg = _encode(page, quality)
            if len(jpeg) <= MAX_JPEG_BYTES:
                return PreparedPage(jpeg, page.width, page.height, _make_preview(page), is_blank(page))
        page = page.resize((max(1, page.width * 3 // 4), max(1, page.height * 3 // 4)), Image.Resampling.LANCZOS)


def _encode(page: Image.Image, quality: int) -> bytes:
    """The page as a JPEG with colour in full resolution: with colour in half the resolution, the print under a stamp
    has twice the reading errors."""
    jpeg = io.BytesIO()
    try:
        page.save(jpeg, "JPEG", quality=quality, subsampling=0, optimize=True, dpi=(200, 200))
    except OSError:  # coloured noise does not fit into the encoder's buffer for `optimize`
        jpeg = io.BytesIO()
        page.save(jpeg, "JPEG", quality=quality, dpi=(200, 200))
    return jpeg.getvalue()


def _make_preview(page: Image.Image) -> bytes:
    small = page.copy()
    small.thumbnail((MAX_PREVIEW_SIDE_PX, MAX_PREVIEW_SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=2)
    return pixels.pack(small)
