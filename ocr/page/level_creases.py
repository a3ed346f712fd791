"""Removes the dark lines that folds leave on a page, also where they cross letters.

A crease is too narrow for the estimate of the light, and as dark as faint print: it joins the letters of a line to a
rule. Along a crease most pixels are paper as dark as the crease, between letters of a line most are white.
"""

import cv2
import numpy as np

from ocr.arrays import Floats, Grey

_BLOCKS = 12  # parts of the page's side, in each of which a crease has its own darkness
_STEP = 3  # every third pixel is looked at
_PERCENTILE = 65  # more than half of a line of text is paper
_MIN_LEVEL = 110  # grey levels; darker lines are printed rules
_WHITE = 245


def level_creases(even: Grey) -> Grey:
    """The evenly lit page without creases across and down."""
    across = _level_rows(even)
    return np.ascontiguousarray(_level_rows(across.T).T)


def _level_rows(even: Grey) -> Grey:
    height, width = even.shape
    block = width // _BLOCKS
    if block < 2 * _STEP:
        return even
    samples = np.ascontiguousarray(even[:, : block * _BLOCKS : _STEP])
    parts = np.array_split(samples, _BLOCKS, axis=1)
    levels: Floats = np.stack([_percentile(part) for part in parts], axis=1)
    levels[(levels < _MIN_LEVEL) | (levels >= _WHITE)] = 255
    if (levels == 255).all():
        return even
    light = cv2.resize(levels.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    levelled: Grey = np.clip(even * (255 / light), 0, 255).astype(np.uint8)
    return levelled


def _percentile(part: Grey) -> Floats:
    """The percentile of each row."""
    place = min(part.shape[1] - 1, part.shape[1] * _PERCENTILE // 100)
    result: Floats = np.partition(part, place, axis=1)[:, place].astype(float)
    return result
