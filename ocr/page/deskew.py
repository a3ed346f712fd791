"""Measures the slope of the rows on the letters, and turns the page level.

The letters decide and never the page's edge: a dark edge, a fold or a table's frame is longer and straighter than any
row, and need not be parallel to it.
"""

import cv2
import numpy as np

from ocr.arrays import Floats, Grey
from ocr.page.components import Components

_MAX_DEGREES = 12.0
_COARSE_STEP, _FINE_STEP = 0.5, 0.05
MIN_DEGREES = 0.1  # smaller angles are not corrected
_MIN_LETTERS = 12
_MIN_GAIN = 1.05  # of the score, below which the angle is uncertain


def measure_skew(components: Components, height: int) -> float:
    """Degrees (counter-clockwise) by which to turn the page so that its rows are level; 0.0 when uncertain.

    At the right angle the lower edges of letters fall on few heights."""
    is_letter = (
        (components.height >= 0.6 * height)
        & (components.height <= 1.8 * height)
        & (components.width >= 0.3 * height)
        & (components.width <= 4 * height)
    )
    across = components.centre_x[is_letter]
    down = components.bottom[is_letter].astype(float)
    if len(across) < _MIN_LETTERS:
        return 0.0
    coarse = _best_angle(across, down, np.arange(-_MAX_DEGREES, _MAX_DEGREES + 0.1, _COARSE_STEP), height)
    fine = _best_angle(across, down, np.arange(coarse - 0.5, coarse + 0.51, _FINE_STEP), height)
    return fine if _score(across, down, fine, height) > _MIN_GAIN * _score(across, down, 0.0, height) else 0.0


def rotate(grey: Grey, degrees: float) -> Grey:
    """The page turned by `degrees` counter-clockwise about its centre, white where nothing was; of the same size."""
    height, width = grey.shape
    matrix = rotation_matrix(grey.shape, degrees)[:2]
    rotated: Grey = cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    return rotated


def rotation_matrix(shape: tuple[int, ...], degrees: float) -> Floats:
    """The 3 × 3 matrix from the pixels of a picture of this shape to those of the rotated one."""
    height, width = shape
    return np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), [0, 0, 1]])


def _best_angle(across: Floats, down: Floats, angles: Floats, height: int) -> float:
    return float(max(angles, key=lambda angle: _score(across, down, float(angle), height)))


def _score(across: Floats, down: Floats, angle: float, height: int) -> float:
    """How unevenly the letters' lower edges are spread over the heights of the page turned by `angle`."""
    level = down - across * np.tan(np.radians(angle))
    counts = np.bincount(((level - level.min()) * (4 / height)).astype(np.intp))
    return float(np.square(counts.astype(float)).sum())
