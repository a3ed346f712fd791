"""Finds the dotted leaders of forms, also the dots between the letters that were typed over them.

Read as text, a leader's dots become full stops and commas inside names and numbers.
"""

import cv2
import numpy as np

from ocr.arrays import Bools, Floats, Ints
from ocr.page.components import Components

_MAX_DOT = 0.3  # letter heights, of a dot's width and height
_MIN_DOTS = 5  # side by side, that make a leader
_MAX_LEADERS = 400  # on a page; a form has 60
_MIN_PITCH_PX = 2.0  # from dot to dot; less are dots above each other
_MAX_GAP = 1.3  # letter heights between a leader's dots
_MAX_HIDDEN = 8  # dots in a row that letters may cover before a leader ends
_PITCH_TOLERANCE = 0.22  # of the distance from dot to dot
_LEVEL_TOLERANCE = 0.14  # letter heights


def is_leader_dot(components: Components, height: int) -> Bools:
    """For each piece, whether it is a dot of a dotted leader."""
    result = np.zeros(len(components), bool)
    dots = np.flatnonzero((components.width <= _MAX_DOT * height) & (components.height <= _MAX_DOT * height))
    if len(dots) < _MIN_DOTS:
        return result
    across, down = components.centre_x[dots], components.centre_y[dots]
    for leader in _leaders(components, dots, height):
        order = leader[np.argsort(across[leader])]
        pitch = float(np.median(np.diff(across[order])))
        if pitch < _MIN_PITCH_PX:
            continue
        result[dots[leader]] = True
        beside = np.abs(down - np.median(down[leader])) <= _LEVEL_TOLERANCE * height + 1
        for end, direction in ((order[-1], 1), (order[0], -1)):
            result[dots[_follow(across, np.flatnonzero(beside), float(across[end]), pitch * direction)]] = True
    return result


def _leaders(components: Components, dots: Ints, height: int) -> list[Ints]:
    """Groups of dots side by side at small distances, as indices of `dots`."""
    down, across = components.centre_y[dots].astype(int), components.centre_x[dots].astype(int)
    centres = np.zeros(components.labels.shape, np.uint8)
    centres[down, across] = 255
    reach = round((_MAX_DOT + _MAX_GAP) * height) | 1
    joined = cv2.morphologyEx(
        cv2.dilate(centres, np.ones((3, 1), np.uint8)), cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8)
    )
    _, groups = cv2.connectedComponents(joined)
    group = groups[down, across]
    order = np.argsort(group, kind="stable")
    runs = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return [run for run in runs if len(run) >= _MIN_DOTS][:_MAX_LEADERS]


def _follow(across: Floats, candidates: Ints, start: float, pitch: float) -> list[int]:
    """The candidates that lie whole pitches from `start`, from one to the next, over dots that letters cover."""
    result: list[int] = []
    position, hidden = start, 0
    while len(candidates) and hidden <= _MAX_HIDDEN:
        expected = position + pitch * (hidden + 1)
        nearest = int(candidates[np.argmin(np.abs(across[candidates] - expected))])
        if abs(across[nearest] - expected) <= _PITCH_TOLERANCE * abs(pitch):
            result.append(nearest)
            position, hidden = float(across[nearest]), 0
        else:
            hidden += 1
    return result
