"""Counting failures: after too many within a window, further failures are refused. A success is never counted.

Counts live in the worker's memory, so a limit is per worker; addresses are kept only as hashes keyed for this process.
"""

import hashlib
import secrets
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest

_HASH_KEY = secrets.token_bytes(32)


@dataclass(frozen=True)
class LocalThrottle:
    """At most `limit` failures per caller within `window_s` seconds."""

    name: str
    limit: int
    window_s: int

    def is_exhausted(self, caller: str) -> bool:
        """Has this caller used up its failures?"""
        return int(cache.get(self._key(caller), 0)) >= self.limit

    def count_failure(self, caller: str) -> None:
        """One more failure; the window starts with the first."""
        key = self._key(caller)
        if not cache.add(key, 1, self.window_s):
            try:
                cache.incr(key)
            except ValueError:  # the window ended in between
                cache.add(key, 1, self.window_s)

    def _key(self, caller: str) -> str:
        digest = hashlib.blake2b(caller.encode(), key=_HASH_KEY, digest_size=16).hexdigest()
        return f"throttle:{self.name}:{digest}"


def client_address(request: HttpRequest) -> str:
    """Who is calling: the network address. Behind a proxy, `central serve --trusted-proxy` makes it the client's.

    Of an IPv6 address the /64: one household or one phone has all 2**64 of them to call from."""
    # Some proxies write "[2001:db8::1]:4711", which waitress hands on as it is.
    text = str(request.META.get("REMOTE_ADDR", "")).removeprefix("[").partition("]")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return text
    if isinstance(found, IPv4Address):
        return text
    return str(found.ipv4_mapped or ip_network((int(found) >> 64 << 64, 64)))
