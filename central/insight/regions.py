"""The six regions of Thailand by the Royal Society, with the codes of their provinces. Pure: no Django."""

from collections.abc import Mapping

from protocol.bilingual_text import BilingualText

REGIONS: Mapping[str, BilingualText] = {
    "north": BilingualText("ภาคเหนือ", "North"),
    "northeast": BilingualText("ภาคตะวันออกเฉียงเหนือ", "Northeast"),
    "central": BilingualText("ภาคกลาง", "Central"),
    "east": BilingualText("ภาคตะวันออก", "East"),
    "west": BilingualText("ภาคตะวันตก", "West"),
    "south": BilingualText("ภาคใต้", "South"),
}
_EAST = frozenset({"20", "21", "22", "23", "24", "25", "27"})
_WEST = frozenset({"63", "70", "71", "76", "77"})


def region_of(province: str) -> str:
    """The region of a province by its code of two digits, '' for ''."""
    if not province:
        return ""
    if province in _EAST:
        return "east"
    if province in _WEST:
        return "west"
    number = int(province)
    if 30 <= number <= 49:
        return "northeast"
    if 50 <= number <= 58:
        return "north"
    return "south" if number >= 80 else "central"
