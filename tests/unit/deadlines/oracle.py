"""A second, naive calculation of deadlines that shares no code with the first.

The history of a case is a list of (time, event); the oracle asks at each midnight whether the clock runs. Its holidays
are typed here by hand: the days on which government offices of Thailand are closed, from the start of 2026 to
mid-December 2028, on weekdays only.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

BANGKOK = timezone(timedelta(hours=7))
FIRST_DAY, LAST_DAY = date(2026, 1, 1), date(2028, 12, 15)

# Days of each month, by year
_TYPED_HOLIDAYS = {
    # New Year, bridge day, Makha Bucha, Chakri, Songkran, Coronation, Ploughing, Visakha Bucha (substitute), the
    # Queen, the King, Asalha Bucha, Lent, Mother's Day, King Bhumibol, King Chulalongkorn, Father's Day
    # (substitute), Constitution, New Year's Eve.
    2026: {
        1: [1, 2],
        3: [3],
        4: [6, 13, 14, 15],
        5: [4, 13],
        6: [1, 3],
        7: [28, 29, 30],
        8: [12],
        10: [13, 23],
        12: [7, 10, 31],
    },
    # New Year, Makha Bucha (substitute), Chakri, Songkran, Coronation, Visakha Bucha, the Queen, Lent, Asalha Bucha
    # (substitute), the King, Mother's Day, King Bhumibol, King Chulalongkorn (substitute), Father's Day
    # (substitute), Constitution, New Year's Eve.
    2027: {
        1: [1],
        2: [22],
        4: [6, 13, 14, 15],
        5: [4, 20],
        6: [3],
        7: [19, 20, 28],
        8: [12],
        10: [13, 25],
        12: [6, 10, 31],
    },
    # New Year (substitute), Makha Bucha, Chakri, Songkran and its substitute, Coronation, Visakha Bucha, the Queen
    # (substitute), Asalha Bucha, Lent, the King, Mother's Day (substitute), King Bhumibol, King Chulalongkorn,
    # Father's Day, Constitution (substitute).
    2028: {
        1: [3],
        2: [10],
        4: [6, 13, 14, 17],
        5: [4, 8],
        6: [5],
        7: [6, 7, 28],
        8: [14],
        10: [13, 23],
        12: [5, 11],
    },
}
WEEKDAY_HOLIDAYS = {
    date(year, month, day) for year, months in _TYPED_HOLIDAYS.items() for month, days in months.items() for day in days
}


@dataclass(frozen=True)
class Event:
    """`what` is start, wait (for the citizen) or resume."""

    at: datetime
    what: str


def runs_at_midnight(history: list[Event], day: date) -> bool:
    """Whether the clock runs as this day begins in Thailand."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=BANGKOK)
    runs = False
    for event in sorted(history, key=lambda event: event.at):
        if event.at < midnight:
            runs = event.what != "wait"
    return runs


def counted_days(history: list[Event], last_day: date, late_holidays: set[date], cancelled: set[date]) -> list[date]:
    """Every counted day up to and including `last_day`."""
    days = []
    day = FIRST_DAY
    while day <= last_day:
        is_closed = day.isoweekday() in (6, 7) or day in late_holidays or (day in WEEKDAY_HOLIDAYS - cancelled)
        if not is_closed and runs_at_midnight(history, day):
            days.append(day)
        day = day + timedelta(days=1)
    return days
