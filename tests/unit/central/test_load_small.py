"""The load test with small numbers, so that its code stays runnable."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgresql import PROGRAMS


@pytest.fixture(autouse=True)
def installation() -> None:
    """No installation in this process."""


@pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL is not installed here (Debian package: postgresql)")
def test_a_small_backlog_is_delivered_completely() -> None:
    command = [sys.executable, "-m", "tests.load", "backlog", "--kiosks", "2", "--visits", "30"]
    result = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=170, cwd=Path(__file__).parents[3]
    )
    assert (result.returncode, "passed" in result.stdout) == (0, True), result.stdout + result.stderr
    assert "60 submissions, 1 of them letters of 3 pages" in result.stdout
