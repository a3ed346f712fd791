"""Text measurement, and labels whose lines have equal height and a common baseline.

SDL_ttf makes a line as high as the marks stacked in it: the lines of a paragraph would be unevenly spaced, and of two
buttons side by side the text with a tone mark would be lower. Here every line has the height of its typeface, and Thai
has LINE_PADDING more above and below, so that in the middle of a button Thai and Latin share a baseline. The tallest
and deepest clusters («ฬี้», «ญู») reach into the neighbouring lines, and at the ends into the texture's TEXTURE_OVERHANG.
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

from screens.widgets.textures import use_nearest_filter
from thai.segmentation import unbreakable_units

# Parts of the type size, measured in all weights of Sarabun: «ฬี้» is 0.28 taller than «ก», «ญู» 0.13 deeper.
LINE_PADDING: Final = 0.075
TEXTURE_OVERHANG: Final = 0.30

_ABOVE = dict.fromkeys(map(ord, "ัิีึืํ็่้๊๋์๎"))
_THAI = re.compile("[\u0e00-\u0e7f]")
# Each form of each mark once: also beside a tall letter, above another mark, and as part of «ำ».
_MARKED = "กำปำก้ำป้ำ" + "".join(
    f"{base}{marks}"
    for base in "กป"
    for marks in ("ิ", "ี", "ึ", "ื", "ั", "ํ", "็", "๎", *(low + high for low in ("", "ิ") for high in "่้๊๋์"))
)


class TextMeasure:
    """Extents of texts in one typeface and size, each measured once."""

    def __init__(self, font_name: str, font_size: float) -> None:
        label = CoreLabel(font_name=font_name, font_size=font_size, font_script_name="Thai")
        self.extents = lru_cache(maxsize=2048)(label.get_extents)
        self.extra_ascent = lru_cache(maxsize=2048)(self._extra_ascent)
        self._uncached_extents, self._font = label.get_extents, (font_name, font_size)
        self._checked_frame = -1  # the frame in which the typeface was last known to be open

    def __call__(self, text: str) -> float:
        """Width of `text` in pixels."""
        return float(self.extents(text)[0])

    def _extra_ascent(self, text: str) -> int:
        """How many pixels the marks above the letters add to the height of the text."""
        bare = text.translate(_ABOVE)
        if bare == text:
            return 0
        if self._checked_frame != Clock.frames:  # once a frame: a frame opens far fewer typefaces than Kivy keeps open
            self._ensure_warmed_up()
            self._checked_frame = Clock.frames
        return int(self._uncached_extents(text)[1] - self._uncached_extents(bare)[1])

    def _ensure_warmed_up(self) -> None:
        """Draw the marks again if Kivy closed the typeface meanwhile: a reopened typeface has drawn no marks."""
        if _mark_stack_heights(self._uncached_extents) != _warm_up_marks(*self._font):
            _warm_up_marks.__wrapped__(*self._font)


def _mark_stack_heights(extents: Callable[[str], tuple[int, int]]) -> tuple[int, ...]:
    """The measured height of each upper mark above another one. Takes 20 µs."""
    return tuple(extents(f"{base}ิ{mark}")[1] for base in "กป" for mark in "่้๊๋์")


@lru_cache(maxsize=256)
def _warm_up_marks(font_name: str, font_size: float) -> tuple[int, ...]:
    """Draw each mark once, and return `_mark_stack_heights` as they are from then on.

    Until SDL_ttf has drawn a mark, it measures it up to 8 % of the type size too high: text measured before that was
    placed differently from the same text drawn later. Takes 2 ms for a typeface and size. Kivy keeps 64 typefaces
    open; the effect ends when it closes this one.
    """
    label = CoreLabel(font_name=font_name, font_size=font_size, font_script_name="Thai")
    label._size = label.get_extents(_MARKED)
    label._render_begin()
    label._render_text(_MARKED, 0, 0)
    label._render_end()
    return _mark_stack_heights(label.get_extents)


# (typeface name, size in pixels) -> TextMeasure. A visit that changes the text size needs 127 of them; with 64, the
# review measured 180 texts again at each change, 8 ms.
text_measure = lru_cache(maxsize=256)(TextMeasure)
# A text is segmented once, not for each type size: 1.5 ms of a view with thirty texts.
cached_units = lru_cache(maxsize=512)(unbreakable_units)


def clear_text_caches() -> None:
    """Remove the texts of a visit from the caches."""
    text_measure.cache_clear()
    cached_units.cache_clear()


def texture_overhang(font_size: float) -> int:
    """Pixels that a texture extends beyond its lines, at the top and at the bottom each."""
    return ceil(TEXTURE_OVERHANG * font_size)


class _DrawnLine(NamedTuple):
    """A line drawn on the surface; pixels from the surface's top."""

    text: str
    x: int
    top: int
    bottom: int


class UniformLineLabel(CoreLabel):
    """Kivy's text label with lines of equal height. Its texture extends by `texture_overhang` at either end."""

    _surface: Any

    def get_extents(self, text: str) -> tuple[int, int]:
        """Width of the text and height of its line, pixels."""
        measure = self._measure()
        width, height = measure.extents(text)
        return width, measure.extents("ก")[1] + 2 * self._line_padding() if _THAI.search(text) else height

    def refresh(self) -> None:
        """Draw the text again."""
        super().refresh()
        use_nearest_filter(self.texture)

    def render(self, real: bool = False) -> tuple[int, int]:
        """Size of the texture in pixels; with `real` it is drawn."""
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
        """The drawn text.

        SDL erases what it draws over. Where a line reached into the line above it, the bottom of that line is drawn
        again and merged.
        """
        drawn = super()._render_end()
        row_bytes, parts, done = drawn.width * 4, [], 0
        for above, below in pairwise(self._lines):
            if below.top >= above.bottom:
                continue
            first, last = below.top * row_bytes, above.bottom * row_bytes  # the strip that both lines share
            erased = self._render_line_bottom(above, below.top, drawn.width)
            present = Image.frombytes("RGBA", erased.size, drawn.data[first:last])
            parts += [drawn.data[done:first], ImageChops.lighter(erased, present).tobytes()]
            done = last
        if not parts:
            return drawn
        return ImageData(drawn.width, drawn.height, "rgba", b"".join([*parts, drawn.data[done:]]))

    def _render_line_bottom(self, line: _DrawnLine, top: int, width: int) -> Image.Image:
        """The part of a line below `top`, drawn on its own."""
        size = width, line.bottom - top
        self._surface = type(self._surface)(*size)
        super()._render_text(line.text, line.x, line.top - top)
        return Image.frombytes("RGBA", size, super()._render_end().data)

    def _measure(self) -> TextMeasure:
        return text_measure(self.options["font_name"], self.options["font_size"])

    def _line_padding(self) -> int:
        return round(LINE_PADDING * float(self.options["font_size"]))
