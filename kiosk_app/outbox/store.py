"""The database files under the outbox: opening, upgrading, and setting aside what is damaged.

A damaged store is renamed to `damaged-<name>` with its WAL, kept for whoever repairs disks, and followed by a fresh
one under a *new* name (`outbox.db`, `outbox-2.db`, …). The old name is never used again: another process may still
have the old file open, and SQLite removes the WAL by its name when that process closes it. Whatever rows the damaged
store still gives are copied. A store that is gone leaves an empty `lost-<name>` instead: numbers were given here and
nobody set it aside.

A fresh store is made aside and renamed into place with everything it takes over: killed at any moment, this is either
done or will be done again (decision 0019).
"""

import fcntl
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database, Migrations

from kiosk_app.outbox.errors import DiskFullError, OutboxBrokenError, OutboxTooNewError
from kiosk_app.outbox.rows import DECODE_ERRORS, StoredRow
from kiosk_app.outbox.series import RESERVED_AHEAD
from kiosk_app.outbox.state_directory import DISK_FULL_ERRNOS, check_writable, make_shared_file
from machine.safe_files import check_regular_file, open_existing, sync_directory
from protocol.case_number import MAX_RUNNING_NUMBER

DAMAGED_PREFIX = "damaged-"
LOST_PREFIX = "lost-"
_TEMPORARY_STORE = "making.db"
_WAL_SUFFIXES = ("-wal", "-shm")
_STORE_NAME = re.compile(r"(?:damaged-|lost-)?outbox(?:-(\d+))?\.db")
_SELECT_PAGES = "SELECT * FROM pages WHERE +submission_id = ? ORDER BY number"  # + for no index: it may be damaged too
# What SQLite says when -wal or -shm cannot be made, for want of room among other reasons.
_AMBIGUOUS_SQLITE_CODES = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_DECODE_FAILURE_TEXT = "Could not decode"  # Python's own word, without an SQLite code
_BUSY_TIMEOUT_S = 5.0
LOCK_TIMEOUT_S = 60.0  # to salvage a store of a gigabyte takes some seconds
# For one question to a damaged store: none reads more than a row with its pages, or the list of rows.
SALVAGE_QUERY_TIMEOUT_S = 20.0
_MAX_SALVAGED_ROWS = 100_000  # far more than wait anywhere
MAX_ROW_BYTES = 16 << 20  # bytes; a submission with its text has 3 MB at most, a page is a row of its own
_QUICK_CHECK_MAX_BYTES = 64 * 2**20  # bytes; a full check of a larger store would hold up the start for seconds

_NOT_NULL_COLUMNS = frozenset(
    ["case_number", "kiosk_id", "moment", "saved", "sealing_key", "sealed_sha256", "parts", "size", "refused", "sealed"]
)


def v1(db: Database) -> None:
    db.table("submissions").create(
        {
            "submission_id": str,
            "case_number": str,
            "kiosk_id": str,
            "moment": str,  # ClockReading as JSON
            "saved": float,  # its wall time, seconds since the epoch
            "sealing_key": str,
            "sealed_sha256": str,
            "parts": str,  # list of SealedPart as JSON
            "size": int,  # bytes sealed, pages included
            "receipt_confirmed": int,  # 1, 0, or NULL: not known
            "refused": str,  # why the centre will not take it; '' while it was not refused
            "sealed": bytes,  # last, so that lists are read without touching its pages
        },
        pk="submission_id",
        not_null=_NOT_NULL_COLUMNS,
        defaults={"refused": ""},
    )
    db.table("submissions").create_index(["case_number"], unique=True)
    db.table("pages").create(
        {"submission_id": str, "number": int, "sealed": bytes}, pk=("submission_id", "number"), not_null={"sealed"}
    )
    db.table("series").create({"series": str, "last": int}, pk="series", not_null={"last"})
    # Delivered rows whose citizen may have left without code and number: staff are shown the case numbers.
    db.table("unconfirmed").create(
        {"submission_id": str, "case_number": str, "saved": float},
        pk="submission_id",
        not_null={"case_number", "saved"},
    )


MIGRATIONS = (v1,)
"""The schema's steps, oldest first. A store remembers by name which ones it has taken: a step that was ever released
stays as it is, and a change is a new step behind it."""


class StoreDamagedError(OutboxBrokenError):
    """SQLite says the file is no sound database: the outbox sets it aside and goes on with another."""


