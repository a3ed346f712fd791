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
from screens.kivy_setup import configure_kivy
from screens.touch_targets import TouchTarget
from tools.gui_checks.window_harness import WindowHarness, x_display
from tools.sample_journeys import sample_journeys

SIZE = 540, 960  # half of the panel's: a picture is read in a quarter of the time
MIN_VISIBLE_DIFFERENCE = 10  # of 255 in one colour, side by side in a moment
MIN_CHANGED_SHARE = 0.02  # of what can be touched: the rim of a page's picture
FEEDBACK_DEADLINE_S = 0.5  # what scrolls waits 0.055 s for a finger that wants to scroll
# Fields answer by their caret, the emblem on attract by nothing: holding it is the technician's hidden way in.
NO_PRESS_FEEDBACK = (
    "spot",
    "story",
    "page_text",
    "name",
    "phone",
    "about_note",
    "for_whom_note",
    "topic_note",
    "about",
)
STILL_WATCH_S = 0.15  # a look at one screen; a blinking caret or a turning wheel would show
REST_WATCH_S = 1.0
MAX_GLIDE_S = 2.0  # within which a list that was pushed stands still


class FrameCounter:
    """Counts the pictures that go to the glass."""

    def __init__(self, harness: WindowHarness) -> None:
        self._stage = harness
        self.frame_count = 0
        harness.window.bind(on_flip=self._count)

    def _count(self, _window: object) -> None:
        self.frame_count += 1

    def frames_during(self, seconds: float) -> int:
        """How many pictures came in that time."""
        self._stage.run_frames(4)
        before = self.frame_count
        self._stage.wait(seconds)
        return self.frame_count - before


def check(harness: WindowHarness) -> list[str]:
    """Everything that is wrong, as sentences."""
    states = sample_journeys("th")
    window = FrameCounter(harness)
    wrong = _check_no_motion(harness, window, states) + _check_double_tap(harness, states)
    pressed: set[tuple[Contrast, str]] = set()  # what bears the same name looks alike on every screen
    for contrast in Contrast:
        for name, journey in states.items():
            harness.show(replace(journey, accessibility=replace(journey.accessibility, contrast=contrast)))
            for tap in harness.shell.visible_touch_targets():
                kind = contrast, _kind(tap.name)
                if kind not in pressed:
                    pressed.add(kind)
                    wrong += [
                        f"{name}, {contrast.value}: {sentence}" for sentence in _check_press_feedback(harness, tap)
                    ]
    return wrong


def _check_double_tap(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """A finger that trembles asks for one size larger, not for two; one that comes again later is heard."""
    dead_s: float = import_module("screens.touch_guard").IGNORE_AFTER_CHANGE_S
    harness.show(states["notice"])
    counts = []
    for wait in (0.0, 0.0, dead_s):
        harness.wait(wait)
        tap = next(tap for tap in harness.shell.visible_touch_targets() if tap.name == "text_size")
        _tap(harness, tap)
        counts.append(harness.sent.count(NextTextSize()))
    return [] if counts == [1, 1, 2] else [f"of three taps on the size of letters were heard {counts}, not [1, 1, 2]"]


def _tap(harness: WindowHarness, tap: TouchTarget) -> None:
    touch: Any = import_module("kivy.tests.common").UnitTestTouch(
        tap.x + tap.width / 2, harness.window.height - tap.y - tap.height / 2
    )
    touch.touch_down()
    touch.touch_up()
    harness.run_frames(1)


def _kind(name: str) -> str:
    """Keys, places and topics are alike."""
    family, dot, _rest = name.partition(".")
    return family if dot and family in ("key", "area", "topic", "suggest", "letter") else name


def _check_press_feedback(harness: WindowHarness, tap: TouchTarget) -> list[str]:
    """Put a finger down, look, and slide it away: nothing is released."""
    if tap.name in NO_PRESS_FEEDBACK:
        return []
    touch: Any = import_module("kivy.tests.common").UnitTestTouch(
        tap.x + tap.width / 2, harness.window.height - tap.y - tap.height / 2
    )
    before = _crop_to(harness.screenshot(), tap)
    touch.touch_down()
    until, share = time.monotonic() + FEEDBACK_DEADLINE_S, 0.0
    while share < MIN_CHANGED_SHARE and time.monotonic() < until:
        harness.run_frames(2)
        share = _changed_share(before, _crop_to(harness.screenshot(), tap))
    touch.touch_move(-100, -100)
    touch.touch_up()
    harness.run_frames(2)
    return [] if share >= MIN_CHANGED_SHARE else [f"pressing {tap.name} is seen on {share:.1%} of it"]


def _crop_to(picture: Image.Image, tap: TouchTarget) -> Image.Image:
    return picture.crop((round(tap.x), round(tap.y), round(tap.x + tap.width), round(tap.y + tap.height)))


def _changed_share(before: Image.Image, after: Image.Image) -> float:
    red, green, blue = ImageChops.difference(before, after).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(most.histogram()[MIN_VISIBLE_DIFFERENCE:]) / (before.width * before.height)


def _check_no_motion(harness: WindowHarness, window: FrameCounter, states: dict[str, Journey]) -> list[str]:
    """Nothing moves by itself, on the resting screen least of all; a list that was pushed comes to rest."""
    wrong = []
    for (screen, overlay), (name, journey) in {(j.screen, j.overlay): (n, j) for n, j in states.items()}.items():
        harness.show(journey)
        if moved := window.frames_during(REST_WATCH_S if name.startswith("attract") else STILL_WATCH_S):
            wrong.append(f"{screen.value} {overlay or ''}: {moved} pictures without a touch")
    harness.show(states["attract"])
    if moved := window.frames_during(REST_WATCH_S):
        wrong.append(f"attract: {moved} pictures while nobody is there")
    harness.show(states["technician"])
    touch: Any = import_module("kivy.tests.common").UnitTestTouch(SIZE[0] / 2, SIZE[1] * 0.3)
    touch.touch_down()
    for up in range(1, 5):
        touch.touch_move(SIZE[0] / 2, SIZE[1] * (0.3 + 0.05 * up))
        harness.run_frames(1)
    touch.touch_up()
    harness.wait(MAX_GLIDE_S)
    if moved := window.frames_during(STILL_WATCH_S):
        wrong.append(f"a list that was pushed still moves after {MAX_GLIDE_S:g} s: {moved} pictures")
    return wrong


def main() -> int:
    """Print what is wrong; the exit status is 1 if anything is."""
    with x_display(SIZE):
        configure_kivy(False, SIZE)
        harness = WindowHarness()
        harness.resize(SIZE)
        wrong = check(harness)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
