"""Classes of the numbers on a map: at most five, each with about as many areas. Pure: no Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_CLASSES = 5


@dataclass(frozen=True)
class ColourClass:
    """The areas with a number from `lowest` to `highest`, both in it. `shade` is 1 for the lightest, 5 for the
    darkest."""

    shade: int
    lowest: float
    highest: float
    areas: tuple[str, ...]


def colour_classes(numbers: Mapping[str, float | int | None]) -> list[ColourClass]:
    """The classes of the areas with a number that is not 0, lowest first. Areas with the same number are in the same
    class."""
    ranked = sorted((number, area) for area, number in numbers.items() if number)
    groups: list[list[tuple[float, str]]] = []
    wanted = min(MAX_CLASSES, len({number for number, _ in ranked}))
    for number, area in ranked:
        is_same = bool(groups) and groups[-1][-1][0] == number
        done = sum(map(len, groups))
        is_full = done * wanted >= len(ranked) * len(groups)
        if not groups or (is_full and not is_same and len(groups) < wanted):
            groups.append([])
        groups[-1].append((number, area))
    shades = _shades(len(groups))
    return [
        ColourClass(shade, group[0][0], group[-1][0], tuple(area for _, area in group))
        for shade, group in zip(shades, groups, strict=True)
    ]


def _shades(count: int) -> Sequence[int]:
    """Shades that are as different as possible: 1 and 5 of two classes, the middle one of one class."""
    if count == 1:
        return [3]
    return [1 + round(index * (MAX_CLASSES - 1) / (count - 1)) for index in range(count)]
