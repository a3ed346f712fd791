"""The interface process: the window on a runner's journey. What stands behind it is kiosk_app.composition_root.

Kivy reads its settings while it is being imported, so `run` configures first and imports the window's parts then. The
composition root is imported when the first picture stands on the glass. Nothing is opened by importing this module.
"""

import gc
import json
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from journey.events import Event, ScreenShown
from journey.language import use_thai_digits
from journey.state import Journey, Screen
from kiosk_app.health.watchdog import Watchdog
from kiosk_app.kiosk_profile import initial_journey
from kiosk_app.settings import Settings
from kiosk_app.visit_lock import VisitLock
from machine.safe_files import replace_file_atomically
from screens.keypad import KeypadKey
from screens.kivy_setup import MAX_FRAMES_PER_SECOND, configure_kivy

TICK_S = 0.25  # fine enough for every time-out and every worker's deadline
IDLE_FPS = 15  # the first touch is seen at most 0.07 s late
MAX_DEAD_TIME_S = 1.0  # in the touch map, for what ignores touches until a finger leaves: look again then
ENROLMENT_POLL_S = 5.0  # how soon a kiosk that was just enrolled goes into service


@dataclass(frozen=True)
class WindowOptions:
    """How the window is to stand: full-screen on an appliance, of a size in pixels on a desk."""

    fullscreen: bool
    size: tuple[int, int]
    touch_map: Path | None = None  # kept up to date with what can be tapped, for a finger that is a program


@dataclass(frozen=True)
class SidePanel:
    """What a development tool puts beside the kiosk's window: `build` gets what sends events and gives a widget."""

    width_px: int
    build: Callable[[Callable[[Any], None]], Any]


class NoWindowError(Exception):
    """No window can be opened on this display."""


def run(
    settings: Settings, options: WindowOptions, beside: SidePanel | None = None, step: Callable[..., Any] | None = None
) -> int:
    """Open the window and serve until SIGTERM, SIGINT or the window's closing. Returns the exit status. Raises
    NoWindowError.

    `beside` and `step`, which takes the place of journey.step.step, are for tools of development.
    """
    # Nothing of what is loaded for the first picture is garbage: looking for it took 2.5 % of the start.
    gc.disable()
    use_thai_digits(settings.kiosk.numerals == "thai")
    width, height = options.size
    if beside is not None:
        width += beside.width_px
    configure_kivy(options.fullscreen, (width, height), rotation=settings.screen.rotation)
    return _Interface(settings, options, beside, step).serve()


