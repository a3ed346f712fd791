"""A panel beside the kiosk for whoever develops it: steers the simulated devices, jumps to any screen, changes
language, size and look. For a window on a desk; what it says is for developers, in English only.

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
    Event,
    NextContrast,
    NextTextSize,
    OpenTechnician,
    SetLanguage,
    ToggleLeftHanded,
    ToggleLowReach,
    ToggleReadAloud,
)
from journey.state import Screen
from screens.kv_loader import load_rules
from screens.theme import wearing, worn
from screens.widgets.buttons import Chip
from screens.widgets.containers import Column
from screens.widgets.screen_view import Scroll
from simulators.developer_panel.simulator_connection import offered

SIZES = ((540, 960), (960, 540), (720, 1280), (1280, 720), (1080, 1920))
NO_BENCH = "No simulated devices: start them with `kiosk simulate`"


class DockChip(Chip):
    """One thing to do."""


class DockPart(Column):
    """A heading and its chips."""

    heading = StringProperty()
    chips: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self.look = worn()
        super().__init__(**kwargs)

    def offer(self, words: str, do: Callable[[], object]) -> None:
        """One more chip."""
        with wearing(self.look):
            chip = DockChip(name=f"dock.{self.heading.split()[0].strip(',').lower()}.{words}", words=words)
        chip.bind(on_release=lambda _chip: do())
        self.chips.add_widget(chip)


class Dock(Scroll):
    """`send` takes events, `jump` a screen, `steer` words for the bench: it returns what the bench said, or raises
    OSError when there is none."""

    devices: Any = ObjectProperty(None)
    parts: Any = ObjectProperty(None)
    said = StringProperty(NO_BENCH)

    def __init__(
        self,
        send: Callable[[Event], None],
        jump: Callable[[Screen], None],
        steer: Callable[[list[str]], str],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.look = worn()
        self._steer = steer
        look = self._part("Language, size, look")
        wishes: tuple[tuple[str, Event], ...] = (
            ("Thai", SetLanguage("th")),
            ("English", SetLanguage("en")),
            ("Text size", NextTextSize()),
            ("Contrast", NextContrast()),
            ("Low reach", ToggleLowReach()),
            ("Left-handed", ToggleLeftHanded()),
            ("Read aloud", ToggleReadAloud()),
        )
        for words, event in wishes:
            look.offer(words, partial(send, event))
        for size in SIZES:
            look.offer(f"{size[0]}×{size[1]}", partial(self._resize, size))
        screens = self._part("Screens")
        for screen in Screen:
            screens.offer(screen.value.replace("_", " "), partial(jump, screen))
        screens.offer("hidden gesture", partial(send, OpenTechnician()))
        self._tell(["words"], self._show_devices)

    def _resize(self, size: tuple[int, int]) -> None:
        Window.size = (size[0] + round(self.width), size[1])

    def _part(self, heading: str) -> DockPart:
        part = DockPart(heading=heading)
        self.parts.add_widget(part)
        return part

    def _show_devices(self, vocabulary: str) -> None:
        found: dict[str, list[str]] = {}
        for device, commands in offered(vocabulary):
            found.setdefault(device, []).extend(commands)
        for device, commands in found.items():
            with wearing(self.look):
                part = DockPart(heading=device.capitalize())
            self.devices.add_widget(part)
            for command in commands:
                part.offer(command.removeprefix(f"{device} "), partial(self._tell, command.split()))
        self.said = ""

    def _tell(self, words: list[str], then: Callable[[str], None] | None = None) -> None:
        """On a thread: a bench may take its time."""

        def call() -> None:
            try:
                said, heard = self._steer(words), then
            except (OSError, ValueError) as error:
                said, heard = NO_BENCH if isinstance(error, OSError) else str(error), None
            Clock.schedule_once(lambda _seconds: heard(said) if heard else setattr(self, "said", said))

        Thread(target=call, name="dock", daemon=True).start()


load_rules(__file__)
