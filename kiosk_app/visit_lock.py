"""A lock on a file in the runtime directory, held while a visit runs.

An update (provision/activation.py) and a restart by the centre wait for it. The lock ends with the process, so a crash
leaves none behind.
"""

import fcntl
import logging
import os
import stat
import time
from pathlib import Path

LOCK_FILE = "visit"
_POLL_S = 1.0

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
        except OSError:  # an update or a command tests the lock now; the next visit takes it
            os.close(descriptor)
            return None
        return descriptor


def wait_for_no_visit(runtime: Path, seconds: float) -> bool:
    """Wait until no visit runs, at most `seconds`; whether none runs. An interface that has ended has released its
    lock. (provision/releases.py has the same for a release that is broken.)"""
    until = time.monotonic() + seconds
    while _is_visit_running(runtime / LOCK_FILE):
        if time.monotonic() >= until:
            return False
        time.sleep(_POLL_S)
    return True


def _is_visit_running(lock_file: Path) -> bool:
    """Whether the lock is held. Its directory belongs to another user: no link is followed, and nothing blocks."""
    try:
        descriptor = os.open(lock_file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
