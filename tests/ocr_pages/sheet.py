"""A sheet of paper on which lines are set; every line is recorded with its place."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

from tests.ocr_pages.typefaces import Typeface, em_for_letter_height, open_font
from thai.line_breaking import wrap

A4_MM = (210, 297)
MM_PER_INCH = 25.4
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels of the upright sheet
_INDENT_MM = 25
_LEADER_STEP = 0.26  # of the letter height, between the dots of a form's blank


@dataclass(frozen=True)
class TrueLine:
    """A line as printed, without leader dots. Lines of one paragraph have one `paragraph` number. `is_handwritten`:
    drawn letters without text."""

    text: str
    box: Box
    paragraph: int
    is_handwritten: bool = False


@dataclass(frozen=True)
class Style:
    """How a sheet is set."""

    typeface: Typeface
    letter_mm: float  # height of «ก»: 2.0 in small print, 2.8 in large
    spacing: float  # of the face's own line height: 1.0 is single
    ink_grey: int = 20  # 0 is black
    dpi: int = 200
    margin_mm: tuple[float, float, float] = (30, 20, 22)  # left, right, top and bottom


@dataclass
class Sheet:
    """An A4 sheet under construction. `y` is the top of the next line in pixels. Text is in `black`, stamps and pens
    are in `coloured`, both on white; `picture` is their product."""

    style: Style
    black: Image.Image = field(init=False, repr=False)
    coloured: Image.Image | None = field(default=None, repr=False)
    lines: list[TrueLine] = field(default_factory=list, repr=False)
    shapes: list[Box] = field(default_factory=list)  # ink that is no text
    marks: list[str] = field(default_factory=list)  # texts of stamps
    y: float = 0

    def __post_init__(self) -> None:
        width, height = (round(mm / MM_PER_INCH * self.style.dpi) for mm in A4_MM)
        self.black = Image.new("L", (width, height), 255)
        left, right, top = (self.pixels(mm) for mm in self.style.margin_mm)
        self.left, self.right, self.bottom = left, width - right, height - top
        self.y = top
        self._paragraph = 0
        self._draw = ImageDraw.Draw(self.black)

    def pixels(self, mm: float) -> float:
        """A length on this sheet."""
        return mm / MM_PER_INCH * self.style.dpi

    def font(self, *, is_bold: bool = False, scale: float = 1.0) -> ImageFont.FreeTypeFont:
        """The sheet's typeface; `scale` 1 is the running text."""
        path = self.style.typeface.bold if is_bold else self.style.typeface.regular
        regular_em = em_for_letter_height(self.style.typeface.regular, self.pixels(self.style.letter_mm))
        return open_font(path, round(regular_em * scale, 1))

    def line_height(self, font: ImageFont.FreeTypeFont) -> float:
        """Distance of two baselines in pixels."""
        return sum(font.getmetrics()) * self.style.spacing

    def new_paragraph(self) -> None:
        """The next line begins a paragraph."""
        self._paragraph += 1

    def skip(self, lines: float = 0.5) -> None:
        """Leave space of that many lines."""
        self.y += lines * self.line_height(self.font())

    def has_room(self, lines: float = 1) -> bool:
        """Whether that many lines fit above the bottom margin."""
        return self.y + lines * self.line_height(self.font()) <= self.bottom

    def add_row(
        self, parts: list[tuple[float, str]], font: ImageFont.FreeTypeFont | None = None, *, is_tall: bool = True
    ) -> Box:
        """Set pieces of text, each with its left edge, on one baseline: one line of the truth. Advances `y`."""
        font = font or self.font()
        baseline = self.y + font.getmetrics()[0] + (self.line_height(font) - sum(font.getmetrics())) / 2
        boxes = []
        for x, text in parts:
            self._draw.text((x, baseline), text, self.style.ink_grey, font=font, language="th", anchor="ls")
            boxes.append(self._draw.textbbox((x, baseline), text, font=font, language="th", anchor="ls"))
        box = _union(boxes)
        self.lines.append(TrueLine(" ".join(text for _, text in parts), box, self._paragraph))
        if is_tall:
            self.y += self.line_height(font)
        return box

    def join_row(self, count: int) -> None:
        """Make the last `count` lines one: they were set on one baseline."""
        joined = self.lines[-count:]
        box = _union([line.box for line in joined])
        self.lines[-count:] = [TrueLine(" ".join(line.text for line in joined), box, joined[0].paragraph)]

    def add_centred(self, text: str, font: ImageFont.FreeTypeFont | None = None, *, x: float | None = None) -> Box:
        """Set a line centred at `x`, by default between the margins."""
        font = font or self.font()
        middle = (self.left + self.right) / 2 if x is None else x
        return self.add_row([(middle - font.getlength(text, language="th") / 2, text)], font)

    def add_paragraph(
        self, text: str, *, indent_mm: float = _INDENT_MM, left: float | None = None, right: float | None = None
    ) -> None:
        """Set running text between `left` and `right` (the margins by default), its first line indented. Lines below
        the bottom margin are left out."""
        left = self.left if left is None else left
        right = self.right if right is None else right
        font = self.font()
        self.new_paragraph()
        indent = self.pixels(indent_mm)
        for index, line in enumerate(self._break(text, font, right - left, indent)):
            if not self.has_room():
                return
            self.add_row([(left + (indent if index == 0 else 0), line)], font)

    def _break(self, text: str, font: ImageFont.FreeTypeFont, width: float, indent: float) -> list[str]:
        """Lines of `text`; the first has `indent` pixels less. Non-breaking spaces stand for the indentation."""
        space = "\u00a0"
        spaces = space * round(indent / font.getlength(space)) if indent else ""
        return [line.replace(space, "") for line in wrap(spaces + text, font.getlength, width)]

    def add_leader(self, left: float, right: float, baseline: float, *, dot: int = 2) -> None:
        """Dots from `left` to `right`, as in the blanks of a form. They are no text."""
        step = max(4.0, self.pixels(self.style.letter_mm) * _LEADER_STEP)
        for x in np.arange(left, right, step):
            self._draw.ellipse((x, baseline, x + dot, baseline + dot), fill=self.style.ink_grey)
        self.shapes.append((int(left), int(baseline), int(right) + dot, int(baseline) + dot + 1))

    def add_rule(self, start: tuple[float, float], end: tuple[float, float], width: int = 2) -> None:
        """A straight line."""
        self._draw.line((start, end), fill=self.style.ink_grey, width=width)
        self.shapes.append((int(start[0]) - width, int(start[1]) - width, int(end[0]) + width, int(end[1]) + width))

    def add_drawing(self, mask: Image.Image, at: tuple[float, float]) -> None:
        """Paste ink of the mask ('L', 255 is ink) in black."""
        x, y = round(at[0]), round(at[1])
        self.black.paste(self.style.ink_grey, (x, y), mask)
        self.shapes.append((x, y, x + mask.width, y + mask.height))

    def add_colour(self, mask: Image.Image, at: tuple[float, float], colour: tuple[int, int, int]) -> None:
        """Multiply ink of the mask ('L', 255 is ink) in a colour over what is there."""
        layer = Image.new("RGB", self.black.size, "white")
        x, y = round(at[0]), round(at[1])
        layer.paste(colour, (x, y), mask)
        self.coloured = layer if self.coloured is None else ImageChops.multiply(self.coloured, layer)
        self.shapes.append((x, y, x + mask.width, y + mask.height))

    def add_handwriting(self, mask: Image.Image, at: tuple[float, float], colour: tuple[int, int, int]) -> None:
        """A line that was written by hand: no text in the truth, but a line."""
        self.add_colour(mask, at, colour)
        self.lines.append(TrueLine("", self.shapes[-1], self._paragraph, is_handwritten=True))

    @property
    def picture(self) -> Image.Image:
        """The sheet as printed: 'L', or 'RGB' with coloured ink."""
        if self.coloured is None:
            return self.black
        return ImageChops.multiply(self.black.convert("RGB"), self.coloured)


def _union(boxes: Sequence[tuple[float, float, float, float]]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return int(min(left)), int(min(top)), int(np.ceil(max(right))), int(np.ceil(max(bottom)))
