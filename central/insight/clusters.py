"""Points near each other as one cluster: those of one cell of a grid. Pure: no Django."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HOT_SPOT_DEGREES = 0.02  # 2 km: a village
_CELL_PIXELS, _TILE_PIXELS = 64, 256  # a cluster's mark has 40 pixels
MAX_CLUSTERS = 400


@dataclass(frozen=True)
class Point:
    """The point of one case."""

    latitude: float
    longitude: float
    number: str  # of the case
    area: str


@dataclass(frozen=True)
class Cluster:
    """Some points: their mean, how many, and the area that most of them have. `number` is that of a single case."""

    cell: tuple[int, int]
    latitude: float
    longitude: float
    count: int
    area: str
    number: str = ""


def cell_degrees(zoom: int) -> float:
    """The width of a cell in degrees at a zoom level of a web map, whose world has 2^zoom tiles in a row."""
    return 360 * _CELL_PIXELS / (_TILE_PIXELS << zoom)


def clusters(points: Iterable[Point], degrees: float) -> list[Cluster]:
    """The clusters of the points by cells of this width, largest first."""
    cells: dict[tuple[int, int], list[Point]] = defaultdict(list)
    for point in points:
        cells[int(point.latitude // degrees), int(point.longitude // degrees)].append(point)
    made = [_cluster(cell, inside) for cell, inside in cells.items()]
    return sorted(made, key=lambda each: (-each.count, each.cell))


def _cluster(cell: tuple[int, int], points: Sequence[Point]) -> Cluster:
    areas = Counter(point.area for point in points)
    return Cluster(
        cell,
        round(sum(point.latitude for point in points) / len(points), 5),
        round(sum(point.longitude for point in points) / len(points), 5),
        len(points),
        min(areas, key=lambda area: (-areas[area], area)),
        points[0].number if len(points) == 1 else "",
    )
