"""The developers' panel in a real window beside real simulated devices: real taps on its buttons."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from simulators.control_server import Control
from simulators.simulated_devices import Bench
from simulators.touch_robot import Finger, Glass
from simulators.virtual_display import VirtualDisplay
from tools.message_catalogue import compile_catalogues

WIDTH, HEIGHT, DOCK = 540, 1960, 420  # so high that the whole dock shows
PATIENCE_S = 30.0
GROUND = 2, HEIGHT // 2  # a place at the kiosk's edge where nothing but the page's ground is


class Desk:
    """A window with the dock; `finger` works both halves of it."""

    def __init__(self, finger: Finger) -> None:
        self.finger = finger

    def waits_until(self, there: Callable[[Glass], bool]) -> Glass:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if there(glass := self.finger.glass()):
                return glass
            time.sleep(0.05)
        raise AssertionError("it never came")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    compile_catalogues()
    place = tmp_path_factory.mktemp("dock")
    with ExitStack() as stack:
        display = stack.enter_context(VirtualDisplay(WIDTH + DOCK, HEIGHT))
        bench = stack.enter_context(Bench(place))
        stack.enter_context(Control(bench, place / f"dk-simulate-{os.getuid()}.sock"))
        settings = place / "kiosk.toml"
        paths = f'[paths]\nstate = "{place}/state"\nruntime = "{place}/runtime"\n[sound]\nenabled = false\n'
        settings.write_text(bench.settings + paths, encoding="utf-8")
        finger = Finger(display.name, place / "map.json")
        window = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import sys; from kiosk_app.cli import main; sys.exit(main())",
                *("run", "--windowed", "--dock", "--size", f"{WIDTH}x{HEIGHT}", "--touch-map", str(place / "map.json")),
            ],
            env={
                **os.environ,
                **bench.environment,
                "DISPLAY": display.name,
                "DAMRONGDHAM_KIOSK_SETTINGS": str(settings),
                "XDG_RUNTIME_DIR": str(place),
            },
            stderr=subprocess.DEVNULL,
        )
        stack.callback(window.wait, 20)
        stack.callback(window.terminate)
        finger.wait_for("fault", within_s=60)  # not enrolled; it says so when everything behind the window is up
        finger.wait_for_spot("dock.card.remove")
        yield Desk(finger)


def test_it_steers_the_simulated_devices(desk: Desk) -> None:
    """From the button over the bench, pcscd and the driver to the question on the glass."""
    desk.finger.tap("dock.screens.tell")
    desk.finger.wait_for("tell")
    desk.finger.tap("dock.card.insert boonma")
    desk.finger.wait_for("tell", overlay="other_card")
    desk.finger.tap("dock.card.remove")
    desk.finger.tap("dismiss")  # "go on" can be pressed only since the other person's card is out
    desk.finger.wait_for("tell")


def test_it_jumps_to_a_screen_and_the_visit_goes_on_from_there(desk: Desk) -> None:
    desk.finger.tap("dock.screens.tell")
    desk.finger.wait_for("tell")
    desk.finger.tap("back")
    desk.finger.wait_for("place")
    desk.finger.tap("dock.screens.tracked")
    desk.finger.wait_for("tracked")


def test_it_changes_language_size_of_type_colours_and_the_window(desk: Desk) -> None:
    finger = desk.finger
    finger.tap("dock.screens.notice")
    finger.wait_for("notice")
    thai = finger.glass().spots["accept"].text
    finger.tap("dock.language.English")
    english = desk.waits_until(lambda glass: glass.spots["accept"].text != thai)
    assert english.spots["accept"].text.isascii()
    before = finger.picture()
    finger.tap("dock.language.Contrast")
    after = finger.picture()
    assert sum(after.getpixel(GROUND)) < sum(before.getpixel(GROUND)) / 2, "a dark ground"
    finger.tap("dock.language.Text size")
    assert finger.picture().crop((0, 0, WIDTH, HEIGHT)).tobytes() != after.crop((0, 0, WIDTH, HEIGHT)).tobytes()
    finger.tap("dock.language.540×960")
    small = desk.waits_until(lambda glass: glass.spots["accept"].y < 960).spots
    assert small["accept"].x < WIDTH < small["dock.card.remove"].x, "the dock stands beside it"
