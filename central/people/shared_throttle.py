"""Limits on tries, counted in the database for all workers together: with n workers a password must not get n times as
many tries. Each try costs a password hash of about 0.3 s, so one more write is little (decision 0024)."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from central.people.models import FailureCount

ROW_RETENTION = timedelta(days=1)  # how long a row outlives its window, so that the next window can be longer


@dataclass(frozen=True)
class SharedThrottle:
    """At most `limit` failures of one caller within `window_s` seconds. Each window that was used up doubles the next,
    up to `max_window_s`."""

    name: str
    limit: int
    window_s: int
    max_window_s: int = 0

    def try_acquire(self, caller: str) -> bool:
        """Use one try, before its outcome is known, so that simultaneous tries are counted too. False: none is left."""
        with transaction.atomic():
            now = timezone.now()
            counter, _ = FailureCount.objects.select_for_update().get_or_create(
                key=self._key(caller), defaults={"window_ends_at": now + timedelta(seconds=self.window_s)}
            )
            if counter.window_ends_at <= now:
                self._start_window(counter, now)
            if counter.count >= self.limit:
                return False
            counter.count += 1
            counter.save()
            return True

    def release(self, caller: str) -> None:
        """The try was no failure."""
        with transaction.atomic():
            counter = FailureCount.objects.select_for_update().filter(key=self._key(caller)).first()
            if counter is not None and counter.count:
                counter.count -= 1
                counter.save(update_fields=["count"])

    def reset(self, caller: str) -> None:
        """Start afresh for this caller."""
        FailureCount.objects.filter(key=self._key(caller)).delete()

    def _start_window(self, counter: FailureCount, now: datetime) -> None:
        used_up = counter.count >= self.limit and now < counter.window_ends_at + ROW_RETENTION
        counter.strikes = min(counter.strikes + 1, 30) if used_up else 0
        length = min(self.window_s * 2**counter.strikes, max(self.max_window_s, self.window_s))
        counter.count, counter.window_ends_at = 0, now + timedelta(seconds=length)

    def _key(self, caller: str) -> str:
        message = f"{self.name}\n{caller}".encode("utf-8", "replace")
        return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()


def try_acquire_all(tries: Sequence[tuple[SharedThrottle, str]]) -> bool:
    """Use one try of each limit. False, and nothing used, when any of them has none left."""
    taken: list[tuple[SharedThrottle, str]] = []
    for limit, caller in tries:
        if not limit.try_acquire(caller):
            release_all(taken)
            return False
        taken.append((limit, caller))
    return True


def release_all(tries: Sequence[tuple[SharedThrottle, str]]) -> None:
    """None of these tries was a failure."""
    for limit, caller in tries:
        limit.release(caller)
