"""The outlines that a map is drawn with: imported boundaries, and for provinces those that come with this software."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from central.insight.facts import Dimension
from central.insight.map_areas import MapPlace
from central.insight.map_drawing import Rings, province_outlines
from central.insight.models import AreaBoundary
from central.insight.regions import region_of


@dataclass(frozen=True)
class Outlines:
    """The rings of areas by code, and whose work they are."""

    rings: Mapping[str, Rings]
    attribution: str = ""
    is_vendored: bool = False  # the outlines of provinces that come with this software

    def parts(self, code: str, place: MapPlace) -> list[str]:
        """The codes of the outlines that make up an area of the map: several provinces of a region, none of an area
        without an outline."""
        if place.is_country and not place.by_province:
            return [each for each in self.rings if region_of(each) == code]
        return [code] if code in self.rings else []


def outlines_of(place: MapPlace) -> Outlines | None:
    """The outlines of the areas of a map. None where most areas have none, so that all are shown as tiles."""
    if place.dimension is Dimension.PROVINCE:
        wanted = [code for code in province_outlines() if place.is_country or region_of(code) == place.code]
        imported = _imported(wanted)
        if imported is not None and len(imported.rings) == len(wanted):
            return imported
        return Outlines({code: province_outlines()[code] for code in wanted}, is_vendored=True)
    imported = _imported(place.areas)
    return imported if imported is not None and 2 * len(imported.rings) >= len(place.areas) else None


def _imported(codes: Iterable[str]) -> Outlines | None:
    rows = list(AreaBoundary.objects.filter(code__in=list(codes)))
    if not rows:
        return None
    credits = dict.fromkeys(row.attribution for row in rows if row.attribution)
    return Outlines({row.code: row.rings for row in rows}, " · ".join(credits))
