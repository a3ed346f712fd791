"""What a list of cases is filtered by, as conditions of a query."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import CharField, Func, Q, QuerySet

from central.cases.case_pages import Sort
from central.cases.codes import ACTIVE_STATES
from central.cases.models import Case, Referral
from central.cases.work_queues import Deciding, WorkQueue, in_queue
from protocol import crockford
from protocol.case_number import KIOSK_ID_PATTERN
from protocol.case_status import CaseStatus

_BANGKOK = ZoneInfo("Asia/Bangkok")
_EARLIEST = date(1900, 1, 1)  # before every case; the first day of year 1 in Bangkok begins before year 1 in UTC
_SOON = timedelta(days=7)
_MAX_SAME_NUMBER = 5_000
_NUMBER = re.compile(rf"({KIOSK_ID_PATTERN}[A-Z])([0-9]{{6}})")


@dataclass(frozen=True)
class CaseFilter:
    """What a list shows; '' or None filters nothing. `status` '' means open cases, 'all' every one."""

    number: str = ""
    status: str = ""
    queue: WorkQueue | None = None
    topic: str = ""
    subtopic: str = ""
    urgency: str = ""
    mission: str = ""
    channel: str = ""
    owner: str = ""  # 'none', or the key of an officer
    agency_ids: tuple[int, ...] | None = None
    centre: str = ""  # the slug of a centre, with those below it
    due: str = ""  # 'overdue', 'today', 'week', 'none'
    areas: tuple[str, ...] | None = None  # codes of provinces, districts, tambons
    since: date | None = None  # arrived on this day in Bangkok or later
    until: date | None = None  # arrived on this day or before
    sort: Sort = Sort.NEWEST


def narrow(cases: QuerySet[Case], wanted: CaseFilter, today: date, deciding: Deciding) -> QuerySet[Case]:
    """The cases that a filter selects, in no order."""
    is_any_status = wanted.status == "all" or bool(wanted.number) or wanted.status == CaseStatus.CLOSED.value
    if wanted.queue is not None:
        cases = in_queue(cases, wanted.queue, today, deciding)
    if wanted.status not in ("", "all"):
        cases = cases.filter(status=wanted.status)
    elif wanted.status == "" and not wanted.number and wanted.queue is None:
        cases = cases.filter(closed_at=None)
    if wanted.number:
        cases = cases.filter(_number_filter(wanted.number))
    for field in ("topic", "urgency", "mission", "channel"):
        if value := getattr(wanted, field):
            cases = cases.filter(**{field: value})
    if wanted.subtopic:
        cases = cases.filter(subtopic__icontains=wanted.subtopic)
    if wanted.owner == "none":
        cases = cases.filter(owner=None)
    elif wanted.owner:
        # By key: SQLite would otherwise prefer an index of the centre, which has far more cases.
        owned = Case.objects.filter(owner_id=int(wanted.owner))
        cases = cases.filter(pk__in=(owned if is_any_status else owned.filter(closed_at=None)).values("pk"))
    if wanted.agency_ids is not None:
        cases = cases.filter(pk__in=_referred_to(wanted.agency_ids, only_active=wanted.status == ""))
    if wanted.areas is not None:
        cases = cases.filter(_area_filter(wanted.areas))
    if wanted.since is not None:
        cases = cases.filter(received_at__gte=_midnight(max(wanted.since, _EARLIEST)))
    if wanted.until is not None and wanted.until < date.max:
        cases = cases.filter(received_at__lt=_midnight(wanted.until + timedelta(days=1)))
    return _due_filter(cases, wanted.due, today)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, _BANGKOK)


def _number_filter(typed: str) -> Q:
    """A complete number, also with wrong or missing check digits; the running number in it; or its beginning."""
    part = crockford.normalise(typed)
    if part.isascii() and part.isdecimal() and len(part) <= 6:
        return _running_filter(part)
    complete = _NUMBER.match(part)
    if complete:
        return _running_filter(complete[2]) & Q(case_number__startswith=complete[1])
    return Q(case_number__startswith=part)


def _running_number() -> Func:
    """The expression of the index `case_running_number`. Its numbers are in the statement: SQLite does not match an
    index with numbers that are sent separately."""
    function = "SUBSTRING" if connection.vendor == "postgresql" else "SUBSTR"
    template = f"{function}(%(expressions)s, 8, 6)"
    return Func("case_number", template=template, output_field=CharField())


def _running_filter(digits: str) -> Q:
    """The cases with this running number, at most one of each series of a kiosk. They are read first: SQLite would
    otherwise prefer an index of the centre, which has every case."""
    same = Case.objects.alias(running=_running_number()).filter(running=digits.zfill(6))
    return Q(pk__in=list(same.values_list("pk", flat=True)[:_MAX_SAME_NUMBER]))


def _area_filter(areas: Sequence[str]) -> Q:
    chosen = Q(pk__in=[])
    for code in areas:
        chosen |= Q(area=code) if len(code) == 6 else Q(area__startswith=code)
    return chosen


def _referred_to(agency_ids: Sequence[int], *, only_active: bool) -> QuerySet[Referral, int]:
    referrals = Referral.objects.filter(agency_id__in=agency_ids)
    if only_active:
        referrals = referrals.filter(state__in=[state.value for state in ACTIVE_STATES])
    return referrals.values_list("case_id", flat=True)


def _due_filter(cases: QuerySet[Case], due: str, today: date) -> QuerySet[Case]:
    match due:
        case "overdue":
            return cases.filter(closed_at=None, due__lt=today)
        case "today":
            return cases.filter(closed_at=None, due=today)
        case "week":
            return cases.filter(closed_at=None, due__range=(today, today + _SOON))
        case "none":
            return cases.filter(closed_at=None, due=None)
        case _:
            return cases
