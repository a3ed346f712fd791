"""Limits on failed attempts: the interface, and the throttle of one worker process.

The count of `LocalThrottle` is in the memory of the worker, so its limit holds per worker. Callers are stored only as
hashes, keyed for this process. `central.people.shared_throttle.SharedThrottle` counts for all workers in the database.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Protocol

from django.core.cache import cache

_HASH_KEY = secrets.token_bytes(32)


class Throttle(Protocol):
    """A limit on attempts per caller within a time window."""

    def count_attempt(self, caller: str) -> bool:
        """Count one attempt. False when the caller has none left."""

    def take_back_attempt(self, caller: str) -> None:
        """Take back one attempt, because it succeeded."""

    def reset(self, caller: str) -> None:
        """Forget all attempts of this caller."""


@dataclass(frozen=True)
class LocalThrottle:
    """At most `limit` attempts per caller within `window_s` seconds. The window starts with the first attempt."""

    name: str
    limit: int
    window_s: int

    def count_attempt(self, caller: str) -> bool:
        """Count one attempt. False when the caller has none left."""
        key = self._key(caller)
        if int(cache.get(key, 0)) >= self.limit:
            return False
        if not cache.add(key, 1, self.window_s):
            self._add(key, 1)
        return True

    def take_back_attempt(self, caller: str) -> None:
        """Take back one attempt, because it succeeded."""
        key = self._key(caller)
        if int(cache.get(key, 0)) > 0:
            self._add(key, -1)

    def reset(self, caller: str) -> None:
        """Forget all attempts of this caller."""
        cache.delete(self._key(caller))

    def _add(self, key: str, attempts: int) -> None:
        try:
            cache.incr(key, attempts)
        except ValueError:  # the window ended in between
            if attempts > 0:
                cache.add(key, attempts, self.window_s)

    def _key(self, caller: str) -> str:
        digest = hashlib.blake2b(caller.encode(), key=_HASH_KEY, digest_size=16).hexdigest()
        return f"throttle:{self.name}:{digest}"
