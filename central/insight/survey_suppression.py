"""Which centres have no figures of the survey, so that no report of another centre gives fewer than five answers away.
Pure: no Django.

The report of a centre is the sum of the centres directly below it and of its own cases. Its table hides the small ones,
and the smallest others with them (`suppression`). A centre that is hidden there has no report of its own either, nor
has any centre below it: the sum of these would be its figures."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

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
