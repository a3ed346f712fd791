"""Small pages for tests of page preparation: lines of text at known places."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.arrays import Grey
from simulators.sample_letters import SARABUN

SIZE_PX = 36  # of the type; its base letters are 20 pixels high
WORDS = "น้ำประปาหมู่บ้านไม่ไหล"


def draw_lines(
    places: list[tuple[int, int, str]], size: tuple[int, int] = (900, 700), *, type_px: int = SIZE_PX, paper: int = 255
) -> Image.Image:
    """A page with each text at its place: left edge, top of the type, text."""
    page = Image.new("L", size, paper)
    face = ImageFont.truetype(SARABUN, type_px, layout_engine=ImageFont.Layout.RAQM)
    draw = ImageDraw.Draw(page)
    for left, top, text in places:
        draw.text((left, top), text, 15, font=face, language="th")
    return page


def pixels(page: Image.Image) -> Grey:
    """The page as an array."""
    return np.asarray(page.convert("L"))
