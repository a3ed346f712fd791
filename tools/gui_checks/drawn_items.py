"""What is drawn on the screen, and where: rectangles of widgets, of their lines and of the characters in them.

All lengths are pixels of the window, with the origin at the bottom left, as in Kivy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from screens.kivy_setup import ASSETS_DIR, TYPEFACES

TOLERANCE_PX = 2.0  # for rounding to whole pixels, and for borders


class Rect(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    def intersection(self, other: "Rect") -> "Rect":
        """The intersection; right < left or top < bottom when it is empty."""
        return Rect(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    def contains(self, other: "Rect", slack: float = TOLERANCE_PX) -> bool:
        """Whether `other` is inside this rectangle, with `slack` pixels of tolerance."""
        return (
            other.left >= self.left - slack
            and other.bottom >= self.bottom - slack
            and other.right <= self.right + slack
            and other.top <= self.top + slack
        )

    def has_area(self, min_side: float = TOLERANCE_PX) -> bool:
        """Whether both sides are longer than `min_side`."""
        return self.right - self.left > min_side and self.top - self.bottom > min_side


@dataclass(frozen=True)
class DrawnItem:
    """Something drawn: its ink, the box behind it, and the part of the window in which it is visible."""

    widget: Any
    name: str
    ink: Rect
    background: Rect | None
    clip: Rect
    is_scrollable: bool  # clipped content above or below can be scrolled into view


def list_drawn_items(top: Any, size: tuple[int, int]) -> list[DrawnItem]:
    """Every text, icon and box under `top` in a window of this size, back to front."""
    return list(_iter_drawn_items(top, Rect(0, 0, *size), None, False))


def bounds_of(widget: Any) -> Rect:
    x, y = widget.to_window(*widget.pos)
    return Rect(x, y, x + widget.width, y + widget.height)


def _iter_drawn_items(widget: Any, clip: Rect, background: Rect | None, is_scrollable: bool) -> Iterator[DrawnItem]:
    if widget.opacity == 0:
        return
    if hasattr(widget, "do_scroll_y"):
        clip, is_scrollable = clip.intersection(bounds_of(widget)), is_scrollable or bool(widget.do_scroll_y)
    is_box = hasattr(widget, "border_width")  # screens.widgets.containers.RoundedBox
    is_label = hasattr(widget, "texture_size") and bool(getattr(widget, "text", ""))
    if is_box or is_label:
        ink = _ink_bounds(widget) if is_label else bounds_of(widget)
        if ink.has_area():
            yield DrawnItem(widget, describe_widget(widget), ink, background, clip, is_scrollable)
    inner_background = bounds_of(widget) if is_box else background
    for child in widget.children:
        yield from _iter_drawn_items(child, clip, inner_background, is_scrollable)


def _ink_bounds(label: Any) -> Rect:
    """The rectangle of a label's lines: as wide as the longest one, in the middle of the label's height."""
    box = bounds_of(label)
    if hasattr(label, "glyph_size"):
        wide: float = label.texture_size[0]
        high = label.texture_size[1]
    else:
        size = drawn_font_size(label)
        measure = import_module("screens.widgets.text_metrics").text_measure(label.font_name, size)
        wide = max(measure(line) for line in label.text.split("\n"))
        high = label.texture_size[1] - 2 * import_module("screens.widgets.text_metrics").texture_overhang(size)
    middle = (box.bottom + box.top) / 2
    at_left = label.halign == "left" and hasattr(label, "drawn_type_size")
    left = box.left if at_left else (box.left + box.right - wide) / 2
    return Rect(left, middle - high / 2, left + wide, middle + high / 2)


def drawn_font_size(label: Any) -> float:
    """The type size in which a label is drawn."""
    return float(getattr(label, "drawn_type_size", label.font_size))


@lru_cache
def _load_font(font_name: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(ASSETS_DIR / TYPEFACES[font_name], round(size), layout_engine=ImageFont.Layout.RAQM)


def baselines(label: Any) -> list[float]:
    """The y of the baseline of each line of a label."""
    lines = label.text.split("\n")
    face, ink = _load_font(label.font_name, drawn_font_size(label)), _ink_bounds(label)
    high = (ink.top - ink.bottom) / len(lines)
    above, below = face.getmetrics()
    return [ink.top - index * high - (high - above - below) / 2 - above for index in range(len(lines))]


def glyph_bounds(label: Any) -> Rect:
    """The rectangle of a label's characters, including marks above and below, which may exceed the line."""
    lines, face, ink = label.text.split("\n"), _load_font(label.font_name, drawn_font_size(label)), _ink_bounds(label)
    boxes = [face.getbbox(line, anchor="ls", language="th") for line in lines]
    placed = list(zip(baselines(label), boxes, strict=True))
    return Rect(
        ink.left,
        min(baseline - box[3] for baseline, box in placed),
        ink.right,
        max(baseline - box[1] for baseline, box in placed),
    )


def describe_widget(widget: Any) -> str:
    text = getattr(widget, "display_text", "")
    if text:
        return f"«{text[:40]}»"
    return getattr(widget, "name", "") or getattr(widget, "icon", "") or type(widget).__name__


def glyphs_touch(one: Any, other: Any) -> bool:
    """Whether characters of two labels are closer than TOLERANCE_PX."""
    common = glyph_bounds(one).intersection(glyph_bounds(other))
    if not common.has_area(0):
        return False
    near = _render_glyphs(one, common).filter(ImageFilter.MaxFilter(1 + 2 * int(TOLERANCE_PX)))
    return ImageChops.multiply(near, _render_glyphs(other, common)).getbbox() is not None


def _render_glyphs(label: Any, part: Rect) -> Image.Image:
    """The characters of a label within a part of the window, white on black."""
    size = round(part.right - part.left) + 1, round(part.top - part.bottom) + 1
    canvas = Image.new("L", size)
    draw, face, ink = ImageDraw.Draw(canvas), _load_font(label.font_name, drawn_font_size(label)), _ink_bounds(label)
    for line, base in zip(label.text.split("\n"), baselines(label), strict=True):
        long = face.getlength(line, language="th")
        left = ink.left if label.halign == "left" else (ink.left + ink.right - long) / 2
        draw.text((left - part.left, part.top - base), line, 255, font=face, anchor="ls", language="th")
    return canvas.point([255 if grey > 100 else 0 for grey in range(256)])
