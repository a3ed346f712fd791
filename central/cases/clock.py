"""The time at which a step of a case is made: now, or the past for cases that are taken in from elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_step_time: ContextVar[datetime | None] = ContextVar("step_time", default=None)


def now() -> datetime:
    """The time of the present step."""
    return _step_time.get() or timezone.now()


def today() -> date:
    """The day of the present step, in Bangkok."""
    return timezone.localdate(now())


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
