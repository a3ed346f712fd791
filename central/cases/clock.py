"""The time at which a step of a case is made: now, or the past for cases that are taken in from elsewhere.

Whatever compares a date with today takes it from here: a server's own date is yesterday's until 7:00 in Thailand."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

from thai.dates import day_in_thailand

_step_time: ContextVar[datetime | None] = ContextVar("step_time", default=None)


def now() -> datetime:
    """The time of the present step."""
    return _step_time.get() or timezone.now()


def today() -> date:
    """The day of the present step, in Bangkok."""
    return day_in_thailand(now())


@contextmanager
def steps_made_at(moment: datetime) -> Iterator[None]:
    """Steps within the block are recorded as made at `moment`, which is in the past. `CaseEvent.recorded_at` and the
    daily root still show when the rows were written."""
    if moment > timezone.now():
        raise ValueError("A step cannot be made in the future")
    token = _step_time.set(moment)
    try:
        yield
    finally:
        _step_time.reset(token)
