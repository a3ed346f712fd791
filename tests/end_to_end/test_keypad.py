"""The running interface, operated by real key presses on its X server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import wait_until
from tools.gui_checks.window_harness import x_display
from tools.message_catalogue import compile_catalogues

SIZE = 540, 960
TIMEOUT_S = 60.0


class KioskWindow:
    """A running interface. Its touch map tells what is on the screen."""

    def __init__(self, directory: Path, keypad: bool) -> None:
        self._map = directory / "map.json"
        settings = directory / "kiosk.toml"
        settings.write_text(
            f'[keypad]\nenabled = {str(keypad).lower()}\nnext = "down"\n'
            "[card_reader]\nenabled = false\n[scanner]\nenabled = false\n[sound]\nenabled = false\n"
            f'[paths]\nstate = "{directory}/state"\nruntime = "{directory}/runtime"\n',
            encoding="utf-8",
        )
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import sys; from kiosk_app.cli import main; sys.exit(main())",
                *("run", "--windowed", "--size", f"{SIZE[0]}x{SIZE[1]}", "--touch-map", str(self._map)),
            ],
            env={**os.environ, "DAMRONGDHAM_KIOSK_SETTINGS": str(settings)},
            stderr=subprocess.DEVNULL,
        )
        self.wait_for_screen(lambda shown: bool(shown["targets"]))

    def press(self, key: str) -> None:
        """Press one key by its X name."""
        subprocess.run(["xdotool", "key", key], check=True)

    def hold(self, key: str, seconds: float) -> None:
        """Hold a key down. X repeats it meanwhile, as `xset r on` requests."""
        subprocess.run(["xset", "r", "on"], check=True)
        subprocess.run(["xdotool", "keydown", key], check=True)
        time.sleep(seconds)
        subprocess.run(["xdotool", "keyup", key], check=True)

    def wait_for_screen(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the condition holds for the touch map. Returns the map. Raises AssertionError after TIMEOUT_S."""

        def matching_state() -> dict[str, Any]:
            assert self.process.poll() is None, "the interface ended"
            shown: dict[str, Any] = json.loads(self._map.read_text(encoding="utf-8")) if self._map.exists() else {}
            return shown if shown and condition(shown) else {}

        return wait_until(matching_state, TIMEOUT_S, interval_s=0.1)

    def is_unchanged_after(self, seconds: float) -> bool:
        """Whether the same screen is shown after that long."""
        before = json.loads(self._map.read_text(encoding="utf-8"))
        time.sleep(seconds)
        after = json.loads(self._map.read_text(encoding="utf-8"))
        return bool((before["screen"], before["overlay"]) == (after["screen"], after["overlay"]))


@pytest.fixture
def window(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KioskWindow]:
    compile_catalogues()
    with x_display(SIZE):
        shown = KioskWindow(tmp_path, request.param)
        try:
            yield shown
        finally:
            shown.process.terminate()
            shown.process.wait(20)


def _accepts_touches(shown: dict[str, Any]) -> bool:
    return all(item["accepted_from"] < time.monotonic() for item in shown["targets"])


@pytest.mark.parametrize("window", [True], indirect=True)
def test_only_the_listed_keys_operate_the_screen(window: KioskWindow) -> None:
    for other_key in (
        "a",
        "Tab",
        "space",
        "Right",
        "Return",
        "ctrl+alt+Delete",
    ):  # no focus ring is shown yet
        window.press(other_key)
    assert window.is_unchanged_after(1.0)
    window.press("Down")  # not enrolled: "track a case" and "call staff" are shown
    window.press("Down")
    window.press("Return")
    window.wait_for_screen(lambda shown: shown["screen"] == "track" or shown["overlay"] == "staff")
    window.press("Escape")  # too soon after the change: it is ignored
    window.wait_for_screen(_accepts_touches)
    window.press("Escape")
    window.wait_for_screen(lambda shown: shown["screen"] == "fault" and not shown["overlay"])


@pytest.mark.parametrize("window", [True], indirect=True)
def test_a_held_key_presses_once(window: KioskWindow) -> None:
    window.press("Left")  # to the last stop, and on to the first: the language button
    window.press("Down")
    before = window.wait_for_screen(_accepts_touches)["touches"]
    window.hold("Return", 2.5)
    assert window.wait_for_screen(lambda shown: shown["touches"] > before)["touches"] == before + 1


@pytest.mark.parametrize("window", [False], indirect=True)
def test_without_a_keypad_no_key_does_anything(window: KioskWindow) -> None:
    for key in ("Down", "Return", "Escape", "F1", "Tab"):
        window.press(key)
    assert window.is_unchanged_after(1.0)
