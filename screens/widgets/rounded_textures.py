"""Rounded boxes as textures of nine parts: one rectangle painted, whatever its size.

Corners drawn as shapes cost software graphics more than all they enclose: a page of boxes took 31 ms, 25 in this way.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from kivy.cache import Cache
from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw

from screens.widgets.nearest_filter import use_nearest_filter

SUPERSAMPLING = 4  # times as large is a corner drawn first, so that its edge is soft
TEXTURE_CACHE = "screens.skins"  # Kivy's cache of them: about 12 kB each

Color = Sequence[float]  # red, green, blue, alpha, 0 to 1

Cache.register(TEXTURE_CACHE, limit=256)


def rounded_box_texture(fill: Color, border: Color, width: int, radius: int) -> Any:
    """A texture of 2 × `radius` + 1 pixels: paint it with `radius` as the border of a BorderImage.

    `width` is the border's, pixels.
    """
    cache_key = tuple(fill), tuple(border), width, radius
    texture = Cache.get(TEXTURE_CACHE, cache_key)
    if texture is None:
        texture = _draw(*cache_key)
        Cache.append(TEXTURE_CACHE, cache_key, texture)
    return texture


def _draw(fill: Color, border: Color, width: int, radius: int) -> Any:
    side = 2 * radius + 1
    whole, inner = _mask(side, 0, radius), _mask(side, width, radius - width)
    picture = Image.composite(
        Image.new("RGBA", whole.size, _bytes(fill)), Image.new("RGBA", whole.size, _bytes(border)), inner
    )
    alpha = picture.getchannel("A")
    picture.putalpha(Image.composite(alpha, Image.new("L", whole.size), whole))
    texture = use_nearest_filter(Texture.create(size=(side, side), colorfmt="rgba"))
    texture.blit_buffer(picture.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    return texture


@lru_cache(maxsize=64)  # the same in all colours; half a millisecond each, and a palette brings seven at once
def _mask(side: int, inset: int, radius: int) -> Image.Image:
    """White inside, soft at the edge."""
    large = Image.new("L", (SUPERSAMPLING * side, SUPERSAMPLING * side))
    near, far = SUPERSAMPLING * inset, SUPERSAMPLING * (side - inset) - 1
    if near <= far:
        ImageDraw.Draw(large).rounded_rectangle((near, near, far, far), SUPERSAMPLING * max(0, radius), fill=255)
    return large.resize((side, side), Image.Resampling.BOX)


def _bytes(color: Color) -> tuple[int, ...]:
    return tuple(round(255 * part) for part in color)
