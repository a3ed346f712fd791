"""The periods of recurring jobs. Pure: it reads no clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from thai.dates import in_thailand

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Every:
    """A period each `interval`, counted from the epoch: all machines compute the same starts."""

    interval: timedelta

    def period_at(self, now: datetime) -> datetime:
        """Start of the period that contains `now`."""
        return _EPOCH + (now - _EPOCH) // self.interval * self.interval

    @property
    def seconds(self) -> float:
        """Length of a period in seconds."""
        return self.interval.total_seconds()

    def __str__(self) -> str:
        minutes, seconds = divmod(round(self.seconds), 60)
        if seconds:
            return f"every {round(self.seconds)} s"
        return f"every {minutes // 60} h" if minutes % 60 == 0 else f"every {minutes} min"


@dataclass(frozen=True)
class Daily:
    """A period each day, from `at` in Thailand."""

    at: time

    def period_at(self, now: datetime) -> datetime:
        """Start of the period that contains `now`."""
        local = in_thailand(now)
        start = datetime.combine(local.date(), self.at, local.tzinfo)
        return (start if start <= local else start - timedelta(days=1)).astimezone(UTC)

    @property
    def seconds(self) -> float:
        """Length of a period in seconds."""
        return timedelta(days=1).total_seconds()

    def __str__(self) -> str:
        return f"daily at {self.at:%H:%M}"


Timing = Every | Daily
