"""Whether this process can do its work: database, migrations, space on the disk, keys.

A check gives a code, never a message of the database: that may name a host or a user.
"""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from central.keyring import KeyringError, keyring

log = logging.getLogger(__name__)
OK = "ok"
MIN_FREE_BYTES = 500 * 1024 * 1024  # a day of letters at a busy centre, and room for the database's own work
_RESULT_VALID_S = 2.0  # a stranger who asks all the time costs one query each two seconds


def is_ready(results: Mapping[str, str]) -> bool:
    """Whether all checks passed."""
    return all(result == OK for result in results.values())


def _check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return OK


def _check_migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return "unknown"
    return "missing" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else OK


def _check_disk() -> str:
    places = [Path(settings.DATA_DIR)]
    if isinstance(default_storage, FileSystemStorage):
        places.append(Path(settings.MEDIA_ROOT))
    for place in places:
        nearest = next(path for path in (place, *place.parents) if path.exists())
        if shutil.disk_usage(nearest).free < MIN_FREE_BYTES:
            return "almost_full"
        if not os.access(nearest, os.W_OK):
            return "not_writable"
    return OK


def _check_keys() -> str:
    try:
        ring = keyring()
        ring.load_sealing_key(ring.current_fingerprint("sealing"))
        ring.load_receipt_key(ring.current_fingerprint("receipt"))
    except KeyringError:
        return "missing"
    return OK


_CHECKS: Mapping[str, Callable[[], str]] = {
    "database": _check_database,
    "migrations": _check_migrations,
    "disk": _check_disk,
    "keys": _check_keys,
}


class ReadinessCache:
    """The latest results, at most two seconds old. Applied migrations stay applied, and comparing them with the files
    takes 50 ms, so that check is not repeated once it has passed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checked_at_s = float("-inf")
        self._results: dict[str, str] = {}
        self._is_migrated = False

    def results(self) -> dict[str, str]:
        """The result of each check."""
        with self._lock:
            if time.monotonic() - self._checked_at_s > _RESULT_VALID_S:
                results = {name: self._run(name) for name in _CHECKS}
                if results != self._results and not is_ready(results):
                    log.error("Not ready: %s", {name: code for name, code in results.items() if code != OK})
                self._results, self._checked_at_s = results, time.monotonic()
            return self._results

    def _run(self, name: str) -> str:
        if name != "migrations":
            return _CHECKS[name]()
        result = OK if self._is_migrated else _CHECKS[name]()
        self._is_migrated = result == OK
        return result

    def clear(self) -> None:
        """Check everything again next time."""
        self._checked_at_s, self._is_migrated = float("-inf"), False


readiness = ReadinessCache()
