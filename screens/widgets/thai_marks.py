"""Thai vowels and tones that are written on a letter, shown on a dotted circle.

Sarabun has no glyph for the circle (U+25CC), so the shaper draws the bare mark: the circle is painted here.
"""

from math import cos, pi, sin

from kivy.core.text import Label as CoreLabel
from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw

COMBINING_MARKS = frozenset("ัิีึืฺุู็่้๊๋์ํ")
CIRCLE_DOTS = 12
SUPERSAMPLING = 4  # supersampling of the circle
# Where Sarabun's small letters stand in a line, as parts of the type size, from the top of the line (measured on อ).
TOP, BASELINE, WIDE = 0.48, 1.08, 0.50


def combining_mark_texture(
    sign: str, font_name: str, size: float, color: tuple[float, ...], soft: tuple[float, ...]
) -> Texture:
    """The mark in `color` over a dotted circle in `soft`, as high as a line of that type."""
    label = CoreLabel(text=f"\u00a0{sign}", font_name=font_name, font_size=size, font_script_name="Thai")
    label.refresh()
    drawn = label.texture
    mark = Image.frombytes("L", drawn.size, drawn.pixels[3::4])
    ink = mark.getbbox() or (0, 0, 1, 1)
    width, height = round(WIDE * size) + 2, drawn.height
    mark_width = ink[2] - ink[0]
    width = max(width, mark_width)
    picture = Image.new("RGBA", (width, height), _rgba(soft, 0))
    picture.paste(Image.new("RGBA", picture.size, _rgba(soft, 255)), mask=_circle(width, height, size))
    place = Image.new("L", picture.size)
    place.paste(mark.crop((ink[0], 0, ink[2], height)), ((width - mark_width) // 2, 0))
    picture.paste(Image.new("RGBA", picture.size, _rgba(color, 255)), mask=place)
    texture = Texture.create(size=picture.size, colorfmt="rgba")
    texture.blit_buffer(picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).tobytes(), colorfmt="rgba")
    return texture


def _circle(width: int, height: int, size: float) -> Image.Image:
    fine = Image.new("L", (width * SUPERSAMPLING, height * SUPERSAMPLING))
    draw = ImageDraw.Draw(fine)
    middle, centre = width * SUPERSAMPLING / 2, (TOP + BASELINE) / 2 * size * SUPERSAMPLING
    radius, dot = (BASELINE - TOP) / 2 * size * SUPERSAMPLING * 0.82, size * SUPERSAMPLING * 0.026
    for index in range(CIRCLE_DOTS):
        x = middle + radius * cos(2 * pi * index / CIRCLE_DOTS)
        y = centre + radius * sin(2 * pi * index / CIRCLE_DOTS)
        draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=255)
    return fine.resize((width, height), Image.Resampling.LANCZOS)


def _rgba(color: tuple[float, ...], alpha: int) -> tuple[int, int, int, int]:
    red, green, blue = (round(part * 255) for part in color[:3])
    return red, green, blue, alpha
