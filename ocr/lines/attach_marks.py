"""Gives the marks of a page (vowels and tones above and below, dots, commas) to the rows of letters they belong to."""

import numpy as np

from ocr.arrays import Ints
from ocr.lines.chain_letters import Row, fixed_pitch
from ocr.page.components import Components

MAX_ABOVE, MAX_BELOW = 1.05, 0.5  # letter heights from the row, within which a mark belongs to it
_BELOW_WEIGHT = 2.4  # marks hang twice as far above their letters as below
_MAX_BESIDE = 0.6  # letter heights from the row's ends
_MAX_DASH_BESIDE = 1.6  # of a dash
_STOP_BEFORE_NEXT = 0.15  # letter heights: a typewriter's full stop is one pitch from its letter, which is wider
_MIN_INK = 0.004  # of a letter height's square; less is dust
_MIN_PIXELS = 3


def attach_marks(components: Components, rows: list[Row], marks: Ints, height: float) -> None:
    """Add each piece of `marks` to the nearest row's `marks`; a piece far from every row, and dust, to none."""
    marks = marks[components.area[marks] >= max(_MIN_PIXELS, _MIN_INK * height * height)]
    if not len(marks) or not rows:
        return
    across, top, bottom = components.centre_x[marks], components.top[marks], components.bottom[marks]
    middle = (top + bottom) / 2
    width, thickness = components.width[marks], components.height[marks]
    is_dash = (width >= 0.25 * height) & (width <= 1.5 * height) & (thickness <= 0.4 * width)
    is_dot = (width >= 0.08 * height) & (width <= 0.35 * height) & (thickness <= 0.35 * height)
    pitch = fixed_pitch([row.centres for row in rows])
    nearest = np.full(len(marks), -1)
    smallest = np.full(len(marks), np.inf)
    for number, row in enumerate(rows):
        row_top = np.interp(across, row.centres, row.tops)
        row_bottom = np.interp(across, row.centres, row.bottoms)
        beside = np.maximum(row.left - across, across - row.right)
        is_stop = is_dot & (np.abs(middle - row_bottom) <= 0.3 * row.height)
        reach = np.where(is_dash, _MAX_DASH_BESIDE, _MAX_BESIDE) * row.height
        reach = np.where(is_stop, np.maximum(reach, pitch - _STOP_BEFORE_NEXT * row.height), reach)
        is_near = (
            (beside <= reach)
            & (bottom > row_top - MAX_ABOVE * row.height)
            & (top < row_bottom + MAX_BELOW * row.height)
        )
        distance = np.maximum(np.maximum(row_top - middle, (middle - row_bottom) * _BELOW_WEIGHT), 0)
        distance = distance + np.maximum(beside, 0)
        is_nearer = is_near & (distance < smallest)
        nearest[is_nearer] = number
        smallest[is_nearer] = distance[is_nearer]
    for mark, number in zip(marks.tolist(), nearest.tolist(), strict=True):
        if number >= 0:
            rows[number].marks.append(mark)
