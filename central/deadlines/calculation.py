"""Calculates the deadline of a case in Thai working days. Pure: the calendar and today's date are arguments.

Rules (decision 0041):
- A working day counts when the clock runs as the day begins, at 00:00. So day 0, on which the clock starts, is never
  counted and the first working day after it is day 1. The day on which a pause begins still counts, and the day on
  which it ends does not: an answer of the citizen starts the clock as a confirmation does.
- The case is due at the end of the working day on which the count reaches the period. A deadline is therefore never on
  a weekend or a holiday; a day declared a holiday later moves it to the next working day.
- Reopening starts the whole period again, with the day of reopening as day 0.

All dates are days in Thailand's time.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from central.deadlines.periods import Period
from protocol.bilingual_text import BilingualText
from thai.dates import day_in_thailand

# The name of the holiday on a day, None for any other day. A weekend without a holiday is None too.
HolidayName = Callable[[date], BilingualText | None]

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class StartReason(StrEnum):
    """Why the clock starts on its day 0."""

    CONFIRMED = "confirmed"  # the citizen confirmed the complaint
    ARRIVED = "arrived"  # the kiosk's clock was not trusted: the day the centre received the case
    REOPENED = "reopened"


class DayKind(StrEnum):
    """What a day is to the clock of a case."""

    START = "start"
    COUNTED = "counted"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSED = "paused"


class DeadlineState(StrEnum):
    """Where a case is before or after its deadline."""

    RUNNING = "running"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    PAUSED = "paused"
    WITHOUT_DATE = "without_date"  # complex
    CLOSED = "closed"


@dataclass(frozen=True)
class Pause:
    """The case waited for the citizen. The days after `begin` up to and including `end` are not counted; `end` None:
    it still waits."""

    begin: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether this day is not counted because of the pause."""
        return self.begin < day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class CaseClock:
    """Everything about one case that its deadline depends on. `last_report` is the day of the agency's last report,
    `fixed_due` a date that an officer has set, whatever the period is."""

    start: date
    period: Period
    start_reason: StartReason = StartReason.CONFIRMED
    pauses: tuple[Pause, ...] = ()
    last_report: date | None = None
    closed_on: date | None = None
    fixed_due: date | None = None


@dataclass(frozen=True)
class ClockDay:
    """One day of a clock. `count` is the number of counted days up to and including this one."""

    day: date
    kind: DayKind
    count: int
    holiday: BilingualText | None = None


@dataclass(frozen=True)
class Deadline:
    """The result. `due` is None for a complex case and while an open pause keeps the date unknown.

    `counted_days` includes today. `remaining_days` are the working days after today until `due`, in a pause those left
    of the period; None without a period and when the case is overdue. `overdue_days` are the counted days after `due`,
    0 on a weekend right after it.
    `paused_since` is the first day of the open pause."""

    state: DeadlineState
    due: date | None
    counted_days: int
    remaining_days: int | None
    overdue_days: int
    next_report_due: date | None
    paused_since: date | None


def is_weekend(day: date) -> bool:
    """Whether offices are closed on this day of every week."""
    return day.weekday() >= _SATURDAY


def calculate_deadline(clock: CaseClock, holiday_name: HolidayName, today: date) -> Deadline:
    """The deadline as it is known on `today`. A closed clock is calculated as on the day of closing."""
    last_day = min(today, clock.closed_on) if clock.closed_on else today
    due, counted = due_date(clock, holiday_name), _count(clock, holiday_name, clock.start, last_day)
    remaining, overdue = None, 0
    if due is not None and last_day > due:
        overdue = _count(clock, holiday_name, due, last_day)
    elif due is not None:
        remaining = _count(clock, holiday_name, max(last_day, clock.start), due)
    elif clock.period.days is not None:
        remaining = clock.period.days - counted
    return Deadline(
        state=_state(clock, due, today),
        due=due,
        counted_days=counted,
        remaining_days=remaining,
        overdue_days=overdue,
        next_report_due=next_report_date(clock, holiday_name),
        paused_since=None if clock.closed_on else _open_pause_begin(clock),
    )


