"""A window whose screens are changed on demand; each change is timed from the call to the picture on the glass.

    python -m tests.bench._tap_window kiosk|baseline

Says [] once everything is built that is built ahead, then plays one round for each line it reads. Each round's answer
is one line of JSON: a list of [kind, what, milliseconds until painted, milliseconds of processor time of the busiest
turn of the loop]. Before another screen comes the finger rests, as it does on a kiosk: nobody taps twice in that time.
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

from journey.state import AccessibilityOptions, Contrast, Screen, TextSize
from screens.kivy_setup import MAX_FRAMES_PER_SECOND, configure_kivy
from tests.bench._visit_states import visit_states
from tools.gui_checks.touch_input import new_touch, target_center
from tools.sample_journeys import device_readiness, page_preview, sample_journeys

SIZE = (1080, 1920)
BUTTONS = 60
BASELINE_CHANGES = 26  # as many as ours
PAUSE_BETWEEN_SCREENS_S = 0.3
TOUCH_GUARD_S = 1.1  # after that a touch counts, see screens.touch_guard
FRAMES_PER_TAP = 24  # of the loop for each change; in the last ones an ended visit is forgotten, a page a turn
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
Taps = Iterator[tuple[str, str, Tap]]  # kind, what, the tap itself


class LoopDriver:
    """Kivy's loop, turned by hand, without waiting between the frames."""

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
        """One turn of the loop. Whether something was painted."""
        before = self._frames_drawn
        self._base.EventLoop.idle()
        return self._frames_drawn > before

    def idle_for(self, seconds: float) -> None:
        """The loop goes on while nobody does anything."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.run_frame()
            time.sleep(1 / MAX_FRAMES_PER_SECOND)

    def measure(self, tap: Tap) -> tuple[float, float]:
        """Milliseconds from the tap to its last picture in unbroken order, and of processor time of the busiest turn.

        The tap's own callback, layout and drawing of the first picture are one turn: what keeps the next touch waiting.
        """
        painted, busiest, changing = 0.0, 0.0, True
        started, begun = time.perf_counter(), time.thread_time()
        tap()
        for number in range(FRAMES_PER_TAP):
            drew = self.run_frame()
            if changing and drew:
                painted = time.perf_counter() - started
            changing = changing and (drew or number == 0)
            busiest = max(busiest, time.thread_time() - begun)
            begun = time.thread_time()
        return 1e3 * painted, 1e3 * busiest


def tap_counted(shell: Any, touch_point: Any) -> None:
    """A tap that counts: one that the window ignores would be measured as quick."""
    touch_point.touch_down()
    touch_point.touch_up()
    if shell.touch_guard.ignored_count:
        raise RuntimeError("a tap of the benchmark was ignored")


def baseline(loop: LoopDriver) -> Callable[[], Taps]:
    """Two screens with a grid of buttons each, taking turns."""
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
    shell = import_module("screens.root_view").RootView(lambda event: None, cache(page_preview), device_readiness)
    states = sample_journeys("th")
    loop.window.add_widget(shell)
    shell.show(states["attract"])
    shell.build_ahead()
    until = time.monotonic() + PRELOAD_TIMEOUT_S
    while not gc.get_freeze_count() and time.monotonic() < until:  # the last that is done ahead
        loop.run_frame()
    loop.measure(lambda: None)

    def key(name: str) -> Tap:
        return partial(tap_counted, shell, new_touch(*target_center(shell, loop.window.height, f"key.{name}")))

    def taps() -> Taps:
        stood = Screen.ATTRACT
        for journey in visit_states(AccessibilityOptions()):
            what = f"{stood.value} → {journey.screen.value}"
            yield "event" if journey.screen is stood else "screen", what, partial(shell.show, journey)
            stood = journey.screen
        for name, journey in states.items():
            yield "state", name, partial(shell.show, journey)
        review = states["review"]
        yield "state", "review", partial(shell.show, review)
        for change, accessibility in ACCESSIBILITY_CHANGES.items():
            yield "accessibility", f"review {change}", partial(shell.show, replace(review, accessibility=accessibility))
        for name in ("tell", "tell_long"):
            yield "state", name, partial(shell.show, states[name])
            for sign in TYPED_KEYS:
                yield "key", f"{name}: {sign}", key(sign)
        yield "state", "attract after all", partial(shell.show, states["attract"])

    return taps


def main(variant: str) -> None:
    """Serve rounds until stdin ends."""
    configure_kivy(False, SIZE)
    loop = LoopDriver()
    taps = {"kiosk": kiosk, "baseline": baseline}[variant](loop)
    answer: list[tuple[str, str, float, float]] = []
    while True:
        print(json.dumps(answer, ensure_ascii=False), flush=True)
        if not sys.stdin.readline():
            return
        answer, before = [], ""
        for kind, name, tap in taps():
            if kind == "screen":
                loop.idle_for(PAUSE_BETWEEN_SCREENS_S)
            elif kind == "key" and before != "key":
                loop.idle_for(TOUCH_GUARD_S)
            before = kind
            answer.append((kind, name, *loop.measure(tap)))


if __name__ == "__main__":
    main(sys.argv[1])
