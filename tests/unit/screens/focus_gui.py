"""Runs in its own process with a real window: checks that every screen works by the five keys of a keypad.

python -m tests.unit.screens.focus_gui

Prints each problem on a line.
"""

import sys
from typing import Any

from PIL import ImageChops

from journey.events import (
    Back,
    BeginVisit,
    ChooseArea,
    ChooseTopic,
    DismissOverlay,
    Next,
    ScreenTouched,
    SubmitComplaint,
    SubmitTrackingCode,
    ToggleReadAloud,
    WriteText,
)
from journey.state import Journey
from protocol.topics import Topic
from screens.keypad import KeypadKey
from simulators.sample_data import COMPLAINT_TEXT
from thai.places import provinces
from tools.gui_checks.window_harness import WindowHarness, run_check
from tools.sample_journeys import sample_journeys

SIZE = 540, 960
MAX_PRESSES = 400  # of "next": more than any screen has targets


class Keypad:
    """A user of the keypad who cannot see the screen."""

    def __init__(self, harness: WindowHarness) -> None:
        self._harness = harness

    def press(self, key: KeypadKey) -> list[Any]:
        """Press a key and wait for its effect. Returns the events sent besides ScreenTouched."""
        if key in (KeypadKey.PRESS, KeypadKey.BACK):
            self._harness.pass_touch_guard()
        before, at = len(self._harness.sent), self.focused_name
        self._harness.root_view.press_key(key)
        if key in (KeypadKey.PRESS, KeypadKey.BACK):
            self._harness.wait(0.15)
        else:
            deadline = self._harness.clock.now + 3  # a scrolled list continues when its rows are created
            while self.focused_name == at and self._harness.clock.now < deadline:
                self._harness.run_frames(1)
        sent = self._harness.sent[before:]
        if ScreenTouched() not in sent:
            raise LookupError(f"{key} did not send ScreenTouched")
        return [event for event in sent if event != ScreenTouched()]

    def go_to(self, name: str) -> None:
        """Press "next" until the ring is on this target."""
        for _press in range(MAX_PRESSES):
            self.press(KeypadKey.NEXT)
            if self.focused_name == name:
                return
        raise LookupError(f"no way to {name} by the keypad")

    @property
    def focused_name(self) -> str:
        """The name of the ringed target."""
        at = self._harness.root_view.focus.current
        return at.name if at is not None else ""

    def focus_order(self, key: KeypadKey = KeypadKey.NEXT) -> list[str]:
        """All names in the order of the ring."""
        names: list[str] = []
        for _press in range(MAX_PRESSES):
            self.press(key)
            if self.focused_name in names:
                return names
            names.append(self.focused_name)
        raise LookupError(f"no end to {names[:5]} …")


