"""Levels of escalation when an agency is silent. Pure.

An agency that has a case reports within 30 days. Its silence raises the level after 30 days, 15 more and 7 more. These
are calendar days, as in letters of reminder; days on which the case waits for the citizen are not silence. Any report
starts again at level 0.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from central.deadlines.calculation import Pause

STEPS_DAYS = (30, 15, 7)
MAX_LEVEL = len(STEPS_DAYS)
_ONE_DAY = timedelta(days=1)


def silent_days(since: date, today: date, pauses: Sequence[Pause] = ()) -> int:
    """Days of silence after `since`, which is the day of the order or of the last report."""
    days = (since + timedelta(days=offset) for offset in range(1, (today - since).days + 1))
    return sum(not any(pause.covers(day) for pause in pauses) for day in days)


def escalation_level(since: date, today: date, pauses: Sequence[Pause] = ()) -> int:
    """The level that this silence has reached, 0 to MAX_LEVEL."""
    days = silent_days(since, today, pauses)
    return sum(days >= sum(STEPS_DAYS[: level + 1]) for level in range(MAX_LEVEL))


def next_escalation_date(since: date, level: int, pauses: Sequence[Pause] = ()) -> date | None:
    """The day on which a silence since `since` reaches the level above `level`. None above the highest level, and while
    an open pause keeps the day unknown."""
    if level >= MAX_LEVEL:
        return None
    needed, day = sum(STEPS_DAYS[: level + 1]), since
    stopped_after = min((pause.begin for pause in pauses if pause.end is None), default=None)
    while needed:
        if stopped_after is not None and day >= stopped_after:
            return None
        day += _ONE_DAY
        needed -= not any(pause.covers(day) for pause in pauses)
    return day
