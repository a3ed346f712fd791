"""Runs in a process of its own with a real window: is a press seen on whatever is pressed, and does nothing move alone?

python -m tests.unit.screens.press_feedback_gui

Prints what is wrong, one a line.
"""

import sys
import time
from dataclasses import replace
from importlib import import_module
from typing import Any

from PIL import Image, ImageChops

from journey.events import NextTextSize
from journey.state import Contrast, Journey
from screens.kivy_setup import configure
from screens.touch_targets import Touchable
from tools.gui_checks.window_harness import Stage, display
from tools.sample_journeys import samples

SIZE = 540, 960  # half of the panel's: a picture is read in a quarter of the time
SEEN = 10  # of 255 in one colour, side by side in a moment
LEAST_SHARE = 0.02  # of what can be touched: the rim of a page's picture
AT_ONCE_S = 0.5  # what scrolls waits 0.055 s for a finger that wants to scroll
# Fields answer by their caret, the emblem on attract by nothing: holding it is the technician's hidden way in.
ANSWER_OTHERWISE = ("spot", "story", "page_text", "name", "phone", "about_note", "for_whom_note", "topic_note", "about")
STILL_S = 0.15  # a look at one screen; a blinking caret or a turning wheel would show
RESTING_S = 1.0
GLIDE_S = 2.0  # within which a list that was pushed stands still


class Window:
    """Counts the pictures that go to the glass."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.pictures = 0
        stage.window.bind(on_flip=self._count)

    def _count(self, _window: object) -> None:
        self.pictures += 1

    def over(self, seconds: float) -> int:
        """How many pictures came in that time."""
        self._stage.frames(4)
        before = self.pictures
        self._stage.wait(seconds)
        return self.pictures - before


def check(stage: Stage) -> list[str]:
    """Everything that is wrong, as sentences."""
    states = samples("th")
    window = Window(stage)
    wrong = _motion(stage, window, states) + _trembling(stage, states)
    pressed: set[tuple[Contrast, str]] = set()  # what bears the same name looks alike on every screen
    for contrast in Contrast:
        for name, journey in states.items():
            stage.show(replace(journey, comfort=replace(journey.comfort, contrast=contrast)))
            for tap in stage.shell.touchables():
                kind = contrast, _kind(tap.name)
                if kind not in pressed:
                    pressed.add(kind)
                    wrong += [f"{name}, {contrast.value}: {sentence}" for sentence in _press(stage, tap)]
    return wrong


def _trembling(stage: Stage, states: dict[str, Journey]) -> list[str]:
    """A finger that trembles asks for one size larger, not for two; one that comes again later is heard."""
    dead_s: float = import_module("screens.touch_guard").DEAD_S
    stage.show(states["notice"])
    heard = []
    for wait in (0.0, 0.0, dead_s):
        stage.wait(wait)
        tap = next(tap for tap in stage.shell.touchables() if tap.name == "text_size")
        _tap(stage, tap)
        heard.append(stage.sent.count(NextTextSize()))
    return [] if heard == [1, 1, 2] else [f"of three taps on the size of letters were heard {heard}, not [1, 1, 2]"]


def _tap(stage: Stage, tap: Touchable) -> None:
    touch: Any = import_module("kivy.tests.common").UnitTestTouch(
        tap.x + tap.width / 2, stage.window.height - tap.y - tap.height / 2
    )
    touch.touch_down()
    touch.touch_up()
    stage.frames(1)


def _kind(name: str) -> str:
    """Keys, places and topics are alike."""
    family, dot, _rest = name.partition(".")
    return family if dot and family in ("key", "area", "topic", "suggest", "letter") else name


def _press(stage: Stage, tap: Touchable) -> list[str]:
    """Put a finger down, look, and slide it away: nothing is released."""
    if tap.name in ANSWER_OTHERWISE:
        return []
    touch: Any = import_module("kivy.tests.common").UnitTestTouch(
        tap.x + tap.width / 2, stage.window.height - tap.y - tap.height / 2
    )
    before = _cut(stage.picture(), tap)
    touch.touch_down()
    until, share = time.monotonic() + AT_ONCE_S, 0.0
    while share < LEAST_SHARE and time.monotonic() < until:
        stage.frames(2)
        share = _changed(before, _cut(stage.picture(), tap))
    touch.touch_move(-100, -100)
    touch.touch_up()
    stage.frames(2)
    return [] if share >= LEAST_SHARE else [f"pressing {tap.name} is seen on {share:.1%} of it"]


def _cut(picture: Image.Image, tap: Touchable) -> Image.Image:
    return picture.crop((round(tap.x), round(tap.y), round(tap.x + tap.width), round(tap.y + tap.height)))


def _changed(before: Image.Image, after: Image.Image) -> float:
    red, green, blue = ImageChops.difference(before, after).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(most.histogram()[SEEN:]) / (before.width * before.height)


def _motion(stage: Stage, window: Window, states: dict[str, Journey]) -> list[str]:
    """Nothing moves by itself, on the resting screen least of all; a list that was pushed comes to rest."""
    wrong = []
    for (screen, overlay), (name, journey) in {(j.screen, j.overlay): (n, j) for n, j in states.items()}.items():
        stage.show(journey)
        if moved := window.over(RESTING_S if name.startswith("attract") else STILL_S):
            wrong.append(f"{screen.value} {overlay or ''}: {moved} pictures without a touch")
    stage.show(states["attract"])
    if moved := window.over(RESTING_S):
        wrong.append(f"attract: {moved} pictures while nobody is there")
    stage.show(states["technician"])
    touch: Any = import_module("kivy.tests.common").UnitTestTouch(SIZE[0] / 2, SIZE[1] * 0.3)
    touch.touch_down()
    for up in range(1, 5):
        touch.touch_move(SIZE[0] / 2, SIZE[1] * (0.3 + 0.05 * up))
        stage.frames(1)
    touch.touch_up()
    stage.wait(GLIDE_S)
    if moved := window.over(STILL_S):
        wrong.append(f"a list that was pushed still moves after {GLIDE_S:g} s: {moved} pictures")
    return wrong


def main() -> int:
    """Print what is wrong; the exit status is 1 if anything is."""
    with display(SIZE):
        configure(False, SIZE)
        stage = Stage()
        stage.resize(SIZE)
        wrong = check(stage)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
