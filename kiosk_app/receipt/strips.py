"""Strips of a receipt or slip: text, rules, tables and QR codes, each a grey image of the paper's full width.

Stacked, they are one bitmap. Lengths are dots; thermal heads have 8 a millimetre. 0 is black, 255 white.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from drivers.ports.receipt_printer import PAPER_WIDTHS_DOTS
from protocol.qr_code import QUIET_ZONE_MODULES, qr_modules
from thai.line_breaking import wrap

ASSETS = Path(__file__).parents[2] / "assets"
FONTS = ASSETS / "fonts"
EMBLEM = "\uebf6"  # 'building-community' in the icons' names.json; also at the top of every screen
DOTS_PER_MM = 8
THRESHOLD = 140  # darker grey is printed black; a little above the middle, so that thin Thai strokes stay whole
WHITE = 255
BLACK = 0
# Extents of Sarabun as shares of the type size: two stacked marks reach 1.28 above the baseline, a vowel 0.32 below.
ASCENT, DESCENT = 1.28, 0.32
LINE_HEIGHT = 1.42  # from baseline to baseline
QR_MIN_MM = 25
DESIGN_WIDTH_DOTS = 576


class ShapingMissingError(OSError):
    """Pillow cannot shape Thai: Raqm is missing."""


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
        """The font, shaped by Raqm. Raises ShapingMissingError."""
        return _font(self.weight, self.size)

    def width(self, text: str) -> float:
        """Advance width of one line without its markup."""
        return sum(face.font.getlength(part, language="th") for part, face in _runs(text, self))

    def shrunk_to_fit(self, text: str, width: float) -> "Typeface":
        """This typeface, or a smaller one in which `text` fits into `width`."""
        text_width = self.width(text)
        return self if text_width <= width else Typeface(self.weight, int(self.size * width / text_width))


@lru_cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    if not features.check("raqm"):
        raise ShapingMissingError("Thai cannot be printed: Pillow finds no Raqm; install libfribidi0.")
    return ImageFont.truetype(FONTS / f"Sarabun-{weight}.ttf", size, layout_engine=ImageFont.Layout.RAQM)


def _runs(line: str, face: Typeface) -> list[tuple[str, Typeface]]:
    """The parts of a line with their typefaces: text between asterisks is bold. Invisible characters (joiners, and
    control characters that Raqm refuses) are left out."""
    visible = "".join(c for c in line if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029")
    parts = visible.split("*")
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
    """A table of (label, its translation, value): label and translation on the left, the value bold on the right.

    If one row has no room for the translation beside its label, all translations go below their labels.
    """
    gap = face.size / 3
    room = width - 2 * margin
    is_crowded = any(
        face.width(label) + gap + small.width(translation) + gap + face.bold.width(value) > room
        for label, translation, value in entries
    )
    translation_height = small.size * LINE_HEIGHT if is_crowded else 0
    step = face.size * LINE_HEIGHT + translation_height
    canvas = blank_strip(width, step * (len(entries) - 1) + _height(face) + translation_height)
    for index, (label, translation, value) in enumerate(entries):
        top = index * step
        same_baseline = top + ASCENT * (face.size - small.size)
        _draw_line(canvas, label, face, margin, top)
        _draw_line(canvas, value, face.bold, width - margin - face.bold.width(value), top)
        if is_crowded:
            _draw_line(canvas, translation, small, margin, same_baseline + translation_height)
        else:
            _draw_line(canvas, translation, small, margin + face.width(label) + gap, same_baseline)
    return canvas


def draw_inverse_label(width: int, content: str, face: Typeface) -> Image.Image:
    """White text on a black bar in the middle of the paper."""
    padding = face.size // 2
    bar_width = face.width(content) + 2 * padding
    bar_height = face.size * 1.6
    left = (width - bar_width) / 2
    top = (bar_height - _height(face)) / 2 - face.size * 0.08
    canvas = blank_strip(width, bar_height)
    bar = (left, 0, left + bar_width, bar_height - 1)
    ImageDraw.Draw(canvas).rounded_rectangle(bar, radius=face.size // 4, fill=BLACK)
    _draw_line(canvas, content, face, left + padding, top, ink=WHITE)
    return canvas


def draw_emblem(width: int, size: int) -> Image.Image:
    """The emblem of the screens, a disc of `size` dots in the middle of the paper."""
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
    """A QR code with its quiet zone, whole dots a module: about half the paper's width, at least 25 mm where that fits.

    Raises segno.DataOverflowError for more than a QR code holds.
    """
    modules = qr_modules(content)
    count = len(modules)
    dots = _dots_per_module(width, count)
    symbol = Image.new("L", (count, count), WHITE)
    symbol.putdata([BLACK if dark else WHITE for row in modules for dark in row])
    side = count * dots
    canvas = blank_strip(width, side + 2 * QUIET_ZONE_MODULES * dots)
    left = (width - side) // 4 * 2  # an even place, see _dots_per_module
    canvas.paste(symbol.resize((side, side), Image.Resampling.NEAREST), (left, QUIET_ZONE_MODULES * dots))
    return canvas


def _dots_per_module(width: int, module_count: int) -> int:
    """Dots a module, even if possible: the printer doubles even modules at even places, a quarter of the bytes."""
    minimum = -(-QR_MIN_MM * DOTS_PER_MM // module_count)  # rounded up
    maximum = width // (module_count + 2 * QUIET_ZONE_MODULES)
    dots = max(1, min(maximum, max(minimum, round(width / 2 / module_count))))
    if dots % 2 and dots > 1:
        dots += 1 if dots == minimum and dots < maximum else -1
    return dots


def stack_strips(width: int, strips: Iterable[Image.Image]) -> Image.Image:
    """One bitmap (mode '1') of the strips, top to bottom."""
    stacked = list(strips)
    paper = Image.new("L", (width, sum(strip.height for strip in stacked)), WHITE)
    top = 0
    for strip in stacked:
        paper.paste(strip, (0, top))
        top += strip.height
    return paper.point([BLACK if grey < THRESHOLD else WHITE for grey in range(256)], "1")


@dataclass(frozen=True)
class StripSizes:
    """Type sizes and gaps for one paper width. Raises ValueError for a width that no paper has.

    Type shrinks half as fast as the paper: lines on 58 mm paper wrap more, but stay readable at arm's length.
    """

    width: int

    def __post_init__(self) -> None:
        if self.width not in PAPER_WIDTHS_DOTS:
            widths = ", ".join(map(str, PAPER_WIDTHS_DOTS))
            raise ValueError(f"No paper is {self.width} dots wide; widths are {widths}.")

    def _scaled(self, dots: int) -> int:
        """A length on the 576 dots of the design, for this width."""
        return round(dots * (1 + self.width / DESIGN_WIDTH_DOTS) / 2)

    @property
    def margin(self) -> int:
        """Blank dots on the left and on the right."""
        return round(self.width / 24)

    @property
    def emblem(self) -> int:
        """Diameter of the emblem."""
        return self._scaled(80)

    @property
    def centre(self) -> Typeface:
        """The centre's name."""
        return Typeface("Bold", self._scaled(42))

    @property
    def title(self) -> Typeface:
        """Titles."""
        return Typeface("Bold", self._scaled(36))

    @property
    def body(self) -> Typeface:
        """Text in the main language."""
        return Typeface("Medium", self._scaled(28))

    @property
    def small(self) -> Typeface:
        """Text in the other language."""
        return Typeface("Medium", self._scaled(22))

    @property
    def code(self) -> Typeface:
        """The tracking code."""
        return Typeface("Bold", self._scaled(58))

    def gap(self, dots: int) -> Image.Image:
        """Blank paper, in dots of the design."""
        return blank_strip(self.width, self._scaled(dots))

    def centred(self, text: str, face: Typeface) -> Image.Image:
        """A centred paragraph between the margins."""
        return draw_paragraph(self.width, self.margin, text, face, centred=True)

    def paragraph(self, text: str, face: Typeface) -> Image.Image:
        """A paragraph between the margins."""
        return draw_paragraph(self.width, self.margin, text, face)

    def rule(self) -> Image.Image:
        """A solid line between the margins."""
        return draw_rule(self.width, self.margin)

    def dashes(self) -> Image.Image:
        """A dashed line between the margins."""
        return draw_dashed_rule(self.width, self.margin)