class _Interface:
    """Window and runner, joined: the runner's states are drawn, touches become its events."""

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
        self._touch_map = options.touch_map
        self._visit_lock = VisitLock(settings.paths.runtime)
        self._watchdog = Watchdog()
        self._composition: Any = None  # kiosk_app.composition_root.CompositionRoot, from the first picture on
        self._early_events: list[Event] = []  # touched before that
        self._shown_journey = initial_journey(settings)
        self._frame_count = 0  # how many went to the glass since a finger looks
        self._touch_count = 0  # how many times a finger was lifted from it
        self._keys_down: set[int] = set()  # codes of the keypad's keys
        self._last_screen_drawn: Screen | None = None  # the screen that was last painted whole
        self._root_view: Any = import_module("screens.root_view").RootView(
            send=self._send,
            page_image=self._page_preview,
            readiness_report=self._status_lines,
            size=self._window.size,
        )
        self._root = self._root_view if beside is None else self._with_panel(beside)

    def _with_panel(self, beside: SidePanel) -> Any:
        """The kiosk, and the panel beside it."""
        panel = beside.build(self._send)
        panel.size_hint_x, panel.width = None, beside.width_px
        root = import_module("kivy.uix.boxlayout").BoxLayout()
        root.add_widget(self._root_view)
        root.add_widget(panel)
        return root

    def serve(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._clock.schedule_once(lambda _: self._base.stopTouchApp()))
        self._window.bind(on_flip=self._on_flip)
        if self._touch_map is not None:
            self._window.bind(on_touch_up=self._on_touch_up)
        if self._settings.keypad.enabled:
            self._window.bind(on_key_down=self._key_down, on_key_up=self._key_up)
        self._root_view.show(self._shown_journey)
        try:
            self._base.runTouchApp(self._root)
        finally:
            self._watchdog.stopping()
            if self._composition is not None:
                self._composition.stop()
        return 0

    def _start_composition(self) -> None:
        """Behind the first picture."""
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

    def _key_down(self, _window: object, code: int, *_more: object) -> bool:
        """A key, of the keypad or any other: only the five that are listed do anything. Held, *next*
        and *previous* repeat; the others press once, so that a slow hand does not press what comes next as well."""
        codes = import_module("kivy.core.window").Keyboard.keycodes
        pressed = (key for key in KeypadKey if codes[getattr(self._settings.keypad, key.value)] == code)
        key, repeated = next(pressed, None), code in self._keys_down
        self._keys_down.add(code)
        if key is not None and not (repeated and key not in (KeypadKey.NEXT, KeypadKey.PREVIOUS)):
            self._root_view.press_key(key)
        return True

    def _key_up(self, _window: object, code: int, *_more: object) -> bool:
        self._keys_down.discard(code)
        return True

    def _status_lines(self, language: str) -> list[tuple[str, str]]:
        return list(self._composition.report(language)) if self._composition is not None else []

    def _tick(self, _seconds: float) -> None:
        """Feed the watchdog from the loop that draws: a window that hangs is restarted."""
        self._watchdog.ping()
        self._composition.runner.tick()

    def _page_preview(self, page_id: str) -> bytes | None:
        pages = self._composition.runner.pages
        return bytes(pages.preview(page_id)) if page_id in pages else None

    def _draw(self, journey: Journey) -> None:
        """Show what changed. That time passed is drawn only by an overlay's countdown, each second."""
        before = self._shown_journey
        if journey == replace(before, now=journey.now, last_touch_at=journey.last_touch_at):
            counting = journey.overlay is not None and int(journey.now) != int(before.now)
            if not counting:
                return
        self._shown_journey = journey
        self._visit_lock.set_visit_running(journey.visit is not None)
        # Kivy turns its loop this often whether anything changes or not, which is nearly all an idle kiosk costs.
        self._clock._max_fps = IDLE_FPS if journey.visit is None and journey.overlay is None else MAX_FRAMES_PER_SECOND
        self._root_view.show(journey)

    def _on_flip(self, _window: object) -> None:
        """Called with each picture that goes to the glass; in the next turn of the loop it stands there."""
        if self._shown_journey.screen is not self._last_screen_drawn:
            self._last_screen_drawn = self._shown_journey.screen
            self._clock.schedule_once(lambda _, screen=self._last_screen_drawn: self._on_screen_shown(screen))
        if self._touch_map is not None:
            self._frame_count += 1
            touch_map = {
                "pictures": self._frame_count,
                "touches": self._touch_count,
                "screen": self._shown_journey.screen.value,
                "overlay": self._shown_journey.overlay.value if self._shown_journey.overlay else "",
            }
            targets = self._touch_targets()
            self._clock.schedule_once(lambda _: self._write_touch_map(touch_map, targets))

    def _on_touch_up(self, _window: object, _touch: object) -> None:
        """A tap was taken: a picture that shows what it did follows in the next turn of the loop, if only the same."""
        self._clock.schedule_once(lambda _: self._count_touch())

    def _count_touch(self) -> None:
        self._touch_count += 1
        self._window.canvas.ask_update()

    def _on_screen_shown(self, screen: Screen) -> None:
        self._watchdog.ready()
        if self._composition is None:
            self._start_composition()
        self._send(ScreenShown(screen))

    def _touch_targets(self) -> list[Any]:
        """The kiosk's, and those of what is beside it."""
        if self._root is self._root_view:
            return list(self._root_view.visible_touch_targets())
        return list(import_module("screens.touch_targets").visible_touch_targets(self._root))

    def _accepted_from(self, item: Any) -> float:
        """When a touch on this will count, in monotonic seconds. What is beside the kiosk has no guard."""
        x, y = item.x + item.width / 2, self._root.height - item.y - item.height / 2
        if not self._root_view.collide_point(x, y):
            return 0.0
        wait = self._root_view.touch_guard.accepted_from(x, y)
        return float(min(wait, time.monotonic() + MAX_DEAD_TIME_S))

    def _write_touch_map(self, touch_map: dict[str, Any], targets: list[Any]) -> None:
        """What was painted, not what is being drawn: a page that came a moment ago is not laid out yet. And from when
        on, by the machine's monotonic clock, a touch on it counts."""
        assert self._touch_map is not None  # noqa: S101 - asked by its only caller
        touch_map["dead"] = self._root_view.touch_guard.ignored_count
        touch_map["touchables"] = [asdict(item) | {"alive_from": self._accepted_from(item)} for item in targets]
        replace_file_atomically(
            self._touch_map, json.dumps(touch_map, ensure_ascii=False).encode(), 0o644, durable=False
        )
