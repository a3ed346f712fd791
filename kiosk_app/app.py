"""The interface process: the window that draws the runner's journey. Drivers and services are built by
composition_root.

Kivy reads its settings while it is imported, so `run` configures Kivy before it imports the modules of the window. The
composition root is imported after the first frame. Importing this module opens nothing.
"""

import gc
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from journey.events import Event, ScreenShown
from journey.language import use_thai_digits
from journey.screens import Screen
from journey.setup.navigation import picture_rotation
from journey.state import Journey
from kiosk_app.health.watchdog import Watchdog
from kiosk_app.keypad_input import KeypadInput
from kiosk_app.kiosk_profile import initial_journey
from kiosk_app.settings import Settings
from kiosk_app.touch_map import TouchMap
from kiosk_app.visit_lock import VisitLock
from screens.kivy_setup import MAX_FRAMES_PER_SECOND, configure_kivy

TICK_S = 0.25  # fine enough for every time-out and every worker's deadline
IDLE_FPS = 15  # the first touch is seen at most 0.07 s late
ENROLMENT_POLL_S = 5.0  # interval of the check for a new enrolment


@dataclass(frozen=True)
class WindowOptions:
    """The kiosk's window: full-screen on an appliance, of `size` in pixels for development."""

    fullscreen: bool
    size: tuple[int, int]
    touch_map: Path | None = None  # where to write what can be tapped, see touch_map


@dataclass(frozen=True)
class SidePanel:
    """A development tool's panel beside the kiosk. `build` gets a function that sends events, and returns a widget."""

    width_px: int
    build: Callable[[Callable[[Any], None]], Any]


class NoWindowError(Exception):
    """No window can be opened on this display."""


def run(
    settings: Settings, options: WindowOptions, beside: SidePanel | None = None, step: Callable[..., Any] | None = None
) -> int:
    """Open the window and serve until SIGTERM, SIGINT or its closing. Returns the exit status. Raises NoWindowError.

    Development tools use `beside`, and `step` in place of journey.step.step.
    """
    # No garbage collection until the first frame: nothing loaded for it is garbage, and the search took 2.5 % of the
    # start.
    gc.disable()
    use_thai_digits(settings.kiosk.numerals == "thai")
    width, height = options.size
    if beside is not None:
        width += beside.width_px
    configure_kivy(options.fullscreen, (width, height), rotation=settings.screen.rotation)
    return _Interface(settings, options, beside, step).serve()


