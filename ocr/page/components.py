"""Connected pieces of ink, and the height of the page's letters measured on them.

A letter is one piece, a mark above or below it another; touching letters are one piece.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import Bools, Floats, Ink, Ints, Labels

MIN_LETTER_PX, MAX_LETTER_PX = 7, 130  # base letters of 8 points at 100 dpi have 7 pixels, of 60 points at 200 dpi 90
_MIN_LETTERS = 4
# A page full of 8-point print has about 8,000 pieces of letter size. More is noise or a halftone picture.
MAX_LETTERS = 16_000
_MAX_PIECES, _MAX_INK_SHARE = 8_000, 0.2


@dataclass(frozen=True)
class Components:
    """The pieces of ink of a page; entry `i` of each array belongs to the piece numbered `i + 1` in `labels`."""

    labels: Labels
    left: Ints
    top: Ints
    width: Ints
    height: Ints
    area: Ints  # pixels of ink

    @property
    def right(self) -> Ints:
        """The first column after each piece."""
        return self.left + self.width

    @property
    def bottom(self) -> Ints:
        """The first row below each piece."""
        return self.top + self.height

    @property
    def centre_x(self) -> Floats:
        """The middle of each piece's box."""
        return self.left + self.width / 2

    @property
    def centre_y(self) -> Floats:
        """The middle of each piece's box."""
        return self.top + self.height / 2

    def __len__(self) -> int:
        return len(self.left)


def find_components(ink: Ink) -> Components:
    """The pieces of ink, connected over edges and corners."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, width, height, area = stats[1:].astype(np.int64).T
    return Components(labels, left, top, width, height, area)


def is_texture(components: Components) -> bool:
    """Whether the page is noise, a halftone or woven ground: many pieces that cover much of it.

    A page of text has at most 8,000 pieces, a speckled copy 15,000; both are inked to less than a tenth. Noise and
    halftones have a third."""
    ink = int(components.area.sum())
    return len(components) > _MAX_PIECES and ink > _MAX_INK_SHARE * components.labels.size


def letter_height(components: Components) -> int | None:
    """Height of a base letter in pixels; None for a page with too few pieces of letter size, or with too many.

    The commonest height, weighted by height: marks are more frequent than they are high, and base letters without
    ascender share one height."""
    heights = components.height[_is_letter_like(components)]
    if not _MIN_LETTERS <= len(heights) <= 4 * MAX_LETTERS:
        return None
    counts = np.bincount(heights, minlength=MAX_LETTER_PX + 2) * np.arange(max(MAX_LETTER_PX + 2, heights.max() + 1))
    spread = np.convolve(counts, np.ones(3), "same")
    return int(spread.argmax())


def _is_letter_like(components: Components) -> Bools:
    width, height, area = components.width, components.height, components.area
    is_sized = (height >= MIN_LETTER_PX) & (height <= MAX_LETTER_PX) & (width >= 3) & (width <= 2 * MAX_LETTER_PX)
    has_body = (area > 12) & (height < 6 * width) & (area > 0.08 * width * height)
    result: Bools = is_sized & has_body
    return result
