"""Strips of paper: text, rules, rows and QR codes, each a grey strip of full width; stacked they are one bitmap.

Lengths are dots; thermal heads have 8 a millimetre. 0 is black, 255 paper.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont, features

from thai.line_breaking import wrap

ASSETS = Path(__file__).parents[2] / "assets"
FONTS = ASSETS / "fonts"
EMBLEM = "\uebf6"  # 'building-community' of the icons' names.json: what stands at the top of every screen too
DOTS_PER_MM = 8
THRESHOLD = 140  # a grey dot darker than this is burnt; a little above the middle keeps thin Thai strokes whole
WHITE = 255
BLACK = 0
# Sarabun's extents, of the type size: two stacked marks reach 1.28 above the baseline, a vowel 0.32 below it.
ASCENT, DESCENT = 1.28, 0.32
LINE_HEIGHT = 1.42  # from baseline to baseline
QUIET_ZONE = 4  # modules, ISO/IEC 18004
QR_MIN_MM = 25


class ShapingMissingError(OSError):
    """Pillow cannot shape Thai here."""


@dataclass(frozen=True)
class Typeface:
    """A weight of Sarabun at a size in dots."""

    weight: str
    size: int

    @property
    def bold(self) -> "Typeface":
        """The same size, bold."""
        return Typeface("Bold", self.size)

    @property
    def font(self) -> ImageFont.FreeTypeFont:
        """The typeface, with Raqm. Raises ShapingMissing."""
        return _font(self.weight, self.size)

    def width(self, text: str) -> float:
        """Advance width of one line, markup not counted."""
        return sum(face.font.getlength(part, language="th") for part, face in _runs(text, self))

    def shrunk_to_fit(self, text: str, width: float) -> "Typeface":
        """This type, smaller if `text` would not fit into `width`."""
        wide = self.width(text)
        return self if wide <= width else Typeface(self.weight, int(self.size * width / wide))


@lru_cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    if not features.check("raqm"):
        raise ShapingMissingError("Thai cannot be printed: Pillow finds no Raqm; install libfribidi0.")
    return ImageFont.truetype(FONTS / f"Sarabun-{weight}.ttf", size, layout_engine=ImageFont.Layout.RAQM)


def _runs(line: str, face: Typeface) -> list[tuple[str, Typeface]]:
    """A line's parts with their type: what stands between asterisks is bold. Characters without ink (joiners, controls
    that Raqm refuses) are left out."""
    parts = "".join(c for c in line if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029").split("*")
    return [(part, face.bold if index % 2 else face) for index, part in enumerate(parts) if part]


def blank_strip(width: int, height: float) -> Image.Image:
    """Blank paper."""
    return Image.new("L", (width, round(height)), WHITE)


def _height(face: Typeface) -> float:
    return (ASCENT + DESCENT) * face.size


def _draw_line(canvas: Image.Image, line: str, face: Typeface, x: float, top: float, *, ink: int = BLACK) -> None:
    draw = ImageDraw.Draw(canvas)
    for part, run in _runs(line, face):
        draw.text((x, top + ASCENT * face.size), part, ink, font=run.font, anchor="ls", language="th")
        x += run.font.getlength(part, language="th")


def draw_paragraph(width: int, margin: int, content: str, face: Typeface, *, centred: bool = False) -> Image.Image:
    """A paragraph in balanced lines."""
    lines = wrap(content, face.width, width - 2 * margin, balance=True)
    step = face.size * LINE_HEIGHT
    canvas = blank_strip(width, step * (len(lines) - 1) + _height(face))
    for index, line in enumerate(lines):
        x = (width - face.width(line)) / 2 if centred else margin
        _draw_line(canvas, line, face, x, index * step)
    return canvas


def draw_table(
    width: int, margin: int, entries: Sequence[tuple[str, str, str]], face: Typeface, small: Typeface
) -> Image.Image:
    """A table: label and its translation on the left, bold value on the right. Where one row is too full for a
    translation beside its label, all translations go beneath."""
    gap = face.size / 3
    crowded = any(
        face.width(label) + small.width(translation) + face.bold.width(value) + 2 * gap > width - 2 * margin
        for label, translation, value in entries
    )
    step = face.size * LINE_HEIGHT + (small.size * LINE_HEIGHT if crowded else 0)
    canvas = blank_strip(
        width, step * (len(entries) - 1) + _height(face) + (small.size * LINE_HEIGHT if crowded else 0)
    )
    for index, (label, translation, value) in enumerate(entries):
        top = index * step
        _draw_line(canvas, label, face, margin, top)
        _draw_line(canvas, value, face.bold, width - margin - face.bold.width(value), top)
        if crowded:
            _draw_line(
                canvas, translation, small, margin, top + ASCENT * (face.size - small.size) + small.size * LINE_HEIGHT
            )
        else:
            _draw_line(
                canvas, translation, small, margin + face.width(label) + gap, top + ASCENT * (face.size - small.size)
            )
    return canvas


def draw_inverse_label(width: int, content: str, face: Typeface) -> Image.Image:
    """White words on a black bar in the middle of the paper."""
    padding = face.size // 2
    wide = face.width(content) + 2 * padding
    height = face.size * 1.6
    canvas = blank_strip(width, height)
    box = ((width - wide) / 2, 0, (width + wide) / 2, height - 1)
    ImageDraw.Draw(canvas).rounded_rectangle(box, radius=face.size // 4, fill=BLACK)
    _draw_line(
        canvas, content, face, (width - wide) / 2 + padding, (height - _height(face)) / 2 - face.size * 0.08, ink=WHITE
    )
    return canvas


def draw_emblem(width: int, size: int) -> Image.Image:
    """The disc that stands at the top of the screens, `size` dots across, in the middle of the paper."""
    canvas = blank_strip(width, size)
    draw = ImageDraw.Draw(canvas)
    draw.ellipse(((width - size) // 2, 0, (width + size) // 2 - 1, size - 1), fill=BLACK)
    icons = ImageFont.truetype(ASSETS / "icons" / "icons.ttf", round(size * 0.62))
    draw.text((width / 2, size / 2), EMBLEM, WHITE, font=icons, anchor="mm")
    return canvas


def draw_rule(width: int, margin: int, thickness: int = 4) -> Image.Image:
    """A solid line."""
    canvas = blank_strip(width, thickness)
    canvas.paste(BLACK, (margin, 0, width - margin, thickness))
    return canvas


def draw_dashed_rule(width: int, margin: int, thickness: int = 2) -> Image.Image:
    """A dashed line."""
    canvas = blank_strip(width, thickness)
    for x in range(margin, width - margin, 8):
        canvas.paste(BLACK, (x, 0, min(x + 5, width - margin), thickness))
    return canvas


def draw_qr(width: int, content: str) -> Image.Image:
    """A QR code of level M in whole dots a module, quiet zone included: about half the paper's width, at least 25 mm
    where that fits. Raises segno.DataOverflowError for what no QR code holds."""
    matrix = segno.make_qr(content, error="m", boost_error=False).matrix
    modules = len(matrix)
    least = -(-QR_MIN_MM * DOTS_PER_MM // modules)
    widest = width // (modules + 2 * QUIET_ZONE)
    dots = max(1, min(widest, max(least, round(width / 2 / modules))))
    # An even module at an even place is sent at half size and doubled by the printer: a quarter of the bytes.
    if dots % 2 and dots > 1:
        dots += 1 if dots == least and dots < widest else -1
    symbol = Image.new("L", (modules, modules), WHITE)
    symbol.putdata([BLACK if dark else WHITE for line in matrix for dark in line])
    side = modules * dots
    canvas = blank_strip(width, side + 2 * QUIET_ZONE * dots)
    left = (width - side) // 4 * 2
    canvas.paste(symbol.resize((side, side), Image.Resampling.NEAREST), (left, QUIET_ZONE * dots))
    return canvas


def stack_strips(width: int, strips: Iterable[Image.Image]) -> Image.Image:
    """One bitmap (mode '1') of the strips, top to bottom."""
    held = list(strips)
    paper = Image.new("L", (width, sum(part.height for part in held)), WHITE)
    top = 0
    for part in held:
        paper.paste(part, (0, top))
        top += part.height
    return paper.point([BLACK if grey < THRESHOLD else WHITE for grey in range(256)], "1")
