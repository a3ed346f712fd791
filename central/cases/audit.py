"""The audit of cases: who read personal data, and who changed what, at the centres where an officer may audit."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from central.cases.models import CaseEvent, PersonalDataRead, PersonSearch
from central.cases.scopes import Scope
from central.centres.models import Membership

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class AuditFilter:
    """Which rows: days in Bangkok, both included; '' filters nothing."""

    since: date
    until: date
    username: str = ""
    case_number: str = ""
    kind: str = ""  # a DataKind of reads, an EventKind of changes, a SearchWay of searches


def reads(scope: Scope, wanted: AuditFilter) -> QuerySet[PersonalDataRead]:
    """Reads of personal data, the newest first."""
    rows = PersonalDataRead.objects.filter(days("at", wanted)).select_related("case", "officer", "agency")
    rows = _of_scope(rows, scope, wanted)
    if wanted.username:
        rows = rows.filter(officer__username=wanted.username)
    if wanted.kind:
        rows = rows.filter(data_kind=wanted.kind)
    return rows.order_by("-at", "-pk")


def changes(scope: Scope, wanted: AuditFilter) -> QuerySet[CaseEvent]:
    """Events of the histories, the last recorded first."""
    rows = CaseEvent.objects.filter(days("recorded_at", wanted)).select_related("case", "by")
    rows = _of_scope(rows, scope, wanted)
    if wanted.username:
        rows = rows.filter(by__username=wanted.username)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    return rows.order_by("-recorded_at", "-pk")


def searches(scope: Scope, wanted: AuditFilter) -> QuerySet[PersonSearch]:
    """Searches for cases of a person by officers of the scope, the newest first. A search belongs to no case."""
    rows = PersonSearch.objects.filter(days("at", wanted)).select_related("officer")
    if not scope.is_everywhere:
        rows = rows.filter(officer__in=Membership.objects.filter(centre__in=scope.centre_ids).values("officer"))
    if wanted.username:
        rows = rows.filter(officer__username=wanted.username)
    if wanted.kind:
        rows = rows.filter(way=wanted.kind)
    return rows.none() if wanted.case_number else rows.order_by("-at", "-pk")


def _of_scope(rows: QuerySet[Row], scope: Scope, wanted: AuditFilter) -> QuerySet[Row]:
    if not scope.is_everywhere:
        rows = rows.filter(case__centre__in=scope.centre_ids)
    return rows.filter(case__case_number=wanted.case_number) if wanted.case_number else rows


def days(field: str, wanted: AuditFilter) -> Q:
    """The rows whose time in this column lies within the days of the filter."""
    begin = _midnight(wanted.since)
    return Q(**{f"{field}__gte": begin, f"{field}__lt": _midnight(wanted.until + timedelta(days=1))})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
