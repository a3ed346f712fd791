"""Counts of the cases of some centres in a period: from the monthly counts where they have them, else from the facts.

Both ways add up the same contributions of the same facts, so both give the same figures."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Min, Q, QuerySet, Sum

from central.centres.models import Centre
from central.insight.facts import (
    MEASURES,
    NOT_SUMMED,
    VALUE_NAMES,
    Counts,
    Dimension,
    FactValues,
    contributions,
    measures_of,
)
from central.insight.folding import NOT_OF_THE_COUNTRY, STATE_KEY, SUMMED, is_summed
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
    """The counts of a period: in all, by month, and by value of each dimension. `months_of`: by month for each value,
    when asked for."""

    by_month: dict[int, Counts] = field(default_factory=dict)
    by_value: dict[Dimension, dict[str, Counts]] = field(default_factory=dict)
    months_of: dict[tuple[Dimension, str], dict[int, Counts]] = field(default_factory=dict)

    @property
    def total(self) -> Counts:
        """All cases of the period."""
        return self.by_value.get(Dimension.ALL, {}).get("", Counts())

    def of(self, dimension: Dimension) -> Mapping[str, Counts]:
        """The counts by value, without values that have none."""
        return self.by_value.get(dimension, {})


class _Sums:
    def __init__(self, period: Period, *, with_months: bool = False) -> None:
        self.period, self.with_months = period, with_months
        self.clear()

    def clear(self) -> None:
        """Begin again from nothing."""
        self.values: dict[tuple[Dimension, str], list[int]] = defaultdict(lambda: [0] * len(MEASURES))
        self.months: dict[tuple[Dimension, str, int], list[int]] = defaultdict(lambda: [0] * len(MEASURES))

    def add(
        self, dimension: Dimension, value: str, month: int, measures: Iterable[tuple[int, int]], sign: int = 1
    ) -> None:
        has_months = self.with_months or dimension is Dimension.ALL
        total, of_month = self.values[dimension, value], self.months[dimension, value, month] if has_months else None
        for index, count in measures:
            total[index] += sign * count
            if of_month is not None:
                of_month[index] += sign * count

    def add_fact(self, values: FactValues, dimensions: Collection[Dimension], sign: int = 1) -> None:
        for day, dimension, value, counts in contributions(values):
            if dimension in dimensions and self.period.first <= day <= self.period.last:
                self.add(dimension, value, month_number(day), measures_of(counts), sign)

    def figures(self) -> Figures:
        figures = Figures()
        for (dimension, value), sums in self.values.items():
            if any(sums):
                figures.by_value.setdefault(dimension, {})[value] = Counts(*sums)
        for (dimension, value, month), sums in sorted(self.months.items()):
            figures.months_of.setdefault((dimension, value), {})[month] = Counts(*sums)
        figures.by_month = figures.months_of.get((Dimension.ALL, ""), {})
        return figures


def count_cases(
    centres: Sequence[Centre],
    period: Period,
    dimensions: Collection[Dimension] = SUMMED,
    facts: FactFilter = EVERY_FACT,
    *,
    with_months: bool = False,
) -> Figures:
    """The figures of these centres and every centre below them; none of them is below another one. `with_months`: each
    value by month too."""
    sums = _Sums(period, with_months=with_months)
    _count(dict.fromkeys(centres, sums), period, dimensions, facts)
    return sums.figures()


def count_each(
    centres: Sequence[Centre], period: Period, dimensions: Collection[Dimension] = (Dimension.ALL,)
) -> dict[int, Figures]:
    """The figures of each of these centres with those below it, by key. The queries are as many as for one."""
    sums_of = {centre: _Sums(period) for centre in centres}
    _count(sums_of, period, dimensions, EVERY_FACT)
    return {centre.pk: sums.figures() for centre, sums in sums_of.items()}


def facts_of(centres: Sequence[Centre], facts: FactFilter = EVERY_FACT) -> QuerySet[CaseFact]:
    """The facts of these centres and every centre below them."""
    return CaseFact.objects.filter(facts.condition(), centre__in=list(top_centres(centres)))


def _count(
    sums_of: Mapping[Centre, _Sums], period: Period, dimensions: Collection[Dimension], facts: FactFilter
) -> None:
    """Add to the sums of each centre what it and the centres below it have."""
    for _ in range(_ATTEMPTS):
        for sums in sums_of.values():
            sums.clear()
        state = CountState.objects.filter(pk=STATE_KEY).first()
        generation = state.generation if state else 0
        is_plain = facts == EVERY_FACT and period.months is not None and not (state and state.needs_rebuild)
        summed = [centre for centre in sums_of if is_plain and _has_counts(centre, dimensions)]
        _add_monthly({centre: sums_of[centre] for centre in summed}, period, dimensions)
        _add_facts(
            {centre: sums for centre, sums in sums_of.items() if centre not in summed}, period, dimensions, facts
        )
        now = CountState.objects.filter(pk=STATE_KEY).values_list("generation", flat=True).first() or 0
        if now == generation:
            return
    raise RuntimeError("The counts change faster than they can be read")


def _has_counts(centre: Centre, dimensions: Collection[Dimension]) -> bool:
    """Whether `MonthlyCount` has these dimensions of this centre."""
    if not NOT_SUMMED.isdisjoint(dimensions):
        return False
    return is_summed(centre) and (centre.area_code != "" or NOT_OF_THE_COUNTRY.isdisjoint(dimensions))


def top_centres(centres: Iterable[Centre]) -> dict[int, Centre]:
    """The keys of these centres and of those below, with the one of `centres` that each belongs to. As keys and not as
    a condition on the path: the databases then use the index of the centre."""
    every = Centre.objects.order_by().values_list("pk", "path")
    return {key: centre for key, path in every for centre in centres if path.startswith(centre.path)}


def _add_monthly(sums_of: Mapping[Centre, _Sums], period: Period, dimensions: Collection[Dimension]) -> None:
    months = period.months
    if not sums_of or months is None:
        return
    below = top_centres(sums_of)
    for row in FactChange.objects.order_by().iterator():
        values = unpack(row.values)
        if values.centre_id in below:
            sums_of[below[values.centre_id]].add_fact(values, dimensions, row.sign)
    by_key = {centre.pk: sums for centre, sums in sums_of.items()}
    stored = MonthlyCount.objects.filter(
        centre__in=list(by_key), dimension__in=dimensions, month__gte=months.start, month__lt=months.stop
    )
    totals = stored.filter(dimension=Dimension.ALL.value)
    for key, month, *measures in totals.values_list("centre", "month", *MEASURES):
        by_key[key].add(Dimension.ALL, "", month, enumerate(measures))
    if all(dimension is Dimension.ALL for dimension in dimensions):
        return
    # Added up by the database: a year of a province has 7,000 rows for 700 values.
    by_value = ["centre", "dimension", "value"]
    if any(sums.with_months for sums in sums_of.values()):
        by_value.append("month")
    grouped = stored.exclude(dimension=Dimension.ALL.value).order_by().values(*by_value)
    added = {f"sum_{name}": Sum(name) for name in MEASURES}
    grouped = grouped.annotate(first_month=Min("month"), **added)
    for key, dimension, value, month, *measures in grouped.values_list(*by_value[:3], "first_month", *added):
        by_key[key].add(Dimension(dimension), value, month, enumerate(measures))


def _add_facts(
    sums_of: Mapping[Centre, _Sums], period: Period, dimensions: Collection[Dimension], facts: FactFilter
) -> None:
    if not sums_of:
        return
    counted = Q(pk__in=[])
    for name in ("received_on", "closed_on", "reopened_on", "rated_on"):
        counted |= Q(**{f"{name}__range": (period.first, period.last)})
    below = top_centres(sums_of)
    rows = CaseFact.objects.filter(facts.condition(), counted, centre__in=list(below))
    for row in rows.values_list(*VALUE_NAMES).iterator(chunk_size=5_000):
        values = FactValues(*row)
        sums_of[below[values.centre_id]].add_fact(values, dimensions)
