"""Points near each other as one cluster: those of one cell of a grid. Pure: no Django.

The database counts the points of each cell (`points`): a province has 10⁵ of them, and a map a few hundred cells. Each
mark lies inside its own cell, so that marks never overlap: each can be touched and focused alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log2

HOT_SPOT_DEGREES = 0.02  # 2 km: a village
MAX_CLUSTERS = 600  # a screen of 3,840 pixels has as many cells
_CELL_PIXELS, _TILE_PIXELS = 64, 256
_MIN_MARK_PIXELS, _MAX_MARK_PIXELS = 26, 48  # WCAG 2.5.8 asks for 24


@dataclass(frozen=True)
class CountedPoints:
    """The points of a cell in one area: how many, the means of their coordinates, and the number of one case."""

    row: int
    column: int
    area: str
    count: int
    latitude: float
    longitude: float
    number: str


@dataclass(frozen=True)
class Cluster:
    """The points of a cell: where its mark is, how many, and the area that most of them have. `number` is that of a
    single case."""

    cell: tuple[int, int]
    latitude: float
    longitude: float
    count: int
    area: str
    number: str = ""


def cell_degrees(zoom: int) -> float:
    """The width of a cell in degrees at a zoom level of a web map, whose world has 2^zoom tiles in a row."""
    return 360 * _CELL_PIXELS / (_TILE_PIXELS << zoom)


def mark_pixels(count: int) -> int:
    """The diameter of the mark of so many points."""
    return min(_MAX_MARK_PIXELS, _MIN_MARK_PIXELS + 5 * round(log2(count)))


def clusters(counted: Iterable[CountedPoints], degrees: float) -> list[Cluster]:
    """One cluster for each cell of this width, largest first. Its mark is at the mean of its points, as far as it then
    lies inside the cell."""
    cells: dict[tuple[int, int], list[CountedPoints]] = defaultdict(list)
    for each in counted:
        cells[each.row, each.column].append(each)
    made = [_cluster(cell, inside, degrees) for cell, inside in cells.items()]
    return sorted(made, key=lambda each: (-each.count, each.cell))


def _cluster(cell: tuple[int, int], inside: Sequence[CountedPoints], degrees: float) -> Cluster:
    count = sum(each.count for each in inside)
    latitude = sum(each.latitude * each.count for each in inside) / count
    longitude = sum(each.longitude * each.count for each in inside) / count
    most = min(inside, key=lambda each: (-each.count, each.area))
    # Towards the poles a cell of equal degrees has more pixels in height than in width, never fewer.
    margin = mark_pixels(count) / 2 / _CELL_PIXELS
    return Cluster(
        cell,
        round(_inside(latitude / degrees, cell[0], margin) * degrees, 6),
        round(_inside(longitude / degrees, cell[1], margin) * degrees, 6),
        count,
        most.area,
        most.number if count == 1 else "",
    )


def _inside(cells: float, start: int, margin: float) -> float:
    """A position in cells, moved so that it keeps this distance from both edges of its cell."""
    return min(max(cells, start + margin), start + 1 - margin)
