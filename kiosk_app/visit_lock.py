"""A lock on a file in the runtime directory, held while a visit runs.

An update waits for it (provision/releases.py). The lock ends with the process, so a crash leaves none behind.
"""

import fcntl
import logging
import os
from pathlib import Path

LOCK_FILE = "visit"

log = logging.getLogger(__name__)


class VisitLock:
    """Call `set_visit_running` with every change; it returns at once. A failure is logged and stops no visit."""

    def __init__(self, runtime: Path) -> None:
        self._file = runtime / LOCK_FILE
        self._descriptor: int | None = None

    def set_visit_running(self, is_running: bool) -> None:
        """Take or release the lock."""
        if is_running and self._descriptor is None:
            self._descriptor = self._acquire()
        elif not is_running and self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _acquire(self) -> int | None:
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            log.warning("the lock for the running visit cannot be taken: %s", error.strerror)
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # the installer tests the lock at this moment; the next visit takes it
            os.close(descriptor)
            return None
        return descriptor