@contextmanager
def translate_errors(directory: Path) -> Iterator[None]:
    """SQLite's and the system's errors in the outbox's words. `directory` is where the files are."""
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
    """One transaction that holds the write lock from its start: what it reads is what it builds on."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise


@contextmanager
def relaxed_sync(db: Database) -> Iterator[None]:
    """Commits in here do not wait for the disk: for what is harmless to find undone after a power cut."""
    db.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        db.execute("PRAGMA synchronous = FULL")


def store_generation(name: str) -> int:
    """1 for 'outbox.db', 2 for 'outbox-2.db' and 'damaged-outbox-2.db'; 0 for any other name."""
    match = _STORE_NAME.fullmatch(name)
    return 0 if match is None else int(match.group(1) or 1)


def _newest_name(directory: Path) -> str:
    """The last name that was taken; '' when none was."""
    names = (path.name for path in directory.iterdir())
    return max((name for name in names if store_generation(name)), key=store_generation, default="")


def find_current_store(directory: Path) -> Path | None:
    """The store in use; None when one is to be made."""
    newest = _newest_name(directory)
    return directory / newest if newest and not newest.startswith((DAMAGED_PREFIX, LOST_PREFIX)) else None


def list_stores(directory: Path, prefix: str) -> list[Path]:
    """The stores that are set aside or lost, oldest first: DAMAGED_PREFIX or LOST_PREFIX."""
    found = [path for path in directory.iterdir() if path.name.startswith(prefix) and store_generation(path.name)]
    return sorted(found, key=lambda path: store_generation(path.name))


@contextmanager
def exclusive_lock(directory: Path) -> Iterator[None]:
    """Held while a store is made or set aside, across processes. Raises OutboxBrokenError after
    LOCK_TIMEOUT_S: whoever shares the directory could hold it for ever."""
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


def check_not_empty(path: Path) -> None:
    """Raises StoreDamagedError for a file without a byte, as a repaired file system leaves it: SQLite would begin in it
    as if nothing had been there, and nobody would hear of it. A store is put into place whole."""
    if not path.stat().st_size:
        raise StoreDamagedError("The outbox's store is damaged")


def open_store(path: Path) -> Database:
    """The store at `path`, made when missing. Raises StoreDamagedError, OutboxTooNewError, OutboxFullError,
    OutboxBrokenError."""
    make_shared_file(path)
    with translate_errors(path.parent):
        check_regular_file(path)  # SQLite itself follows a link to a store, though to nothing beside it
        connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW_BYTES)
        try:
            db = Database(connection, recursive_triggers=False, execute_plugins=False)
            # A page of a letter is hundreds of kB: saving three takes 1.3 times the floor so, 1.4 with SQLite's 4,096.
            db.execute("PRAGMA page_size = 8192")
            db.enable_wal()
            db.execute("PRAGMA synchronous = FULL")
            # FAST: nothing is written only to overwrite what is sealed; `Outbox.compact` cuts it off (decision 0020).
            db.execute("PRAGMA secure_delete = FAST")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute(f"PRAGMA journal_size_limit = {64 * 2**20}")
            if db.execute("SELECT 1 FROM sqlite_master WHERE type IN ('trigger', 'view')").fetchone():
                raise StoreDamagedError("The outbox's store holds statements of somebody else's")
            _apply_migrations(db)
            is_small = path.stat().st_size < _QUICK_CHECK_MAX_BYTES
            if is_small and db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise StoreDamagedError("The outbox's store is damaged")
        except BaseException:
            connection.close()
            raise
    return db


def _apply_migrations(db: Database) -> None:
    """Take the steps that this store has not taken, all or none. Raises OutboxTooNewError when it has taken one that
    is unknown here: there is no way down."""
    migrations = Migrations("outbox")
    for step in MIGRATIONS:
        migrations()(step)
    if {applied.name for applied in migrations.applied(db)} - {step.__name__ for step in MIGRATIONS}:
        raise OutboxTooNewError("The outbox's store was written by a newer version of this program")
    if migrations.pending(db):
        with write_transaction(db):
            migrations.apply(db)


def count_free_bytes(db: Database) -> int:
    """Bytes of the store that new rows will use before the file grows."""
    return _read_pragma(db, "freelist_count") * _read_pragma(db, "page_size")


def count_used_bytes(db: Database) -> int:
    """Bytes of the store that hold something."""
    return _read_pragma(db, "page_count") * _read_pragma(db, "page_size") - count_free_bytes(db)


def _read_pragma(db: Database, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


def quarantine_store(directory: Path, path: Path) -> None:
    """Rename a damaged store; `create_store` sees to its WAL. The caller holds `exclusive_lock`."""
    path.rename(directory / (DAMAGED_PREFIX + path.name))
    sync_directory(directory)


def mark_store_lost(directory: Path, path: Path) -> None:
    """Note that the store of that name is gone, and not by `quarantine_store`. The caller holds `exclusive_lock`."""
    make_shared_file(directory / (LOST_PREFIX + path.name))


def create_store(directory: Path, reserved: dict[str, int], open_connection: sqlite3.Connection | None = None) -> Path:
    """A fresh store with what the one before it still gives, its numbers behind all that may have been given.

    `reserved`: see SeriesMirror. `open_connection`: a connection to a store whose file is gone. The caller holds
    `exclusive_lock`. Raises OutboxFullError, OutboxBrokenError."""
    newest = _newest_name(directory)
    if not newest and any(reserved.values()):
        newest = LOST_PREFIX + "outbox.db"
        make_shared_file(directory / newest)
    following = store_generation(newest) + 1
    path = directory / ("outbox.db" if following == 1 else f"outbox-{following}.db")
    aside = directory / _TEMPORARY_STORE
    for suffix in ("", *_WAL_SUFFIXES):  # of one that was killed while it did this
        aside.with_name(aside.name + suffix).unlink(missing_ok=True)
    db = open_store(aside)
    with closing(db.conn), translate_errors(directory):
        if open_connection is not None:
            _salvage(open_connection, db, reserved)
        elif newest.startswith(DAMAGED_PREFIX):
            _move_wal(directory, newest)
            with closing(_connect_read_only(directory / newest)) as source:
                _salvage(source, db, reserved)
        else:
            _insert_numbers(db, reserved)
    with translate_errors(directory):
        aside.rename(path)
        sync_directory(directory)
    return path


def _move_wal(directory: Path, damaged: str) -> None:
    """The WAL stands under the store's former name: SQLite looks for it under the new one."""
    for suffix in _WAL_SUFFIXES:
        with suppress(FileNotFoundError):
            (directory / (damaged.removeprefix(DAMAGED_PREFIX) + suffix)).rename(directory / (damaged + suffix))


