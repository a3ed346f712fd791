"""Names and slugs of centres that follow from their area."""

import re
from functools import cache

from protocol.bilingual_text import BilingualText
from thai import places
from thai.places import BANGKOK_CODE

MINISTRY_SLUG = "moi"
_MINISTRY_NAME = BilingualText("ศูนย์ดำรงธรรมกระทรวงมหาดไทย", "Damrongdham Centre, Ministry of Interior")


def default_name(area_code: str) -> BilingualText:
    """The name of the centre of an area; both texts are '' for an unknown area."""
    if not area_code:
        return _MINISTRY_NAME
    place = places.place(area_code)
    if place is None:
        return BilingualText("", "")
    prefix = "" if area_code == BANGKOK_CODE else "จังหวัด" if len(area_code) == 2 else "อำเภอ"
    return BilingualText(f"ศูนย์ดำรงธรรม{prefix}{place.th}", f"Damrongdham Centre, {place.en}")


def default_slug(area_code: str) -> str:
    """The slug of the centre of an area: «khonkaen», «nam-phong». The same one whichever area gets its centre first.

    Seven district names occur twice or more. These get the province's slug as well, «chom-thong-chiangmai», or their
    code where both are in one province, «bang-sai-1404». '' for an unknown area."""
    if not area_code:
        return MINISTRY_SLUG
    place = places.place(area_code)
    if place is None:
        return ""
    if len(area_code) == 2:
        return _letters(place.en, "")
    slug = _letters(place.en, "-")
    provinces = _provinces_by_slug()[slug]
    if provinces.count(area_code[:2]) > 1:
        return f"{slug}-{area_code}"
    return f"{slug}-{default_slug(area_code[:2])}" if len(provinces) > 1 else slug


@cache
def _provinces_by_slug() -> dict[str, list[str]]:
    """The provinces of all areas of the country by the slug of their bare name."""
    codes: dict[str, list[str]] = {}
    for province in places.provinces():
        codes.setdefault(_letters(province.en, ""), []).append(province.code)
        for district in places.districts(province.code):
            codes.setdefault(_letters(district.en, "-"), []).append(province.code)
    return codes


def _letters(name: str, separator: str) -> str:
    return separator.join(re.findall("[a-z]+", name.lower()))


def country_areas() -> tuple[str, ...]:
    """The areas that have a centre of the Ministry of Interior: 76 provinces and their 878 districts, each province
    before its districts. Bangkok is left out: its 50 districts (เขต) are no อำเภอ and belong to the city."""
    return tuple(
        code
        for province in places.provinces()
        if province.code != BANGKOK_CODE
        for code in province_areas(province.code)
    )


def province_areas(province_code: str) -> tuple[str, ...]:
    """A province and its districts."""
    return (province_code, *(district.code for district in places.districts(province_code)))
