"""Short texts as textures, drawn once, for widgets that paint many of them on one canvas.

A Thai vowel or tone mark alone is drawn on a dotted circle. Sarabun has no glyph for the circle (U+25CC), so the shaper
draws the bare mark, and the circle is painted here.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi, sin
from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw, ImageFont

from screens.kivy_setup import ASSETS_DIR
from screens.theme import Theme
from screens.widgets.text_metrics import UniformLineLabel
from screens.widgets.textures import use_nearest_filter

COMBINING_MARKS = frozenset("ัิีึืฺุู็่้๊๋์ํ")
CIRCLE_DOTS = 12
SUPERSAMPLING = 4  # the circle is drawn this many times larger and then reduced
# Sarabun's small letters in a line, as parts of the type size from the top of the line, measured on อ.
LETTER_TOP, BASELINE, LETTER_WIDTH = 0.48, 1.08, 0.50
CIRCLE_DIAMETER, DOT_RADIUS = 0.82, 0.026  # of the letter's height; of the type size
_FILES = {"Sarabun": "Sarabun-Regular", "SarabunMedium": "Sarabun-Medium"}


@lru_cache(maxsize=1024)
def ink_extent(text: str, font: str, size: float) -> tuple[float, float]:
    """First and last row of the ink of a key's character, in pixels from the top of its texture."""
    typeface = ImageFont.truetype(str(ASSETS_DIR / "fonts" / f"{_FILES[font]}.ttf"), round(size))
    _left, top, _right, bottom = typeface.getbbox(text)
    if text in COMBINING_MARKS:
        return min(top, LETTER_TOP * size), max(bottom, BASELINE * size)
    return top, bottom


class GlyphCache:
    """Textures by text, typeface, size and colour. Words share a baseline when centred on what they are painted on."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._textures: dict[tuple[str, str, float, tuple[float, ...]], Any] = {}

    def texture(self, text: str, font: str, size: float, color: Sequence[float]) -> Any:
        """The text in that typeface, size and colour."""
        key = text, font, size, tuple(color)
        texture = self._textures.get(key)
        if texture is None:
            texture = self._textures[key] = use_nearest_filter(self._draw(*key))
        return texture

    def clear(self) -> None:
        """Forget all textures: they may show words that a citizen typed."""
        self._textures.clear()

    def _draw(self, text: str, font: str, size: float, color: tuple[float, ...]) -> Any:
        if text in COMBINING_MARKS:
            return combining_mark_texture(text, font, size, color, self._theme.muted)
        # With lines as high as their marks, «ขึ้นบรรทัด» would be lower than «เว้นวรรค» beside it.
        label_class = UniformLineLabel if len(text) > 1 and font != "icons" else CoreLabel
        label = label_class(text=text, font_name=font, font_size=size, font_script_name="Thai", color=color)
        label.refresh()
        return label.texture


def combining_mark_texture(
    mark: str, font_name: str, size: float, color: tuple[float, ...], circle_color: Sequence[float]
) -> Texture:
    """The mark in `color` over a dotted circle in `circle_color`, as high as a line of that type."""
    label = CoreLabel(text=f"\u00a0{mark}", font_name=font_name, font_size=size, font_script_name="Thai")
    label.refresh()
    drawn = label.texture
    alpha = Image.frombytes("L", drawn.size, drawn.pixels[3::4])
    left, _top, right, _bottom = alpha.getbbox() or (0, 0, 1, 1)
    width, height = max(round(LETTER_WIDTH * size) + 2, right - left), drawn.height
    picture = Image.new("RGBA", (width, height), _to_rgba(circle_color, 0))
    picture.paste(
        Image.new("RGBA", picture.size, _to_rgba(circle_color, 255)), mask=_dotted_circle(width, height, size)
    )
    mark_mask = Image.new("L", picture.size)
    mark_mask.paste(alpha.crop((left, 0, right, height)), ((width - (right - left)) // 2, 0))
    picture.paste(Image.new("RGBA", picture.size, _to_rgba(color, 255)), mask=mark_mask)
    texture = Texture.create(size=picture.size, colorfmt="rgba")
    texture.blit_buffer(picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).tobytes(), colorfmt="rgba")
    return texture


def _dotted_circle(width: int, height: int, size: float) -> Image.Image:
    """A circle of dots, white on black, where a small letter would be."""
    large = Image.new("L", (width * SUPERSAMPLING, height * SUPERSAMPLING))
    draw = ImageDraw.Draw(large)
    center_x, center_y = width * SUPERSAMPLING / 2, (LETTER_TOP + BASELINE) / 2 * size * SUPERSAMPLING
    radius = (BASELINE - LETTER_TOP) / 2 * size * SUPERSAMPLING * CIRCLE_DIAMETER
    dot = size * SUPERSAMPLING * DOT_RADIUS
    for index in range(CIRCLE_DOTS):
        x = center_x + radius * cos(2 * pi * index / CIRCLE_DOTS)
        y = center_y + radius * sin(2 * pi * index / CIRCLE_DOTS)
        draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=255)
    return large.resize((width, height), Image.Resampling.LANCZOS)


def _to_rgba(color: Sequence[float], alpha: int) -> tuple[int, int, int, int]:
    red, green, blue = (round(part * 255) for part in color[:3])
    return red, green, blue, alpha
