"""The database files under the outbox: opening, upgrading, and setting aside what is damaged.

A damaged store is renamed to `damaged-<name>` with its WAL, kept for whoever repairs disks, and followed by a fresh
one under a *new* name (`outbox.db`, `outbox-2.db`, …). The old name is never used again: another process may still
have the old file open, and SQLite removes the WAL by its name when that process closes it. Whatever rows the damaged
store still gives are copied. A store that is gone leaves an empty `lost-<name>` instead: numbers were given here and
nobody set it aside.

A fresh store is made aside and renamed into place with everything it takes over: killed at any moment, this is either
done or will be done again (decision 0110).
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

from kiosk_app.outbox.errors import DiskFull, OutboxBroken, OutboxTooNew
from kiosk_app.outbox.rows import UNREADABLE, StoredRow
from kiosk_app.outbox.series import AHEAD
from kiosk_app.outbox.state_directory import NO_ROOM, make_shared_file, try_writing
from protocol.case_number import MAX_RUNNING
from protocol.files import check_plain, open_in_place, sync_directory

DAMAGED = "damaged-"
LOST = "lost-"
_MAKING = "making.db"
_WITH_IT = ("-wal", "-shm")
_STORE = re.compile(r"(?:damaged-|lost-)?outbox(?:-(\d+))?\.db")
_PAGES_OF = "SELECT * FROM pages WHERE +submission_id = ? ORDER BY number"  # + for no index: it may be damaged too
# What SQLite says when -wal or -shm cannot be made, for want of room among other reasons.
_UNCLEAR = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_NO_TEXT = "Could not decode"  # Python's own word, without an SQLite code
_BUSY_SECONDS = 5.0
ALONE_S = 60.0  # to salvage a store of a gigabyte takes some seconds
READ_S = 20.0  # for one question to a damaged store: none reads more than a row with its pages, or the list of rows
_MOST_ROWS = 100_000  # far more than wait anywhere
MOST_IN_A_ROW = 16 << 20  # bytes; a submission with its text has 3 MB at most, a page is a row of its own
_CHECK_BELOW = 64 * 2**20  # bytes; a full check of a larger store would hold up the start for seconds

_SUBMISSION_NOT_NULL = frozenset(
    ["case_number", "kiosk_id", "moment", "saved", "sealing_key", "sealed_sha256", "parts", "size", "refused", "sealed"]
)


def v1(db: Database) -> None:
    db.table("submissions").create(
        {
            "submission_id": str,
            "case_number": str,
            "kiosk_id": str,
            "moment": str,  # MomentOutside as JSON
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
        not_null=_SUBMISSION_NOT_NULL,
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


VERSIONS = (v1,)
"""The schema's steps, oldest first. A store remembers by name which ones it has taken: a step that was ever released
stays as it is, and a change is a new step behind it."""


class Damaged(OutboxBroken):
    """SQLite says the file is no sound database: the outbox sets it aside and goes on with another."""


@contextmanager
def translated(directory: Path) -> Iterator[None]:
    """SQLite's and the system's errors in the outbox's words. `directory` is where the files are."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code in _UNCLEAR and _no_room(directory)):
            raise DiskFull("The disk is full") from error
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or str(error).startswith(_NO_TEXT):
            raise Damaged("The outbox's store is damaged") from error
        raise OutboxBroken(f"The outbox's store cannot be used: {error}") from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull("The disk is full") from error
        raise OutboxBroken(f"The outbox's store cannot be used: {error.strerror}") from error


