"""Copies every intact row out of a damaged store."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database

from kiosk_app.outbox.database import MAX_ROW_BYTES, write_transaction
from kiosk_app.outbox.rows import DECODE_ERRORS, StoredRow
from kiosk_app.outbox.series import RESERVED_AHEAD
from protocol.case_number import MAX_RUNNING_NUMBER

_SELECT_PAGES = (
    "SELECT * FROM pages WHERE +submission_id = ? ORDER BY number"  # + skips the index, which may be damaged
)
# Limit of one query to a damaged store: none reads more than a row with its pages, or the list of rows.
SALVAGE_QUERY_TIMEOUT_S = 20.0
_MAX_SALVAGED_ROWS = 100_000  # far more than any kiosk stores


def connect_read_only(path: Path) -> sqlite3.Connection:
    source = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    source.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW_BYTES)
    return source


def copy_whole_rows(source: sqlite3.Connection, db: Database, reserved: dict[str, int]) -> None:
    """Copy from a damaged store into `db`: each submission whose hashes are correct, and the case numbers.

    What cannot be read is skipped; the source is only read. `reserved`: see SeriesMirror."""
    with write_transaction(db):
        _copy_rows(db, "unconfirmed", _read_rows(source, "SELECT * FROM unconfirmed"))
        for entry in _read_rows(source, "SELECT rowid AS place FROM submissions ORDER BY rowid"):
            for row in _read_rows(source, "SELECT * FROM submissions WHERE rowid = ?", entry["place"]):
                pages = _read_rows(source, _SELECT_PAGES, row["submission_id"])
                if (stored := _verify_row(row, pages)) is not None:
                    # Derived columns are computed again.
                    _copy_rows(db, "submissions", [row | stored.to_columns()])
                    numbered = zip(pages, stored.parts, strict=True)
                    _copy_rows(db, "pages", [page | {"number": part.index} for page, part in numbered])
        # If the mirror is lost too, continue far above the numbers in the store.
        last = {series: number + RESERVED_AHEAD for series, number in _read_numbers(source)}
        insert_numbers(db, {series: max(last.get(series, 0), reserved.get(series, 0)) for series in last | reserved})


def _read_numbers(source: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """The last issued number of each series, if plausible."""
    for row in _read_rows(source, "SELECT * FROM series"):
        series, last = row.get("series"), row.get("last")
        if isinstance(series, str) and isinstance(last, int) and 0 <= last <= MAX_RUNNING_NUMBER:
            yield series, last


def insert_numbers(db: Database, numbers: dict[str, int]) -> None:
    db.conn.executemany("INSERT INTO series VALUES (?, ?)", [(series, n) for series, n in numbers.items() if n])


def _verify_row(row: dict[str, Any], pages: list[dict[str, Any]]) -> StoredRow | None:
    """The row, if its hash and those of its pages are right."""
    try:
        stored = StoredRow.from_columns(row)
        hashes = [sha256(piece).hexdigest() for piece in (stored.sealed, *(page["sealed"] for page in pages))]
    except DECODE_ERRORS:
        return None
    return stored if hashes == [stored.sealed_sha256, *(part.sha256 for part in stored.parts)] else None


def _read_rows(source: sqlite3.Connection, query: str, *values: object) -> list[dict[str, Any]]:
    """The rows up to the first that cannot be read, or until SALVAGE_QUERY_TIMEOUT_S: a query to a view that was
    planted in place of a table may never end."""
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
            raise  # a fault of the new store
        # Otherwise an unknown column: nothing of that row can be trusted.
