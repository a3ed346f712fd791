"""Sealed pages in the database or as files beside it: the cost of save, read and deletion (decision 0020).

    python -m tests.bench.page_storage

The same sealed bytes are made durable in both ways, alternately in one process; medians. There is no budget: the
decision is based on these figures.
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median

from machine.safe_files import replace_file_atomically, sync_directory

ROUNDS = 60
PAGE_BYTES = (30_000, 300_000, 1_000_000)
PAGES = 3


def _open_database(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("page_size = 8192", "journal_mode = WAL", "synchronous = FULL", "secure_delete = FAST"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE pages (id INTEGER, number INTEGER, sealed BLOB, PRIMARY KEY (id, number))")
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, sealed BLOB)")
    return connection


def _save_in_database(store: sqlite3.Connection, turn: int, pages: list[bytes]) -> None:
    store.execute("BEGIN IMMEDIATE")
    store.execute("INSERT INTO rows VALUES (?, ?)", (turn, bytes(4000)))
    for number, page in enumerate(pages):
        store.execute("INSERT INTO pages VALUES (?, ?, ?)", (turn, number, page))
    store.execute("COMMIT")


def _save_as_files(store: sqlite3.Connection, place: Path, turn: int, pages: list[bytes]) -> None:
    for number, page in enumerate(pages):
        replace_file_atomically(place / f"{turn}-{number}", page, 0o660)
    store.execute("INSERT INTO rows VALUES (?, ?)", (turn, bytes(4000)))


def _delete_in_database(store: sqlite3.Connection, turn: int) -> None:
    store.execute("BEGIN IMMEDIATE")
    store.execute("DELETE FROM pages WHERE id = ?", (turn,))
    store.execute("DELETE FROM rows WHERE id = ?", (turn,))
    store.execute("COMMIT")


def _delete_files(store: sqlite3.Connection, place: Path, turn: int) -> None:
    store.execute("DELETE FROM rows WHERE id = ?", (turn,))
    for number in range(PAGES):
        (place / f"{turn}-{number}").unlink()
    sync_directory(place)


def _time_call(run: Callable[..., object], *args: object) -> float:
    start = time.perf_counter()
    run(*args)
    return time.perf_counter() - start


def _read_from_database(store: sqlite3.Connection, turn: int) -> None:
    store.execute("SELECT sealed FROM pages WHERE id = ?", (turn,)).fetchall()


def _read_files(place: Path, turn: int) -> None:
    for number in range(PAGES):
        (place / f"{turn}-{number}").read_bytes()


def measure(directory: Path, size: int) -> dict[str, tuple[float, float]]:
    """Median seconds (in the database, as files) of save, read and delete for a visit with three pages of this size."""
    random = Random(7)
    times: dict[str, list[tuple[float, float]]] = {"save": [], "read": [], "delete": []}
    place = directory / "beside"
    place.mkdir()
    with (
        closing(_open_database(directory / "inside.db")) as inside,
        closing(_open_database(directory / "beside.db")) as beside,
    ):
        for turn in range(ROUNDS):
            pages = [random.randbytes(size) for _ in range(PAGES)]
            saving = (
                _time_call(_save_in_database, inside, turn, pages),
                _time_call(_save_as_files, beside, place, turn, pages),
            )
            times["save"].append(saving)
            times["read"].append((_time_call(_read_from_database, inside, turn), _time_call(_read_files, place, turn)))
            if turn % 3 == 2:
                deleting = _time_call(_delete_in_database, inside, turn), _time_call(_delete_files, beside, place, turn)
                times["delete"].append(deleting)
    return {
        operation: (median(inside for inside, _ in pairs), median(beside for _, beside in pairs))
        for operation, pairs in times.items()
    }


def main() -> int:
    """Print the table."""
    print(f"{f'{PAGES} pages of':12} {'':8} {'inside':>10} {'beside':>10}   beside/inside")
    for size in PAGE_BYTES:
        with tempfile.TemporaryDirectory() as directory:
            for operation, (inside, beside) in measure(Path(directory), size).items():
                ratio = beside / inside
                print(f"{size // 1000:9} kB {operation:8} {inside * 1e3:7.2f} ms {beside * 1e3:7.2f} ms   {ratio:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
