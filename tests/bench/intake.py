"""The central service's intake of a submission, against plain inserts of the same rows by psycopg.

    python -m tests.bench.intake

Both write to the same durable PostgreSQL, one after another over one connection, one transaction each. The intake also
does HTTP, the request's signature, unsealing, checks and the signed receipt. The plain inserts write the rows that the
intake has just written into tables with the same indexes, and the letter's pictures as synced files. Rounds alternate,
so that other load on the machine affects both; the median counts. There is no budget.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import django
import psycopg

from simulators.http_transport import HttpKiosk
from tests.load.central_service import central_service
from tests.postgresql import PROGRAMS

ROUNDS = 7
VISITS = {"typed, no page": (0, 100), "three pages of 300 kB": (3, 20)}  # name -> pages, submissions a round
TABLES = (
    "cases_case",
    "cases_caseevent",
    "cases_complainant",
    "cases_letterpage",
    "intake_accepteddelivery",
    "intake_part",
)
OWNER_COLUMN = {"cases_case": "id", "intake_part": "accepted_id", "intake_accepteddelivery": "case_id"}  # else case_id


def _time_intake(kiosk: HttpKiosk, pages: int, count: int) -> float:
    """Seconds per submission without sealing."""
    visits = [kiosk.create_visit(pages) for _ in range(count)]
    with kiosk.transport:
        start = time.perf_counter()
        for visit in visits:
            kiosk.deliver_visit(visit)
        return (time.perf_counter() - start) / count


def _insert_statements(connection: psycopg.Connection[Any], count: int) -> list[list[tuple[str, tuple[Any, ...]]]]:
    """For each of the last submissions, (INSERT statement, values) of all its rows."""
    cases = connection.execute("SELECT id FROM cases_case ORDER BY id DESC LIMIT %s", (count,)).fetchall()
    submissions = []
    for (case,) in cases:
        accepted = connection.execute("SELECT id FROM intake_accepteddelivery WHERE case_id = %s", (case,)).fetchone()
        rows = []
        for table in TABLES:
            owner = accepted[0] if accepted and table == "intake_part" else case
            cursor = connection.execute(
                f"SELECT * FROM {table} WHERE {OWNER_COLUMN.get(table, 'case_id')} = %s", (owner,)
            )
            columns = [f'"{column.name}"' for column in cursor.description or ()]
            insert = f"INSERT INTO plain_{table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
            rows += [(insert, row) for row in cursor.fetchall()]
        submissions.append(rows)
    return submissions


def _time_plain_inserts(connection: psycopg.Connection[Any], count: int, pages: int, place: Path) -> float:
    """Seconds per submission to write the same rows and files, one transaction each."""
    submissions = _insert_statements(connection, count)
    connection.commit()
    picture = b"\xff" * 300_000
    start = time.perf_counter()
    for number, rows in enumerate(submissions):
        for page in range(pages):
            with (place / f"{number}-{page}").open("wb") as file:
                file.write(picture)
                os.fsync(file.fileno())
        with connection.transaction():
            for insert, values in rows:
                connection.execute(insert, values)
    return (time.perf_counter() - start) / count


def main() -> int:
    """Print the table."""
    if not PROGRAMS:
        sys.stderr.write("PostgreSQL is not installed here (Debian package: postgresql)\n")
        return 1
    place = Path(tempfile.mkdtemp(prefix="central-intake-"))
    try:
        with central_service(place) as central, psycopg.connect(central.database.url) as connection:
            django.setup()
            from simulators.fleet.registration import enrol_kiosks  # noqa: PLC0415  # needs Django set up

            (kiosk,) = enrol_kiosks(1, central.url)
            for table in TABLES:
                connection.execute(f"CREATE TABLE plain_{table} (LIKE {table} INCLUDING INDEXES)")
            connection.commit()
            print(f"{'a submission':24} {'intake':>10} {'plain rows':>10} {'ratio':>6}")
            for name, (pages, count) in VISITS.items():
                rounds = []
                for _ in range(ROUNDS):
                    intake_s = _time_intake(kiosk, pages, count)
                    rounds.append((intake_s, _time_plain_inserts(connection, count, pages, place)))
                intake_ms, plain_ms = (median(times) * 1e3 for times in zip(*rounds, strict=True))
                ratio = median(intake_s / plain_s for intake_s, plain_s in rounds)
                print(f"{name:24} {intake_ms:7.2f} ms {plain_ms:7.2f} ms {ratio:6.1f}", flush=True)
    finally:
        shutil.rmtree(place)
    return 0


if __name__ == "__main__":
    sys.exit(main())
