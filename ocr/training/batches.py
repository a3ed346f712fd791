"""Batches of lines of similar width, in a few fixed shapes, so that the training step is compiled a few times only."""

import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr.training.line_input import LINE_HEIGHT, network_input
from ocr.training.line_shards import LONGEST_TEXT, Line

# (width in pixels, lines): about 15,000 pixels of width each; an even number, for two cores.
SHAPES = ((480, 32), (720, 20), (960, 16))


@dataclass(frozen=True)
class Batch:
    """`images` (lines, 48, width); `widths`; `classes` and `padding` (lines, 112), padding is 1 after the text.

    `present` (lines): 0 for rows that only fill the shape.
    """

    images: npt.NDArray[np.float32]
    widths: npt.NDArray[np.int32]
    classes: npt.NDArray[np.int32]
    padding: npt.NDArray[np.float32]
    present: npt.NDArray[np.float32]

    @property
    def line_count(self) -> int:
        return int(self.present.sum())


def _batch(lines: list[Line], width: int, size: int) -> Batch:
    images = np.zeros((size, LINE_HEIGHT, width), np.float32)
    widths = np.full(size, width, np.int32)
    classes = np.zeros((size, LONGEST_TEXT), np.int32)
    padding = np.ones((size, LONGEST_TEXT), np.float32)
    present = np.zeros(size, np.float32)
    for row, line in enumerate(lines):
        line_width, length = line.picture.shape[1], len(line.classes)
        images[row, :, :line_width] = network_input(line.picture)
        widths[row] = line_width
        classes[row, :length] = line.classes
        padding[row, :length] = 0
        present[row] = 1
    padding[len(lines) :, 0] = 0
    return Batch(images, widths, classes, padding, present)


def batches(lines: list[Line], seed: str) -> list[Batch]:
    """The lines in batches, in random order. What does not fill a shape goes into the next wider one."""
    chance = random.Random(seed)  # noqa: S311
    waiting: list[Line] = []
    result: list[Batch] = []
    narrowest = 0
    for width, size in SHAPES:
        waiting += [line for line in lines if narrowest < line.picture.shape[1] <= width]
        chance.shuffle(waiting)
        while len(waiting) >= size or (waiting and width == SHAPES[-1][0]):
            result.append(_batch(waiting[:size], width, size))
            waiting = waiting[size:]
        narrowest = width
    chance.shuffle(result)
    return result
