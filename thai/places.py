"""Provinces, districts and tambons of Thailand with their DOPA codes (ISO 3166-2:TH), from `geothai`.

Codes: province 2 digits, district (อำเภอ, เขต) 4, tambon (ตำบล, แขวง) 6; a longer code begins with its parent's.
The data (1 MB in memory, 35 ms) is loaded on first use.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import geothai
from geothai import abolished

BANGKOK_CODE = "10"

_PREFIX = re.compile(
    r"^(?:\s*(?:จังหวัด|กิ่งอำเภอ|กิ่ง\s*อ\.|อำเภอ|เขต|ตำบล|แขวง|จว?\.|อ\.|ต\.|ข\.))+\s*"
    r"|^\s*(?:changwat|amphoe|khet|tambon|khwaeng)\s+"
    r"|\s+(?:province|district|sub-?district)\s*$",
    re.IGNORECASE,
)
_NOISE = re.compile(r"[\s.'’ฯ-]")
# Common and former names, in the form of `_comparison_key`.
_PROVINCE_NAMES = {
    "กทม": "กรุงเทพมหานคร",
    "กรุงเทพ": "กรุงเทพมหานคร",
    "พระนคร": "กรุงเทพมหานคร",
    "ธนบุรี": "กรุงเทพมหานคร",
    "อยุธยา": "พระนครศรีอยุธยา",
    "กรุงเก่า": "พระนครศรีอยุธยา",
    "โคราช": "นครราชสีมา",
    "แปดริ้ว": "ฉะเชิงเทรา",
    "ศรีษะเกษ": "ศรีสะเกษ",
    "ศรีสะเกศ": "ศรีสะเกษ",
    "ขุขันธ์": "ศรีสะเกษ",
    "หนองบัวลำพู": "หนองบัวลำภู",
    "อุบล": "อุบลราชธานี",
    "อุดร": "อุดรธานี",
    "นครศรี": "นครศรีธรรมราช",
    "สุราษฎร์": "สุราษฎร์ธานี",
    "ประจวบ": "ประจวบคีรีขันธ์",
    "ayutthaya": "phranakhonsiayutthaya",
    "korat": "nakhonratchasima",
}


@dataclass(frozen=True)
class Place:
    """One area: its code and its bare names, without «จังหวัด», «อำเภอ», «เขต» …"""

    code: str
    th: str
    en: str


def _comparison_key(text: str) -> str:
    """A name in the form used for comparison: without prefix, spaces and dots; ำ and แ as one character."""
    one_spelling = text.replace("\u0e4d\u0e32", "ำ").replace("เเ", "แ").replace("\u200b", "")
    return _NOISE.sub("", _PREFIX.sub("", one_spelling)).lower()


def _alphabetical(place: Place) -> str:
    """Sort key of the Thai dictionary order: a leading vowel sorts after its consonant, tone marks last."""
    swapped = re.sub(r"([เแโใไ])(.)", r"\2\1", place.th)
    return re.sub(r"[็-๎]", "", swapped) + swapped


def _places(
    areas: Iterable[geothai.types.Province | geothai.types.District | geothai.types.Subdistrict],
) -> list[Place]:
    bare = (Place(area.code, area.name_th.removeprefix("เขต"), area.name_en) for area in areas)
    return sorted(bare, key=_alphabetical)


@cache
def provinces() -> tuple[Place, ...]:
    """All 77 provinces in Thai alphabetical order."""
    return tuple(_places(geothai.provinces()))


@cache
def districts(province_code: str) -> tuple[Place, ...]:
    """A province's districts in Thai alphabetical order; empty for an unknown code."""
    return tuple(_places(geothai.districts(province_code)))


@cache
def tambons(district_code: str) -> tuple[Place, ...]:
    """A district's tambons in Thai alphabetical order; empty for an unknown code."""
    return tuple(_places(geothai.subdistricts(district_code)))


def place(code: str) -> Place | None:
    """The area with this code of 2, 4 or 6 digits; None for an unknown one."""
    find = {2: geothai.province, 4: geothai.district, 6: geothai.subdistrict}.get(len(code))
    area = find(code) if find else None
    return _places([area])[0] if area else None


