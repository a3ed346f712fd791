"""Taps a kiosk's real window, by X11; the targets are in the window's touch map. A subclass may tap another way.

The window, started with `kiosk run --touch-map FILE`, writes the touch map to FILE: JSON with the names of screen and
overlay, the number of ignored touches, and for each target its name, text, position in pixels and the monotonic time
from which it accepts touches: the window ignores touches that come too soon after a change.
"""

import json
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageGrab

PRESS_S = 0.05
MAX_TOUCH_LATENCY_S = 5.0  # a busy machine may process a tap late; the touch map is unchanged until then
WAIT_S = 30.0  # for a screen or a target, where the caller says nothing else
MAX_SETTLE_S = 0.6
STABLE_FOR_S = 0.08  # longer than a frame under software graphics
_KEYS = {" ": "key.space", "\n": "key.enter"}


class TargetNotFoundError(Exception):
    """A target or screen did not appear in time."""


@dataclass(frozen=True)
class TouchTarget:
    """One target; the position is its centre in pixels of the display."""

    name: str
    text: str
    x: int
    y: int
    enabled_at_s: float  # seconds of time.monotonic


@dataclass(frozen=True)
class ScreenState:
    """The state of the window at one moment."""

    frame_count: int  # frames drawn so far
    touch_count: int  # touches processed so far
    ignored_touch_count: int  # of those, the touches without effect
    screen: str
    overlay: str
    targets: dict[str, TouchTarget]


NOTHING_SHOWN = ScreenState(0, 0, 0, "", "", {})  # before the first frame


def _place(item: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[int, int]:
    """The centre of a target in pixels of the display, on which the picture may be turned."""
    x, y = item["x"] + item["width"] / 2, item["y"] + item["height"] / 2
    width, height = content.get("size", (0, 0))
    match content.get("rotation", 0):
        case 90:
            x, y = y, width - x
        case 180:
            x, y = width - x, height - y
        case 270:
            x, y = height - y, x
    return round(x), round(y)


class TouchRobot:
    """Taps targets and reads the screen. `display` is an X11 display such as ':99', with the window at its top left."""

    max_touch_latency_s = MAX_TOUCH_LATENCY_S
    wait_s = WAIT_S

    def __init__(self, display: str, touch_map: Path) -> None:
        self.display = display
        self._touch_map = touch_map

    def read_touch_map(self) -> bytes:
        """The touch map as it is now."""
        return self._touch_map.read_bytes()

    def read_screen(self) -> ScreenState:
        """The present state; empty before the first frame."""
        try:
            content = json.loads(self.read_touch_map())
        except (FileNotFoundError, ValueError):
            return NOTHING_SHOWN
        targets = {
            item["name"]: TouchTarget(item["name"], item["text"], *_place(item, content), item["accepted_from"])
            for item in content["targets"]
        }
        counts = content["frames"], content["touches"], content["ignored_touches"]
        return ScreenState(*counts, content["screen"], content["overlay"], targets)

    def wait_for_screen(self, screen: str, *, overlay: str = "", within_s: float | None = None) -> ScreenState:
        """Wait for a screen. Raises TargetNotFoundError."""
        deadline = self._deadline(within_s)
        while (state := self.read_screen()).screen != screen or state.overlay != overlay:
            if time.monotonic() > deadline:
                raise TargetNotFoundError(
                    f"The screen '{screen}' did not appear; '{state.screen}' {state.overlay} is shown."
                )
            time.sleep(0.05)
        return state

    def wait_for_target(self, name: str, within_s: float | None = None) -> TouchTarget:
        """Wait for a target. Raises TargetNotFoundError."""
        deadline = self._deadline(within_s)
        while name not in (state := self.read_screen()).targets:
            if time.monotonic() > deadline:
                names = ", ".join(state.targets)
                raise TargetNotFoundError(f"'{name}' cannot be tapped on '{state.screen}'; targets: {names}")
            time.sleep(0.05)
        return state.targets[name]

    def tap(self, name: str, within_s: float | None = None) -> TouchTarget:
        """Tap a target as soon as it accepts touches, again if the window ignored the touch. Raises
        TargetNotFoundError."""
        deadline = self._deadline(within_s)
        while True:
            target = self.wait_for_target(name, max(0.0, deadline - time.monotonic()))
            if (wait := target.enabled_at_s - self.monotonic_s()) > 0:
                time.sleep(min(wait, STABLE_FOR_S))  # then read again: it may move meanwhile
                continue
            before = self.read_screen()
            self._tap_at(target, before.touch_count)
            if self.read_screen().ignored_touch_count == before.ignored_touch_count or time.monotonic() > deadline:
                return target

    def _deadline(self, within_s: float | None) -> float:
        return time.monotonic() + (self.wait_s if within_s is None else within_s)

    def monotonic_s(self) -> float:
        """Seconds of the kiosk's monotonic clock."""
        return time.monotonic()

    def press(self, x: int, y: int) -> None:
        """Touch a place of the display, in pixels, and lift the finger."""
        self._run_xdotool("mousemove", str(x), str(y))
        self._run_xdotool("mousedown", "1")
        time.sleep(PRESS_S)
        self._run_xdotool("mouseup", "1")

    def _tap_at(self, target: TouchTarget, touch_count: int) -> None:
        self.press(target.x, target.y)
        self._wait_until_processed(touch_count)
        self._wait_until_stable()

    def _wait_until_processed(self, before: int) -> None:
        deadline = time.monotonic() + self.max_touch_latency_s
        while self.read_screen().touch_count == before and time.monotonic() < deadline:
            time.sleep(0.02)

    def _wait_until_stable(self) -> None:
        """Wait until no frame was drawn for STABLE_FOR_S: keys, for example, change the screen after the tap."""
        deadline = time.monotonic() + MAX_SETTLE_S
        last_count, changed_at = self.read_screen().frame_count, time.monotonic()
        while time.monotonic() < deadline and time.monotonic() - changed_at <= STABLE_FOR_S:
            if (count := self.read_screen().frame_count) != last_count:
                last_count, changed_at = count, time.monotonic()
            time.sleep(0.02)

    def type_text(self, text: str) -> None:
        """Type on the on-screen keyboard, key by key, and switch to another layer or layout where needed."""
        for letter in text:
            self._show_key(key := _KEYS.get(letter, f"key.{letter}"))
            self.tap(key)

    def _show_key(self, key: str) -> None:
        if self._wait_for_target(key, 0.0):
            return
        for switch in ("key.shift", "key.numbers", "key.thai", "key.shift"):
            if self._wait_for_target(switch, 0.0):
                self.tap(switch)
                if self._wait_for_target(key, 1.0):
                    return
        raise TargetNotFoundError(f"There is no '{key}' on this keyboard.")

    def _wait_for_target(self, name: str, within_s: float) -> bool:
        deadline = time.monotonic() + within_s
        while name not in self.read_screen().targets:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        return True

    def screenshot(self) -> Image.Image:
        """A picture of the whole display."""
        return ImageGrab.grab(xdisplay=self.display)

    def _run_xdotool(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], check=True, env={"DISPLAY": self.display, "PATH": "/usr/bin:/bin"})
