"""Counts of scan batches, computed by the database: a list shows 25 batches, each with up to 500 pages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, When, Window
from django.db.models.functions import Cast

from central.scan_batches.models import FiledPart, ScanBatch, ScanPage


@dataclass(frozen=True)
class BatchCounts:
    """Cases of a batch: those that are not filed, and those that are."""

    waiting: int
    filed: int


class _DistinctCount(Subquery):
    """The number of different values of `counted` in a query; NULL is no value."""

    template = "(SELECT COUNT(DISTINCT counted) FROM (%(subquery)s) counted_rows)"
    output_field = IntegerField()


def counts_of(batches: Collection[ScanBatch]) -> Mapping[int, BatchCounts]:
    """The counts by key of the batch. In one query, of one row for each batch."""
    rows = ScanBatch.objects.filter(pk__in=[batch.pk for batch in batches]).order_by()
    counted = rows.annotate(waiting=_DistinctCount(_part_numbers()), filed=_DistinctCount(_filed_keys()))
    return {pk: BatchCounts(waiting, filed) for pk, waiting, filed in counted.values_list("pk", "waiting", "filed")}


def _part_numbers() -> QuerySet[ScanPage, Any]:
    """For each page the number of beginnings up to it, NULL for a page that is left out. As `parts.divide` has it, two
    used pages are in different parts exactly when a page behind the first, up to the second, begins a case."""
    beginnings = Window(Sum(Cast("begins_case", IntegerField())), order_by=["file__index", "index"])
    number = Case(When(is_left_out=False, then=beginnings), output_field=IntegerField())
    return ScanPage.objects.filter(file__batch=OuterRef("pk")).order_by().values(counted=number)


def _filed_keys() -> QuerySet[FiledPart, Any]:
    return FiledPart.objects.filter(batch=OuterRef("pk")).order_by().values(counted=F("pk"))
