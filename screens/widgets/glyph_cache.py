"""Short texts as textures, drawn once: for widgets that paint many on one canvas."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from kivy.core.text import Label as CoreLabel
from PIL import ImageFont

from screens.kivy_setup import ASSETS_DIR
from screens.theme import Theme
from screens.widgets.nearest_filter import use_nearest_filter
from screens.widgets.text_metrics import UniformLineLabel
from screens.widgets.thai_marks import BASELINE, COMBINING_MARKS, TOP, combining_mark_texture

_FILES = {"Sarabun": "Sarabun-Regular", "SarabunMedium": "Sarabun-Medium"}


@lru_cache(maxsize=1024)
def ink_extent(text: str, font: str, size: float) -> tuple[float, float]:
    """Where a texture's ink begins and ends: pixels from the texture's top, for signs that stand on keys."""
    typeface = ImageFont.truetype(str(ASSETS_DIR / "fonts" / f"{_FILES[font]}.ttf"), round(size))
    _left, top, _right, bottom = typeface.getbbox(text)
    if text in COMBINING_MARKS:
        return min(top, TOP * size), max(bottom, BASELINE * size)
    return top, bottom


class GlyphCache:
    """Textures by text, typeface, size and colour. A Thai mark alone stands on a dotted circle. Words, in the middle of
    what they stand on, are all on one baseline."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._drawn: dict[tuple[str, str, float, tuple[float, ...]], Any] = {}

    def texture(self, text: str, font: str, size: float, color: Sequence[float]) -> Any:
        """The text in that type."""
        key = text, font, size, tuple(color)
        texture = self._drawn.get(key)
        if texture is None:
            if text in COMBINING_MARKS:
                texture = combining_mark_texture(text, font, size, tuple(color), self._theme.muted)
            else:
                # A line as high as the marks in it would set «ขึ้นบรรทัด» lower than «เว้นวรรค» beside it.
                kind = UniformLineLabel if len(text) > 1 and font != "icons" else CoreLabel
                label = kind(text=text, font_name=font, font_size=size, font_script_name="Thai", color=tuple(color))
                label.refresh()
                texture = label.texture
            use_nearest_filter(texture)
            self._drawn[key] = texture
        return texture

    def clear(self) -> None:
        """Keep none: what was drawn may tell what was written."""
        self._drawn.clear()
