"""The developer panel in a real window with simulated devices, operated by real taps."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from simulators.control_server import ControlServer
from simulators.simulated_devices import SimulatedDevices
from simulators.touch_robot import ScreenState, TouchRobot
from simulators.virtual_display import VirtualDisplay
from tests.waiting import wait_until
from tools.message_catalogue import compile_catalogues

WIDTH, HEIGHT, PANEL_WIDTH = 540, 1960, 420  # high enough for the whole panel
BACKGROUND_POINT = 2, HEIGHT // 2  # at the kiosk's edge, where only the background is


class DeveloperPanelWindow:
    """A window with kiosk and panel; `robot` taps both."""

    def __init__(self, robot: TouchRobot) -> None:
        self.robot = robot

    def wait_for_screen(self, condition: Callable[[ScreenState], bool]) -> ScreenState:
        def matching_state() -> ScreenState | None:
            state = self.robot.read_screen()
            return state if condition(state) else None

        state = wait_until(matching_state, interval_s=0.05)
        assert state is not None
        return state


@pytest.fixture(scope="module")
def panel_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeveloperPanelWindow]:
    compile_catalogues()
    place = tmp_path_factory.mktemp("developer_panel")
    with ExitStack() as stack:
        display = stack.enter_context(VirtualDisplay(WIDTH + PANEL_WIDTH, HEIGHT))
        simulated_devices = stack.enter_context(SimulatedDevices(place))
        stack.enter_context(ControlServer(simulated_devices, place / f"dk-simulate-{os.getuid()}.sock"))
        settings = place / "kiosk.toml"
        paths = f'[paths]\nstate = "{place}/state"\nruntime = "{place}/runtime"\n[sound]\nenabled = false\n'
        settings.write_text(simulated_devices.settings + paths, encoding="utf-8")
        robot = TouchRobot(display.name, place / "map.json")
        window = subprocess.Popen(
            [
                sys.executable,
                *("-m", "simulators.developer_panel"),
                *("--size", f"{WIDTH}x{HEIGHT}", "--touch-map", str(place / "map.json")),
            ],
            env={
                **os.environ,
                **simulated_devices.environment,
                "DISPLAY": display.name,
                "DAMRONGDHAM_KIOSK_SETTINGS": str(settings),
                "XDG_RUNTIME_DIR": str(place),
            },
            stderr=subprocess.DEVNULL,
        )
        stack.callback(window.wait, 20)
        stack.callback(window.terminate)
        robot.wait_for_screen("fault", within_s=60)  # the kiosk is not enrolled
        robot.wait_for_target("developer_panel.card.remove")
        yield DeveloperPanelWindow(robot)


def test_the_panel_controls_the_simulated_devices(panel_window: DeveloperPanelWindow) -> None:
    """A panel button reaches the question on the screen through simulated device, pcscd and driver."""
    panel_window.robot.tap("developer_panel.screens.tell")
    panel_window.robot.wait_for_screen("tell")
    panel_window.robot.tap("developer_panel.card.insert boonma")
    panel_window.robot.wait_for_screen("tell", overlay="other_card")
    panel_window.robot.tap("developer_panel.card.remove")
    panel_window.robot.tap("dismiss")  # "go on" is enabled only after the other person's card is removed
    panel_window.robot.wait_for_screen("tell")


def test_the_panel_jumps_to_a_screen_and_the_visit_continues_there(panel_window: DeveloperPanelWindow) -> None:
    panel_window.robot.tap("developer_panel.screens.tell")
    panel_window.robot.wait_for_screen("tell")
    panel_window.robot.tap("back")
    panel_window.robot.wait_for_screen("place")
    panel_window.robot.tap("developer_panel.screens.tracked")
    panel_window.robot.wait_for_screen("tracked")


def test_the_panel_changes_language_text_size_colours_and_window(panel_window: DeveloperPanelWindow) -> None:
    robot = panel_window.robot
    robot.tap("developer_panel.screens.notice")
    robot.wait_for_screen("notice")
    thai = robot.read_screen().targets["accept"].text
    robot.tap("developer_panel.language.English")
    english = panel_window.wait_for_screen(lambda state: state.targets["accept"].text != thai)
    assert english.targets["accept"].text.isascii()
    before = robot.screenshot()
    robot.tap("developer_panel.language.Contrast")
    after = robot.screenshot()
    bright: Any = before.getpixel(BACKGROUND_POINT)
    dark: Any = after.getpixel(BACKGROUND_POINT)
    assert sum(dark) < sum(bright) / 2, "the background is dark in high contrast"
    robot.tap("developer_panel.language.Text size")
    assert robot.screenshot().crop((0, 0, WIDTH, HEIGHT)).tobytes() != after.crop((0, 0, WIDTH, HEIGHT)).tobytes()
    robot.tap("developer_panel.language.540×960")
    small = panel_window.wait_for_screen(lambda state: state.targets["accept"].y < 960).targets
    assert small["accept"].x < WIDTH < small["developer_panel.card.remove"].x, "the panel is beside it"