def full_name(code: str, language: str = "th") -> str:
    """The full path: «ต.บ้านเป็ด อ.เมืองขอนแก่น จ.ขอนแก่น», «แขวงลาดยาว เขตจตุจักร กรุงเทพมหานคร», or, in English
    and every other language, 'Ban Pet, Mueang Khon Kaen, Khon Kaen'. '' for an unknown code."""
    if place(code) is None:
        return ""
    path = [part for length in (6, 4, 2) if len(code) >= length and (part := place(code[:length]))]
    if language != "th":
        return ", ".join(part.en for part in path)
    prefixes = ("แขวง", "เขต", "") if code.startswith(BANGKOK_CODE) else ("ต.", "อ.", "จ.")
    return " ".join(prefix + part.th for prefix, part in zip(prefixes[3 - len(path) :], path, strict=True))


def resolve_code(province: str, amphoe: str, tambon: str) -> str:
    """The code of a typed address or one from a card: the deepest level that is unambiguous, '' if none.

    Names may have prefixes. «เมือง» is the capital district of the province. An abolished tambon resolves to its
    successor, if it has one. When a part contradicts the others, the result is the level above that part."""
    province_code = _province(province)
    if not province_code and _comparison_key(province):
        return ""
    district_code = _district(province_code, amphoe)
    if not district_code and _comparison_key(amphoe):
        return _abolished(province_code, amphoe, tambon) or province_code
    return _tambon(province_code, district_code, tambon) or district_code or province_code


def _codes_named(candidates: Iterable[Place], text: str) -> list[str]:
    key = _comparison_key(text)
    return [area.code for area in candidates if key and key in (_comparison_key(area.th), _comparison_key(area.en))]


def _unique_code(codes: Iterable[str]) -> str:
    unique = set(codes)
    return unique.pop() if len(unique) == 1 else ""


def _province(text: str) -> str:
    return _unique_code(_codes_named(provinces(), _PROVINCE_NAMES.get(_comparison_key(text), text)))


def _district(province_code: str, text: str) -> str:
    if _comparison_key(text) in ("เมือง", "mueang", "muang") and province_code not in ("", BANGKOK_CODE):
        return province_code + "01"  # the capital district, except in Bangkok
    within = [province_code] if province_code else [area.code for area in provinces()]
    return _unique_code(code for parent in within for code in _codes_named(districts(parent), text))


def _tambon(province_code: str, district_code: str, text: str) -> str:
    if not _comparison_key(text):
        return ""
    if district_code:
        return _unique_code(_codes_named(tambons(district_code), text)) or _abolished(
            district_code[:2], district_code, text
        )
    # Without a district the name must be unique in the province; without a province there is no result.
    within = districts(province_code) if province_code else ()
    return _unique_code(code for area in within for code in _codes_named(tambons(area.code), text))


def _abolished(province_code: str, amphoe: str, tambon: str) -> str:
    """The code of the present tambon that replaces an abolished one; `amphoe` is a name or a district code."""
    if not province_code or not _comparison_key(tambon):
        return ""
    district = place(amphoe) if amphoe.isdigit() else None
    former_areas = abolished.match_abolished(
        _comparison_key(tambon),
        district=district.th if district else _comparison_key(amphoe),
        province=place(province_code).th,  # type: ignore[union-attr]
    )
    successors = {code for area in former_areas for code in area.successors}
    return _unique_code(successors) or _unique_code(code[:4] for code in successors)


def codes_named(text: str, province_codes: Iterable[str] = ()) -> list[str]:
    """The codes of every area with this name, prefix or not, or with this code: in these provinces, or anywhere."""
    key = _comparison_key(text)
    codes = [text] if place(text) else _codes_by_key().get(_PROVINCE_NAMES.get(key, key), [])
    within = tuple(province_codes)
    return [code for code in codes if not within or code.startswith(within)]


@cache
def _codes_by_key() -> dict[str, list[str]]:
    """Every area by the comparison keys of its names (50 ms, 2 MB)."""
    codes: dict[str, list[str]] = {}
    for area in _every_area():
        for key in {_comparison_key(area.th), _comparison_key(area.en)}:
            codes.setdefault(key, []).append(area.code)
    return codes


def _every_area() -> Iterator[Place]:
    for province in provinces():
        yield province
        for district in districts(province.code):
            yield district
            yield from tambons(district.code)
