"""Kivy after `configure_kivy`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
KILLED_WITH_A_WINDOW = """
import logging, os, signal
logging.basicConfig()
from screens.kivy_setup import configure_kivy
configure_kivy(False, (540, 960))
import kivy.core.window, kivy.modules
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_window_leaves_no_file_and_prints_nothing(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KIVY_", "DISPLAY"))}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WITH_A_WINDOW],
        cwd=ROOT,
        env=environment | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout + killed.stderr == ""
    assert {left.name for left in tmp_path.iterdir()} <= {".cache"}  # Mesa's shaders, with some of its releases


FULL_SCREEN = """
from screens.kivy_setup import configure_kivy
configure_kivy(True, (540, 960))
from kivy.core.window import Window
print(Window.size)
from kivy.config import Config
print(Config.getint("graphics", "width"), Config.getint("graphics", "height"))
"""


def test_a_full_screen_window_has_the_displays_size_from_the_first_frame() -> None:
    words = ["xvfb-run", "-a", "-s", "-screen 0 800x600x24", sys.executable, "-c", FULL_SCREEN]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KIVY_", "DISPLAY"))}
    result = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert result.stdout.split("\n")[:2] == ["(800, 600)", "800 600"], result.stderr
