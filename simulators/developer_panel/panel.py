"""The developer panel: controls the simulated devices, jumps to any screen, changes language, size and appearance.

In English only. The commands come from the simulated devices themselves, so that a new command has its button at once.
"""

from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import ObjectProperty, StringProperty

from journey.events import (
    NextContrast,
    NextTextSize,
    OpenTechnician,
    SetLanguage,
    ToggleLeftHanded,
    ToggleLowReach,
    ToggleReadAloud,
)
from journey.screens import Screen
from screens.kv_loader import load_kv
from screens.theme import Theme, current_theme, theme_applied
from screens.widgets.buttons import Chip
from screens.widgets.containers import Column
from screens.widgets.scroll_area import ScrollArea
from simulators.control_server import default_socket_path, send_command
from simulators.developer_panel.command_list import list_commands
from simulators.developer_panel.sample_states import JumpToScreen
from simulators.simulated_devices import SimulatorError

WINDOW_SIZES = ((540, 960), (960, 540), (720, 1280), (1280, 720), (1080, 1920))
NO_SIMULATED_DEVICES = "No simulated devices: start them with `kiosk simulate`"


class DeveloperPanelChip(Chip):
    """A button of the panel."""


class DeveloperPanelSection(Column):
    """A heading and its chips."""

    heading = StringProperty()
    chips: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)

    def add_chip(self, label: str, on_press: Callable[[], object]) -> None:
        """Add a button."""
        with theme_applied(self.theme):
            section = self.heading.split()[0].strip(",").lower()
            chip = DeveloperPanelChip(name=f"developer_panel.{section}.{label}", literal_text=label)
        chip.bind(on_release=lambda _chip: on_press())
        self.chips.add_widget(chip)


class DeveloperPanel(ScrollArea):
    """`send` takes events and JumpToScreen. `send_command` sends a command to the simulated devices and returns their
    response; it raises SimulatorError when they are not running or do not know the command."""

    devices: Any = ObjectProperty(None)
    sections: Any = ObjectProperty(None)
    status_text = StringProperty(NO_SIMULATED_DEVICES)

    def __init__(
        self,
        send: Callable[[Any], None],
        send_command: Callable[[list[str]], str],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.theme = current_theme()
        self._send_command = send_command
        appearance_section = self._add_section("Language, size, look")
        option_chips = (
            ("Thai", SetLanguage("th")),
            ("English", SetLanguage("en")),
            ("Text size", NextTextSize()),
            ("Contrast", NextContrast()),
            ("Low reach", ToggleLowReach()),
            ("Left-handed", ToggleLeftHanded()),
            ("Read aloud", ToggleReadAloud()),
        )
        for label, event in option_chips:
            appearance_section.add_chip(label, partial(send, event))
        for size in WINDOW_SIZES:
            appearance_section.add_chip(f"{size[0]}×{size[1]}", partial(self._resize, size))
        screens_section = self._add_section("Screens")
        for screen in Screen:
            screens_section.add_chip(screen.value.replace("_", " "), partial(send, JumpToScreen(screen)))
        screens_section.add_chip("hidden gesture", partial(send, OpenTechnician()))
        self._send_in_background(["words"], self._show_devices)

    def _resize(self, size: tuple[int, int]) -> None:
        Window.size = (size[0] + round(self.width), size[1])

    def _add_section(self, heading: str) -> DeveloperPanelSection:
        section = DeveloperPanelSection(heading=heading)
        self.sections.add_widget(section)
        return section

    def _show_devices(self, command_list: str) -> None:
        by_device: dict[str, list[str]] = {}
        for device, commands in list_commands(command_list):
            by_device.setdefault(device, []).extend(commands)
        for device, commands in by_device.items():
            with theme_applied(self.theme):
                section = DeveloperPanelSection(heading=device.capitalize())
            self.devices.add_widget(section)
            for command in commands:
                section.add_chip(command.removeprefix(f"{device} "), partial(self._send_in_background, command.split()))
        self.status_text = ""

    def _send_in_background(self, command: list[str], on_response: Callable[[str], None] | None = None) -> None:
        """Send a command on a thread, because it may take long. `on_response` or the status shows the response."""

        def call() -> None:
            show = on_response or self._show_status
            try:
                response = self._send_command(command)
            except SimulatorError as error:
                response, show = str(error), self._show_status
            Clock.schedule_once(lambda _seconds: show(response))

        Thread(target=call, name="developer panel", daemon=True).start()

    def _show_status(self, text: str) -> None:
        self.status_text = text


def build(send: Callable[[Any], None], width_px: int) -> DeveloperPanel:
    """The panel for kiosk_app.app.SidePanel, with its own theme, connected to this user's simulated devices."""
    theme = Theme()
    theme.resize(1.1 * width_px, 2 * width_px)
    with theme_applied(theme):
        return DeveloperPanel(send, lambda command: send_command(command, default_socket_path()))


load_kv(__file__)
