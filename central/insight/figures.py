"""Counts of the cases of some centres in a period: from the monthly counts where they have them, else from the facts.

Both ways add up the same contributions of the same facts, so both give the same figures."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet, Sum

from central.centres.models import Centre
from central.insight.facts import MEASURES, VALUE_NAMES, Counts, Dimension, FactValues, contributions, measures_of
from central.insight.folding import NOT_OF_THE_COUNTRY, STATE_KEY, is_summed
from central.insight.models import CaseFact, CountState, FactChange, MonthlyCount
from central.insight.periods import Period, month_number
from central.insight.refreshing import unpack

_ATTEMPTS = 5  # to read counts and changes of one moment


@dataclass(frozen=True)
class FactFilter:
    """Which facts are counted; '' and None filter nothing."""

    area: str = ""  # code of a province, district or tambon
    agency_id: int | None = None
    topic: str = ""
    channel: str = ""

    def condition(self) -> Q:
        """The filter as a condition on `CaseFact`."""
        wanted = Q()
        if self.area:
            wanted &= Q(area__startswith=self.area)
        if self.agency_id is not None:
            wanted &= Q(agency=self.agency_id)
        for name in ("topic", "channel"):
            if value := getattr(self, name):
                wanted &= Q(**{name: value})
        return wanted


EVERY_FACT = FactFilter()


@dataclass
class Figures:
    """The counts of a period: in all, by month, and by value of each dimension."""

    by_month: dict[int, Counts] = field(default_factory=dict)
    by_value: dict[Dimension, dict[str, Counts]] = field(default_factory=dict)

    @property
    def total(self) -> Counts:
        """All cases of the period."""
        return self.by_value.get(Dimension.ALL, {}).get("", Counts())

    def of(self, dimension: Dimension) -> Mapping[str, Counts]:
        """The counts by value, without values that have none."""
        return self.by_value.get(dimension, {})


class _Sums:
    def __init__(self, period: Period) -> None:
        self.period = period
        self.months: dict[int, list[int]] = defaultdict(lambda: [0] * len(MEASURES))
        self.values: dict[tuple[Dimension, str], list[int]] = defaultdict(lambda: [0] * len(MEASURES))

    def add(
        self, dimension: Dimension, value: str, month: int, measures: Iterable[tuple[int, int]], sign: int = 1
    ) -> None:
        total, of_month = self.values[dimension, value], self.months[month] if dimension is Dimension.ALL else None
        for index, count in measures:
            total[index] += sign * count
            if of_month is not None:
                of_month[index] += sign * count

    def add_fact(self, values: FactValues, dimensions: Collection[Dimension], sign: int = 1) -> None:
        for day, dimension, value, counts in contributions(values):
            if dimension in dimensions and self.period.first <= day <= self.period.last:
                self.add(dimension, value, month_number(day), measures_of(counts), sign)

    def figures(self) -> Figures:
        figures = Figures({month: Counts(*sums) for month, sums in sorted(self.months.items())})
        for (dimension, value), sums in self.values.items():
            if any(sums):
                figures.by_value.setdefault(dimension, {})[value] = Counts(*sums)
        return figures


def count_cases(
    centres: Sequence[Centre],
    period: Period,
    dimensions: Collection[Dimension] = tuple(Dimension),
    facts: FactFilter = EVERY_FACT,
) -> Figures:
    """The figures of these centres and every centre below them; none of them is below another one."""
    for _ in range(_ATTEMPTS):
        state = CountState.objects.filter(pk=STATE_KEY).first()
        generation = state.generation if state else 0
        sums = _Sums(period)
        is_plain = facts == EVERY_FACT and period.months is not None and not (state and state.needs_rebuild)
        summed = [centre for centre in centres if is_plain and _has_counts(centre, dimensions)]
        _add_monthly(sums, summed, dimensions)
        _add_facts(sums, [centre for centre in centres if centre not in summed], dimensions, facts)
        now = CountState.objects.filter(pk=STATE_KEY).values_list("generation", flat=True).first() or 0
        if now == generation:
            return sums.figures()
    raise RuntimeError("The counts change faster than they can be read")


def facts_of(centres: Sequence[Centre], facts: FactFilter = EVERY_FACT) -> QuerySet[CaseFact]:
    """The facts of these centres and every centre below them."""
    return CaseFact.objects.filter(facts.condition(), centre__in=_below(centres))


def _has_counts(centre: Centre, dimensions: Collection[Dimension]) -> bool:
    """Whether `MonthlyCount` has these dimensions of this centre."""
    return is_summed(centre) and (centre.area_code != "" or NOT_OF_THE_COUNTRY.isdisjoint(dimensions))


def _below(centres: Sequence[Centre]) -> list[int]:
    """The keys of these centres and of those below. A list: the databases then use the index of the centre."""
    paths = [centre.path for centre in centres]
    every = Centre.objects.order_by().values_list("pk", "path")
    return [key for key, path in every if any(path.startswith(each) for each in paths)]


def _add_monthly(sums: _Sums, centres: Sequence[Centre], dimensions: Collection[Dimension]) -> None:
    months = sums.period.months
    if not centres or months is None:
        return
    below = set(_below(centres))
    for row in FactChange.objects.order_by().iterator():
        values = unpack(row.values)
        if values.centre_id in below:
            sums.add_fact(values, dimensions, row.sign)
    stored = MonthlyCount.objects.filter(
        centre__in=centres, dimension__in=dimensions, month__gte=months.start, month__lt=months.stop
    )
    totals = stored.filter(dimension=Dimension.ALL.value)
    for month, *measures in totals.values_list("month", *MEASURES):
        sums.add(Dimension.ALL, "", month, enumerate(measures))
    # Added up by the database: a year of a province has 7,000 rows for 700 values.
    grouped = stored.exclude(dimension=Dimension.ALL.value).order_by().values("dimension", "value")
    added = {f"sum_{name}": Sum(name) for name in MEASURES}
    for dimension, value, *measures in grouped.annotate(**added).values_list("dimension", "value", *added):
        sums.add(Dimension(dimension), value, months.start, enumerate(measures))


def _add_facts(sums: _Sums, centres: Sequence[Centre], dimensions: Collection[Dimension], facts: FactFilter) -> None:
    if not centres:
        return
    between = (sums.period.first, sums.period.last)
    days = ("received_on", "closed_on", "reopened_on", "rated_on")
    counted = Q(pk__in=[])
    for name in days:
        counted |= Q(**{f"{name}__range": between})
    for row in facts_of(centres, facts).filter(counted).values_list(*VALUE_NAMES).iterator(chunk_size=5_000):
        sums.add_fact(FactValues(*row), dimensions)
