"""Separates ink from paper on an evenly lit page."""

import cv2
import numpy as np

from ocr.arrays import Grey, Ink

_MIN_THRESHOLD, _MAX_THRESHOLD = 80, 205  # on even paper: below is only the core of strokes, above is the paper's grain


def binarise(even: Grey) -> Ink:
    """255 where there is ink: pixels below Otsu's threshold, which is limited for pages with little ink."""
    threshold, _ = cv2.threshold(even, 0, 255, cv2.THRESH_OTSU)
    limited = min(max(threshold, _MIN_THRESHOLD), _MAX_THRESHOLD)
    return (even <= limited).astype(np.uint8) * np.uint8(255)
