"""Renders a line of text as a line segmenter cuts it from a page, with what surrounds it there.

Neighbouring rows, dotted leaders, rules of tables and stamps are drawn before the degradations; the crop is the box of
the line's own ink with a margin, and a part of the lines keeps only the pixels near its own ink, as the product's
segmenter does.
"""

import random
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.training.degradations import Degraded, degrade
from ocr.training.line_input import Grey
from ocr.training.typefaces import Split

# Pixels per em: 12 pt at 130 dpi to 20 pt at 200 dpi. Tesseract scales every line to one height.
_SMALLEST, _LARGEST = 20, 58
_ROOM = 0.9  # ems around the text, for neighbours and skew


@lru_cache(maxsize=1500)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)


class _Page:
    """A strip of a page around one line: `ink` has everything, `own` only the line."""

    def __init__(self, text: str, face: Path, size: int, chance: random.Random) -> None:
        self.size = size
        self.chance = chance
        self.font = _font(face, size)
        left, top, right, bottom = self.font.getbbox(text)
        room = int(_ROOM * size)
        self.width, self.height = int(right - left) + 2 * room, int(bottom - top) + 2 * room
        self.box = (room, room, self.width - room, self.height - room)
        self.shade = chance.choice((0, 0, chance.randint(0, 90)))
        self.own = Image.new("L", (self.width, self.height), 255)
        self.origin = (room - left, room - top)
        ImageDraw.Draw(self.own).text(self.origin, text, font=self.font, fill=self.shade)
        self.ink = self.own.copy()
        self.draw = ImageDraw.Draw(self.ink)

    @property
    def baseline(self) -> int:
        return int(self.origin[1] + self.font.getmetrics()[0])

    def add_neighbours(self, text: str) -> None:
        """The rows above and below, at 1.0 to 1.6 times the height of the font."""
        ascent, descent = self.font.getmetrics()
        pitch = int((ascent + descent) * self.chance.uniform(0.85, 1.35))
        start = self.origin[0] - self.chance.randint(0, self.size)
        for direction in self.chance.choice(((-1,), (1,), (-1, 1))):
            self.draw.text((start, self.origin[1] + direction * pitch), text, font=self.font, fill=self.shade)

    def add_leader(self) -> None:
        """A dotted line under the text, as in forms."""
        y = self.baseline + int(self.size * self.chance.uniform(0.02, 0.2))
        radius = max(1, self.size // self.chance.randint(18, 34))
        for x in range(
            self.chance.randint(0, self.size), self.width, max(radius * 3, self.size // self.chance.randint(4, 9))
        ):
            self.draw.ellipse((x, y, x + radius, y + radius), fill=self.shade)

    def add_rules(self) -> None:
        """Lines of a table above or below, sometimes at the sides."""
        thickness = max(1, self.size // 24)
        _, top, right, bottom = self.box
        for y in self.chance.choice(((top,), (bottom,), (top, bottom))):
            away = self.chance.randint(1, self.size // 3) * (-1 if y == top else 1)
            self.draw.line((0, y + away, self.width, y + away), fill=self.shade, width=thickness)
        if self.chance.random() < 0.3:
            x = self.chance.choice((self.box[0] - self.size // 4, right + self.size // 4))
            self.draw.line((x, 0, x, self.height), fill=self.shade, width=thickness)

    def add_underline(self) -> None:
        y = self.baseline + int(self.size * self.chance.uniform(0.08, 0.25))
        self.draw.line((self.box[0], y, self.box[2], y), fill=self.shade, width=max(1, self.size // 20))

    def add_stamp(self) -> None:
        """Arcs and a slanted line of paler ink across the text."""
        grey = self.chance.randint(120, 215)
        radius = self.chance.randint(self.size, 4 * self.size)
        x, y = self.chance.randint(0, self.width), self.chance.randint(-radius, self.height + radius)
        for inner in (0, self.size // 5):
            ring = (x - radius + inner, y - radius + inner, x + radius - inner, y + radius - inner)
            self.draw.ellipse(ring, outline=grey, width=max(1, self.size // 14))
        if self.chance.random() < 0.5:
            ends = (x - radius, self.chance.randint(0, self.height), x + radius, self.chance.randint(0, self.height))
            self.draw.line(ends, fill=grey, width=max(1, self.size // 18))
        # Print shows through paler ink.
        self.ink.paste(Image.fromarray(np.minimum(np.asarray(self.ink), np.asarray(self.own))))


def _rotated(picture: Grey, degrees: float) -> Grey:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderValue=255), np.uint8)


def _crop(page: Grey, own: Grey, chance: random.Random, only_own_ink: bool) -> Grey:
    """The line as a segmenter cuts it: the box of its own ink and a margin of 2 to 8 pixels, rarely more or less."""
    columns, rows = np.nonzero((own < 160).any(0))[0], np.nonzero((own < 160).any(1))[0]
    if not len(columns):
        return page
    loose = chance.random() < 0.1
    margins = [chance.randint(-1, 20) if loose else chance.randint(2, 8) for _ in range(4)]
    if only_own_ink:
        near = cv2.dilate((own < 200).astype(np.uint8), np.ones((7, 7), np.uint8))
        page = np.where(near > 0, page, 255).astype(np.uint8)
    top, bottom = max(0, rows[0] - margins[0]), rows[-1] + 1 + margins[1]
    left, right = max(0, columns[0] - margins[2]), columns[-1] + 1 + margins[3]
    return page[top:bottom, left:right]


def render_line(text: str, face: Path, split: Split, chance: random.Random, neighbour: str = "") -> Grey:
    """A grey picture of the line. `neighbour` is the text of the rows above and below, when they are in sight.

    `chance` decides everything, so the same state gives the same picture.
    """
    size = round(chance.triangular(_SMALLEST, _LARGEST, 36))
    page = _Page(text, face, size, chance)
    if neighbour:
        page.add_neighbours(neighbour)
    for share, add in (
        (0.12, page.add_leader),
        (0.06, page.add_rules),
        (0.05, page.add_underline),
        (0.05, page.add_stamp),
    ):
        if chance.random() < share:
            add()
    ink, own = np.asarray(page.ink), np.asarray(page.own)
    if chance.random() < 0.5:
        degrees = chance.gauss(0, 0.2) if chance.random() < 0.85 else chance.uniform(-1, 1)
        ink, own = _rotated(ink, degrees), _rotated(own, degrees)
    result: Degraded = degrade(ink, split, size, chance)
    if result.scale != 1:
        own = cv2.resize(own, (result.picture.shape[1], result.picture.shape[0]), interpolation=cv2.INTER_AREA)
    return _crop(result.picture, np.asarray(own, np.uint8), chance, only_own_ink=chance.random() < 0.6)
