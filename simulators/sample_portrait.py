"""The photo of somebody who does not exist, as large as a card can hold."""

import io
from functools import cache

from PIL import Image, ImageDraw

PORTRAIT_SIZE_PX = (148, 178)  # dots of the photo on real cards


@cache
def render_portrait(max_bytes: int) -> bytes:
    """A JPEG of at most `max_bytes`, and of more than half of them: as fine as fits."""
    picture = Image.effect_noise(PORTRAIT_SIZE_PX, 60).convert("RGB")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 140, 128, 178), fill=(70, 80, 120))
    draw.ellipse((40, 35, 108, 130), fill=(205, 160, 125))
    draw.pieslice((38, 22, 110, 110), 180, 360, fill=(30, 25, 25))
    for x in (60, 88):
        draw.ellipse((x - 4, 78, x + 4, 84), fill=(20, 15, 15))
    draw.arc((60, 92, 88, 114), 20, 160, fill=(130, 50, 50), width=3)
    for quality in range(95, 0, -5):
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=quality)
        if packed.tell() <= max_bytes:
            return packed.getvalue()
    raise ValueError(f"No picture fits into {max_bytes} bytes.")
