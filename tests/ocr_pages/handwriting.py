"""Handwriting that nobody wrote: letters drawn from strokes, hurried scribbles, and whole pages of either.

The letters have the parts of Thai ones (loop, stem, arch, tail, marks above and below) but spell nothing, so no machine
reading of them can be right.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.ocr_pages.drawings import Points, smooth_curve

# Strokes in a box of width 1 and height 1, y downwards. A first point inside the box begins with a loop.
_LETTERS: tuple[tuple[Points, ...], ...] = (
    ([(0.1, 1.0), (0.12, 0.5), (0.3, 0.42), (0.1, 0.3), (0.4, 0.0), (0.8, 0.15), (0.85, 1.0)],),
    ([(0.3, 0.25), (0.15, 0.15), (0.1, 0.35), (0.3, 0.3), (0.25, 1.0), (0.85, 1.0), (0.85, 0.0)],),
    (
        [
            (0.5, 0.5),
            (0.35, 0.4),
            (0.4, 0.65),
            (0.55, 0.5),
            (0.3, 1.0),
            (0.1, 0.6),
            (0.4, 0.0),
            (0.85, 0.2),
            (0.85, 1.0),
        ],
    ),
    ([(0.2, 0.15), (0.1, 0.0), (0.05, 0.2), (0.25, 0.15), (0.2, 1.0), (0.5, 0.6), (0.8, 1.0), (0.85, 0.0)],),
    ([(0.2, 0.85), (0.1, 1.0), (0.05, 0.8), (0.25, 0.85), (0.3, 0.1), (0.6, 0.0), (0.85, 0.3), (0.8, 1.0)],),
    ([(0.2, 0.1), (0.05, 0.05), (0.1, 0.3), (0.25, 0.1), (0.3, 1.0)], [(0.3, 0.8), (0.9, 0.9), (0.85, 0.05)]),
    ([(0.4, 0.3), (0.2, 0.2), (0.2, 0.45), (0.4, 0.35), (0.8, 0.2), (0.8, 0.7), (0.4, 1.0), (0.1, 0.8)],),
    ([(0.15, 1.0), (0.05, 0.8), (0.3, 0.8), (0.2, 0.5), (0.2, 0.0), (0.6, 0.3), (0.85, 0.0), (0.85, 1.0)],),
    ([(0.6, 0.1), (0.2, 0.2), (0.7, 0.45), (0.2, 0.7), (0.75, 1.0)],),
    ([(0.3, 1.0), (0.1, 0.9), (0.25, 0.75), (0.4, 0.9), (0.4, 0.0), (0.1, -0.3), (0.6, -0.35)],),
    ([(0.5, 0.0), (0.15, 0.4), (0.5, 0.8), (0.8, 0.4), (0.45, 0.05)],),
    ([(0.2, 0.2), (0.1, 0.05), (0.05, 0.25), (0.3, 0.15), (0.3, 0.9), (0.6, 1.0), (0.9, 0.8), (0.95, -0.3)],),
)
_MARKS: tuple[Points, ...] = (
    [(0.1, -0.25), (0.4, -0.45), (0.8, -0.25), (0.15, -0.22)],
    [(0.5, -0.6), (0.52, -0.4)],
    [(0.3, -0.5), (0.45, -0.65), (0.5, -0.45), (0.8, -0.6)],
    [(0.5, 1.12), (0.45, 1.2), (0.6, 1.18), (0.6, 1.4)],
)
_ABOVE, _BELOW = 0.75, 0.55  # of the letter height, room for marks and tails


class Hand:
    """One person's way of writing: slant, size, pen, roundness, carelessness."""

    def __init__(self, chance: np.random.Generator) -> None:
        self._chance = chance
        self.slant = float(chance.normal(0.08, 0.15))
        self.width = float(chance.uniform(0.5, 0.85))
        self.pen = float(chance.uniform(0.05, 0.1))
        self.carelessness = float(chance.uniform(0.02, 0.09))
        self.joined = float(chance.choice((0.0, 0.15, 0.5)))
        self.alphabet = [[[self._shift(point, 0.08) for point in stroke] for stroke in letter] for letter in _LETTERS]

    def _shift(self, point: tuple[float, float], amount: float) -> tuple[float, float]:
        return point[0] + float(self._chance.normal(0, amount)), point[1] + float(self._chance.normal(0, amount))

    def letter(self) -> Sequence[Points]:
        """The strokes of a letter, sometimes with a mark, never twice the same."""
        strokes = list(self.alphabet[int(self._chance.integers(len(self.alphabet)))])
        if self._chance.random() < 0.3:
            strokes.append(_MARKS[int(self._chance.integers(len(_MARKS)))])
        return [[self._shift(point, self.carelessness) for point in stroke] for stroke in strokes]


