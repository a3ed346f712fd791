"""The throttle that counts in the database for all workers together (interface: central.throttle.Throttle).

With n local throttles a password would get n times as many attempts. Each attempt costs a password hash of about 0.3 s,
so that one more write costs little (decision 0024)."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from central.people.models import FailureCount
from central.throttle import Throttle

ROW_RETENTION = timedelta(days=1)  # after its window, to know later that it was exhausted


@dataclass(frozen=True)
class SharedThrottle:
    """At most `limit` failed attempts of one caller within `window_s` seconds. After an exhausted window the next is
    twice as long, up to `max_window_s`."""

    name: str
    limit: int
    window_s: int
    max_window_s: int = 0

    def count_attempt(self, caller: str) -> bool:
        """Count one attempt before its result is known, so that simultaneous attempts are counted too. False when the
        caller has none left."""
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

    def take_back_attempt(self, caller: str) -> None:
        """Take back one attempt, because it succeeded."""
        with transaction.atomic():
            counter = FailureCount.objects.select_for_update().filter(key=self._key(caller)).first()
            if counter is not None and counter.count:
                counter.count -= 1
                counter.save(update_fields=["count"])

    def reset(self, caller: str) -> None:
        """Forget all attempts of this caller."""
        FailureCount.objects.filter(key=self._key(caller)).delete()

    def _start_window(self, counter: FailureCount, now: datetime) -> None:
        was_exhausted = counter.count >= self.limit and now < counter.window_ends_at + ROW_RETENTION
        counter.strikes = min(counter.strikes + 1, 30) if was_exhausted else 0
        length = min(self.window_s * 2**counter.strikes, max(self.max_window_s, self.window_s))
        counter.count, counter.window_ends_at = 0, now + timedelta(seconds=length)

    def _key(self, caller: str) -> str:
        message = f"{self.name}\n{caller}".encode("utf-8", "replace")
        return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()


def count_attempts(attempts: Sequence[tuple[Throttle, str]]) -> bool:
    """Count one attempt with each throttle. False, and nothing is counted, when any of them has none left."""
    counted: list[tuple[Throttle, str]] = []
    for throttle, caller in attempts:
        if not throttle.count_attempt(caller):
            take_back_attempts(counted)
            return False
        counted.append((throttle, caller))
    return True


def take_back_attempts(attempts: Sequence[tuple[Throttle, str]]) -> None:
    """Take back these attempts, because they succeeded."""
    for throttle, caller in attempts:
        throttle.take_back_attempt(caller)
