"""The demo on a machine where its window cannot open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(120)


@pytest.mark.slow
def test_a_window_that_does_not_open_ends_the_demonstration(tmp_path: Path) -> None:
    environment = {**os.environ, "DISPLAY": ":64999", "XDG_RUNTIME_DIR": str(tmp_path)}
    environment.pop("SDL_VIDEODRIVER", None)
    result = subprocess.run(
        [sys.executable, "-m", "simulators.demo"], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "no window opens on the display :64999" in result.stderr
    assert "Traceback" not in result.stderr
    assert "scanner load-sample-letter" in result.stdout, "the commands to try are printed before"
