"""Gives the marks of a page (vowels and tones above and below, dots, commas) to the rows of letters they belong to."""

import numpy as np

from ocr.arrays import Ints
from ocr.lines.chain_letters import Row, fixed_pitch
from ocr.page.components import Components

MAX_ABOVE, MAX_BELOW = 1.05, 0.5  # letter heights from the row, within which a mark belongs to it
_BELOW_WEIGHT = 2.4  # marks hang twice as far above their letters as below
_MAX_BESIDE = 0.6  # letter heights from the row's ends
_MAX_DASH_BESIDE = 1.6  # of a dash
_MAX_DASH_PITCHES = 2.2  # the same in pitches, for typewriters: behind a sum, the dash follows a full stop
_STOP_BEFORE_NEXT = 0.15  # letter heights: a typewriter's full stop is one pitch from its letter, which is wider
_MIN_INK = 0.004  # of a letter height's square; less is dust
_MIN_PIXELS = 3
# In some faces the Thai digits ๐ to ๓ are half as high as the letters. At a row's end they are too far away for marks.
_MIN_SMALL_LETTER, _MIN_SMALL_WIDTH = 0.45, 0.3  # of the row's letters, in height
_MAX_SMALL_GAP = 1.6  # letter heights, with a full stop in it
_BASE_LINE_TOLERANCE = 0.2  # letter heights


def attach_marks(components: Components, rows: list[Row], marks: Ints, height: float) -> None:
    """Add each piece of `marks` to the nearest row's `marks`; a piece far from every row, and dust, to none. Small
    letters that continue a row on its base line make it longer."""
    marks = marks[components.area[marks] >= max(_MIN_PIXELS, _MIN_INK * height * height)]
    for row in rows:
        small = _small_letters(components, row, marks)
        row.marks += small
        marks = marks[~np.isin(marks, small)]
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
        dash_reach = max(_MAX_DASH_BESIDE * row.height, _MAX_DASH_PITCHES * pitch)
        reach = np.where(is_dash, dash_reach, _MAX_BESIDE * row.height)
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


def _small_letters(components: Components, row: Row, pieces: Ints) -> list[int]:
    """The pieces that continue the row at its ends, whose left and right are moved to them."""
    high, wide = components.height[pieces] / row.height, components.width[pieces] / row.height
    base = np.interp(components.centre_x[pieces], row.centres, row.bottoms)
    is_level = np.abs(components.bottom[pieces] - base) <= _BASE_LINE_TOLERANCE * row.height
    candidates = pieces[is_level & (high >= _MIN_SMALL_LETTER) & (wide >= _MIN_SMALL_WIDTH)]
    reach = _MAX_SMALL_GAP * row.height
    small: list[int] = []
    for piece in candidates[np.argsort(components.left[candidates])].tolist():
        if row.right - row.height / 2 <= components.left[piece] <= row.right + reach:
            small.append(piece)
            row.right = max(row.right, int(components.right[piece]))
    candidates = candidates[~np.isin(candidates, small)]
    for piece in candidates[np.argsort(-components.right[candidates])].tolist():
        if row.left - reach <= components.right[piece] <= row.left + row.height / 2:
            small.append(piece)
            row.left = min(row.left, int(components.left[piece]))
    return small
