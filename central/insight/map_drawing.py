"""Outlines of areas as paths of SVG: Mercator's projection, whole numbers, so that the country takes 60 kB."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

Ring = Sequence[Sequence[float]]  # corners: longitude and latitude in degrees
Rings = Sequence[Ring]

_OUTLINES = Path(__file__).parent / "outlines"
_LONGER_SIDE = 1000  # units
_MARGIN = 12
_USED_SHARE = 0.8  # of the width of an area, whose middle is narrower
_NAME_UNITS = 17  # width of a Thai letter of a name on the map, in the units of a map of this size


@dataclass(frozen=True)
class Shape:
    """An area: its path, and where its name stands; `has_room` when the name fits inside."""

    path: str
    name_x: int
    name_y: int
    width: int

    def has_room(self, name: str) -> bool:
        """Whether a name fits into the area's width."""
        return len(name) * _NAME_UNITS <= _USED_SHARE * self.width


@dataclass(frozen=True)
class Drawing:
    """The shapes by code of their area, in a picture of `width` × `height` units."""

    width: int
    height: int
    shapes: Mapping[str, Shape]


@cache
def province_outlines() -> Mapping[str, Rings]:
    """The outlines of the 77 provinces by their codes (2 ms)."""
    outlines: Mapping[str, Rings] = json.loads((_OUTLINES / "provinces.json").read_bytes())
    return outlines


def draw(areas: Mapping[str, Rings]) -> Drawing:
    """The areas as large as they fit."""
    every = [corner for rings in areas.values() for ring in rings for corner in ring]
    left, right = min(x for x, _ in every), max(x for x, _ in every)
    top, bottom = _height(max(y for _, y in every)), _height(min(y for _, y in every))
    scale = (_LONGER_SIDE - 2 * _MARGIN) / max(right - left, top - bottom)

    def place(corner: Sequence[float]) -> tuple[int, int]:
        return _MARGIN + round((corner[0] - left) * scale), _MARGIN + round((top - _height(corner[1])) * scale)

    shapes = {code: _shape([[place(corner) for corner in ring] for ring in rings]) for code, rings in areas.items()}
    width, height = (round(extent * scale) + 2 * _MARGIN for extent in (right - left, top - bottom))
    return Drawing(width, height, shapes)


def _height(latitude: float) -> float:
    """The place on Mercator's vertical axis, in degrees of longitude."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))


def _shape(rings: Sequence[Sequence[tuple[int, int]]]) -> Shape:
    largest = max(rings, key=_extent)
    xs = [x for x, _ in largest]
    return Shape("".join(map(_path, rings)), *_centroid(largest), max(xs) - min(xs))


def _centroid(ring: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The centre of gravity of a ring: nearer to where an area is wide than the middle of its rectangle."""
    double_area = x_sum = y_sum = 0
    for (x, y), (next_x, next_y) in pairwise([*ring, ring[0]]):
        part = x * next_y - next_x * y
        double_area += part
        x_sum += (x + next_x) * part
        y_sum += (y + next_y) * part
    if not double_area:  # all corners are in one line
        return ring[0]
    return round(x_sum / (3 * double_area)), round(y_sum / (3 * double_area))


def _extent(ring: Sequence[tuple[int, int]]) -> int:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))


def _path(ring: Sequence[tuple[int, int]]) -> str:
    """One ring: an absolute corner, then steps from corner to corner. A step of nothing is left out."""
    (x, y), *others = ring
    parts = [f"M{x} {y}l"]
    for next_x, next_y in others:
        if (next_x, next_y) != (x, y):
            step = f"{next_x - x} {next_y - y}"
            parts.append(step if parts[-1].endswith("l") or step.startswith("-") else f" {step}")
            x, y = next_x, next_y
    return f"{''.join(parts)}z"
