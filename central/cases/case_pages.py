"""Pages of a list of cases: orders, the place where a page begins, and the merge of several ordered queries.

A page begins after the last row of the page before, so that page 400 costs as much as page 1."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from central.cases.models import Case

_EPOCH, _LAST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class Sort(StrEnum):
    """Orders of the list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"  # cases without a due date last
    ACTIVE = "active"  # last changed first
    QUIET = "quiet"


@dataclass(frozen=True)
class Order:
    """How a sort is carried out: its key, the direction, and whether the key may be missing."""

    key: Any
    descending: bool = False
    may_be_null: bool = False


_ACTIVITY = Coalesce("last_activity_at", "received_at")
ORDERS = {
    Sort.NEWEST: Order(F("received_at"), descending=True),
    Sort.OLDEST: Order(F("received_at")),
    Sort.DUE: Order(F("due"), may_be_null=True),
    Sort.ACTIVE: Order(_ACTIVITY, descending=True),
    Sort.QUIET: Order(_ACTIVITY),
}


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after, or backwards before, this row."""

    key: datetime | date | None
    case_id: int
    is_backward: bool = False


def ordered(cases: QuerySet[Case], order: Order, cursor: Cursor | None) -> QuerySet[Any]:
    """Keys and sort keys in this order, from the cursor on."""
    cases = cases.annotate(sort_key=order.key)
    backward = cursor is not None and cursor.is_backward
    if cursor is not None:
        cases = cases.filter(_beyond(cursor, order))
    descending = order.descending is not backward
    key = F("sort_key").desc() if descending else F("sort_key").asc()
    if order.may_be_null:
        key = F("sort_key").desc(nulls_first=True) if descending else F("sort_key").asc(nulls_last=True)
    return cases.order_by(key, "-pk" if backward else "pk").values_list("id", "sort_key")


def _beyond(cursor: Cursor, order: Order) -> Q:
    """The rows after the cursor in its direction. Nulls are after every date."""
    tie = Q(pk__lt=cursor.case_id) if cursor.is_backward else Q(pk__gt=cursor.case_id)
    if cursor.key is None:
        at_null = Q(sort_key__isnull=True) & tie
        return at_null | Q(sort_key__isnull=False) if cursor.is_backward else at_null
    towards = "lt" if order.descending is not cursor.is_backward else "gt"
    rows = Q(**{f"sort_key__{towards}": cursor.key}) | Q(sort_key=cursor.key) & tie
    if order.may_be_null:
        return rows if cursor.is_backward else rows | Q(sort_key__isnull=True)
    return Q(**{f"sort_key__{towards}e": cursor.key}) & rows  # the range alone finds the place in the index


def merge(parts: Sequence[QuerySet[Any]], order: Order, *, backward: bool, limit: int) -> list[int]:
    """The first keys of several ordered queries, in one query."""
    if len(parts) == 1:
        return [case_id for case_id, _ in parts[0]]
    statements: list[str] = []
    values: list[Any] = []
    for number, part in enumerate(parts):
        with suppress(EmptyResultSet):
            statement, parameters = part.query.sql_with_params()
            statements.append(f"SELECT * FROM ({statement}) AS part{number}")  # noqa: S608 (made by Django)
            values.extend(parameters)
    if not statements:
        return []
    descending = order.descending is not backward
    nulls = " NULLS FIRST" if descending else " NULLS LAST"
    direction = ("DESC" if descending else "ASC") + (nulls if order.may_be_null else "")
    tie = "DESC" if backward else "ASC"
    merged = (
        f"SELECT id FROM ({' UNION ALL '.join(statements)}) AS parts "  # noqa: S608 (statements made by Django)
        f"ORDER BY sort_key {direction}, id {tie} LIMIT {limit}"
    )
    with connection.cursor() as cursor:
        cursor.execute(merged, values)
        return [case_id for (case_id,) in cursor.fetchall()]


def key_of(case: Case, sort: Sort) -> datetime | date | None:
    """The sort key of a case."""
    match sort:
        case Sort.DUE:
            return case.due
        case Sort.ACTIVE | Sort.QUIET:
            return case.last_activity_at or case.received_at
        case _:
            return case.received_at


def format_cursor(cursor: Cursor) -> str:
    """The cursor as it stands in a URL."""
    match cursor.key:
        case datetime():
            key = str(int((cursor.key - _EPOCH) / timedelta(microseconds=1)))
        case date():
            key = cursor.key.isoformat()
        case _:
            key = ""
    return f"{'b' if cursor.is_backward else 'a'}~{key}~{cursor.case_id}"


def parse_cursor(text: str, sort: Sort) -> Cursor | None:
    """The cursor of a URL; None for one that is not of this order."""
    direction, _, rest = text.partition("~")
    raw_key, _, raw_id = rest.partition("~")
    if direction not in ("a", "b") or not (raw_id.isascii() and raw_id.isdecimal() and len(raw_id) <= 18):
        return None
    try:
        if sort is Sort.DUE:
            key: datetime | date | None = date.fromisoformat(raw_key) if raw_key else None
        else:
            key = _EPOCH + timedelta(microseconds=int(raw_key[:18]))
    except (ValueError, OverflowError):
        return None
    if isinstance(key, datetime) and key > _LAST_INSTANT:
        return None
    return Cursor(key, int(raw_id), direction == "b")