def check(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """Every problem as a sentence."""
    keypad = Keypad(harness)
    problems: list[str] = []
    for name, journey in states.items():
        harness.root_view.focus.reset()
        harness.show(journey)
        target_names = {tap.name for tap in harness.root_view.visible_touch_targets()}
        for widget in harness.root_view.walk():  # including those scrolled out of sight
            target_names |= (
                {tap for tap, _text, _box in widget.tap_targets()}
                if hasattr(widget, "tap_targets") and not widget.disabled
                else set()
            )
        missed = target_names - set(keypad.focus_order())
        problems += [f"{name}: the keypad does not reach {tap}" for tap in sorted(missed)]
    problems += _check_focus_order(harness, states, keypad)
    problems += _check_presses(harness, states, keypad)
    problems += _check_long_list(harness, states, keypad)
    return problems


def _check_focus_order(harness: WindowHarness, states: dict[str, Journey], keypad: Keypad) -> list[str]:
    """The ring is visible around its target, entirely on the screen, and removed by a touch."""
    problems = []
    for name in ("attract", "topic", "review", "details", "overlay_comfort"):
        harness.root_view.focus.reset()
        harness.show(states[name])
        bare = harness.screenshot()
        target_names = keypad.focus_order()
        if sorted(keypad.focus_order(KeypadKey.PREVIOUS)) != sorted(target_names):
            problems.append(f"{name}: the order backwards is different")
        for _target in target_names[::5]:
            at = harness.root_view.focus.current
            harness.wait(0.12)
            box = at.rect
            if box.x < -1 or box.y < -1 or box.x + box.width > SIZE[0] + 1 or box.y + box.height > SIZE[1] + 1:
                problems.append(f"{name}: the ring around {at.name} is not entirely on the screen")
            changed = ImageChops.difference(bare, harness.screenshot()).getbbox()
            if changed is None:
                problems.append(f"{name}: no ring around {at.name}")
            for _key in range(5):
                keypad.press(KeypadKey.NEXT)
        harness.root_view.focus.reset()
    return problems


def _check_presses(harness: WindowHarness, states: dict[str, Journey], keypad: Keypad) -> list[str]:
    """A press of the key is a tap on the ringed target."""
    problems = []

    def expect(name: str, target: str, expected: list[Any]) -> None:
        harness.root_view.focus.reset()
        harness.show(states["attract"])
        harness.show(states[name])
        keypad.go_to(target)
        if (sent := keypad.press(KeypadKey.PRESS)) != expected:
            problems.append(f"{name}: pressing on {target} sent {sent}, not {expected}")

    expect("attract", "begin", [BeginVisit()])
    expect("topic", "topic.other", [ChooseTopic(Topic.OTHER)])
    expect("tell_empty", "key.ก", [WriteText("text", "ก")])
    expect("tell", "next", [Next()])
    harness.show(states["attract"])
    harness.show(states["tell"])
    keypad.go_to("story")
    keypad.press(KeypadKey.PRESS)
    keypad.go_to("key.ก")
    if (sent := keypad.press(KeypadKey.PRESS)) != [WriteText("text", COMPLAINT_TEXT + "ก")]:
        problems.append(f"writing on after pressing on the field sent {sent}")
    expect("review", "send", [SubmitComplaint()])
    expect("overlay_still_there", "dismiss", [DismissOverlay()])
    harness.show(states["attract"])
    harness.show(states["track"])
    for sign in "7KQ2M9XD4TBVS":
        keypad.go_to(f"key.{sign}")
        keypad.press(KeypadKey.PRESS)
    keypad.go_to("submit")
    if (sent := keypad.press(KeypadKey.PRESS)) != [SubmitTrackingCode("7KQ2M9XD4TBVS")]:
        problems.append(f"a code by the keypad sent {sent}")
    harness.show(states["place"])
    if (sent := keypad.press(KeypadKey.BACK)) != [Back()]:
        problems.append(f"the key for back sent {sent}")
    if (sent := keypad.press(KeypadKey.HELP)) != [ToggleReadAloud()]:
        problems.append(f"the key for help sent {sent}")
    return problems


def _check_long_list(harness: WindowHarness, states: dict[str, Journey], keypad: Keypad) -> list[str]:
    """Every province is reached, although only visible ones have widgets; the last one can be chosen."""
    harness.show(states["attract"])
    harness.show(states["place"])
    keypad.go_to("area.province")
    keypad.press(KeypadKey.PRESS)
    harness.run_frames(6)
    wanted = {f"area.{place.code}" for place in provinces()}
    missed = wanted - set(keypad.focus_order())
    problems = [f"the keypad does not reach {len(missed)} provinces"] if missed else []
    last = provinces()[-1].code
    keypad.go_to(f"area.{last}")
    if (sent := keypad.press(KeypadKey.PRESS)) != [ChooseArea(last)]:
        problems.append(f"choosing the last province sent {sent}")
    return problems


if __name__ == "__main__":
    sys.exit(run_check(SIZE, lambda harness: check(harness, sample_journeys("th"))))
