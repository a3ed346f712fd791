"""Keys, caret, suggestions and undo in a real window under Xvfb."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.catalogue import compile_catalogues

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("size", ["1080x1920", "1920x1080"])
def test_writing_on_the_glass(size: str) -> None:
    compile_catalogues()
    run = subprocess.run(
        [sys.executable, "-m", "tests.unit.screens.writing_on_the_glass", size],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
