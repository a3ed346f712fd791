"""Folds changed facts into the monthly counts.

One worker at a time holds the lock of `CountState`. A page adds the changes that are not folded yet, so its figures are
those of the facts at any moment; folding only keeps it fast."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import connection, transaction
from django.db.models import F, Q

from central.centres.models import Centre
from central.insight.facts import MEASURES, NOT_SUMMED, Dimension, FactValues, contributions, measures_of
from central.insight.models import CaseFact, CountState, FactChange, MonthlyCount
from central.insight.monthly_sums import monthly_sums
from central.insight.periods import month_number
from central.insight.refreshing import unpack

STATE_KEY = 1
CHUNK = 2_000
# A country has 20,000 agencies and 928 districts: its pages compare provinces.
NOT_OF_THE_COUNTRY = frozenset({Dimension.AGENCY, Dimension.DISTRICT})
SUMMED = tuple(each for each in Dimension if each not in NOT_SUMMED)

Key = tuple[int, Dimension, int, str]  # centre, dimension, month, value
Sums = dict[Key, list[int]]


def request_rebuild() -> None:
    """Have all monthly counts made again from the facts. Until then pages count the facts."""
    CountState.objects.filter(pk=STATE_KEY).update(needs_rebuild=True, generation=F("generation") + 1)


def is_summed(centre: Centre) -> bool:
    """Whether `MonthlyCount` has this centre: the country, or a province."""
    return len(centre.area_code) <= 2


def fold() -> int:
    """Fold the oldest changes, at most `CHUNK`; returns their number. Makes the counts anew when that is needed."""
    if CountState.objects.get_or_create(pk=STATE_KEY)[0].needs_rebuild:
        return rebuild()
    with transaction.atomic():
        state = CountState.objects.select_for_update().get(pk=STATE_KEY)
        rows = list(FactChange.objects.order_by("pk")[:CHUNK])
        if not rows:
            return 0
        sums: Sums = defaultdict(lambda: [0] * len(MEASURES))
        above = summed_centres()
        for row in rows:
            add_up(sums, above, unpack(row.values), row.sign)
        _add_to_stored(sums)
        FactChange.objects.filter(pk__in=[row.pk for row in rows]).delete()
        state.generation += 1
        state.save(update_fields=["generation"])
    return len(rows)


def rebuild() -> int:
    """Make all monthly counts from the facts; returns the number of facts. The facts and the changes that they contain
    must be of one moment."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        state = CountState.objects.select_for_update().get_or_create(pk=STATE_KEY)[0]
        FactChange.objects.all().delete()
        MonthlyCount.objects.all().delete()
        together: dict[tuple[int, ...], list[int]] = defaultdict(list)  # centres by the same centres above
        by_key: dict[tuple[int, ...], list[Centre]] = {}
        for centre_id, above in summed_centres().items():
            key = tuple(centre.pk for centre in above)
            together[key].append(centre_id)
            by_key[key] = above
        sums: Sums = defaultdict(lambda: [0] * len(MEASURES))
        for key, centre_ids in together.items():
            for dimension, month, value, added in monthly_sums(centre_ids):
                _add(sums, by_key[key], (dimension, month, value), enumerate(added))
        MonthlyCount.objects.bulk_create(_rows(sums), batch_size=500)
        state.generation += 1
        state.needs_rebuild = False
        state.save()
    return CaseFact.objects.count()


def summed_centres() -> dict[int, list[Centre]]:
    """For each centre the centres whose monthly counts have its cases: itself and those above, as far as they are
    summed."""
    centres = list(Centre.objects.order_by("path"))
    by_path = {centre.path: centre for centre in centres if is_summed(centre)}
    return {centre.pk: [by_path[path] for path in _paths_above(centre.path) if path in by_path] for centre in centres}


def _paths_above(path: str) -> Iterator[str]:
    parts = path.strip("/").split("/")
    for length in range(1, len(parts) + 1):
        yield f"/{'/'.join(parts[:length])}/"


def add_up(sums: Sums, above: Mapping[int, Sequence[Centre]], values: FactValues, sign: int) -> None:
    """Add what a fact contributes at each of its centres; `sign` -1 takes it away."""
    for day, dimension, value, counts in contributions(values):
        if dimension not in NOT_SUMMED:
            added = [(index, sign * count) for index, count in measures_of(counts)]
            _add(sums, above.get(values.centre_id, ()), (dimension, month_number(day), value), added)


def _add(
    sums: Sums, centres: Iterable[Centre], key: tuple[Dimension, int, str], added: Iterable[tuple[int, int]]
) -> None:
    """Add counts by index of their measure to each of the centres that is counted by this dimension."""
    dimension, month, value = key
    added = list(added)
    for centre in centres:
        if centre.area_code == "" and dimension in NOT_OF_THE_COUNTRY:
            continue
        total = sums[centre.pk, dimension, month, value]
        for index, count in added:
            total[index] += count


def _add_to_stored(sums: Sums) -> None:
    """Add the sums to the stored rows. Rows that have become zero are deleted."""
    touched = Q(pk__in=[])
    months: dict[int, set[int]] = defaultdict(set)
    for centre, _, month, _ in sums:
        months[centre].add(month)
    for centre, numbers in months.items():
        touched |= Q(centre=centre, month__in=numbers)
    empty: list[int] = []
    for row in MonthlyCount.objects.filter(touched):
        total = sums.get((row.centre_id, Dimension(row.dimension), row.month, row.value))
        if total is not None:
            for index, name in enumerate(MEASURES):
                total[index] += getattr(row, name)
            if not any(total):
                empty.append(row.pk)
    MonthlyCount.objects.filter(pk__in=empty).delete()
    MonthlyCount.objects.bulk_create(
        _rows(sums),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["centre", "dimension", "month", "value"],
        update_fields=MEASURES,
    )


def _rows(sums: Sums) -> Iterable[MonthlyCount]:
    for (centre, dimension, month, value), total in sums.items():
        if any(total):
            measures = dict(zip(MEASURES, total, strict=True))
            yield MonthlyCount(centre_id=centre, dimension=dimension.value, month=month, value=value, **measures)
