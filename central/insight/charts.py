"""Charts as SVG inside the page: no script, no request, readable without colours by the numbers on them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 150
_BAR, _GAP, _GROUP_GAP = 22, 3, 16
_TOP = 20  # for the numbers


@dataclass(frozen=True)
class Bar:
    """One bar in pixels, with the number above it."""

    x: int
    y: int
    width: int
    height: int
    number: int
    series: str  # 'received' or 'closed': the class of the page's style

    @property
    def center(self) -> int:
        """Where its number stands."""
        return self.x + self.width // 2

    @property
    def label_y(self) -> int:
        """The baseline of its number."""
        return self.y - 4


@dataclass(frozen=True)
class BarGroup:
    """The bars of one month, and its name below."""

    name: str
    center: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class BarChart:
    """Groups of two bars beside each other."""

    groups: tuple[BarGroup, ...]
    width: int
    height: int = HEIGHT + 24
    name_y: int = HEIGHT + 17


def bar_chart(rows: Sequence[tuple[str, int, int]]) -> BarChart:
    """The chart of (name, received, closed)."""
    highest = max((number for _, *numbers in rows for number in numbers), default=0) or 1
    groups: list[BarGroup] = []
    x = _GAP
    for name, *numbers in rows:
        bars = []
        for offset, (series, number) in enumerate(zip(("received", "closed"), numbers, strict=True)):
            height = round((HEIGHT - _TOP) * number / highest)
            bars.append(Bar(x + offset * (_BAR + _GAP), HEIGHT - height, _BAR, height, number, series))
        groups.append(BarGroup(name, x + _BAR + _GAP // 2, tuple(bars)))
        x += 2 * _BAR + _GAP + _GROUP_GAP
    return BarChart(tuple(groups), x)


SPARK_WIDTH, SPARK_HEIGHT = 118, 28
_SPARK_BAR = 8


@dataclass(frozen=True)
class SparkBar:
    """One bar of a small chart without numbers, in pixels."""

    x: int
    y: int
    width: int
    height: int


def spark_bars(numbers: Sequence[int]) -> list[SparkBar]:
    """Bars of at most twelve numbers, the highest one as high as the chart. Zero is a line of one pixel."""
    highest = max(numbers, default=0) or 1
    heights = [max(1, round(SPARK_HEIGHT * number / highest)) for number in numbers]
    return [
        SparkBar(index * (_SPARK_BAR + 2), SPARK_HEIGHT - height, _SPARK_BAR, height)
        for index, height in enumerate(heights)
    ]