def _no_room(directory: Path) -> bool:
    try:
        try_writing(directory)
    except OSError as error:
        return error.errno in NO_ROOM
    return False


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """One transaction that holds the write lock from its start: what it reads is what it builds on."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise


@contextmanager
def hasty(db: Database) -> Iterator[None]:
    """Commits in here do not wait for the disk: for what is harmless to find undone after a power cut."""
    db.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        db.execute("PRAGMA synchronous = FULL")


def generation(name: str) -> int:
    """1 for 'outbox.db', 2 for 'outbox-2.db' and 'damaged-outbox-2.db'; 0 for any other name."""
    match = _STORE.fullmatch(name)
    return 0 if match is None else int(match.group(1) or 1)


def _newest(directory: Path) -> str:
    """The last name that was taken; '' when none was."""
    names = (path.name for path in directory.iterdir())
    return max((name for name in names if generation(name)), key=generation, default="")


def in_use(directory: Path) -> Path | None:
    """The store in use; None when one is to be made."""
    newest = _newest(directory)
    return directory / newest if newest and not newest.startswith((DAMAGED, LOST)) else None


def kept(directory: Path, kind: str) -> list[Path]:
    """The stores that are DAMAGED or LOST, oldest first."""
    found = [path for path in directory.iterdir() if path.name.startswith(kind) and generation(path.name)]
    return sorted(found, key=lambda path: generation(path.name))


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Held while a store is made or set aside, across processes. Raises OutboxBroken after ALONE_S: whoever shares the
    directory could hold it for ever."""
    lock = directory / "lock"
    make_shared_file(lock)
    descriptor = open_in_place(lock)
    try:
        _lock(descriptor)  # released when the file is closed
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    ends, pause = time.monotonic() + ALONE_S, 0.001
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                raise OutboxBroken("The outbox is held by another program") from None
            time.sleep(pause)
            pause = min(2 * pause, 0.05)
        else:
            return


def not_emptied(path: Path) -> None:
    """Raises Damaged for a file without a byte, as a repaired file system leaves it: SQLite would begin in it as if
    nothing had been there, and nobody would hear of it. A store is put into place whole."""
    if not path.stat().st_size:
        raise Damaged("The outbox's store is damaged")


def open_store(path: Path) -> Database:
    """The store at `path`, made when missing. Raises Damaged, OutboxTooNew, OutboxFull, OutboxBroken."""
    make_shared_file(path)
    with translated(path.parent):
        check_plain(path)  # SQLite itself follows a link to a store, though to nothing beside it
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_IN_A_ROW)
        try:
            db = Database(connection, recursive_triggers=False, execute_plugins=False)
            # A page of a letter is hundreds of kB: saving three takes 1.3 times the floor so, 1.4 with SQLite's 4,096.
            db.execute("PRAGMA page_size = 8192")
            db.enable_wal()
            db.execute("PRAGMA synchronous = FULL")
            # FAST: nothing is written only to overwrite what is sealed; `Outbox.tidy` cuts it off (decision 0014).
            db.execute("PRAGMA secure_delete = FAST")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute(f"PRAGMA journal_size_limit = {64 * 2**20}")
            if db.execute("SELECT 1 FROM sqlite_master WHERE type IN ('trigger', 'view')").fetchone():
                raise Damaged("The outbox's store holds statements of somebody else's")
            _upgrade(db)
            if path.stat().st_size < _CHECK_BELOW and db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise Damaged("The outbox's store is damaged")
        except BaseException:
            connection.close()
            raise
    return db


def _upgrade(db: Database) -> None:
    """Take the steps that this store has not taken, all or none. Raises OutboxTooNew when it has taken one that is
    unknown here: there is no way down."""
    migrations = Migrations("outbox")
    for step in VERSIONS:
        migrations()(step)
    if {applied.name for applied in migrations.applied(db)} - {step.__name__ for step in VERSIONS}:
        raise OutboxTooNew("The outbox's store was written by a newer version of this program")
    if migrations.pending(db):
        with writing(db):
            migrations.apply(db)


def free_inside(db: Database) -> int:
    """Bytes of the store that new rows will use before the file grows."""
    return _pragma(db, "freelist_count") * _pragma(db, "page_size")


def used_inside(db: Database) -> int:
    """Bytes of the store that hold something."""
    return _pragma(db, "page_count") * _pragma(db, "page_size") - free_inside(db)


