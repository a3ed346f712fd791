"""The effect of a change of the calendar on the due dates of open cases: shown before it is saved, made after it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice

from django.db.models import Min, Q, QuerySet

from central.cases.case_clock import clock_of
from central.cases.commands.clock_steps import recalculate_due
from central.cases.models import Case, CaseEvent
from central.deadlines.calculation import Pause, due_date, next_report_date, pauses_of_history
from central.deadlines.calendar import current_calendar
from central.deadlines.models import HolidayChange
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

_BATCH = 500


def due_date_moves(day: date, name: BilingualText | None) -> Counter[tuple[date, date]]:
    """Number of open cases by (due date by the present calendar, due date with the change), where the two differ. The
    change: this day becomes a holiday with this name, or a working day when the name is None."""
    before = current_calendar()
    after = before.with_change(day, name)
    moves: Counter[tuple[date, date]] = Counter()
    for case, pauses in _with_pauses(_cases_over(day).exclude(due=None)):
        clock = clock_of(case, pauses)
        old, new = due_date(clock, before.name), due_date(clock, after.name)
        if old is not None and new is not None and old != new:
            moves[old, new] += 1
    return moves


def apply_holiday_changes(now: datetime) -> None:
    """Calculate the deadlines of open cases again after changes of the calendar, each in a transaction of its own. A
    run that is interrupted begins again: a deadline that is right already is not changed. So two workers do no harm."""
    changes = list(HolidayChange.objects.filter(applied_at=None).values_list("pk", flat=True))
    if not changes:
        return
    first_day = HolidayChange.objects.filter(pk__in=changes).aggregate(first=Min("day"))["first"]
    _recalculate(_cases_over(first_day), now)  # by a calendar that has at least these changes
    HolidayChange.objects.filter(pk__in=changes).update(applied_at=now)


def check_open_deadlines(now: datetime) -> None:
    """Calculate the deadlines of all open cases again. They differ after an update of the library of holidays."""
    _recalculate(Case.objects.filter(closed_at=None, clock_start__isnull=False).order_by("pk"), now)


def _recalculate(cases: QuerySet[Case], now: datetime) -> None:
    """Calculate again each case whose stored dates differ from its clock. The comparison takes no lock."""
    calendar = current_calendar()
    for case, pauses in _with_pauses(cases):
        clock = clock_of(case, pauses)
        dates = due_date(clock, calendar.name), next_report_date(clock, calendar.name)
        if dates != (case.due, case.next_report_due):
            recalculate_due(case, now, calendar.name)


def start_missing_clocks(now: datetime) -> None:
    """Start the clock of open cases that are older than the clocks."""
    calendar = current_calendar()
    for case in Case.objects.filter(closed_at=None, clock_start=None).exclude(status=CaseStatus.CLOSED.value):
        recalculate_due(case, now, calendar.name)


def _cases_over(day: date) -> QuerySet[Case]:
    """Open cases whose due date or next report of progress a change of this day can move."""
    concerned = Q(due__gte=day) | Q(next_report_due__gte=day) | Q(due=None)
    return Case.objects.filter(concerned, closed_at=None, clock_start__lt=day).order_by("pk")


def _with_pauses(cases: QuerySet[Case]) -> Iterator[tuple[Case, tuple[Pause, ...]]]:
    """Each case with its pauses, in one more query for each batch."""
    remaining = cases.iterator(chunk_size=_BATCH)
    while batch := list(islice(remaining, _BATCH)):
        pauses = _pauses_of(batch)
        for case in batch:
            yield case, pauses[case.pk]


def _pauses_of(cases: Iterable[Case]) -> dict[int, tuple[Pause, ...]]:
    changes: defaultdict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    events = CaseEvent.objects.filter(case__in=[case.pk for case in cases]).exclude(status="")
    for case_id, at, status in events.order_by("at", "id").values_list("case_id", "at", "status"):
        changes[case_id].append((at, status == CaseStatus.UNCLEAR.value))
    return {case.pk: pauses_of_history(changes[case.pk]) for case in cases}