def due_date(clock: CaseClock, holiday_name: HolidayName) -> date | None:
    """The date an officer has set, else the last day of the period. None for a complex case, and when an open pause
    begins before that day."""
    if clock.fixed_due is not None or clock.period.days is None:
        return clock.fixed_due
    return _day_number(clock, holiday_name, clock.start, clock.period.days)


def next_report_date(clock: CaseClock, holiday_name: HolidayName) -> date | None:
    """The last day for the next report of progress: the duty's interval after the last report, or after day 0. None
    without such a duty, during an open pause, and for a closed case."""
    if clock.period.progress_every_days is None or clock.closed_on is not None:
        return None
    since = max(clock.start, clock.last_report) if clock.last_report else clock.start
    return _day_number(clock, holiday_name, since, clock.period.progress_every_days)


def clock_days(clock: CaseClock, holiday_name: HolidayName) -> Iterator[ClockDay]:
    """Day 0 and every day after it, without an end. A weekend or holiday within a pause is a weekend or holiday."""
    day, count = clock.start, 0
    yield ClockDay(day, DayKind.START, 0, holiday_name(day))
    while True:
        day += _ONE_DAY
        kind = _day_kind(clock, holiday_name, day)
        if kind is DayKind.COUNTED:
            count += 1
        yield ClockDay(day, kind, count, holiday_name(day))


def start_of_clock(
    filed_at: datetime, received_at: datetime, *, is_filing_time_trusted: bool
) -> tuple[date, StartReason]:
    """Day 0 of a new case: the day of confirmation, or of the arrival when the time of filing is not trusted."""
    if is_filing_time_trusted:
        return day_in_thailand(filed_at), StartReason.CONFIRMED
    return day_in_thailand(received_at), StartReason.ARRIVED


def pauses_of_history(changes: Iterable[tuple[datetime, bool]]) -> tuple[Pause, ...]:
    """The pauses from (time, whether the case waits for the citizen from then on), oldest first."""
    pauses: list[Pause] = []
    begin: date | None = None
    for at, waits in changes:
        day = day_in_thailand(at)
        if waits and begin is None:
            begin = day
        elif not waits and begin is not None:
            pauses.append(Pause(begin, day))
            begin = None
    if begin is not None:
        pauses.append(Pause(begin))
    return tuple(pauses)


def _day_kind(clock: CaseClock, holiday_name: HolidayName, day: date) -> DayKind:
    if is_weekend(day):
        return DayKind.WEEKEND
    if holiday_name(day) is not None:
        return DayKind.HOLIDAY
    if any(pause.covers(day) for pause in clock.pauses):
        return DayKind.PAUSED
    return DayKind.COUNTED


def _open_pause_begin(clock: CaseClock) -> date | None:
    return min((pause.begin for pause in clock.pauses if pause.end is None), default=None)


def _day_number(clock: CaseClock, holiday_name: HolidayName, since: date, number: int) -> date | None:
    """The counted day with this number after `since`. None when an open pause begins before it."""
    last_counted = _open_pause_begin(clock)
    day, count = since, 0
    while count < number:
        if last_counted is not None and day >= last_counted:
            return None
        day += _ONE_DAY
        count += _day_kind(clock, holiday_name, day) is DayKind.COUNTED
    return day


def _count(clock: CaseClock, holiday_name: HolidayName, after: date, last_day: date) -> int:
    """The counted days after one day up to and including another."""
    days = (after + timedelta(days=offset) for offset in range(1, (last_day - after).days + 1))
    return sum(_day_kind(clock, holiday_name, day) is DayKind.COUNTED for day in days)


def _state(clock: CaseClock, due: date | None, today: date) -> DeadlineState:
    if clock.closed_on is not None:
        return DeadlineState.CLOSED
    if due is None:
        return DeadlineState.WITHOUT_DATE if _open_pause_begin(clock) is None else DeadlineState.PAUSED
    if today > due:
        return DeadlineState.OVERDUE
    return DeadlineState.DUE_TODAY if today == due else DeadlineState.RUNNING
