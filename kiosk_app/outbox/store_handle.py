"""The open store. Switches to the new store when another process has replaced it, and replaces a damaged one.

A kiosk runs for months: one bad page that the forwarder meets must not block every other row until a restart. So an
operation that finds the store damaged sets it aside and runs again on the new one. An operation that finds the disk
full releases the ballast and runs again.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from kiosk_app.outbox import store
from kiosk_app.outbox.ballast import Ballast
from kiosk_app.outbox.database import (
    StoreDamagedError,
    check_not_empty,
    open_store,
    translate_errors,
    write_transaction,
)
from kiosk_app.outbox.errors import DiskFullError
from kiosk_app.outbox.series import SeriesMirror
from kiosk_app.outbox.state_directory import acting_as_owner, make_shared_directory

Result = TypeVar("Result")


class _DirectoryLock:
    """Held during access to the outbox's files: one thread at a time, and as root with the rights of their owner."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.RLock()
        self._owner_contexts: list[ExitStack] = []

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            with ExitStack() as entered:
                entered.enter_context(acting_as_owner(self._directory))
                self._owner_contexts.append(entered.pop_all())
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            self._owner_contexts.pop().close()
        finally:
            self._lock.release()


class StoreHandle:
    """The store in `directory`, created when missing. Safe to use from several threads.

    Raises OutboxBrokenError, OutboxTooNewError, OutboxFullError."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lock = _DirectoryLock(directory)
        self._ballast = Ballast(directory)
        self._data_version = -1
        with translate_errors(directory):
            make_shared_directory(directory)
        with self.lock:
            try:
                self.mirror, self.path, self.db = self._open_first()
            except DiskFullError:
                if not self._release_ballast():
                    raise
                self.mirror, self.path, self.db = self._open_first()

    def close(self) -> None:
        """Close the database and the series mirror."""
        with self.lock:
            self.db.close()
            self.mirror.close()

    def run(self, act: Callable[[], Result]) -> Result:
        """The result of `act`, which is called a second time after a damaged store was replaced or ballast released."""
        with self.lock:
            try:
                return act()
            except StoreDamagedError:
                self.replace_damaged()
                return act()
            except DiskFullError:
                if not self._release_ballast():
                    raise
                return act()

    @contextmanager
    def current_db(self) -> Iterator[Database]:
        """The database of the store in use, opened again if the store was replaced by another process or removed."""
        with self.lock, translate_errors(self.directory):
            if not self.path.exists():
                self._switch_to_current_store()
            yield self.db

    @contextmanager
    def save_transaction(self) -> Iterator[Database]:
        """A write transaction that no other process can set the store aside under: a row that is committed to a store
        whose salvage has begun would never be delivered. Raises StoreDamagedError when the store was replaced."""
        with self.current_db() as db, store.exclusive_lock(self.directory):
            if not self.path.exists():  # replaced since `current_db` checked
                raise StoreDamagedError("The outbox's store was set aside")
            with write_transaction(db):
                yield db

    def has_changed(self) -> bool:
        """Whether another process has committed since the last call; True at the first call.

        The forwarder polls this ten times a second instead of being woken. `PRAGMA data_version` reads one word of
        shared memory, needs no additional file, socket or permission, and cannot lose a wake-up."""
        with self.current_db() as db:
            (data_version,) = db.execute("PRAGMA data_version").fetchone()
            previous, self._data_version = self._data_version, data_version
            return bool(previous != data_version)

    def list_stores(self, prefix: str) -> list[str]:
        """Names of the set-aside (DAMAGED_PREFIX) or lost (LOST_PREFIX) stores."""
        with self.lock, translate_errors(self.directory):
            return [path.name for path in store.list_stores(self.directory, prefix)]

    def free_disk_bytes(self) -> int:
        """Bytes free on the disk for users other than root."""
        disk = os.statvfs(self.directory)
        return disk.f_bavail * disk.f_frsize

    def ensure_ballast(self, size: int, reserve: int, *, dedicated_disk: bool) -> None:
        """See `Outbox.ensure_ballast`; `reserve` bytes stay free beside it. Raises OutboxError."""
        with self.lock, translate_errors(self.directory):
            if allocation := self._ballast.size_to_allocate(size, reserve, dedicated_disk=dedicated_disk):
                with store.exclusive_lock(self.directory):
                    self._ballast.allocate(allocation)

    def _release_ballast(self) -> bool:
        """Release the ballast; returns whether there was any."""
        with translate_errors(self.directory):
            return self._ballast.deallocate()

    def _open_first(self) -> tuple[SeriesMirror, Path, Database]:
        with translate_errors(self.directory):
            mirror = SeriesMirror(self.directory)
        try:
            return mirror, *self._open_or_create(mirror)
        except BaseException:
            mirror.close()
            raise

    def _open_or_create(self, mirror: SeriesMirror) -> tuple[Path, Database]:
        with translate_errors(self.directory), store.exclusive_lock(self.directory):
            path = store.find_current_store(self.directory)
            if path is not None:
                try:
                    check_not_empty(path)
                    return path, open_store(path)
                except StoreDamagedError:
                    store.set_store_aside(self.directory, path)
            path = store.create_store(self.directory, mirror.reserved_numbers())
            return path, open_store(path)

    def replace_damaged(self) -> None:
        """Set the store aside, unless another process has, and switch to the new one."""
        if self.path.exists():
            self.db.close()
            with translate_errors(self.directory), store.exclusive_lock(self.directory):
                if store.find_current_store(self.directory) == self.path:
                    store.set_store_aside(self.directory, self.path)
        self._switch_to_current_store()

    def _switch_to_current_store(self) -> None:
        """Switch to the store that is in use now, created when there is none. A store that was removed under the open
        connection is still read through it."""
        with translate_errors(self.directory), store.exclusive_lock(self.directory):
            path = store.find_current_store(self.directory)
            if path is None:
                open_connection = None
                if not (self.directory / (store.DAMAGED_PREFIX + self.path.name)).exists():
                    store.mark_store_lost(self.directory, self.path)
                    open_connection = self.db.conn
                path = store.create_store(self.directory, self.mirror.reserved_numbers(), open_connection)
            self.db.close()
            self.path, self.db, self._data_version = path, open_store(path), -1
