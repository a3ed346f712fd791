"""Boundaries from a GeoJSON file (RFC 7946): degrees of WGS 84, longitude first, each feature with the DOPA code of its
area. A file is stored whole or not at all; what it replaces stays until then."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import shapely
from django.db import transaction
from shapely.geometry import shape

from central.insight.boundary_shapes import Rings, simplify
from central.insight.models import AreaBoundary
from thai import places

MAX_FILE_BYTES = 100 * 1024 * 1024  # a tenth of the memory that it takes; the tambons of a province have 5 MB
MAX_ATTRIBUTION_CHARS = 200
MAX_CORNERS = 5_000  # of the areas of one map: 40 kB on its page
CODE_PROPERTIES = ("code", "dopa_code", "ADM3_PCODE", "ADM2_PCODE", "ADM1_PCODE")
_COUNTRY_PREFIX = "TH"  # of codes of the United Nations: TH400101
# Thailand lies between these degrees: west, south, east, north.
WEST, SOUTH, EAST, NORTH = 97.0, 5.0, 106.0, 21.0


class BoundaryFileError(Exception):
    """A file that cannot be imported; the message is a sentence that says why."""


def import_boundaries(file: Path, attribution: str = "", code_property: str = "") -> int:
    """Store the boundaries of a file; returns how many. `attribution` is printed below each map that they are on.
    Raises BoundaryFileError."""
    if len(attribution) > MAX_ATTRIBUTION_CHARS:
        raise BoundaryFileError(f"the attribution has more than {MAX_ATTRIBUTION_CHARS} characters")
    areas = read_areas(file, code_property)
    by_map: dict[str, dict[str, shapely.Geometry]] = defaultdict(dict)
    for code, area in areas.items():
        by_map[code[:-2]][code] = area
    rows = [
        AreaBoundary(code=code, rings=rings, attribution=attribution)
        for each in by_map.values()
        for code, rings in _simplified(each).items()
    ]
    with transaction.atomic():
        AreaBoundary.objects.bulk_create(
            rows,
            batch_size=100,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["rings", "attribution"],
        )
    return len(rows)


def _simplified(areas: Mapping[str, shapely.Geometry]) -> dict[str, Rings]:
    simple = simplify(areas, MAX_CORNERS)
    for code, rings in simple.items():
        if not rings:
            raise BoundaryFileError(f"the area of {code} is empty")
    return simple


def read_areas(file: Path, code_property: str = "") -> dict[str, shapely.Geometry]:
    """The polygons of a file by code. Raises BoundaryFileError."""
    areas: dict[str, shapely.Geometry] = {}
    for number, feature in enumerate(_features(file), start=1):
        code = _code(number, feature, code_property)
        if code in areas:
            raise BoundaryFileError(f"feature {number}: the area {code} is in the file twice")
        areas[code] = _polygon(number, feature, code)
    if not areas:
        raise BoundaryFileError("the file has no features")
    return areas


def _features(file: Path) -> Iterator[Mapping[str, object]]:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise BoundaryFileError(
                f"the file is larger than {MAX_FILE_BYTES // 1024 // 1024} MB; import one province at a time"
            )
        content = json.loads(file.read_bytes())
    except OSError as error:
        raise BoundaryFileError(f"the file cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BoundaryFileError("the file is not JSON") from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        raise BoundaryFileError("the file is not GeoJSON: it has no FeatureCollection")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            raise BoundaryFileError(f"feature {number} is not a GeoJSON feature")
        yield feature


def _code(number: int, feature: Mapping[str, object], code_property: str) -> str:
    properties = feature.get("properties")
    values = properties if isinstance(properties, dict) else {}
    wanted = (code_property,) if code_property else CODE_PROPERTIES
    value = next((values[name] for name in wanted if values.get(name)), None if code_property else feature.get("id"))
    if value is None:
        names = ", ".join(wanted)
        raise BoundaryFileError(f"feature {number} has no code of its area; looked for: {names}")
    code = str(value).strip().removeprefix(_COUNTRY_PREFIX)
    if not code.isascii() or places.place(code) is None:
        raise BoundaryFileError(
            f"feature {number}: {str(value)[:40]!r} is no DOPA code of a province, district or tambon"
        )
    return code


def _polygon(number: int, feature: Mapping[str, object], code: str) -> shapely.Geometry:
    try:
        area = shapely.force_2d(shape(feature["geometry"]))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, shapely.errors.ShapelyError):
        raise BoundaryFileError(f"feature {number} ({code}) has a geometry that cannot be read") from None
    if area.geom_type not in ("Polygon", "MultiPolygon") or area.is_empty:
        raise BoundaryFileError(f"feature {number} ({code}) is not a polygon")
    west, south, east, north = area.bounds
    if west >= WEST and east <= EAST and south >= SOUTH and north <= NORTH:
        return area
    if south >= WEST and north <= EAST and west >= SOUTH and east <= NORTH:
        raise BoundaryFileError(f"feature {number} ({code}): latitude and longitude are swapped; longitude comes first")
    raise BoundaryFileError(f"feature {number} ({code}) is not in Thailand; coordinates are degrees of WGS 84")
