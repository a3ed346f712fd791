"""Makes the paper of a page white everywhere: shadows, folds and yellowed paper disappear, faint ink becomes black."""

import cv2
import numpy as np

from ocr.arrays import Grey

_CELL_PX = 8  # the light is estimated on a grid of such cells
_INK = 200  # on even paper, darker pixels are ink
_MIN_INK_PIXELS = 500
_DARKEST_SHARE = 5  # per cent of the ink that becomes as dark as print
_PRINT_GREY, _FAINT_GREY = 30, 60  # ink lighter than the second is stretched to the first
_MIN_GRAIN = 6.0  # grey levels of noise on bare paper above which a median filter helps (decision 0028)


def even_light(grey: Grey) -> Grey:
    """The page divided by its estimated light, its ink stretched to black."""
    height, width = grey.shape
    cells = cv2.resize(
        grey, (max(1, width // _CELL_PX), max(1, height // _CELL_PX)), interpolation=cv2.INTER_AREA
    )  # the average and not the brightest pixel: grain does not count
    cells = cv2.dilate(cells, np.ones((5, 5), np.uint8))  # the paper between letters
    cells = cv2.GaussianBlur(cv2.medianBlur(cells, 7), (0, 0), 3)
    light = cv2.resize(cells, (width, height), interpolation=cv2.INTER_LINEAR)
    even: Grey = cv2.divide(grey, cv2.max(light, 1), scale=255)
    return _stretch_ink(even)


def _stretch_ink(even: Grey) -> Grey:
    counts = np.bincount(even.ravel(), minlength=256)[:_INK]
    if counts.sum() < _MIN_INK_PIXELS:
        return even
    darkest = int(np.searchsorted(np.cumsum(counts), counts.sum() * _DARKEST_SHARE / 100))
    if darkest <= _FAINT_GREY:
        return even
    levels = 255 - (255 - np.arange(256)) * (255 - _PRINT_GREY) / (255 - darkest)
    return np.clip(levels, 0, 255).astype(np.uint8)[even]


def remove_grain(grey: Grey) -> Grey:
    """The page without a sensor's noise; unchanged when there is little."""
    middle = grey[grey.shape[0] // 4 : max(grey.shape[0] // 2, grey.shape[0] // 4 + 1)]
    difference = cv2.absdiff(middle, cv2.medianBlur(middle, 3))
    grain = float(np.median(difference)) * 1.4826  # standard deviation of a normal distribution
    return cv2.medianBlur(grey, 3) if grain > _MIN_GRAIN else grey
