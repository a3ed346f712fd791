"""Boundaries of areas as polygons in degrees, simplified together so that neighbours keep one common line.

Only the import of boundaries and the tool that makes `outlines/` load this module: Shapely takes 100 ms to import."""

from collections.abc import Mapping

import shapely

Ring = list[list[float]]  # longitude, latitude
Rings = list[Ring]  # outer and inner rings of an area, in any order
_GRID = 1e-4  # degrees, 11 m: neighbours whose corners differ by less get the same corner
_STEPS = 14  # each doubles the tolerance: from 20 m to further than a district is wide
_FIRST_TOLERANCE = 2e-4  # degrees
DECIMALS = 4
MIN_RING_CORNERS = 4  # the first corner is repeated at the end


def simplify(areas: Mapping[str, shapely.Geometry], max_corners: int, grid: float = _GRID) -> dict[str, Rings]:
    """The rings of the areas with at most about `max_corners` corners in all: the smallest tolerance that is enough.
    An area is never lost, however small it is."""
    codes = list(areas)
    shapes = [_polygonal(shapely.make_valid(shapely.set_precision(areas[code], grid))) for code in codes]
    simple, tolerance = shapes, _FIRST_TOLERANCE
    for _ in range(_STEPS):
        if _corners(simple) <= max_corners:
            break
        simple = list(shapely.coverage_simplify(shapes, tolerance))
        tolerance *= 2
    return {
        code: _rings(small if not small.is_empty else full)
        for code, small, full in zip(codes, simple, shapes, strict=True)
    }


def _corners(shapes: list[shapely.Geometry]) -> int:
    return int(shapely.get_num_coordinates(shapes).sum())


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    """Its polygons without the lines and points that a repair can leave."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if len(parts) != 1 else parts[0]


def _rings(shape: shapely.Geometry) -> Rings:
    rings = [ring for polygon in shapely.get_parts(shape) for ring in (polygon.exterior, *polygon.interiors)]
    rounded = [[[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring.coords] for ring in rings]
    return [ring for ring in rounded if len(ring) >= MIN_RING_CORNERS]
