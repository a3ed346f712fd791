"""The figures of a group of responses: of a year, a month, or a centre with those below it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from central.insight.suppression import SMALLEST
from central.surveys.statistics import Estimate, mean_of

SATISFACTION = Q(answers__question__kind="scale", answers__question__is_trust=False)
TRUST = Q(answers__question__kind="scale", answers__question__is_trust=True)


@dataclass(frozen=True)
class GroupFigures:
    """A period, or a centre with those below it: satisfaction is a mean from 1 to 5, trust an index from 0 to 100."""

    code: str
    count: int
    satisfaction: Estimate | None
    trust: Estimate | None
    is_hidden: bool


@dataclass
class Means:
    """The mean answers of each response, of those that have any: satisfaction from 1 to 5, trust from 0 to 100."""

    count: int = 0
    satisfaction: list[float] = field(default_factory=list)
    trust: list[float] = field(default_factory=list)

    def add(self, satisfaction: float | None, trust: float | None) -> None:
        """One response."""
        self.count += 1
        if satisfaction is not None:
            self.satisfaction.append(float(satisfaction))
        if trust is not None:
            self.trust.append(float(trust))


def trust_index(mean: float | None) -> float | None:
    """The mean of the questions about trust as an index."""
    return None if mean is None else (float(mean) - 1) * 25


def group_figures(code: str, means: Means, hidden: Collection[str] = ()) -> GroupFigures:
    """The figures of a group; `hidden` names what is not shown: 'count' for all of it, 'satisfaction', 'trust'."""
    if "count" in hidden or means.count < SMALLEST:
        return GroupFigures(code, means.count, None, None, is_hidden=True)
    return GroupFigures(
        code,
        means.count,
        None if "satisfaction" in hidden else mean_of(means.satisfaction, 1, 5),
        None if "trust" in hidden else mean_of(means.trust, 0, 100),
        is_hidden=False,
    )
