"""The commands that the developer panel sends to the simulated devices, and the states that it jumps to."""

from pathlib import Path
from typing import Any

import pytest

from journey import events
from journey.screens import Screen
from journey.state import Journey
from journey.step import step
from simulators.control_server import ControlServer, send_command
from simulators.developer_panel.command_list import list_commands
from simulators.developer_panel.sample_states import JumpToScreen, sample_journey, step_or_jump
from simulators.sample_data import HEALTHY_ENVIRONMENT
from simulators.simulated_devices import COMMAND_HELP, SimulatedDevices, SimulatorError


def test_commands_are_sent_to_the_simulator_and_their_output_is_returned(tmp_path: Path) -> None:
    path = tmp_path / "bench.sock"
    bench = SimulatedDevices(tmp_path)  # not entered: printer commands need no daemon
    with ControlServer(bench, path):
        assert send_command(["words"], path) == COMMAND_HELP
        assert send_command(["printer", "cover-open"], path) == "printer: cover-open"
        with pytest.raises(SimulatorError, match="is not a command"):
            send_command(["kettle", "boil"], path)
    with pytest.raises(SimulatorError, match="No simulated devices are running"):
        send_command(["words"], path)


def test_every_offered_command_is_known_to_the_simulator(tmp_path: Path) -> None:
    words = dict.fromkeys(command for _device, commands in list_commands(COMMAND_HELP) for command in commands)
    assert {"card insert boonma", "card remove", "printer paper-out", "scanner jam"} <= set(words)
    assert not any(command.split()[1] == "load" for command in words), "a file is for the command line"
    bench: Any = SimulatedDevices(tmp_path)
    for command in words:
        if not command.startswith("card"):
            bench.execute_command(command.split())
    with pytest.raises(SimulatorError):
        bench.execute_command(["scanner", "boil"])


@pytest.mark.parametrize("screen", Screen)
def test_the_panel_can_jump_to_any_screen_and_the_visit_continues_there(screen: Screen) -> None:
    journey, _effects = step_or_jump(Journey(environment=HEALTHY_ENVIRONMENT, now=5.0), JumpToScreen(screen))
    assert journey.screen is screen
    for event in (events.ScreenTouched(), events.Next(), events.Back(), events.Tick(6.0)):
        assert step_or_jump(journey, event) == step(journey, event)
    assert (
        sample_journey(journey, Screen.REVIEW).visit
        != sample_journey(sample_journey(journey, Screen.STORY), Screen.REVIEW).visit
    ), "a separate visit"
