"""Runs in its own process with a real window: checks that every press is visible and that nothing moves by itself.

python -m tests.unit.screens.press_feedback_gui

Prints each problem on a line.
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
from tools.gui_checks.touch_input import TEXT_FIELD_TARGETS
from tools.gui_checks.window_harness import WindowHarness, x_display
from tools.sample_journeys import sample_journeys

SIZE = 540, 960  # half of the panel: a screenshot takes a quarter of the time
MIN_VISIBLE_DIFFERENCE = 10  # of 255 in one colour: visible in immediate succession
MIN_CHANGED_SHARE = 0.02  # of the target's area: as much as the edge of a page's picture
FEEDBACK_DEADLINE_S = 0.5  # in a scroll area the press is delayed by 0.055 s to detect scrolling
# Fields show the caret; the emblem on attract shows nothing, because its long press is the technician's hidden entry.
NO_PRESS_FEEDBACK = (*TEXT_FIELD_TARGETS, "about")
STILL_WATCH_S = 0.15  # for one screen: long enough to see a blinking caret or a spinner
REST_WATCH_S = 1.0
MAX_GLIDE_S = 2.0  # until a list that was pushed stops


class FrameCounter:
    """Counts the frames that are painted."""

    def __init__(self, harness: WindowHarness) -> None:
        self._harness = harness
        self.frame_count = 0
        harness.window.bind(on_flip=self._count)

    def _count(self, _window: object) -> None:
        self.frame_count += 1

    def frames_during(self, seconds: float) -> int:
        """How many frames are painted in that time."""
        self._harness.run_frames(4)
        before = self.frame_count
        self._harness.wait(seconds)
        return self.frame_count - before


def check(harness: WindowHarness) -> list[str]:
    """Every problem as a sentence."""
    states = sample_journeys("th")
    window = FrameCounter(harness)
    problems = _check_no_motion(harness, window, states) + _check_double_tap(harness, states)
    pressed: set[tuple[Contrast, str]] = set()  # targets with one name look the same on every screen
    for contrast in Contrast:
        for name, journey in states.items():
            harness.show(replace(journey, accessibility=replace(journey.accessibility, contrast=contrast)))
            for tap in harness.root_view.visible_touch_targets():
                kind = contrast, _kind(tap.name)
                if kind not in pressed:
                    pressed.add(kind)
                    problems += [
                        f"{name}, {contrast.value}: {sentence}" for sentence in _check_press_feedback(harness, tap)
                    ]
    return problems


def _check_double_tap(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """A trembling finger presses once; a later press counts."""
    ignored_s: float = import_module("screens.touch_guard").IGNORE_AFTER_CHANGE_S
    harness.show(states["notice"])
    counts = []
    for wait in (0.0, 0.0, ignored_s):
        harness.wait(wait)
        tap = next(tap for tap in harness.root_view.visible_touch_targets() if tap.name == "text_size")
        _tap(harness, tap)
        counts.append(harness.sent.count(NextTextSize()))
    return [] if counts == [1, 1, 2] else [f"three taps on the text size were counted {counts}, not [1, 1, 2]"]


def _tap(harness: WindowHarness, tap: TouchTarget) -> None:
    touch: Any = import_module("kivy.tests.common").UnitTestTouch(
        tap.x + tap.width / 2, harness.window.height - tap.y - tap.height / 2
    )
    touch.touch_down()
    touch.touch_up()
    harness.run_frames(1)


def _kind(name: str) -> str:
    """Keys, areas and topics count as one each."""
    family, dot, _rest = name.partition(".")
    return family if dot and family in ("key", "area", "topic", "suggest", "letter") else name


def _check_press_feedback(harness: WindowHarness, tap: TouchTarget) -> list[str]:
    """Press, compare, and slide off so that nothing is released."""
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
    return [] if share >= MIN_CHANGED_SHARE else [f"pressing {tap.name} changes {share:.1%} of it"]


def _crop_to(picture: Image.Image, tap: TouchTarget) -> Image.Image:
    return picture.crop((round(tap.x), round(tap.y), round(tap.x + tap.width), round(tap.y + tap.height)))


def _changed_share(before: Image.Image, after: Image.Image) -> float:
    red, green, blue = ImageChops.difference(before, after).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(most.histogram()[MIN_VISIBLE_DIFFERENCE:]) / (before.width * before.height)


def _check_no_motion(harness: WindowHarness, window: FrameCounter, states: dict[str, Journey]) -> list[str]:
    """No frames are painted without a touch; a list that was pushed stops."""
    problems = []
    for (screen, overlay), (name, journey) in {(j.screen, j.overlay): (n, j) for n, j in states.items()}.items():
        harness.show(journey)
        if moved := window.frames_during(REST_WATCH_S if name.startswith("attract") else STILL_WATCH_S):
            problems.append(f"{screen.value} {overlay or ''}: {moved} frames without a touch")
    harness.show(states["attract"])
    if moved := window.frames_during(REST_WATCH_S):
        problems.append(f"attract: {moved} frames while nobody is there")
    harness.show(states["technician"])
    touch: Any = import_module("kivy.tests.common").UnitTestTouch(SIZE[0] / 2, SIZE[1] * 0.3)
    touch.touch_down()
    for up in range(1, 5):
        touch.touch_move(SIZE[0] / 2, SIZE[1] * (0.3 + 0.05 * up))
        harness.run_frames(1)
    touch.touch_up()
    harness.wait(MAX_GLIDE_S)
    if moved := window.frames_during(STILL_WATCH_S):
        problems.append(f"a list that was pushed still moves after {MAX_GLIDE_S:g} s: {moved} frames")
    return problems


def main() -> int:
    """Print each problem; the exit status is 1 if there is any."""
    with x_display(SIZE):
        configure_kivy(False, SIZE)
        harness = WindowHarness()
        harness.resize(SIZE)
        problems = check(harness)
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
