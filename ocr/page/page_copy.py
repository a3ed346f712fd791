"""The grey copy of a page that is read, and how its pixels map to the stored page."""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from PIL import Image

from ocr.arrays import Floats, Grey
from ocr.page.box import Box
from ocr.page.coloured_ink import separate_inks
from ocr.page.deskew import rotate, rotation_matrix
from ocr.page.even_light import even_light, remove_grain
from ocr.page.find_page import find_corners, square
from ocr.page.level_creases import level_creases
from ocr.page.orientation import turn


@dataclass(frozen=True)
class PageCopy:
    """A picture of the page, and the 3 × 3 matrix from its pixels to those of the stored page.

    `steps`: names of what was done to it, in order. `coloured`: what is written in colour, if that is not in `grey`;
    `is_over_print` as in `ocr.page.coloured_ink.Inks`."""

    grey: Grey = field(repr=False)
    to_stored: Floats = field(repr=False)
    steps: tuple[str, ...] = ()
    coloured: Grey | None = field(default=None, repr=False)
    is_over_print: bool = False

    def turned(self, quarter_turns: int) -> "PageCopy":
        """The copy turned clockwise by quarters."""
        if not quarter_turns % 4:
            return self
        height, width = self.grey.shape
        matrix = quarter_turn_matrix(-quarter_turns, *((height, width) if quarter_turns % 2 else (width, height)))
        coloured = None if self.coloured is None else turn(self.coloured, quarter_turns)
        return replace(
            self,
            grey=turn(self.grey, quarter_turns),
            to_stored=self.to_stored @ matrix,
            steps=(*self.steps, "turned"),
            coloured=coloured,
        )

    def rotated(self, degrees: float) -> "PageCopy":
        """The copy turned counter-clockwise by a small angle."""
        back = np.linalg.inv(rotation_matrix(self.grey.shape, degrees))
        coloured = None if self.coloured is None else rotate(self.coloured, degrees)
        return replace(
            self,
            grey=rotate(self.grey, degrees),
            to_stored=self.to_stored @ back,
            steps=(*self.steps, "levelled"),
            coloured=coloured,
        )

    def stored_box(self, box: Box) -> Floats:
        """The smallest box around `box` on the stored page: left, top, right, bottom in its pixels."""
        corners = np.array([[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [box.left, box.bottom]])
        moved = cv2.perspectiveTransform(corners[None].astype(np.float64), self.to_stored)[0]
        return np.concatenate([moved.min(axis=0), moved.max(axis=0)])


def copy_page(page: Image.Image) -> PageCopy:
    """The stored page ('L' or 'RGB') in grey, without coloured ink and grain, the sheet squared, evenly lit.

    A step that is uncertain leaves the page unchanged."""
    pixels = np.asarray(page)
    steps: list[str] = []
    to_stored: Floats = np.eye(3)
    # Searched before colour is removed: a wooden table would become as bright as paper.
    corners = find_corners(pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    if corners is not None:
        pixels, to_sheet = square(pixels, corners)
        to_stored = np.linalg.inv(to_sheet).astype(float)
        steps.append("sheet squared")
    if pixels.ndim == 2:
        return PageCopy(_clean(pixels), to_stored, (*steps, "light evened"))
    inks = separate_inks(pixels)
    coloured = None if inks.coloured is None else _clean(inks.coloured)
    steps += ["coloured ink removed"] * (coloured is not None) + ["light evened"]
    return PageCopy(_clean(inks.black), to_stored, tuple(steps), coloured, inks.is_over_print)


def _clean(grey: Grey) -> Grey:
    return level_creases(even_light(remove_grain(grey)))


def quarter_turn_matrix(quarter_turns: int, width: int, height: int) -> Floats:
    """The matrix from the pixels of a picture of this size to those of the picture turned clockwise by quarters."""
    matrices = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        1: [[0, -1, height], [1, 0, 0], [0, 0, 1]],
        2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        3: [[0, 1, 0], [-1, 0, width], [0, 0, 1]],
    }
    return np.array(matrices[quarter_turns % 4], float)
