"""A durable save, against the same sealing and a plain SQLite commit (WAL, synchronous=FULL) on the same disk.

    python -m tests.bench.save [DIRECTORY]

Both run alternately in one process and are compared round by round, so that other load on the machine affects both; the
median counts. Budget: at most 1.5 times.
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from uuid6 import uuid7

from kiosk_app.outbox import Outbox
from kiosk_app.outbox.clock import now
from protocol import envelope, tracking_code
from tests.outbox_samples import enrolment, submission_composer

BUDGET = 1.5
ROUNDS = 150
VISITS = {  # name -> plain pages
    "typed, no page": (),
    "one page of 300 kB": (300_000,),
    "three pages of 300 kB": (300_000,) * 3,
}


def _open_baseline(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE rows (id TEXT, part INTEGER, sealed BLOB)")
    return connection


def _commit_baseline(connection: sqlite3.Connection, pages: list[bytes]) -> None:
    """Seal the same bytes, insert them, commit."""
    enrolled, submission_id = ENROLMENT, uuid7()
    content = submission_composer(len(pages))(submission_id, tracking_code.generate(), "KKN07A-000001-00")

    def seal(plain: bytes, part: str) -> bytes:
        return envelope.seal(
            plain,
            enrolled.sealing_public_key,
            part=part,
            kiosk_id=enrolled.kiosk_id,
            submission_id=submission_id,
        )

    sealed = [seal(page, envelope.page_part(index)) for index, page in enumerate(pages)]
    sealed.append(seal(content.model_dump_json().encode(), "submission"))
    connection.execute("BEGIN IMMEDIATE")
    for part, piece in enumerate(sealed):
        connection.execute("INSERT INTO rows VALUES (?, ?, ?)", (str(submission_id), part, piece))
    connection.execute("COMMIT")


ENROLMENT = enrolment()


def _time_call(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measure(directory: Path, sizes: tuple[int, ...]) -> tuple[float, float, float]:
    """(median seconds of the save, of the plain commit, median ratio) for a visit with pages of these sizes."""
    random = Random(7)
    pages = [random.randbytes(size) for size in sizes]
    saves: list[float] = []
    commits: list[float] = []
    with (
        Outbox.open(directory / "outbox", ENROLMENT) as outbox,
        closing(_open_baseline(directory / "plain.db")) as connection,
    ):
        for turn in range(ROUNDS + 5):
            pair = (
                _time_call(partial(outbox.save, submission_composer(len(pages)), pages, now())),
                _time_call(partial(_commit_baseline, connection, pages)),
            )
            if turn >= 5:  # the first five rounds fill caches
                saves.append(pair[0])
                commits.append(pair[1])
    ratios = [save / commit for save, commit in zip(saves, commits, strict=True)]
    return median(saves), median(commits), median(ratios)


def main() -> int:
    """Print the table. 0 when every kind of visit is within the budget."""
    worst = 0.0
    print(f"{'visit':24} {'save':>10} {'plain':>10} {'ratio':>6}   budget {BUDGET}")
    for name, sizes in VISITS.items():
        with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as directory:
            save_s, commit_s, ratio = measure(Path(directory), sizes)
        print(f"{name:24} {save_s * 1e3:7.2f} ms {commit_s * 1e3:7.2f} ms {ratio:6.2f}")
        worst = max(worst, ratio)
    return 0 if worst <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
