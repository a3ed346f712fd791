"""The tests of this directory on PostgreSQL, in a temporary cluster."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import PROGRAMS, Cluster, cluster

HERE = Path(__file__)
# One served installation is enough here: it shares the cluster's only database.
SERVED = "test_serve.py::test_from_an_empty_directory_to_a_closed_case"
# Where the databases differ most: locks, constraints, triggers, JSON, indexes, order. All of them: `./run postgresql`.
TESTS = [
    "agencies/test_rule_commands.py",
    "test_case_commands.py",
    "test_case_history.py",
    "test_case_sensitivity.py",
    "test_centre_rules.py",
    "test_intake.py",
    "test_jobs.py",
    "test_list_indexes.py",
    "test_migrations.py",
    "test_people_at_once.py",
    "test_search_index.py",
    SERVED,
]


@pytest.fixture(autouse=True)
def installation() -> None:
    """No installation in this process."""


@pytest.fixture
def database() -> Iterator[Cluster]:
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed here (Debian package: postgresql)")
    with cluster(durable=False) as database:
        yield database


@pytest.mark.timeout(920)
def test_all_tests_pass_on_postgresql_and_its_log_has_no_personal_data(database: Cluster) -> None:
    tests = [str(HERE.parent / name) for name in TESTS]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *tests, "-q", "-p", "no:cacheprovider"],
        check=False,
        env={**os.environ, "DATABASE_URL": database.url},
        cwd=HERE.parents[3],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert result.returncode == 0, result.stdout[-6000:]
    log = database.log.read_text(errors="replace")
    assert "duplicate key" in log, "statements with a citizen's words have failed"
    assert not [canary for canary in ("บุญมา", "ไฟถนน", "หน้าวัดกลาง", "0812345678") if canary in log]
