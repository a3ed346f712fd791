"""Lines of one height on one baseline.

SDL_ttf makes a line as high as the marks stacked in it: a paragraph's lines would stand unevenly, and of two buttons
side by side the one with a tone mark would write lower. Here every line has its typeface's own height and Thai has
LINE_PADDING more above and below, so that in the middle of a button Thai and Latin stand on one baseline. The tallest
and deepest clusters («ฬี้», «ญู») reach into their neighbours' lines, and at the ends into the TEXTURE_OVERHANG of the
texture.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import Any, Final, NamedTuple

from kivy.clock import Clock
from kivy.core.image import ImageData
from kivy.core.text import Label as CoreLabel
from PIL import Image, ImageChops

from screens.widgets.nearest_filter import use_nearest_filter
from thai.segmentation import unbreakable_units

# Parts of the size of type, measured in all weights of Sarabun: «ฬี้» is 0.28 taller than «ก», «ญู» 0.13 deeper.
LINE_PADDING: Final = 0.075
TEXTURE_OVERHANG: Final = 0.30

_ABOVE = dict.fromkeys(map(ord, "ัิีึืํ็่้๊๋์๎"))
_THAI = re.compile("[\u0e00-\u0e7f]")
# Each form of each mark, once: beside a tall letter too, above another mark, and as «ำ» writes it.
_MARKED = "กำปำก้ำป้ำ" + "".join(
    f"{base}{marks}"
    for base in "กป"
    for marks in ("ิ", "ี", "ึ", "ื", "ั", "ํ", "็", "๎", *(low + high for low in ("", "ิ") for high in "่้๊๋์"))
)


class TextMeasure:
    """Extents of texts in one type, each taken once."""

    def __init__(self, font_name: str, font_size: float) -> None:
        label = CoreLabel(font_name=font_name, font_size=font_size, font_script_name="Thai")
        self.extents = lru_cache(maxsize=2048)(label.get_extents)
        self.extra_ascent = lru_cache(maxsize=2048)(self._extra_ascent)
        self._uncached_extents, self._font = label.get_extents, (font_name, font_size)
        self._checked_frame = -1  # the frame in which the typeface was last found open

    def __call__(self, text: str) -> float:
        """Width, pixels."""
        return float(self.extents(text)[0])

    def _extra_ascent(self, text: str) -> int:
        """How much higher the text comes out for the marks above its letters, pixels."""
        bare = text.translate(_ABOVE)
        if bare == text:
            return 0
        if self._checked_frame != Clock.frames:  # once a frame: a picture opens far fewer typefaces than Kivy keeps
            drawn = _warm_up_marks(*self._font)
            if (
                _mark_stack_heights(self._uncached_extents) != drawn
            ):  # Kivy had closed the typeface; opened anew, it knows no signs
                _warm_up_marks.__wrapped__(*self._font)
            self._checked_frame = Clock.frames
        return int(self._uncached_extents(text)[1] - self._uncached_extents(bare)[1])


def _mark_stack_heights(extents: Callable[[str], tuple[int, int]]) -> tuple[int, ...]:
    """How high each upper mark comes out above another one: 20 µs."""
    return tuple(extents(f"{base}ิ{mark}")[1] for base in "กป" for mark in "่้๊๋์")


@lru_cache(maxsize=256)
def _warm_up_marks(font_name: str, font_size: float) -> tuple[int, ...]:
    """SDL_ttf takes a mark to be up to 8 % of the size of type higher than it is until it has drawn it once: what
    was measured before then stood lower or higher than the same words drawn later. 2 ms for a type. Gives
    `_mark_stack_heights` as they are from then on, until Kivy, which keeps 64 typefaces open, closes this one."""
    label = CoreLabel(font_name=font_name, font_size=font_size, font_script_name="Thai")
    label._size = label.get_extents(_MARKED)
    label._render_begin()
    label._render_text(_MARKED, 0, 0)
    label._render_end()
    return _mark_stack_heights(label.get_extents)


# (name of the typeface, size in pixels) -> TextMeasure. A visit that changes the size of type meets 127 of them; with
# 64, review measured 180 texts anew at each change, 8 ms.
text_measure = lru_cache(maxsize=256)(TextMeasure)
# A text is cut into units once, not anew for each size of type: 1.5 ms of a page with thirty texts.
cached_units = lru_cache(maxsize=512)(unbreakable_units)


def clear_text_caches() -> None:
    """Forget what was said on the screens."""
    text_measure.cache_clear()
    cached_units.cache_clear()


def texture_overhang(font_size: float) -> int:
    """Pixels that a texture is higher than its lines, at the top and again at the bottom."""
    return ceil(TEXTURE_OVERHANG * font_size)


class _DrawnLine(NamedTuple):
    """A line on the surface; pixels from its top."""

    text: str
    x: int
    top: int
    bottom: int


class UniformLineLabel(CoreLabel):
    """Kivy's text in such lines. Its texture is higher by `texture_overhang` at either end."""

    _surface: Any

    def get_extents(self, text: str) -> tuple[int, int]:
        """Width of the text and height of its line, pixels."""
        measure = self._measure()
        width, height = measure.extents(text)
        return width, measure.extents("ก")[1] + 2 * self._line_padding() if _THAI.search(text) else height

    def refresh(self) -> None:
        """Draw anew."""
        super().refresh()
        use_nearest_filter(self.texture)

    def render(self, real: bool = False) -> tuple[int, int]:
        """Size of the texture, pixels; with `real` it is drawn."""
        width, height = super().render(real) or (0, 0)
        return width, height + 2 * texture_overhang(self.options["font_size"]) if height else 0

    def _render_begin(self) -> None:
        self._lines: list[_DrawnLine] = []
        super()._render_begin()

    def _render_text(self, text: str, x: int, y: int) -> None:
        top, measure = y - texture_overhang(self.options["font_size"]), self._measure()
        if _THAI.search(text):
            top += self._line_padding() - measure.extra_ascent(text)
        super()._render_text(text, x, top)
        self._lines.append(_DrawnLine(text, x, top, top + measure.extents(text)[1]))

    def _render_end(self) -> Any:
        """SDL wipes out what it writes over: where a line reached into the one above it, that one is written again."""
        drawn = super()._render_end()
        wiped = [(above, below.top) for above, below in pairwise(self._lines) if below.top < above.bottom]
        if not wiped:
            return drawn
        row, parts, done = drawn.width * 4, [], 0
        for above, top in wiped:
            size = drawn.width, above.bottom - top
            self._surface = type(self._surface)(*size)
            super()._render_text(above.text, above.x, above.top - top)
            again = Image.frombytes("RGBA", size, super()._render_end().data)
            there = Image.frombytes("RGBA", size, drawn.data[top * row : above.bottom * row])
            parts += [drawn.data[done : top * row], ImageChops.lighter(again, there).tobytes()]
            done = above.bottom * row
        return ImageData(drawn.width, drawn.height, "rgba", b"".join([*parts, drawn.data[done:]]))

    def _measure(self) -> TextMeasure:
        return text_measure(self.options["font_name"], self.options["font_size"])

    def _line_padding(self) -> int:
        return round(LINE_PADDING * float(self.options["font_size"]))
