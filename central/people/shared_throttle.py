"""Limits on tries, counted in the database for all workers together: with n workers a password must not get n times as
many tries. Each try costs a password hash of about 0.3 s, so one more write is little (decision 0262)."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from central.people.models import FailureCount

KEPT = timedelta(days=1)  # how long a row outlives its window, so that the next window can be longer


@dataclass(frozen=True)
class Limit:
    """At most `limit` failures of one caller within `window_s` seconds. Each window that was used up doubles the next,
    up to `longest_s`."""

    name: str
    limit: int
    window_s: int
    longest_s: int = 0

    def take(self, caller: str) -> bool:
        """Use one try, before its outcome is known, so that simultaneous tries are counted too. False: none is left."""
        with transaction.atomic():
            now = timezone.now()
            found, _ = FailureCount.objects.select_for_update().get_or_create(
                key=self._key(caller), defaults={"until": now + timedelta(seconds=self.window_s)}
            )
            if found.until <= now:
                self._begin_window(found, now)
            if found.count >= self.limit:
                return False
            found.count += 1
            found.save()
            return True

    def give_back(self, caller: str) -> None:
        """The try was no failure."""
        with transaction.atomic():
            found = FailureCount.objects.select_for_update().filter(key=self._key(caller)).first()
            if found is not None and found.count:
                found.count -= 1
                found.save(update_fields=["count"])

    def forget(self, caller: str) -> None:
        """Start afresh for this caller."""
        FailureCount.objects.filter(key=self._key(caller)).delete()

    def _begin_window(self, found: FailureCount, now: datetime) -> None:
        used_up = found.count >= self.limit and now < found.until + KEPT
        found.strikes = min(found.strikes + 1, 30) if used_up else 0
        length = min(self.window_s * 2**found.strikes, max(self.longest_s, self.window_s))
        found.count, found.until = 0, now + timedelta(seconds=length)

    def _key(self, caller: str) -> str:
        said = f"{self.name}\n{caller}".encode("utf-8", "replace")
        return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


def take_all(tries: Sequence[tuple[Limit, str]]) -> bool:
    """Use one try of each limit. False, and nothing used, when any of them has none left."""
    taken: list[tuple[Limit, str]] = []
    for limit, caller in tries:
        if not limit.take(caller):
            give_back_all(taken)
            return False
        taken.append((limit, caller))
    return True


def give_back_all(tries: Sequence[tuple[Limit, str]]) -> None:
    """None of these tries was a failure."""
    for limit, caller in tries:
        limit.give_back(caller)
