"""A panel beside the kiosk for whoever develops it: steers the simulated devices, jumps to any screen, changes
language, size and appearance. For a window on a desk; what it says is for developers, in English only.

The devices' words come from the bench itself, so that a new one has its button here at once.
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
from screens.widgets.screen_view import ScrollArea
from simulators.developer_panel.sample_states import JumpToScreen
from simulators.developer_panel.simulator_connection import default_socket_path, list_commands, send_command

WINDOW_SIZES = ((540, 960), (960, 540), (720, 1280), (1280, 720), (1080, 1920))
NO_SIMULATED_DEVICES = "No simulated devices: start them with `kiosk simulate`"


class DeveloperPanelChip(Chip):
    """One thing to do."""


class DeveloperPanelSection(Column):
    """A heading and its chips."""

    heading = StringProperty()
    chips: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)

    def add_chip(self, label: str, on_press: Callable[[], object]) -> None:
        """One more chip."""
        with theme_applied(self.theme):
            section = self.heading.split()[0].strip(",").lower()
            chip = DeveloperPanelChip(name=f"developer_panel.{section}.{label}", literal_text=label)
        chip.bind(on_release=lambda _chip: on_press())
        self.chips.add_widget(chip)


class DeveloperPanel(ScrollArea):
    """`send` takes events and JumpToScreen, `send_command` words for the bench: it returns what the bench said, or
    raises OSError when there is none."""

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
        commands_by_device: dict[str, list[str]] = {}
        for device, commands in list_commands(command_list):
            commands_by_device.setdefault(device, []).extend(commands)
        for device, commands in commands_by_device.items():
            with theme_applied(self.theme):
                section = DeveloperPanelSection(heading=device.capitalize())
            self.devices.add_widget(section)
            for command in commands:
                section.add_chip(command.removeprefix(f"{device} "), partial(self._send_in_background, command.split()))
        self.status_text = ""

    def _send_in_background(self, command: list[str], then: Callable[[str], None] | None = None) -> None:
        """On a thread: a bench may take its time."""

        def call() -> None:
            try:
                status_text, callback = self._send_command(command), then
            except (OSError, ValueError) as error:
                status_text, callback = NO_SIMULATED_DEVICES if isinstance(error, OSError) else str(error), None
            Clock.schedule_once(
                lambda _seconds: callback(status_text) if callback else setattr(self, "status_text", status_text)
            )

        Thread(target=call, name="developer panel", daemon=True).start()


def build(send: Callable[[Any], None], width_px: int) -> DeveloperPanel:
    """The panel for kiosk_app.app.SidePanel, in a theme of its own, on the line to this user's bench."""
    theme = Theme()
    theme.resize(1.1 * width_px, 2 * width_px)
    with theme_applied(theme):
        return DeveloperPanel(send, lambda command: send_command(command, default_socket_path()))


load_kv(__file__)