def draw_words(width_px: int, height_px: float, chance: np.random.Generator, hand: Hand | None = None) -> Image.Image:
    """A line of handwritten words as a mask ('L', 255 is ink); letters are about `height_px` high."""
    hand = hand or Hand(chance)
    mask = Image.new("L", (max(1, width_px), round(height_px * (1 + _ABOVE + _BELOW))), 0)
    draw = ImageDraw.Draw(mask)
    pen = max(2, round(height_px * hand.pen))
    x, drift, last = height_px * 0.2, 0.0, None
    word = int(chance.integers(3, 9))
    while x < width_px - height_px:
        size = height_px * float(chance.normal(1, 0.08))
        for stroke in hand.letter():
            points = [
                (x + px * size * hand.width - (py - 0.5) * size * hand.slant, (py + _ABOVE) * height_px + drift)
                for px, py in stroke
            ]
            if last and chance.random() < hand.joined:
                points.insert(0, last)
            draw.line(smooth_curve(points, 8), fill=255, width=pen, joint="curve")
            last = points[-1]
        x += size * hand.width * float(chance.uniform(1.0, 1.35))
        drift += float(chance.normal(0, 0.03)) * height_px
        drift *= 0.95
        word -= 1
        if not word:
            x, word, last = x + height_px * float(chance.uniform(0.3, 1.0)), int(chance.integers(3, 9)), None
    return mask.filter(ImageFilter.GaussianBlur(0.6))


def draw_scribble(width_px: int, height_px: float, chance: np.random.Generator) -> Image.Image:
    """A line of hurried writing without letters, as a mask."""
    mask = Image.new("L", (max(1, width_px), round(height_px * 2.3)), 0)
    draw = ImageDraw.Draw(mask)
    x, points = height_px * 0.2, []
    while x < width_px - height_px:
        middle = mask.height / 2
        points.append((x, middle + float(chance.normal(0, 0.3)) * height_px))
        x += float(chance.uniform(-0.1, 0.5)) * height_px
        if len(points) > 3 and chance.random() < 0.08:
            draw.line(smooth_curve(points, 6), fill=255, width=max(2, round(height_px * 0.08)), joint="curve")
            points, x = [], x + height_px * 0.6
    if len(points) > 1:
        draw.line(smooth_curve(points, 6), fill=255, width=max(2, round(height_px * 0.08)), joint="curve")
    return mask.filter(ImageFilter.GaussianBlur(0.6))


def draw_page(chance: np.random.Generator, *, dpi: int = 200) -> Image.Image:
    """A whole page by hand ('L'): drawn letters, or in one of four a scribble, sometimes on ruled paper."""
    width, height = round(8.27 * dpi), round(11.69 * dpi)
    page = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(page)
    letter_px = dpi * float(chance.uniform(0.11, 0.19))
    step = letter_px * float(chance.uniform(2.0, 3.0))
    is_ruled = chance.random() < 0.4
    is_scribble, hand, ink = chance.random() < 0.25, Hand(chance), int(chance.integers(20, 90))
    y = dpi * float(chance.uniform(0.7, 1.2))
    while y < height - dpi:
        left = dpi * float(chance.uniform(0.7, 1.0))
        room = round((width - left - dpi * 0.6) * float(chance.uniform(0.6, 1.0)))
        if is_ruled:
            rule_y = y + letter_px * (1 + _ABOVE)
            draw.line((dpi * 0.5, rule_y, width - dpi * 0.5, rule_y), fill=170, width=2)
        words = draw_scribble(room, letter_px, chance) if is_scribble else draw_words(room, letter_px, chance, hand)
        page.paste(ink, (round(left), round(y)), words)
        y += step
        if chance.random() < 0.06:
            y += step
    return page