def _pragma(db: Database, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


def set_aside(directory: Path, path: Path) -> None:
    """Rename a damaged store; `make` sees to its WAL. The caller is `alone`."""
    path.rename(directory / (DAMAGED + path.name))
    sync_directory(directory)


def set_lost(directory: Path, path: Path) -> None:
    """Note that the store of that name is gone, and not by `set_aside`. The caller is `alone`."""
    make_shared_file(directory / (LOST + path.name))


def make(directory: Path, reserved: dict[str, int], alive: sqlite3.Connection | None = None) -> Path:
    """A fresh store with what the one before it still gives, its numbers behind all that may have been given.

    `reserved`: see SeriesMirror. `alive`: a connection to a store whose file is gone. The caller is `alone`. Raises
    OutboxFull, OutboxBroken."""
    newest = _newest(directory)
    if not newest and any(reserved.values()):
        newest = LOST + "outbox.db"
        make_shared_file(directory / newest)
    following = generation(newest) + 1
    path = directory / ("outbox.db" if following == 1 else f"outbox-{following}.db")
    aside = directory / _MAKING
    for suffix in ("", *_WITH_IT):  # of one that was killed while it did this
        aside.with_name(aside.name + suffix).unlink(missing_ok=True)
    db = open_store(aside)
    with closing(db.conn), translated(directory):
        if alive is not None:
            _salvage(alive, db, reserved)
        elif newest.startswith(DAMAGED):
            _take_along(directory, newest)
            with closing(_read_only(directory / newest)) as source:
                _salvage(source, db, reserved)
        else:
            _set_numbers(db, reserved)
    with translated(directory):
        aside.rename(path)
        sync_directory(directory)
    return path


def _take_along(directory: Path, damaged: str) -> None:
    """The WAL stands under the store's former name: SQLite looks for it under the new one."""
    for suffix in _WITH_IT:
        with suppress(FileNotFoundError):
            (directory / (damaged.removeprefix(DAMAGED) + suffix)).rename(directory / (damaged + suffix))


def _read_only(path: Path) -> sqlite3.Connection:
    source = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    source.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_IN_A_ROW)
    return source


def _salvage(source: sqlite3.Connection, db: Database, reserved: dict[str, int]) -> None:
    """Copy what a store still gives into `db`: each submission that is whole by its hashes, and the numbers.

    Whatever cannot be read is passed over; the source is only read."""
    with writing(db):
        _copy(db, "unconfirmed", _readable(source, "SELECT * FROM unconfirmed"))
        for found in _readable(source, "SELECT rowid AS place FROM submissions ORDER BY rowid"):
            for row in _readable(source, "SELECT * FROM submissions WHERE rowid = ?", found["place"]):
                pages = _readable(source, _PAGES_OF, row["submission_id"])
                if (stored := _whole(row, pages)) is not None:
                    # What follows from the rest, anew.
                    _copy(db, "submissions", [row | stored.columns()])
                    numbered = zip(pages, stored.parts, strict=True)
                    _copy(db, "pages", [page | {"number": part.index} for page, part in numbered])
        # Should the mirror be lost too, go on well behind the store's own.
        last = {series: number + AHEAD for series, number in _numbers(source)}
        _set_numbers(db, {series: max(last.get(series, 0), reserved.get(series, 0)) for series in last | reserved})


def _numbers(source: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """The numbers given last that make sense."""
    for row in _readable(source, "SELECT * FROM series"):
        series, last = row.get("series"), row.get("last")
        if isinstance(series, str) and isinstance(last, int) and 0 <= last <= MAX_RUNNING:
            yield series, last


def _set_numbers(db: Database, numbers: dict[str, int]) -> None:
    db.conn.executemany("INSERT INTO series VALUES (?, ?)", [(series, n) for series, n in numbers.items() if n])


def _whole(row: dict[str, Any], pages: list[dict[str, Any]]) -> StoredRow | None:
    """The row, if its hashes and those of its pages fit."""
    try:
        stored = StoredRow.of_columns(row)
        hashes = [sha256(piece).hexdigest() for piece in (stored.sealed, *(page["sealed"] for page in pages))]
    except UNREADABLE:
        return None
    return stored if hashes == [stored.sealed_sha256, *(part.sha256 for part in stored.parts)] else None


def _readable(source: sqlite3.Connection, query: str, *values: object) -> list[dict[str, Any]]:
    """The rows up to the first that cannot be read, or READ_S: what stands for a table may compute without end."""
    rows, ends = [], time.monotonic() + READ_S
    source.set_progress_handler(lambda: time.monotonic() > ends, 100_000)
    try:
        with suppress(sqlite3.Error):
            cursor = source.execute(query, values)
            names = [column[0] for column in cursor.description]
            for row in islice(cursor, _MOST_ROWS):
                rows.append(dict(zip(names, row, strict=True)))
    finally:
        source.set_progress_handler(None, 0)
    return rows


def _copy(db: Database, table: str, rows: list[dict[str, Any]]) -> None:
    try:
        db.table(table).insert_all(rows, replace=True)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            raise  # this store's own trouble
        # Else a column this store does not know: nothing of that row can be trusted.
