"""Ranks agencies, districts or provinces by how often they finish in time, fair to those with many cases or hard ones.
Pure.

Each is compared with what all of them together reach for the same topics: an agency with land disputes is not measured
against one with street lights. One with few cases is drawn towards the average: one lucky case makes no winner."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

MIN_CASES = 10  # closed with a due date; with fewer there is no place
DRAWN_CASES = 10  # in-time cases as expected that are added to each
AVERAGE = 100.0


@dataclass(frozen=True)
class TopicResult:
    """The closed cases of an agency or centre with one topic that had a due date, and how many were closed in time."""

    key: int
    topic: str
    dated: int
    in_time: int


@dataclass(frozen=True)
class Ranked:
    """`expected`: how many in-time cases the average for these topics would give. `index`: 100 is the average, more is
    better. `place` is None with too few cases."""

    key: int
    dated: int
    in_time: int
    expected: float
    index: float
    place: int | None


def rank(results: Iterable[TopicResult]) -> list[Ranked]:
    """All of them, the ranked ones first. Those with the same index have the same place."""
    rows = list(results)
    dated_of: dict[str, int] = defaultdict(int)
    in_time_of: dict[str, int] = defaultdict(int)
    for row in rows:
        dated_of[row.topic] += row.dated
        in_time_of[row.topic] += row.in_time
    sums: dict[int, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for row in rows:
        total = sums[row.key]
        total[0] += row.dated
        total[1] += row.in_time
        total[2] += row.dated * in_time_of[row.topic] / dated_of[row.topic] if dated_of[row.topic] else 0.0
    unordered = [
        (key, int(dated), int(in_time), expected, _index(in_time, expected))
        for key, (dated, in_time, expected) in sums.items()
    ]
    unordered.sort(key=lambda row: (row[1] < MIN_CASES, -row[4], -row[1], row[0]))
    indexes = [row[4] for row in unordered if row[1] >= MIN_CASES]
    return [Ranked(*row, indexes.index(row[4]) + 1 if row[1] >= MIN_CASES else None) for row in unordered]


def _index(in_time: float, expected: float) -> float:
    return round(AVERAGE * (in_time + DRAWN_CASES) / (expected + DRAWN_CASES), 1)
