"""Tells the installer that a visit runs: a lock on a file in the runtime directory.

An update waits for it (provision/releases.py). The lock is gone with the process: a crash leaves no visit behind.
"""

import fcntl
import logging
import os
from pathlib import Path

LOCK_FILE = "visit"

log = logging.getLogger(__name__)


class VisitLock:
    """Made once; `set_visit_running` is called with each change and returns at once. A mark that cannot be
    set is logged and stops no visit."""

    def __init__(self, runtime: Path) -> None:
        self._file = runtime / LOCK_FILE
        self._descriptor: int | None = None

    def set_visit_running(self, visit: bool) -> None:
        """Whether a visit runs now."""
        if visit and self._descriptor is None:
            self._descriptor = self._acquire()
        elif not visit and self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _acquire(self) -> int | None:
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            log.warning("a visit cannot be marked: %s", error.strerror)
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # the installer is testing the lock at this moment: it finds the next visit
            os.close(descriptor)
            return None
        return descriptor
