"""Satisfaction and trust by month or by quarter, and whether the last change says anything.

A centre whose months are too small to be shown has quarters, and with too few answers for these, neither
(`survey_suppression.hidden_series`)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count, QuerySet

from central.centres.models import Centre, subtree_filter
from central.insight.periods import Period, first_day, month_number, month_of, quarter_of
from central.insight.survey_groups import SATISFACTION, TRUST, GroupFigures, Means, group_figures, trust_index
from central.surveys.models import SurveyResponse
from central.surveys.statistics import Estimate, difference_of
from thai.dates import FIRST_FISCAL_MONTH

_MONTHS = 12
_KINDS = ("responses", "satisfied", "trusting")
Cells = Mapping[int, Mapping[tuple[str, str], int]]  # centre → period and kind → answers


@dataclass(frozen=True)
class Change:
    """How much satisfaction and trust differ from the period before, None where one of them is not known."""

    period: str  # the code of the later one
    before: str
    satisfaction: Estimate | None
    trust: Estimate | None


@dataclass(frozen=True)
class Series:
    """Periods in their order, and the change from the last but one to the last. No periods: too few answers."""

    periods: Sequence[tuple[Period, GroupFigures]]
    change: Change | None


NO_SERIES = Series((), None)


def build_series(
    centre: Centre,
    year: int,
    counted: QuerySet[SurveyResponse],
    until: date,
    hide: Callable[[Cells], Collection[int]],
) -> Series:
    """The twelve months before `until`, or of a fiscal year that ended before. `hide` tells which centres have no
    series, from the cells of all of them."""
    end = min(month_number(until), year * 12 + FIRST_FISCAL_MONTH - 1)
    months = [month_of(first_day(number)) for number in range(end - _MONTHS, end)]
    quarters = list(dict.fromkeys(quarter_of(month.first) for month in months))
    whole = [each for each in quarters if each.first >= months[0].first and each.last <= months[-1].last]
    of_period = counted.filter(month__range=(months[0].first, months[-1].first))
    for periods, period_of in ((months, month_of), (whole, quarter_of)):
        shown = {period.code for period in periods}
        cells = _cells(of_period, period_of, shown)
        if centre.pk not in hide(cells):
            return _series(centre, of_period, periods, period_of)
    return NO_SERIES


def change_between(later: str, values: Means, before: str, others: Means) -> Change:
    """The change between two groups of responses."""
    satisfaction = difference_of(values.satisfaction, others.satisfaction)
    return Change(later, before, satisfaction, difference_of(values.trust, others.trust))


def _cells(
    counted: QuerySet[SurveyResponse], period_of: Callable[[date], Period], shown: Collection[str]
) -> dict[int, Counter[tuple[str, str]]]:
    """The responses of each centre by period, and those that say something about satisfaction or trust."""
    rows = counted.order_by().values_list("centre_id", "month")
    counts = rows.annotate(
        responses=Count("pk", distinct=True),
        satisfied=Count("pk", filter=SATISFACTION, distinct=True),
        trusting=Count("pk", filter=TRUST, distinct=True),
    )
    cells: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for centre_id, month, *answers in counts:
        code = period_of(month).code
        for kind, count in zip(_KINDS, answers, strict=True):
            if code in shown and count:
                cells[centre_id][code, kind] += count
    return cells


def _series(
    centre: Centre,
    counted: QuerySet[SurveyResponse],
    periods: Sequence[Period],
    period_of: Callable[[date], Period],
) -> Series:
    own = counted.filter(centre__in=Centre.objects.filter(subtree_filter(centre.path)))
    rows = own.annotate(satisfied=Avg("answers__value", filter=SATISFACTION), trust=Avg("answers__value", filter=TRUST))
    means: dict[str, Means] = defaultdict(Means)
    for month, satisfaction, trust in rows.order_by().values_list("month", "satisfied", "trust"):
        means[period_of(month).code].add(satisfaction, trust_index(trust))
    shown = [(period, group_figures(period.code, means[period.code])) for period in periods if period.code in means]
    if len(shown) < 2:
        return Series(shown, None)
    before, last = shown[-2][0].code, shown[-1][0].code
    return Series(shown, change_between(last, means[last], before, means[before]))
