"""One store file as an SQLite database: opening, errors, transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from kiosk_app.outbox.errors import DiskFullError, OutboxBrokenError
from kiosk_app.outbox.schema import pending_migrations, record_generation
from kiosk_app.outbox.state_directory import DISK_FULL_ERRNOS, check_writable, make_shared_file
from machine.safe_files import check_regular_file

# SQLite's codes when -wal or -shm cannot be created; a full disk is one of the reasons.
_AMBIGUOUS_SQLITE_CODES = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_DECODE_FAILURE_TEXT = "Could not decode"  # message of Python's sqlite3, without an SQLite code
_BUSY_TIMEOUT_S = 5.0
MAX_ROW_BYTES = 16 << 20  # a submission with its text has 3 MB at most, each page is a separate row
_QUICK_CHECK_MAX_BYTES = 64 * 2**20  # a full check of a larger store would delay the start by seconds


class StoreDamagedError(OutboxBrokenError):
    """SQLite reports the file as damaged: the outbox sets it aside and continues with another."""


@contextmanager
def translate_errors(directory: Path) -> Iterator[None]:
    """Raise errors of SQLite and the system as OutboxError. `directory` holds the files."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code in _AMBIGUOUS_SQLITE_CODES and _is_disk_full(directory)):
            raise DiskFullError("The disk is full") from error
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or str(error).startswith(_DECODE_FAILURE_TEXT):
            raise StoreDamagedError("The outbox's store is damaged") from error
        raise OutboxBrokenError(f"The outbox's store cannot be used: {error}") from error
    except OSError as error:
        if error.errno in DISK_FULL_ERRNOS:
            raise DiskFullError("The disk is full") from error
        raise OutboxBrokenError(f"The outbox's store cannot be used: {error.strerror}") from error


def _is_disk_full(directory: Path) -> bool:
    try:
        check_writable(directory)
    except OSError as error:
        return error.errno in DISK_FULL_ERRNOS
    return False


@contextmanager
def write_transaction(db: Database) -> Iterator[None]:
    """A transaction that holds the write lock from its start, so that what it reads does not change."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise


@contextmanager
def relaxed_sync(db: Database) -> Iterator[None]:
    """Commits in the block do not wait for the disk: for changes whose loss by a power cut does no harm."""
    db.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        db.execute("PRAGMA synchronous = FULL")


def check_not_empty(path: Path) -> None:
    """Raises StoreDamagedError for an empty file: the repair of a file system may leave one, and SQLite would silently
    create a new database in it. A store is renamed into place complete, so it is never empty."""
    if not path.stat().st_size:
        raise StoreDamagedError("The outbox's store is damaged")


def open_store(path: Path) -> Database:
    """The store at `path`, created when missing. Raises StoreDamagedError, OutboxTooNewError, OutboxFullError,
    OutboxBrokenError."""
    make_shared_file(path)
    with translate_errors(path.parent):
        check_regular_file(path)  # SQLite itself would follow a link
        connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW_BYTES)
        try:
            db = Database(connection, recursive_triggers=False, execute_plugins=False)
            # A page of a letter has hundreds of kB: saving three takes 1.3 times the minimum, 1.4 with SQLite's 4,096.
            db.execute("PRAGMA page_size = 8192")
            db.enable_wal()
            db.execute("PRAGMA synchronous = FULL")
            # FAST: no extra writes to overwrite sealed data; `Outbox.compact` truncates it (decision 0020).
            db.execute("PRAGMA secure_delete = FAST")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute(f"PRAGMA journal_size_limit = {64 * 2**20}")
            if db.execute("SELECT 1 FROM sqlite_master WHERE type IN ('trigger', 'view')").fetchone():
                raise StoreDamagedError("The outbox's store holds foreign statements")
            migrations = pending_migrations(db)
            if migrations is not None:
                with write_transaction(db):  # all or none
                    migrations.apply(db)
                    record_generation(db)
            is_small = path.stat().st_size < _QUICK_CHECK_MAX_BYTES
            if is_small and db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise StoreDamagedError("The outbox's store is damaged")
        except BaseException:
            connection.close()
            raise
    return db


def count_free_bytes(db: Database) -> int:
    """Free bytes inside the store file. New rows fill them before the file grows."""
    return _read_pragma(db, "freelist_count") * _read_pragma(db, "page_size")


def count_used_bytes(db: Database) -> int:
    """Used bytes of the store."""
    return _read_pragma(db, "page_count") * _read_pragma(db, "page_size") - count_free_bytes(db)


def _read_pragma(db: Database, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])
