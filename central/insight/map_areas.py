"""Which areas a map shows: the regions or the provinces of the country, the provinces of a region, the districts of a
province, the tambons of a district. Pure: no Django."""

from collections.abc import Iterator
from dataclasses import dataclass

from central.insight.facts import Dimension
from central.insight.regions import REGIONS, region_of
from protocol.bilingual_text import BilingualText
from thai import places

COUNTRY = BilingualText("ประเทศไทย", "Thailand")
_PROVINCE_DIGITS, _DISTRICT_DIGITS = 2, 4


@dataclass(frozen=True)
class MapPlace:
    """What a map is of: '' the country, a region, a province or a district. `within` is the code of the area of the
    centre: the map shows nothing around it."""

    code: str
    within: str = ""
    by_province: bool = False  # the country by province instead of by region

    @property
    def is_region(self) -> bool:
        """Whether it is one of the six regions."""
        return self.code in REGIONS

    @property
    def is_country(self) -> bool:
        """Whether it is the whole country."""
        return self.code == ""

    @property
    def dimension(self) -> Dimension:
        """By what the cases of the map are counted; regions are sums of provinces."""
        if self.is_country or self.is_region:
            return Dimension.PROVINCE
        return Dimension.DISTRICT if len(self.code) == _PROVINCE_DIGITS else Dimension.TAMBON

    @property
    def areas(self) -> tuple[str, ...]:
        """The codes of the areas on the map, in Thai alphabetical order."""
        if self.is_country and not self.by_province:
            return tuple(REGIONS)
        if self.is_country or self.is_region:
            every = (place.code for place in places.provinces())
            return tuple(code for code in every if self.is_country or region_of(code) == self.code)
        below = places.districts if len(self.code) == _PROVINCE_DIGITS else places.tambons
        return tuple(place.code for place in below(self.code))

    @property
    def above(self) -> "MapPlace | None":
        """The place that this one is a part of, None at the top of what the centre may see."""
        if self.code == self.within:
            return None
        if self.is_region:
            return MapPlace("", self.within)
        parent = self.code[:_PROVINCE_DIGITS] if len(self.code) == _DISTRICT_DIGITS else region_of(self.code)
        return MapPlace(parent, self.within)

    def path(self) -> Iterator["MapPlace"]:
        """From the top down to this place."""
        if self.above is not None:
            yield from self.above.path()
        yield self

    def opens(self, code: str) -> bool:
        """Whether an area of this map has a map of its own."""
        return self.dimension is not Dimension.TAMBON and code in self.areas

    @property
    def name(self) -> BilingualText:
        """«ประเทศไทย», «ภาคเหนือ», «ขอนแก่น»."""
        if self.is_country:
            return COUNTRY
        return area_name(self.code)


def area_name(code: str) -> BilingualText:
    """The name of a region or of an area with a DOPA code."""
    if code in REGIONS:
        return REGIONS[code]
    place = places.place(code)
    return BilingualText(place.th, place.en) if place else BilingualText(code, code)


def map_place(code: str, within: str, *, by_province: bool = False) -> MapPlace:
    """The place of a code in a URL. Another text, and a place outside `within`, becomes the centre's own area."""
    is_place = len(code) in (_PROVINCE_DIGITS, _DISTRICT_DIGITS) and places.place(code) is not None
    is_inside = (is_place and code.startswith(within)) or (code in REGIONS and not within)
    return MapPlace(code if is_inside else within, within, by_province)
