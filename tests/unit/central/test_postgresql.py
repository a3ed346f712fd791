"""The same tests on PostgreSQL, in a cluster of their own that is gone afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

HERE = Path(__file__)
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # where Debian keeps them, off the PATH
# One served installation is enough here: it shares the cluster's only database.
SERVED = "test_serve.py::test_from_an_empty_directory_to_a_closed_case"
TESTS = [
    "test_cases.py",
    "test_desk.py",
    "test_fleet.py",
    "test_hostile.py",
    "test_intake.py",
    "test_tracking.py",
    SERVED,
]


@pytest.fixture(autouse=True)
def installation() -> None:
    """Nothing in this process."""


@pytest.fixture
def database_url() -> Iterator[str]:
    """A new database behind a Unix socket; no port is opened."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed here (Debian package: postgresql)")
    # The server refuses to run as root, and its user must reach the directory.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="central-pg-") as place:
        if as_user:
            shutil.chown(place, "postgres")

        def run(program: str, *arguments: str) -> None:
            command = [*as_user, str(PROGRAMS[0] / program), *arguments]
            subprocess.run(command, check=True, cwd=place, stdout=subprocess.DEVNULL, timeout=60)

        run("initdb", "-D", f"{place}/data", "-U", "central", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {place} -c listen_addresses='' -c fsync=off -c max_connections=40"
        run("pg_ctl", "-D", f"{place}/data", "-o", options, "-l", f"{place}/log", "-w", "start")
        try:
            yield f"postgres://central@{quote(place, safe='')}/postgres"
        finally:
            run("pg_ctl", "-D", f"{place}/data", "-m", "immediate", "-w", "stop")


@pytest.mark.timeout(240)
def test_everything_holds_on_postgresql(database_url: str) -> None:
    tests = [str(HERE.with_name(name)) for name in TESTS]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *tests, "-q", "-p", "no:cacheprovider"],
        check=False,
        env={**os.environ, "DATABASE_URL": database_url},
        cwd=HERE.parents[3],
        capture_output=True,
        text=True,
        timeout=220,
    )
    assert done.returncode == 0, done.stdout[-6000:]
