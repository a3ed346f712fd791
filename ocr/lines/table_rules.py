"""Removes the rules of tables and forms from a page, without the letters they touch."""

import cv2
import numpy as np

from ocr.arrays import Grey, Ink

_MIN_ACROSS, _MIN_DOWN = (
    3.2,
    4.0,
)  # letter heights of a horizontal and a vertical rule; no stroke of a letter is as long
_MIN_RULE_PX = 40
_EDGE_PX = 7  # a rule and its grey edges
_MAX_THICKNESS = 0.35  # letter heights that are bridged where a rule crosses a letter


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
    letters = cv2.bitwise_and(ink, cv2.bitwise_not(rules))
    bridge = max(3, round(_MAX_THICKNESS * height)) | 1
    joined = cv2.morphologyEx(letters, cv2.MORPH_CLOSE, np.ones((bridge, 1), np.uint8))
    repaired: Ink = cv2.bitwise_or(letters, cv2.bitwise_and(joined, rules))
    return repaired


def paint_over_rules(even: Grey, horizontal: Ink, vertical: Ink, letters: Ink) -> Grey:
    """The page with white rules; `letters`, the ink without rules, keeps its edges."""
    edges = np.ones((_EDGE_PX, _EDGE_PX), np.uint8)
    rules = cv2.dilate(cv2.bitwise_or(horizontal, vertical), edges)
    near_letters = cv2.dilate(letters, np.ones((3, 3), np.uint8))
    painted: Grey = np.where((rules > 0) & (near_letters == 0), np.uint8(255), even)
    return painted