class _Interface:
    """Connects window and runner: draws the runner's states and sends touches to it as events."""

    def __init__(
        self, settings: Settings, options: WindowOptions, beside: SidePanel | None, step: Callable[..., Any] | None
    ) -> None:
        self._base = import_module("kivy.base")
        self._clock = import_module("kivy.clock").Clock
        self._window = import_module("kivy.core.window").Window
        if self._window is None:
            raise NoWindowError
        self._settings = settings
        self._step = step
        self._visit_lock = VisitLock(settings.paths.runtime)
        self._watchdog = Watchdog()
        self._composition: Any = None  # kiosk_app.composition_root.CompositionRoot, after the first frame
        self._early_events: list[Event] = []  # sent before that
        self._shown_journey = initial_journey(settings)
        self._last_screen_drawn: Screen | None = None  # the screen of the last complete frame
        self._root_view: Any = import_module("screens.root_view").RootView(
            send=self._send,
            page_image=self._page_preview,
            readiness_report=self._status_lines,
            size=self._window.size,
        )
        self._root = self._root_view if beside is None else self._with_panel(beside)
        self._window.bind(on_flip=self._on_flip)
        # Kept here: Kivy holds only weak references to the methods that are bound to the window.
        self._touch_map: TouchMap | None = None
        self._keypad_input: KeypadInput | None = None
        if options.touch_map is not None:
            self._touch_map = TouchMap(options.touch_map, self._root, self._root_view, lambda: self._shown_journey)
            self._touch_map.attach(self._window)
        if settings.keypad.enabled:
            self._keypad_input = KeypadInput(settings.keypad, self._root_view.press_key)
            self._keypad_input.attach(self._window)

    def _with_panel(self, beside: SidePanel) -> Any:
        """The kiosk with the tool's panel beside it."""
        panel = beside.build(self._send)
        panel.size_hint_x, panel.width = None, beside.width_px
        root = import_module("kivy.uix.boxlayout").BoxLayout()
        root.add_widget(self._root_view)
        root.add_widget(panel)
        return root

    def serve(self) -> int:
        """Run Kivy's loop until it is stopped. Returns the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._clock.schedule_once(lambda _: self._base.stopTouchApp()))
        self._show_journey()
        try:
            self._base.runTouchApp(self._root)
        finally:
            self._watchdog.stopping()
            if self._composition is not None:
                self._composition.stop()
        return 0

    def _start_composition(self) -> None:
        """Build and start everything behind the window, after the first frame."""
        wake = self._clock.create_trigger(lambda _: self._composition.runner.pump())
        composition = import_module("kiosk_app.composition_root").CompositionRoot(
            self._settings, self._shown_journey, wake, self._draw, self._step
        )
        self._composition = composition
        composition.start()
        if composition.speaker is not None:
            self._root_view.attach_speaker(composition.speaker, composition.recordings, self._settings.sound.private)
        for event in self._early_events:
            composition.runner.send(event)
        self._clock.schedule_interval(self._tick, TICK_S)
        self._clock.schedule_interval(lambda _: composition.poll(), ENROLMENT_POLL_S)
        self._root_view.build_ahead()
        gc.enable()

    def _send(self, event: Event) -> None:
        if self._composition is None:
            self._early_events.append(event)
        else:
            self._composition.runner.send(event)

    def _status_lines(self, language: str) -> list[tuple[str, str]]:
        return list(self._composition.report(language)) if self._composition is not None else []

    def _tick(self, _seconds: float) -> None:
        """Ping the watchdog from the loop that draws: a window that hangs is restarted."""
        self._watchdog.ping()
        self._composition.runner.tick()

    def _page_preview(self, page_id: str) -> bytes | None:
        pages = self._composition.runner.pages
        return bytes(pages.preview(page_id)) if page_id in pages else None

    def _draw(self, journey: Journey) -> None:
        """Show what changed. The passing of time alone is drawn only for an overlay's countdown, each second."""
        before = self._shown_journey
        if journey == replace(before, now=journey.now, last_touch_at=journey.last_touch_at):
            is_countdown_due = journey.overlay is not None and int(journey.now) != int(before.now)
            if not is_countdown_due:
                return
        self._shown_journey = journey
        self._visit_lock.set_visit_running(journey.visit is not None)
        # Kivy turns its loop this often whether anything changes or not, which is nearly all an idle kiosk costs.
        self._clock._max_fps = IDLE_FPS if journey.visit is None and journey.overlay is None else MAX_FRAMES_PER_SECOND
        self._show_journey()

    def _show_journey(self) -> None:
        """Draw it. The picture turns while a technician turns it in the set-up; touches follow it."""
        journey = self._shown_journey
        self._window.rotation = picture_rotation(journey.setup, journey.kiosk.rotation)
        self._root_view.show(journey)

    def _on_flip(self, _window: object) -> None:
        """A frame is being presented; it is visible in the next turn of the loop."""
        if self._shown_journey.screen is not self._last_screen_drawn:
            self._last_screen_drawn = self._shown_journey.screen
            self._clock.schedule_once(lambda _, screen=self._last_screen_drawn: self._on_screen_shown(screen))

    def _on_screen_shown(self, screen: Screen) -> None:
        self._watchdog.ready()
        if self._composition is None:
            self._start_composition()
        self._send(ScreenShown(screen))
