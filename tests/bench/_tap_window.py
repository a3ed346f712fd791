"""A window whose screens are changed on demand; each change is timed from the call to the picture on the glass.

    python -m tests.bench._tap_window ours|bare

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

from journey.state import Comfort, Contrast, Screen, TextSize
from screens.kivy_setup import FRAMES_PER_SECOND, configure
from tests.bench._visit_states import visits
from tools.sample_journeys import picture, readiness, samples

SIZE = (1080, 1920)
BUTTONS = 60
BARE_CHANGES = 26  # as many as ours
FINGER_RESTS_S = 0.3
COUNTS_S = 1.1  # after that a touch counts, see screens.touch_guard
TURNS = 24  # of the loop for each change; in the last ones an ended visit is forgotten, a page a turn
PREPARE_S = 60.0
KEYS = ("น", "้", "ำ", "ท", "่", "ว", "ม", "space", "delete", "shift", "shift")
WISHES = {
    "in English": Comfort(language="en"),
    "in Thai again": Comfort(),
    "larger": Comfort(text_size=TextSize.LARGE),
    "largest": Comfort(text_size=TextSize.LARGEST),
    "of usual size again": Comfort(),
    "in high contrast": Comfort(contrast=Contrast.DARK),
    "in low reach": Comfort(low_reach=True),
    "as before": Comfort(),
}

Tap = Callable[[], object]
Taps = Iterator[tuple[str, str, Tap]]  # kind, what, the tap itself


class Loop:
    """Kivy's loop, turned by hand, without waiting between the frames."""

    def __init__(self) -> None:
        self._base: Any = import_module("kivy.base")
        self.window: Any = import_module("kivy.core.window").Window
        self._flips = 0
        self.window.bind(on_flip=self._flipped)
        self._base.EventLoop.start()
        import_module("kivy.clock").Clock._max_fps = 0

    def _flipped(self, _window: object) -> None:
        self._flips += 1

    def turn(self) -> bool:
        """One turn of the loop. Whether something was painted."""
        before = self._flips
        self._base.EventLoop.idle()
        return self._flips > before

    def rest(self, seconds: float) -> None:
        """The loop goes on while nobody does anything."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.turn()
            time.sleep(1 / FRAMES_PER_SECOND)

    def measure(self, tap: Tap) -> tuple[float, float]:
        """Milliseconds from the tap to its last picture in unbroken order, and of processor time of the busiest turn.

        The tap's own callback, layout and drawing of the first picture are one turn: what keeps the next touch waiting.
        """
        painted, busiest, changing = 0.0, 0.0, True
        started, begun = time.perf_counter(), time.thread_time()
        tap()
        for number in range(TURNS):
            drew = self.turn()
            if changing and drew:
                painted = time.perf_counter() - started
            changing = changing and (drew or number == 0)
            busiest = max(busiest, time.thread_time() - begun)
            begun = time.thread_time()
        return 1e3 * painted, 1e3 * busiest


def press(shell: Any, finger: Any) -> None:
    """A tap that counts: one that the window ignores would be measured as quick."""
    finger.touch_down()
    finger.touch_up()
    if shell.guard.dead:
        raise RuntimeError("a tap of the bench was ignored")


def bare(loop: Loop) -> Callable[[], Taps]:
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
        for count in range(BARE_CHANGES):
            yield "screen", str(count % 2), partial(change, count % 2)

    return taps


def ours(loop: Loop) -> Callable[[], Taps]:
    """Whole visits; then every sample state, the wishes of comfort on the fullest screen, and typing."""
    shell = import_module("screens.root_view").Shell(lambda event: None, cache(picture), readiness)
    touch: Any = import_module("kivy.tests.common").UnitTestTouch
    states = samples("th")
    loop.window.add_widget(shell)
    shell.show(states["attract"])
    shell.prepare()
    until = time.monotonic() + PREPARE_S
    while not gc.get_freeze_count() and time.monotonic() < until:  # the last that is done ahead
        loop.turn()
    loop.measure(lambda: None)

    def key(name: str) -> Tap:
        place = {spot.name: spot for spot in shell.touchables()}[f"key.{name}"]
        finger = touch(place.x + place.width / 2, loop.window.height - place.y - place.height / 2)
        return partial(press, shell, finger)

    def taps() -> Taps:
        stood = Screen.ATTRACT
        for journey in visits(Comfort()):
            what = f"{stood.value} → {journey.screen.value}"
            yield "event" if journey.screen is stood else "screen", what, partial(shell.show, journey)
            stood = journey.screen
        for name, journey in states.items():
            yield "state", name, partial(shell.show, journey)
        review = states["review"]
        yield "state", "review", partial(shell.show, review)
        for wish, comfort in WISHES.items():
            yield "comfort", f"review {wish}", partial(shell.show, replace(review, comfort=comfort))
        for name in ("tell", "tell_long"):
            yield "state", name, partial(shell.show, states[name])
            for sign in KEYS:
                yield "key", f"{name}: {sign}", key(sign)
        yield "state", "attract after all", partial(shell.show, states["attract"])

    return taps


def main(which: str) -> None:
    """Serve rounds until stdin ends."""
    configure(False, SIZE)
    loop = Loop()
    taps = {"ours": ours, "bare": bare}[which](loop)
    answer: list[tuple[str, str, float, float]] = []
    while True:
        print(json.dumps(answer, ensure_ascii=False), flush=True)
        if not sys.stdin.readline():
            return
        answer, before = [], ""
        for kind, name, tap in taps():
            if kind == "screen":
                loop.rest(FINGER_RESTS_S)
            elif kind == "key" and before != "key":
                loop.rest(COUNTS_S)
            before = kind
            answer.append((kind, name, *loop.measure(tap)))


if __name__ == "__main__":
    main(sys.argv[1])
