"""Property tests: the calculation and the oracle agree on Songkran, late holidays, pauses, reopening, year ends and
untrusted clocks, over three years."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from central.deadlines.calculation import (
    CaseClock,
    DeadlineState,
    StartReason,
    calculate_deadline,
    due_date,
    next_report_date,
    pauses_of_history,
    start_of_clock,
)
from central.deadlines.government_holidays import government_holiday
from central.deadlines.periods import Period, PeriodBasis
from protocol.bilingual_text import BilingualText
from tests.unit.deadlines.oracle import (
    BANGKOK,
    FIRST_DAY,
    LAST_DAY,
    WEEKDAY_HOLIDAYS,
    Event,
    counted_days,
)

LATE = BilingualText("วันหยุดพิเศษ", "Special holiday")
TIMES = st.times(min_value=time(0, 0, 1))  # at midnight itself both days are right
EARLY_DAYS = st.dates(FIRST_DAY, date(2028, 6, 30))
NEAR_SONGKRAN = st.sampled_from([date(year, 4, day) for year in (2026, 2027, 2028) for day in range(1, 18)])
NEAR_YEAR_END = st.sampled_from([date(year, 12, day) for year in (2026, 2027) for day in range(8, 32)])
DAYS = st.one_of(EARLY_DAYS, NEAR_SONGKRAN, NEAR_YEAR_END)
LATE_HOLIDAYS = st.sets(st.dates(FIRST_DAY, LAST_DAY), max_size=12)
CANCELLED = st.sets(st.sampled_from(sorted(WEEKDAY_HOLIDAYS)), max_size=6)
# Gaps between the events of a history: days and minutes. A gap of 0 days changes the state twice in one day.
GAPS = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 1439)), max_size=7)


def build_history(start: datetime, gaps: list[tuple[int, int]]) -> list[Event]:
    """A start, then waiting and resuming in turn."""
    history, at = [Event(start, "start")], start
    for index, (days, minutes) in enumerate(gaps):
        at += timedelta(days=days, minutes=minutes)
        history.append(Event(at, "resume" if index % 2 else "wait"))
    return history


def clock_of(history: list[Event], days: int | None, progress: int | None = None) -> CaseClock:
    changes = [(event.at.astimezone(UTC), event.what == "wait") for event in history]
    basis = PeriodBasis.GENERAL if days else PeriodBasis.COMPLEX
    start = history[0].at.astimezone(BANGKOK).date()
    return CaseClock(start, Period(basis, days, progress), pauses=pauses_of_history(changes))


def test_the_typed_holidays_are_the_weekday_holidays_of_the_library() -> None:
    days = [FIRST_DAY + timedelta(days=offset) for offset in range((LAST_DAY - FIRST_DAY).days + 1)]
    assert {day for day in days if day.weekday() < 5 and government_holiday(day)} == WEEKDAY_HOLIDAYS


@settings(max_examples=300, deadline=None)
@given(DAYS, TIMES, GAPS, st.integers(1, 40), LATE_HOLIDAYS, CANCELLED, st.integers(0, 90))
@example(date(2026, 4, 10), time(23, 59), [], 1, set(), set(), 5)  # the Friday before Songkran
@example(date(2026, 12, 30), time(9), [(0, 60), (0, 60)], 2, {date(2027, 1, 4)}, set(), 9)  # over the end of a year
def test_due_date_and_counts_are_those_of_the_oracle(
    day: date,
    at: time,
    gaps: list[tuple[int, int]],
    period: int,
    late: set[date],
    cancelled: set[date],
    age: int,
) -> None:
    history = build_history(datetime.combine(day, at, BANGKOK), gaps)
    today = min(max(history[-1].at.date(), day + timedelta(days=age)), LAST_DAY)

    def holiday_name(candidate: date) -> BilingualText | None:
        if candidate in late:
            return LATE
        return None if candidate in cancelled else government_holiday(candidate)

    expected = counted_days(history, LAST_DAY, late, cancelled)
    if len(expected) < period and history[-1].what != "wait":
        return  # the deadline is behind the typed holidays
    deadline = calculate_deadline(clock_of(history, period), holiday_name, today)
    due = expected[period - 1] if len(expected) >= period else None
    counted = len([counted for counted in expected if counted <= today])
    assert deadline.due == due
    assert deadline.counted_days == counted
    assert (deadline.paused_since is not None) == (history[-1].what == "wait")
    if due is None:
        assert deadline.state is DeadlineState.PAUSED
    else:
        relation = {True: DeadlineState.OVERDUE, False: DeadlineState.RUNNING}[today > due]
        assert deadline.state is (DeadlineState.DUE_TODAY if today == due else relation)
    if due is not None and today > due:
        assert (deadline.remaining_days, deadline.overdue_days) == (None, counted - period)
    else:
        assert (deadline.remaining_days, deadline.overdue_days) == (period - counted, 0)


@settings(max_examples=100, deadline=None)
@given(DAYS, TIMES, GAPS, st.integers(1, 20), st.integers(0, 60))
def test_the_next_report_of_progress_is_that_of_the_oracle(
    day: date, at: time, gaps: list[tuple[int, int]], every: int, reported_after: int
) -> None:
    history = build_history(datetime.combine(day, at, BANGKOK), gaps)
    report = day + timedelta(days=reported_after)
    clock = clock_of(history, None, every)
    clock = CaseClock(clock.start, clock.period, pauses=clock.pauses, last_report=report)
    expected = [counted for counted in counted_days(history, LAST_DAY, set(), set()) if counted > report]
    assert next_report_date(clock, government_holiday) == (expected[every - 1] if len(expected) >= every else None)


@settings(max_examples=100, deadline=None)
@given(DAYS, TIMES, GAPS, st.integers(0, 60), TIMES, st.integers(1, 30))
def test_reopening_starts_the_whole_period_again(
    day: date, at: time, gaps: list[tuple[int, int]], days_until: int, reopened_at: time, period: int
) -> None:
    first = build_history(datetime.combine(day, at, BANGKOK), gaps)
    reopened_day = first[-1].at.date() + timedelta(days=days_until + 1)
    reopened = datetime.combine(reopened_day, reopened_at, BANGKOK)
    changes = [(event.at, event.what == "wait") for event in first] + [(reopened, False)]
    clock = CaseClock(
        reopened_day, Period(PeriodBasis.GENERAL, period), StartReason.REOPENED, pauses_of_history(changes)
    )
    expected = counted_days([Event(reopened, "start")], LAST_DAY, set(), set())
    assert due_date(clock, government_holiday) == expected[period - 1]


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 6, 1), timezones=st.just(UTC)),
    st.timedeltas(timedelta(0), timedelta(days=30)),
    st.booleans(),
    st.integers(1, 30),
)
def test_an_untrusted_clock_counts_from_the_arrival(
    filed: datetime, delay: timedelta, is_trusted: bool, period: int
) -> None:
    received = filed + delay
    start, reason = start_of_clock(filed, received, is_filing_time_trusted=is_trusted)
    assert reason is (StartReason.CONFIRMED if is_trusted else StartReason.ARRIVED)
    clock = CaseClock(start, Period(PeriodBasis.GENERAL, period), reason)
    midnight_is_exact = (filed if is_trusted else received).astimezone(BANGKOK).time() == time(0)
    expected = counted_days([Event(filed if is_trusted else received, "start")], LAST_DAY, set(), set())
    if not midnight_is_exact:
        assert due_date(clock, government_holiday) == expected[period - 1]


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 4, 10), 1, date(2026, 4, 16)),  # Friday; weekend, three days of Songkran, then Thursday
        (date(2026, 4, 12), 1, date(2026, 4, 16)),  # filed on a Sunday
        (date(2026, 4, 14), 15, date(2026, 5, 7)),  # filed on a holiday; 1 May is a working day of offices
        (date(2026, 12, 9), 15, date(2027, 1, 4)),  # 10 and 31 December and 1 January are holidays
        (date(2027, 12, 30), 1, date(2028, 1, 4)),  # 31 December, weekend, substitute of New Year on Monday
        (date(2028, 4, 12), 2, date(2028, 4, 19)),  # Songkran with its substitute
    ],
)
def test_dates_counted_by_hand(start: date, days: int, due: date) -> None:
    assert due_date(CaseClock(start, Period(PeriodBasis.GENERAL, days)), government_holiday) == due
