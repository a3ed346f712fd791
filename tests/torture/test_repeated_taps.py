"""A small version of the repeated-tap test: taps that once did harm, and whether the test still detects them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture.repeated_taps import KNOWN_CASES
from tools.message_catalogue import compile_catalogues

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def compiled_catalogues() -> None:
    compile_catalogues()


def _run_repeated_taps(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.torture.repeated_taps", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)


def test_a_second_and_third_tap_do_nothing() -> None:
    run = _run_repeated_taps("known")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
def test_without_the_touch_guard_each_known_tap_does_harm() -> None:
    problems = _run_repeated_taps("known", "--without-guard").stdout.splitlines()
    for name, target, paper_out in KNOWN_CASES:
        start = f"{name}{', no paper' if paper_out else ''}: {target} tapped"
        assert any(sentence.startswith(start) for sentence in problems), f"nothing was detected of {start}"
