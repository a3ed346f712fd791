"""The outlines that a map is drawn with: those of the provinces."""

from collections.abc import Mapping
from dataclasses import dataclass

from central.insight.facts import CODE_LENGTHS, Dimension
from central.insight.map_areas import MapPlace
from central.insight.map_drawing import Rings, province_outlines
from central.insight.regions import region_of


@dataclass(frozen=True)
class Outlines:
    """The rings of each area by code, and whose work they are."""

    rings: Mapping[str, Rings]
    attribution: str = ""
    is_vendored: bool = False  # the outlines of provinces that come with this software

    def parts(self, code: str, place: MapPlace) -> list[str]:
        """The codes of the outlines that make up an area of the map: a region has several provinces."""
        if place.is_country and not place.by_province:
            return [each for each in self.rings if region_of(each) == code]
        return [code]


def outlines_of(place: MapPlace) -> Outlines | None:
    """The outlines of the areas of a map; None where there are none, so that the areas are shown as tiles."""
    if place.dimension is not Dimension.PROVINCE:
        return None
    wanted = [code for code in province_outlines() if place.is_country or region_of(code) == place.code]
    return Outlines({code: province_outlines()[code] for code in wanted}, is_vendored=True)


def is_complete(codes: Mapping[str, object], place: MapPlace) -> bool:
    """Whether there is an outline for each area of the map."""
    return all(len(code) != CODE_LENGTHS[place.dimension] or code in codes for code in place.areas)
