"""Removes what is drawn between the letters of a page: rules of tables and forms, and dotted leaders."""

import cv2
import numpy as np

from ocr.arrays import Bools, Ink
from ocr.components import Components

_MIN_ACROSS, _MIN_DOWN = (
    3.2,
    4.0,
)  # letter heights of a horizontal and a vertical rule; no stroke of a letter is as long
_MIN_RULE_PX = 40
_MAX_THICKNESS = 0.35  # letter heights that are bridged where a rule crosses a letter
_MAX_DOT = 0.3  # letter heights, of a dot's width and height
_MIN_DOTS = 5  # dots of a leader
_MAX_DOT_GAP = 0.9  # letter heights between a leader's dots


def find_rules(ink: Ink, height: int) -> tuple[Ink, Ink]:
    """The horizontal and the vertical rules, as pictures of `ink`'s size."""
    across = max(_MIN_RULE_PX, round(_MIN_ACROSS * height))
    down = max(_MIN_RULE_PX, round(_MIN_DOWN * height))
    horizontal = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, across), np.uint8))
    vertical = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((down, 1), np.uint8))
    return horizontal, vertical


def remove_rules(ink: Ink, horizontal: Ink, vertical: Ink, height: int) -> Ink:
    """The ink without its rules; a stroke of a letter that a horizontal rule crosses is joined again."""
    rules = cv2.dilate(cv2.bitwise_or(horizontal, vertical), np.ones((3, 3), np.uint8))
    without = cv2.bitwise_and(ink, cv2.bitwise_not(rules))
    bridge = max(3, round(_MAX_THICKNESS * height)) | 1
    joined = cv2.morphologyEx(without, cv2.MORPH_CLOSE, np.ones((bridge, 1), np.uint8))
    repaired: Ink = cv2.bitwise_or(without, cv2.bitwise_and(joined, rules))
    return repaired


def is_leader_dot(components: Components, height: int) -> Bools:
    """For each piece, whether it is a dot of a dotted leader: one of at least five side by side at small distances."""
    small = (components.width <= _MAX_DOT * height) & (components.height <= _MAX_DOT * height)
    numbers = np.flatnonzero(small)
    if len(numbers) < _MIN_DOTS:
        return np.zeros(len(components), bool)
    centres = np.zeros(components.labels.shape, np.uint8)
    down = components.centre_y[numbers].astype(int)
    across = components.centre_x[numbers].astype(int)
    centres[down, across] = 255
    reach = round((_MAX_DOT + _MAX_DOT_GAP) * height) | 1
    joined = cv2.morphologyEx(
        cv2.dilate(centres, np.ones((3, 1), np.uint8)), cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8)
    )
    _, groups = cv2.connectedComponents(joined)
    group = groups[down, across]
    result = np.zeros(len(components), bool)
    result[numbers] = np.bincount(group)[group] >= _MIN_DOTS
    return result
