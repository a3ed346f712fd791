"""Ranks agencies, districts or provinces by how often they finish in time, fair to those with many cases or hard ones.
Pure.

Each is compared with the average of all of them for the same topics: an agency with land disputes is not measured
against one with street lights. Of its cases of a topic at most as many are compared so as the others have; the rest is
compared with the average of all topics, because an agency that alone has a topic would be its own average. One with few
cases is drawn towards the average: one lucky case makes no winner (decision 0196)."""

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
    """`expected`: how many in-time cases there would be at the average. `index`: 100 is the average, more is better.
    `place` is None with too few cases."""

    key: int
    dated: int
    in_time: int
    expected: float
    index: float
    place: int | None


@dataclass
class _Cases:
    dated: int = 0
    in_time: int = 0

    def add(self, dated: int, in_time: int) -> None:
        self.dated += dated
        self.in_time += in_time

    @property
    def share(self) -> float:
        return self.in_time / self.dated if self.dated else 0.0


def rank(results: Iterable[TopicResult]) -> list[Ranked]:
    """All of them, the ranked ones first. Those with the same index have the same place."""
    rows = list(results)
    all_cases = _Cases()
    of_topic: dict[str, _Cases] = defaultdict(_Cases)
    of_key: dict[int, _Cases] = defaultdict(_Cases)
    for row in rows:
        for sums in (all_cases, of_topic[row.topic], of_key[row.key]):
            sums.add(row.dated, row.in_time)
    expected: dict[int, float] = defaultdict(float)
    for row in rows:
        topic = of_topic[row.topic]
        comparable = min(row.dated, topic.dated - row.dated)
        expected[row.key] += comparable * topic.share + (row.dated - comparable) * all_cases.share
    unordered = [
        (key, own.dated, own.in_time, expected[key], _index(own.in_time, expected[key])) for key, own in of_key.items()
    ]
    unordered.sort(key=lambda row: (row[1] < MIN_CASES, -row[4], -row[1], row[0]))
    indexes = [row[4] for row in unordered if row[1] >= MIN_CASES]
    return [Ranked(*row, indexes.index(row[4]) + 1 if row[1] >= MIN_CASES else None) for row in unordered]


def _index(in_time: float, expected: float) -> float:
    return round(AVERAGE * (in_time + DRAWN_CASES) / (expected + DRAWN_CASES), 1)
