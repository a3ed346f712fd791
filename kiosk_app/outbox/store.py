"""The database files under the outbox: opening, upgrading, and setting aside what is damaged.

A damaged store is renamed to `damaged-<name>` with its WAL, kept for whoever repairs disks, and followed by a fresh
one under a *new* name (`outbox.db`, `outbox-2.db`, …). The old name is never used again: another process may still
have the old file open, and SQLite removes the WAL by its name when that process closes it. Whatever rows the damaged
store still gives are copied.
"""

import errno
import fcntl
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database, Migrations

from kiosk_app.outbox.errors import OutboxBroken, OutboxFull, OutboxTooNew
from kiosk_app.outbox.files import make_shared_file, sync_directory
from kiosk_app.outbox.row import StoredRow

DAMAGED = "damaged-"
_STORE = re.compile(r"(?:damaged-)?outbox(?:-(\d+))?\.db")
_PAGES_OF = "SELECT * FROM pages WHERE submission_id = ? ORDER BY number"
_BUSY_SECONDS = 5.0
_CHECK_BELOW = 64 * 2**20  # bytes; a full check of a larger store would hold up the start for seconds

_SUBMISSION_NOT_NULL = frozenset(
    ["case_number", "kiosk_id", "moment", "saved", "sealing_key", "sealed_sha256", "parts", "size", "refused", "sealed"]
)

migrations = Migrations("outbox")


@migrations()
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


class Damaged(OutboxBroken):
    """SQLite says the file is no sound database. `Store.heal` is the answer."""


@contextmanager
def translated() -> Iterator[None]:
    """SQLite's and the system's errors in the outbox's words."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise OutboxFull("The disk is full") from error
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise Damaged("The outbox's store is damaged") from error
        raise OutboxBroken(f"The outbox's store cannot be used: {error}") from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise OutboxFull("The disk is full") from error
        raise OutboxBroken(f"The outbox's store cannot be used: {error.strerror}") from error


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


def current(directory: Path) -> Path:
    """The store in use, or the one to make."""
    names = sorted((path.name for path in directory.iterdir()), key=generation)
    newest = names[-1] if names else ""
    if generation(newest) and not newest.startswith(DAMAGED):
        return directory / newest
    following = generation(newest) + 1
    return directory / ("outbox.db" if following == 1 else f"outbox-{following}.db")


def damaged(directory: Path) -> list[Path]:
    """The stores set aside, oldest first."""
    found = [path for path in directory.iterdir() if path.name.startswith(DAMAGED) and generation(path.name)]
    return sorted(found, key=lambda path: generation(path.name))


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Held while a store is made or set aside, across processes."""
    lock = directory / "lock"
    make_shared_file(lock)
    with lock.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # released when the file is closed
        yield


def open_store(path: Path) -> Database:
    """The store at `path`, made when missing. Raises Damaged, OutboxTooNew, OutboxFull, OutboxBroken."""
    make_shared_file(path)
    with translated():
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            db = Database(connection, recursive_triggers=False, execute_plugins=False)
            # A page of a letter is hundreds of kB: saving three takes 1.3 times the floor so, 1.4 with SQLite's 4,096.
            db.execute("PRAGMA page_size = 8192")
            db.enable_wal()
            db.execute("PRAGMA synchronous = FULL")
            # FAST: nothing is written only to overwrite what is sealed; `Outbox.tidy` cuts it off (decision 0013).
            db.execute("PRAGMA secure_delete = FAST")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute(f"PRAGMA journal_size_limit = {64 * 2**20}")
            _upgrade(db)
            if path.stat().st_size < _CHECK_BELOW and db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise Damaged("The outbox's store is damaged")
        except BaseException:
            connection.close()
            raise
    return db


def _upgrade(db: Database) -> None:
    ours = {"v1"}
    theirs = {applied.name for applied in migrations.applied(db)}
    if theirs - ours:
        raise OutboxTooNew("The outbox's store was written by a newer version of this program")
    if ours - theirs:
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
    """Rename a damaged store and its WAL. The caller is `alone`."""
    for suffix in ("-shm", "-wal", ""):  # the store last: while it stands, this can be begun again
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(path.with_name(DAMAGED + path.name + suffix))
    sync_directory(directory)


def salvage(lost: Path, db: Database) -> None:
    """Copy what a damaged store still gives into `db`: each submission that is whole by its hashes, and the numbers.

    Whatever cannot be read is passed over; the damaged file is only read and stays."""
    with closing(sqlite3.connect(f"file:{quote(str(lost))}?mode=ro", uri=True)) as source:
        for table in ("series", "unconfirmed"):
            _copy(db, table, _readable(source, f"SELECT * FROM {table}"))  # noqa: S608  # our own two names
        for found in _readable(source, "SELECT rowid AS place FROM submissions ORDER BY rowid"):
            for row in _readable(source, "SELECT * FROM submissions WHERE rowid = ?", found["place"]):
                pages = _readable(source, _PAGES_OF, row["submission_id"])
                if _whole(row, pages):
                    with writing(db):
                        _copy(db, "submissions", [row])
                        _copy(db, "pages", pages)


def _whole(row: dict[str, Any], pages: list[dict[str, Any]]) -> bool:
    try:
        stored = StoredRow.of_columns(row)
    except (ValueError, TypeError, KeyError):
        return False
    found = [stored.sealed_sha256, *(part.sha256 for part in stored.parts)]
    return found == [sha256(piece).hexdigest() for piece in (stored.sealed, *(page["sealed"] for page in pages))]


def _readable(source: sqlite3.Connection, query: str, *values: object) -> list[dict[str, Any]]:
    """The rows up to the first that cannot be read."""
    rows = []
    with suppress(sqlite3.Error):
        cursor = source.execute(query, values)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            rows.append(dict(zip(names, row, strict=True)))
    return rows


def _copy(db: Database, table: str, rows: list[dict[str, Any]]) -> None:
    with suppress(sqlite3.Error):  # a column this store does not know: nothing of that row can be trusted
        db.table(table).insert_all(rows, replace=True)
