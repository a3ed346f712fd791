"""A window whose screens are changed on demand; each change is timed from the call to the painted frame.

    python -m tests.bench._tap_window kiosk|baseline

Prints [] when all views are preloaded. Then it runs one round for each line it reads and prints one line of JSON: a
list of [kind, label, milliseconds until painted, milliseconds of processor time of the busiest frame]. It pauses before
each change of screen, as a citizen does.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from typing import Any

from journey.screens import Screen
from journey.state import AccessibilityOptions, Contrast, TextSize
from screens.kivy_setup import MAX_FRAMES_PER_SECOND, configure_kivy
from tests.bench._visit_states import visit_states
from tools.gui_checks.touch_input import new_touch, target_center
from tools.sample_journeys import device_readiness, sample_journeys
from tools.sample_pages import page_preview

SIZE = (1080, 1920)
BUTTONS = 60
BASELINE_CHANGES = 26  # as many as in the kiosk's visits
PAUSE_BETWEEN_SCREENS_S = 0.3
TOUCH_GUARD_S = 1.1  # after that a touch is accepted, see screens.touch_guard
FRAMES_PER_TAP = 24  # in the last of them the views of an ended visit are cleared, one view a frame
PRELOAD_TIMEOUT_S = 60.0
TYPED_KEYS = ("น", "้", "ำ", "ท", "่", "ว", "ม", "space", "delete", "shift", "shift")
ACCESSIBILITY_CHANGES = {
    "in English": AccessibilityOptions(language="en"),
    "in Thai again": AccessibilityOptions(),
    "larger": AccessibilityOptions(text_size=TextSize.LARGE),
    "largest": AccessibilityOptions(text_size=TextSize.LARGEST),
    "of usual size again": AccessibilityOptions(),
    "in high contrast": AccessibilityOptions(contrast=Contrast.DARK),
    "in low reach": AccessibilityOptions(low_reach=True),
    "as before": AccessibilityOptions(),
}

Tap = Callable[[], object]
Taps = Iterator[tuple[str, str, Tap]]  # kind, label, the tap


class LoopDriver:
    """Runs Kivy's event loop frame by frame, without waiting between the frames."""

    def __init__(self) -> None:
        self._base: Any = import_module("kivy.base")
        self.window: Any = import_module("kivy.core.window").Window
        self._frames_drawn = 0
        self.window.bind(on_flip=self._on_flip)
        self._base.EventLoop.start()
        import_module("kivy.clock").Clock._max_fps = 0

    def _on_flip(self, _window: object) -> None:
        self._frames_drawn += 1

    def run_frame(self) -> bool:
        """Run one frame. Returns whether something was painted."""
        before = self._frames_drawn
        self._base.EventLoop.idle()
        return self._frames_drawn > before

    def idle_for(self, seconds: float) -> None:
        """Run frames at the kiosk's rate for that long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.run_frame()
            time.sleep(1 / MAX_FRAMES_PER_SECOND)

    def measure(self, tap: Tap) -> tuple[float, float]:
        """(milliseconds from the tap to the last of its consecutive painted frames, milliseconds of processor time of
        the busiest frame). The tap's callback counts to the first frame, as the next touch has to wait for both."""
        painted_s, busiest_s, changing = 0.0, 0.0, True
        tapped_at, frame_start = time.perf_counter(), time.thread_time()
        tap()
        for number in range(FRAMES_PER_TAP):
            was_painted = self.run_frame()
            if changing and was_painted:
                painted_s = time.perf_counter() - tapped_at
            changing = changing and (was_painted or number == 0)
            busiest_s = max(busiest_s, time.thread_time() - frame_start)
            frame_start = time.thread_time()
        return 1e3 * painted_s, 1e3 * busiest_s


def tap_counted(root_view: Any, touch_point: Any) -> None:
    """Tap. Raises RuntimeError when the touch guard ignores it, which would be measured as a quick tap."""
    touch_point.touch_down()
    touch_point.touch_up()
    if root_view.touch_guard.ignored_count:
        raise RuntimeError("a tap of the benchmark was ignored")


def baseline(loop: LoopDriver) -> Callable[[], Taps]:
    """Two screens with a grid of buttons each, shown alternately."""
    button, grid = import_module("kivy.uix.button").Button, import_module("kivy.uix.gridlayout").GridLayout
    screens = [grid(cols=5), grid(cols=5)]
    for number, screen in enumerate(screens):
        for count in range(BUTTONS // 2):
            screen.add_widget(button(text=f"{number}: {count}", font_size=40))
    root = import_module("kivy.uix.floatlayout").FloatLayout()
    loop.window.add_widget(root)

    def change(number: int) -> None:
        root.clear_widgets()
        root.add_widget(screens[number])

    def taps() -> Taps:
        for count in range(BASELINE_CHANGES):
            yield "screen", str(count % 2), partial(change, count % 2)

    return taps


def kiosk(loop: LoopDriver) -> Callable[[], Taps]:
    """Whole visits; then every sample state, the accessibility options on the fullest screen, and typing."""
    root_view = import_module("screens.root_view").RootView(lambda event: None, cache(page_preview), device_readiness)
    states = sample_journeys("th")
    loop.window.add_widget(root_view)
    root_view.show(states["attract"])
    root_view.build_ahead()
    deadline = time.monotonic() + PRELOAD_TIMEOUT_S
    while not gc.get_freeze_count() and time.monotonic() < deadline:  # gc.freeze is the last step of preloading
        loop.run_frame()
    loop.measure(lambda: None)

    def key(name: str) -> Tap:
        return partial(tap_counted, root_view, new_touch(*target_center(root_view, loop.window.height, f"key.{name}")))

    def taps() -> Taps:
        previous = Screen.ATTRACT
        for journey in visit_states(AccessibilityOptions()):
            kind = "event" if journey.screen is previous else "screen"
            yield kind, f"{previous.value} → {journey.screen.value}", partial(root_view.show, journey)
            previous = journey.screen
        for name, journey in states.items():
            yield "state", name, partial(root_view.show, journey)
        review = states["review"]
        yield "state", "review", partial(root_view.show, review)
        for change, accessibility in ACCESSIBILITY_CHANGES.items():
            yield (
                "accessibility",
                f"review {change}",
                partial(root_view.show, replace(review, accessibility=accessibility)),
            )
        for name in ("tell", "tell_long"):
            yield "state", name, partial(root_view.show, states[name])
            for key_name in TYPED_KEYS:
                yield "key", f"{name}: {key_name}", key(key_name)
        yield "state", "attract again", partial(root_view.show, states["attract"])

    return taps


def main(variant: str) -> None:
    """Run rounds until stdin ends."""
    configure_kivy(False, SIZE)
    loop = LoopDriver()
    taps = {"kiosk": kiosk, "baseline": baseline}[variant](loop)
    response: list[tuple[str, str, float, float]] = []
    while True:
        print(json.dumps(response, ensure_ascii=False), flush=True)
        if not sys.stdin.readline():
            return
        response, previous_kind = [], ""
        for kind, label, tap in taps():
            if kind == "screen":
                loop.idle_for(PAUSE_BETWEEN_SCREENS_S)
            elif kind == "key" and previous_kind != "key":
                loop.idle_for(TOUCH_GUARD_S)
            previous_kind = kind
            response.append((kind, label, *loop.measure(tap)))


if __name__ == "__main__":
    main(sys.argv[1])
