"""Which centres have no figures of the survey, so that no report of another centre gives fewer than five answers away.
Pure: no Django.

The report of a centre is the sum of the centres directly below it and of its own cases. Its table hides the small ones,
and the smallest others with them (`suppression`). A centre that is hidden there has no report of its own either, nor
has any centre below it: the sum of these would be its figures."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from central.insight.suppression import SMALLEST, hidden_values

_OWN = "own"


@dataclass(frozen=True)
class HiddenCentres:
    """The keys of the centres whose sum with those below is hidden, and of those whose own cases are hidden."""

    sums: frozenset[int]
    own: frozenset[int]


def hidden_centres(parents: Mapping[int, int | None], counts: Mapping[int, int]) -> HiddenCentres:
    """The hidden centres of an installation. `parents` has every centre with the one above it; `counts` the answers for
    the own cases of each."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for centre, parent in parents.items():
        below[parent].append(centre)
    sums: dict[int, int] = {}
    for root in below[None]:
        _add_up(root, below, counts, sums)
    hidden_sums = {root for root in below[None] if sums[root] < SMALLEST}
    hidden_own: set[int] = set()
    waiting = list(below[None])
    while waiting:
        centre = waiting.pop()
        children = below.get(centre, [])
        waiting.extend(children)
        if centre in hidden_sums:
            hidden_own.add(centre)
            hidden_sums.update(children)
            continue
        table = {str(child): sums[child] for child in children} | {_OWN: counts.get(centre, 0)}
        hidden = hidden_values(table, list(table))
        hidden_sums.update(child for child in children if str(child) in hidden)
        if _OWN in hidden:
            hidden_own.add(centre)
    return HiddenCentres(frozenset(hidden_sums), frozenset(hidden_own))


def _add_up(centre: int, below: Mapping[int | None, list[int]], counts: Mapping[int, int], sums: dict[int, int]) -> int:
    sums[centre] = counts.get(centre, 0) + sum(_add_up(child, below, counts, sums) for child in below.get(centre, []))
    return sums[centre]


def hidden_series(
    parents: Mapping[int, int | None], cells: Mapping[int, Mapping[Any, int]], hidden: Collection[int]
) -> frozenset[int]:
    """The centres whose figures by month or quarter are hidden. `cells` has the answers for the own cases of each
    centre by any key, such as a month; `hidden` the centres without figures of the year.

    A centre with fewer than five answers in one of its months has no months at all. Nor has a second one beside it, so
    that the months of neither follow from the centre above: one could have more answers in one month and fewer in
    another, and its neighbour the other way round. Nor has any centre below the two."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for centre, parent in parents.items():
        below[parent].append(centre)
    sums: dict[int, Counter[Hashable]] = {}
    for root in below[None]:
        _add_up_cells(root, below, cells, sums)
    series: set[int] = {root for root in below[None] if root in hidden or _is_small(sums[root])}
    waiting = list(below[None])
    while waiting:
        centre = waiting.pop()
        children = below.get(centre, [])
        waiting.extend(children)
        if centre in series:
            series.update(children)
            continue
        series.update(_hidden_children(children, sums, cells.get(centre, {}), hidden))
    return frozenset(series)


def _hidden_children(
    children: Collection[int],
    sums: Mapping[int, Mapping[Any, int]],
    own: Mapping[Any, int],
    hidden: Collection[int],
) -> set[int]:
    """The own cases of a centre have no months on any page; they hide a child as a second child does."""
    chosen = {child for child in children if child in hidden or _is_small(sums[child])}
    rows = len([child for child in chosen if sums[child]]) + _is_small(own)
    if rows == 1:
        others = [(sum(sums[child].values()), child) for child in children if child not in chosen and sums[child]]
        own_total = sum(own.values())
        if others and (_is_small(own) or not own_total or min(others)[0] < own_total):
            chosen.add(min(others)[1])
    return chosen


def _is_small(counts: Mapping[Any, int]) -> bool:
    return any(0 < count < SMALLEST for count in counts.values())


def _add_up_cells(
    centre: int,
    below: Mapping[int | None, list[int]],
    cells: Mapping[int, Mapping[Any, int]],
    sums: dict[int, Counter[Hashable]],
) -> Counter[Hashable]:
    total: Counter[Hashable] = Counter(cells.get(centre, {}))
    for child in below.get(centre, []):
        total.update(_add_up_cells(child, below, cells, sums))
    sums[centre] = total
    return total
