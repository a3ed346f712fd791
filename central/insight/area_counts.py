"""Open cases and the median of the days to close, by area. Both are counted from the facts: the monthly counts have
neither by area."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F
from django.db.models.functions import Left

from central.centres.models import Centre
from central.insight.backlog import open_facts
from central.insight.days_between import DaysBetween
from central.insight.facts import CODE_LENGTHS, MAX_DAYS, Dimension
from central.insight.figures import FactFilter, facts_of
from central.insight.periods import Period
from central.insight.stages import nearest_rank


@dataclass(frozen=True)
class CountedAreas:
    """Which cases are counted, and by which areas: `area_of` a code of the dimension, None to leave it out."""

    centres: Sequence[Centre]
    dimension: Dimension
    period: Period
    facts: FactFilter
    area_of: Callable[[str], str | None]

    @property
    def code(self) -> Left:
        """The column that they are grouped by."""
        return Left("area", CODE_LENGTHS[self.dimension])


def count_open(counted: CountedAreas, today: date) -> dict[str, int]:
    """The cases that were open at the end of the period, at the latest today (`backlog`). Two queries."""
    cases: dict[str, int] = defaultdict(int)
    for rows in open_facts(facts_of(counted.centres, counted.facts), min(counted.period.last, today), today):
        for code, count in rows.order_by().values_list(counted.code).annotate(cases=Count("*")):
            if (area := counted.area_of(code)) is not None:
                cases[area] += count
    return cases


def median_days(counted: CountedAreas) -> dict[str, int]:
    """The days within which half of the cases that were closed in the period were closed. One query."""
    between = (counted.period.first, counted.period.last)
    rows = facts_of(counted.centres, counted.facts).filter(closed_on__range=between).order_by()
    by_area: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    taken = DaysBetween(F("closed_on"), F("received_on"))
    for code, days, count in rows.values_list(counted.code, taken).annotate(cases=Count("*")):
        if (area := counted.area_of(code)) is not None:
            by_area[area][min(max(days, 0), MAX_DAYS)] += count
    medians = {area: nearest_rank(cases, 50) for area, cases in by_area.items()}
    return {area: median for area, median in medians.items() if median is not None}
