"""Textures that are painted pixel for pixel, and rounded boxes as textures of nine parts.

A rounded box is one rectangle to paint, whatever its size: with software graphics, corners drawn as shapes take longer
than everything inside the box. A view of boxes took 31 ms with shapes and takes 25 ms with textures.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from kivy.cache import Cache
from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw

SUPERSAMPLING = 4  # a corner is drawn this many times larger and then reduced, so that its edge is smooth
TEXTURE_CACHE = "screens.rounded_boxes"  # Kivy's cache of the textures: about 12 kB each

Color = Sequence[float]  # red, green, blue, alpha, 0 to 1

Cache.register(TEXTURE_CACHE, limit=256)


def use_nearest_filter(texture: Any) -> Any:
    """The same texture, set to be painted without interpolation between its pixels.

    For textures painted on whole pixels at their own size, or enlarged in squares: the result looks the same, and a
    view costs software graphics a fifth less (topic: 18 ms of processor time instead of 24). Not for scaled pictures.
    """
    texture.mag_filter = texture.min_filter = "nearest"
    return texture


def rounded_box_texture(fill: Color, border: Color, width: int, radius: int) -> Any:
    """A texture of 2 × `radius` + 1 pixels a side; paint it as a BorderImage with a border of `radius`.

    `width` is the width of the drawn border in pixels.
    """
    cache_key = tuple(fill), tuple(border), width, radius
    texture = Cache.get(TEXTURE_CACHE, cache_key)
    if texture is None:
        texture = _draw_rounded_box(*cache_key)
        Cache.append(TEXTURE_CACHE, cache_key, texture)
    return texture


def _draw_rounded_box(fill: Color, border: Color, width: int, radius: int) -> Any:
    side = 2 * radius + 1
    outer, inner = _rounded_mask(side, 0, radius), _rounded_mask(side, width, radius - width)
    picture = Image.composite(
        Image.new("RGBA", outer.size, _to_bytes(fill)), Image.new("RGBA", outer.size, _to_bytes(border)), inner
    )
    alpha = picture.getchannel("A")
    picture.putalpha(Image.composite(alpha, Image.new("L", outer.size), outer))
    texture = use_nearest_filter(Texture.create(size=(side, side), colorfmt="rgba"))
    texture.blit_buffer(picture.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    return texture


@lru_cache(maxsize=64)  # the same for all colours; half a millisecond each, and a palette needs seven at once
def _rounded_mask(side: int, inset: int, radius: int) -> Image.Image:
    """A rounded square, white inside, with a smooth edge."""
    large = Image.new("L", (SUPERSAMPLING * side, SUPERSAMPLING * side))
    first_px, last_px = SUPERSAMPLING * inset, SUPERSAMPLING * (side - inset) - 1
    if first_px <= last_px:
        ImageDraw.Draw(large).rounded_rectangle(
            (first_px, first_px, last_px, last_px), SUPERSAMPLING * max(0, radius), fill=255
        )
    return large.resize((side, side), Image.Resampling.BOX)


def _to_bytes(color: Color) -> tuple[int, ...]:
    return tuple(round(255 * part) for part in color)
