"""Which rows of cases open data may have. Pure: no Django.

The rows say no more about topics than the published tables do (`suppression`): the cases of a visible cell stand at the
area of its centre, those of a hidden cell at the area of the next centre above whose cell is visible. Within a visible
cell, tambons with at least five cases of the topic are named, if the others are none or at least five together. A
property test plays the attacker (decision 0209)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from central.insight.suppression import SMALLEST

_TAMBON_DIGITS = 6


@dataclass(frozen=True)
class CountedCase:
    """What open data knows of a case: the node of its centre (`suppression.hide_month`), topic, place, state."""

    node: Hashable
    topic: str
    area: str
    is_closed: bool


@dataclass(frozen=True)
class OpenRow:
    """A row as it is published. `is_closed` None: not said."""

    area: str
    topic: str
    is_closed: bool | None


@dataclass(frozen=True)
class CentreTree:
    """The nodes above each node, nearest first, and the area of each node's centre."""

    above: Mapping[Any, Sequence[Any]]
    areas: Mapping[Any, str]


def open_rows(
    cases: Iterable[CountedCase],
    tree: CentreTree,
    hidden_topics: Mapping[Any, Collection[str]],
    hidden_areas: Mapping[Any, Collection[str]],
) -> list[OpenRow]:
    """The rows, sorted by what they say, so that their order says nothing else. `hidden_topics` are those of the
    published table of each node, `hidden_areas` the districts and provinces."""
    cells: dict[tuple[Hashable, str], list[CountedCase]] = defaultdict(list)
    for case in cases:
        cells[case.node, case.topic].append(case)
    rows: list[OpenRow] = []
    for (node, topic), inside in cells.items():
        level = next((each for each in (node, *tree.above[node]) if topic not in hidden_topics[each]), None)
        if level is None:
            continue
        if level == node:
            rows += _by_tambon(inside, tree.areas[node], hidden_areas[node])
        else:
            rows += [OpenRow(tree.areas[level], topic, case.is_closed) for case in inside]
    for length in (_TAMBON_DIGITS, 4, 2, 0):
        rows = _without_small_groups(rows, length)
    return sorted(_with_states(rows), key=lambda row: (row.area, row.topic, str(row.is_closed)))


def _by_tambon(cases: Sequence[CountedCase], own_area: str, hidden: Collection[str]) -> list[OpenRow]:
    """The cases of a visible cell, by tambon where that is possible."""
    counts = Counter(case.area for case in cases if _may_name(case.area, hidden))
    named = sorted((area for area, count in counts.items() if count >= SMALLEST), key=lambda area: (counts[area], area))
    while named and 0 < len(cases) - sum(counts[area] for area in named) < SMALLEST:
        named.pop(0)
    return [OpenRow(case.area if case.area in named else own_area, case.topic, case.is_closed) for case in cases]


def _may_name(area: str, hidden: Collection[str]) -> bool:
    return len(area) == _TAMBON_DIGITS and area[:4] not in hidden and area[:2] not in hidden


def _without_small_groups(rows: Iterable[OpenRow], length: int) -> list[OpenRow]:
    """The rows; those of areas with codes of this length that are fewer than five of a topic move to the area above,
    and are left out at the top."""
    rows = list(rows)
    groups = Counter((row.area, row.topic) for row in rows)
    remaining = []
    for row in rows:
        if len(row.area) != length or groups[row.area, row.topic] >= SMALLEST:
            remaining.append(row)
        elif length:
            remaining.append(replace(row, area=row.area[: length - 2]))
    return remaining


def _with_states(rows: Iterable[OpenRow]) -> list[OpenRow]:
    """The rows; of a group with fewer than five open or closed cases, the state of none is said."""
    rows = list(rows)
    states: dict[tuple[str, str], Counter[bool | None]] = defaultdict(Counter)
    for row in rows:
        states[row.area, row.topic][row.is_closed] += 1
    unsaid = {group for group, counts in states.items() if min(counts.values()) < SMALLEST}
    return [replace(row, is_closed=None) if (row.area, row.topic) in unsaid else row for row in rows]
