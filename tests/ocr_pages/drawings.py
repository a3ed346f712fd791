"""Ink that is no text: an emblem, stamps, signatures. All are drawn here; none is a copy of an official mark.

Each function returns a mask ('L', 255 is ink).
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.ocr_pages.typefaces import Typeface, open_font

Points = list[tuple[float, float]]


def smooth_curve(points: Points, steps: int = 12) -> Points:
    """A Catmull-Rom spline through the points, with `steps` places between two of them."""
    knots = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return [(float(x), float(y)) for x, y in np.vstack([*pieces, knots[-1:]])]


def draw_emblem(size_px: int, chance: np.random.Generator) -> Image.Image:
    """A bird-like heraldic figure as it is after many copies: spread wings, a crown, legs, a tail, solid inside."""
    scale = 4
    side = size_px * scale
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)

    def at(x: float, y: float) -> tuple[float, float]:
        return side * (0.5 + x), side * y

    draw.ellipse((*at(-0.09, 0.16), *at(0.09, 0.34)), fill=255)  # head
    draw.polygon([at(-0.08, 0.19), at(-0.03, 0.09), at(0, 0.0), at(0.03, 0.09), at(0.08, 0.19)], fill=255)  # crown
    draw.polygon([at(0.06, 0.25), at(0.14, 0.28), at(0.06, 0.31)], fill=255)  # beak
    draw.polygon([at(-0.13, 0.34), at(0.13, 0.34), at(0.08, 0.68), at(-0.08, 0.68)], fill=255)  # body
    for sign in (-1, 1):
        feathers = int(chance.integers(4, 7))
        for index in range(feathers):
            reach, drop = 0.47 - 0.05 * index, 0.22 + 0.11 * index
            curve = [at(sign * 0.10, 0.38), at(sign * reach * 0.7, drop - 0.05), at(sign * reach, drop + 0.12)]
            draw.line(smooth_curve(curve), fill=255, width=max(2, side // 26), joint="curve")
        leg = [at(sign * 0.06, 0.66), at(sign * 0.17, 0.78), at(sign * 0.13, 0.93), at(sign * 0.22, 0.96)]
        draw.line(smooth_curve(leg), fill=255, width=side // 22, joint="curve")
    for index in range(3):
        draw.line(
            smooth_curve([at(0, 0.66), at(0.05 * (index - 1), 0.85), at(0.1 * (index - 1), 1.0)]), 255, side // 30
        )
    for _ in range(40):  # the inner lines that survive copying
        x, y = chance.uniform(-0.12, 0.12), chance.uniform(0.2, 0.66)
        draw.arc((*at(x, y), *at(x + 0.05, y + 0.04)), 0, float(chance.uniform(90, 300)), fill=0, width=side // 120)
    return mask.resize((size_px, size_px), Image.Resampling.LANCZOS)


def draw_stamp(text: str, typeface: Typeface, height_px: int, chance: np.random.Generator) -> Image.Image:
    """A rubber stamp with unevenly taken ink, turned a little. Some have a frame, some a ring of letters' height."""
    font = open_font(typeface.bold, height_px * 0.5)
    width = round(font.getlength(text, language="th")) + height_px
    mask = Image.new("L", (width, height_px * 2), 0)
    draw = ImageDraw.Draw(mask)
    middle = (width / 2, height_px)
    thickness = max(3, height_px // 16)
    if chance.random() < 0.6:
        draw.rounded_rectangle((3, height_px * 0.45, width - 4, height_px * 1.55), height_px // 5, None, 255, thickness)
    else:
        draw.ellipse((3, 3, width - 4, height_px * 2 - 4), None, 255, thickness)
        draw.ellipse((12, 12, width - 13, height_px * 2 - 13), None, 255, max(2, thickness // 2))
    draw.text(middle, text, 255, font=font, language="th", anchor="mm")
    rough = Image.fromarray(chance.integers(0, 256, (mask.height // 6 + 1, mask.width // 6 + 1), np.uint8))
    taken = rough.resize(mask.size, Image.Resampling.BICUBIC).point(lambda grey: min(255, 140 + grey))
    inked = Image.fromarray((np.asarray(mask, np.uint16) * np.asarray(taken) // 255).astype(np.uint8))
    return inked.rotate(float(chance.uniform(-14, 14)), Image.Resampling.BICUBIC, expand=True)


def draw_signature(width_px: int, height_px: int, chance: np.random.Generator) -> Image.Image:
    """A name signed in one fast stroke, with a flourish under it."""
    mask = Image.new("L", (width_px, height_px), 0)
    draw = ImageDraw.Draw(mask)
    x, points = width_px * 0.05, []
    while x < width_px * 0.9:
        points.append((x, height_px * chance.uniform(0.12, 0.75)))
        x += width_px * chance.uniform(-0.03, 0.12)
    pen = max(3, height_px // 26)
    draw.line(smooth_curve(points), fill=255, width=pen, joint="curve")
    flourish = [
        (width_px * 0.85, height_px * 0.5),
        (width_px * 0.3, height_px * 0.9),
        (width_px * 0.97, height_px * 0.8),
    ]
    draw.line(smooth_curve(flourish, 20), fill=255, width=pen, joint="curve")
    return mask.filter(ImageFilter.GaussianBlur(0.7))
