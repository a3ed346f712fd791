"""The store files in the outbox directory: their names and lock, and how a damaged store is set aside and replaced.

A damaged store is renamed to `damaged-<name>` with its WAL, kept for data recovery, and replaced by a new one under a
*new* name (`outbox.db`, `outbox-2.db`, …). An old name is never used again: another process may still have the old file
open, and SQLite removes the WAL by its name when that process closes it. The rows that can still be read from the
damaged store are copied (`salvage`). A store that has disappeared leaves an empty `lost-<name>` instead: case numbers
were issued in it, and it was not set aside.

A new store is created under a temporary name with everything it takes over, then renamed: after a kill at any moment,
the replacement is either complete or will be repeated (decision 0019).
"""

import fcntl
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from kiosk_app.outbox import salvage
from kiosk_app.outbox.database import open_store, translate_errors
from kiosk_app.outbox.errors import OutboxBrokenError
from kiosk_app.outbox.state_directory import make_shared_file
from machine.safe_files import open_existing, sync_directory

DAMAGED_PREFIX = "damaged-"
LOST_PREFIX = "lost-"
_TEMPORARY_STORE = "making.db"
_WAL_SUFFIXES = ("-wal", "-shm")
_STORE_NAME = re.compile(r"(?:damaged-|lost-)?outbox(?:-(\d+))?\.db")
LOCK_TIMEOUT_S = 60.0  # the salvage of a store of a gigabyte takes some seconds


def store_generation(name: str) -> int:
    """1 for 'outbox.db', 2 for 'outbox-2.db' and 'damaged-outbox-2.db'; 0 for any other name."""
    match = _STORE_NAME.fullmatch(name)
    return 0 if match is None else int(match.group(1) or 1)


def _newest_name(directory: Path) -> str:
    """The store name with the highest generation; '' when there is none."""
    names = (path.name for path in directory.iterdir())
    return max((name for name in names if store_generation(name)), key=store_generation, default="")


def find_current_store(directory: Path) -> Path | None:
    """The store in use; None when one must be created."""
    newest = _newest_name(directory)
    return directory / newest if newest and not newest.startswith((DAMAGED_PREFIX, LOST_PREFIX)) else None


def list_stores(directory: Path, prefix: str) -> list[Path]:
    """The set-aside (DAMAGED_PREFIX) or lost (LOST_PREFIX) stores, oldest first."""
    stores = [path for path in directory.iterdir() if path.name.startswith(prefix) and store_generation(path.name)]
    return sorted(stores, key=lambda path: store_generation(path.name))


@contextmanager
def exclusive_lock(directory: Path) -> Iterator[None]:
    """Held across processes while a store is created or set aside. Raises OutboxBrokenError after LOCK_TIMEOUT_S,
    because another user of the directory could hold it for ever."""
    lock = directory / "lock"
    make_shared_file(lock)
    descriptor = open_existing(lock)
    try:
        _acquire_lock(descriptor)  # released when the file is closed
        yield
    finally:
        os.close(descriptor)


def _acquire_lock(descriptor: int) -> None:
    ends, pause = time.monotonic() + LOCK_TIMEOUT_S, 0.001
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                raise OutboxBrokenError("The outbox is held by another program") from None
            time.sleep(pause)
            pause = min(2 * pause, 0.05)
        else:
            return


def set_store_aside(directory: Path, path: Path) -> None:
    """Rename a damaged store; `create_store` renames its WAL. The caller holds `exclusive_lock`."""
    path.rename(directory / (DAMAGED_PREFIX + path.name))
    sync_directory(directory)


def mark_store_lost(directory: Path, path: Path) -> None:
    """Mark that the store has disappeared without `set_store_aside`. The caller holds `exclusive_lock`."""
    make_shared_file(directory / (LOST_PREFIX + path.name))


def create_store(directory: Path, reserved: dict[str, int], open_connection: sqlite3.Connection | None = None) -> Path:
    """Create a new store with the rows of the previous one, its case numbers above all that may have been issued.

    `reserved`: see SeriesMirror. `open_connection`: a connection to a store whose file has disappeared. The caller
    holds `exclusive_lock`. Raises OutboxFullError, OutboxBrokenError."""
    newest = _newest_name(directory)
    if not newest and any(reserved.values()):
        newest = LOST_PREFIX + "outbox.db"
        make_shared_file(directory / newest)
    following = store_generation(newest) + 1
    path = directory / ("outbox.db" if following == 1 else f"outbox-{following}.db")
    temporary = directory / _TEMPORARY_STORE
    for suffix in ("", *_WAL_SUFFIXES):  # left by a call that was killed
        temporary.with_name(temporary.name + suffix).unlink(missing_ok=True)
    db = open_store(temporary)
    with closing(db.conn), translate_errors(directory):
        if open_connection is not None:
            salvage.copy_whole_rows(open_connection, db, reserved)
        elif newest.startswith(DAMAGED_PREFIX):
            _move_wal(directory, newest)
            with closing(salvage.connect_read_only(directory / newest)) as source:
                salvage.copy_whole_rows(source, db, reserved)
        else:
            salvage.insert_numbers(db, reserved)
    with translate_errors(directory):
        temporary.rename(path)
        sync_directory(directory)
    return path


def _move_wal(directory: Path, damaged: str) -> None:
    """Rename the WAL of a store that was set aside to the name that SQLite expects."""
    for suffix in _WAL_SUFFIXES:
        with suppress(FileNotFoundError):
            (directory / (damaged.removeprefix(DAMAGED_PREFIX) + suffix)).rename(directory / (damaged + suffix))