def _connect_read_only(path: Path) -> sqlite3.Connection:
    source = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    source.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW_BYTES)
    return source


def _salvage(source: sqlite3.Connection, db: Database, reserved: dict[str, int]) -> None:
    """Copy what a store still gives into `db`: each submission that is whole by its hashes, and the numbers.

    Whatever cannot be read is passed over; the source is only read."""
    with write_transaction(db):
        _copy_rows(db, "unconfirmed", _read_rows(source, "SELECT * FROM unconfirmed"))
        for found in _read_rows(source, "SELECT rowid AS place FROM submissions ORDER BY rowid"):
            for row in _read_rows(source, "SELECT * FROM submissions WHERE rowid = ?", found["place"]):
                pages = _read_rows(source, _SELECT_PAGES, row["submission_id"])
                if (stored := _verify_row(row, pages)) is not None:
                    # What follows from the rest, anew.
                    _copy_rows(db, "submissions", [row | stored.to_columns()])
                    numbered = zip(pages, stored.parts, strict=True)
                    _copy_rows(db, "pages", [page | {"number": part.index} for page, part in numbered])
        # Should the mirror be lost too, go on well behind the store's own.
        last = {series: number + RESERVED_AHEAD for series, number in _read_numbers(source)}
        _insert_numbers(db, {series: max(last.get(series, 0), reserved.get(series, 0)) for series in last | reserved})


def _read_numbers(source: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """The numbers given last that make sense."""
    for row in _read_rows(source, "SELECT * FROM series"):
        series, last = row.get("series"), row.get("last")
        if isinstance(series, str) and isinstance(last, int) and 0 <= last <= MAX_RUNNING_NUMBER:
            yield series, last


def _insert_numbers(db: Database, numbers: dict[str, int]) -> None:
    db.conn.executemany("INSERT INTO series VALUES (?, ?)", [(series, n) for series, n in numbers.items() if n])


def _verify_row(row: dict[str, Any], pages: list[dict[str, Any]]) -> StoredRow | None:
    """The row, if its hashes and those of its pages fit."""
    try:
        stored = StoredRow.from_columns(row)
        hashes = [sha256(piece).hexdigest() for piece in (stored.sealed, *(page["sealed"] for page in pages))]
    except DECODE_ERRORS:
        return None
    return stored if hashes == [stored.sealed_sha256, *(part.sha256 for part in stored.parts)] else None


def _read_rows(source: sqlite3.Connection, query: str, *values: object) -> list[dict[str, Any]]:
    """The rows up to the first that cannot be read, or SALVAGE_QUERY_TIMEOUT_S: what stands for a table may compute
    without end."""
    rows, ends = [], time.monotonic() + SALVAGE_QUERY_TIMEOUT_S
    source.set_progress_handler(lambda: time.monotonic() > ends, 100_000)
    try:
        with suppress(sqlite3.Error):
            cursor = source.execute(query, values)
            names = [column[0] for column in cursor.description]
            for row in islice(cursor, _MAX_SALVAGED_ROWS):
                rows.append(dict(zip(names, row, strict=True)))
    finally:
        source.set_progress_handler(None, 0)
    return rows


def _copy_rows(db: Database, table: str, rows: list[dict[str, Any]]) -> None:
    try:
        db.table(table).insert_all(rows, replace=True)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            raise  # this store's own trouble
        # Else a column this store does not know: nothing of that row can be trusted.
