"""When a notice is sent: quiet hours, gathering, pauses between attempts. Pure: it reads no clock.

A citizen is told at once, and then no more often than each `gather_minutes`: what happens in between is one notice."""

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta

from thai.dates import in_thailand

MAX_ATTEMPTS = 10  # of one notice: about three hours
EXPIRES_AFTER = timedelta(days=3)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 30.0, 3600.0
_ROUTE_FIRST_PAUSE_S, _ROUTE_LONGEST_PAUSE_S = 5.0, 600.0
_LONGEST_RETRY_AFTER_S = 3600.0  # a gateway that asks for more is tried anyway: it may be a mistake


def sending_time(now: datetime, last_notice: datetime | None, quiet: tuple[time, time], gather: timedelta) -> datetime:
    """When news of now is sent: at once, or when the time of gathering and the quiet hours are over."""
    earliest = max(now, last_notice + gather) if last_notice else now
    return end_of_quiet(earliest, *quiet)


def end_of_quiet(moment: datetime, quiet_from: time, quiet_until: time) -> datetime:
    """The moment itself, or the end of the quiet hours that it is in. Equal times mean no quiet hours."""
    local = in_thailand(moment)
    at = local.time()
    over_midnight = quiet_from > quiet_until
    is_quiet = at >= quiet_from or at < quiet_until if over_midnight else quiet_from <= at < quiet_until
    if not is_quiet:
        return moment
    end = datetime.combine(local.date(), quiet_until, local.tzinfo)
    return end + timedelta(days=1) if over_midnight and at >= quiet_from else end


def pause_of_notice(attempts: int, spread: Callable[[float, float], float] = random.uniform) -> timedelta:
    """The pause after this many failed attempts: doubled each time, with jitter so that many do not return at once."""
    return timedelta(seconds=_doubled(_FIRST_PAUSE_S, _LONGEST_PAUSE_S, attempts) * spread(0.5, 1.0))


def pause_of_route(
    failures: int, retry_after_s: float | None, spread: Callable[[float, float], float] = random.uniform
) -> timedelta:
    """How long a gateway is left alone after this many failures in a row. What it asks for itself is honoured, up to an
    hour."""
    if retry_after_s is not None:
        return timedelta(seconds=min(max(retry_after_s, 1.0), _LONGEST_RETRY_AFTER_S))
    return timedelta(seconds=_doubled(_ROUTE_FIRST_PAUSE_S, _ROUTE_LONGEST_PAUSE_S, failures) * spread(0.5, 1.0))


def _doubled(first_s: float, longest_s: float, count: int) -> float:
    return min(first_s * 2.0 ** min(max(count - 1, 0), 16), longest_s)
