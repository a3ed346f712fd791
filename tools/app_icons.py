"""Draws the icons of the web app in central/static/icons from the project's glyphs. Run from the repository's root."""

import json
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ICONS, OUTPUT = Path("assets/icons"), Path("central/static/icons")
GLYPH, GROUND, INK, LINE = "building-community", "#12376E", "#FFFFFF", "#F3B63A"


def draw_icon(size: int) -> Image.Image:
    """One icon: the glyph within the middle 60 %, which every mask of a phone leaves."""
    icon = Image.new("RGB", (size, size), GROUND)
    font = ImageFont.truetype(str(ICONS / "icons.ttf"), int(size * 0.52))
    glyph = chr(int(json.loads((ICONS / "names.json").read_text(encoding="utf-8"))[GLYPH], 16))
    draw = ImageDraw.Draw(icon)
    draw.text((size / 2, size * 0.47), glyph, INK, font, anchor="mm")
    draw.rounded_rectangle((size * 0.3, size * 0.76, size * 0.7, size * 0.79), size * 0.015, LINE)
    return icon


def main() -> None:
    """Write both sizes."""
    OUTPUT.mkdir(exist_ok=True)
    for size in (192, 512):
        draw_icon(size).save(OUTPUT / f"app-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
