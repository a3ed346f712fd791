"""Areas as people write them: codes or names, several in one cell."""

import re

from thai import places

_SEPARATOR = re.compile(r"[;,\n|]+")
_NAME_PART = {
    "tambon": re.compile(r"(?:ตำบล|แขวง|ต\.)\s*([^\s.]+)"),
    "district": re.compile(r"(?:อำเภอ|เขต|อ\.)\s*([^\s.]+)"),
    "province": re.compile(r"(?:จังหวัด|จ\.)\s*([^\s.]+)"),
}


def read_areas(text: str, province_code: str) -> tuple[tuple[str, ...], list[str]]:
    """The codes of the areas in a text, sorted, and the parts that name no area. Areas are separated by semicolons,
    commas or line feeds; each is a DOPA code or a name, which is looked up in `province_code` ('' is the country)."""
    codes, unknown = set(), []
    for part in (piece.strip() for piece in _SEPARATOR.split(text)):
        if not part:
            continue
        code = _area_code(part, province_code)
        if code:
            codes.add(code)
        else:
            unknown.append(part)
    return tuple(sorted(codes)), unknown


def _area_code(text: str, province_code: str) -> str:
    """The code of one area, '' when the text names none or more than one."""
    if text.isascii() and text.isdigit():
        return text if places.place(text) else ""
    parts = {level: match[1] for level, pattern in _NAME_PART.items() if (match := pattern.search(text))}
    home = places.place(province_code)
    home_name = home.th if home else ""
    if not parts:  # a bare name: a province, or a district of the home province
        return places.resolve_code(text, "", "") or _at_depth(4, places.resolve_code(home_name, text, ""))
    code = places.resolve_code(parts.get("province", home_name), parts.get("district", ""), parts.get("tambon", ""))
    return _at_depth(6 if "tambon" in parts else 4 if "district" in parts else 2, code)


def _at_depth(digits: int, code: str) -> str:
    """The code if it has this many digits: a shorter one means that a part of the name was not recognised."""
    return code if len(code) == digits else ""


def default_level(areas: tuple[str, ...]) -> str:
    """The level that the areas suggest: that of the widest; 'province' without areas."""
    return {4: "district", 6: "tambon"}.get(min(map(len, areas), default=2), "province")
