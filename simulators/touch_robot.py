"""A finger on the glass: taps a kiosk's real window by X11, finding what to tap in the window's own list.

The window, started with `kiosk run --touch-map FILE`, keeps in FILE what can be tapped: JSON with the screen's name,
the overlay's, how many touches were dead so far, and per touchable its name, text, place in pixels and from when on, by
the monotonic clock, a touch on it counts: the window ignores touches that come too soon after a change.
"""

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageGrab

PRESS_S = 0.05
MAX_TOUCH_LATENCY_S = 5.0  # a busy machine may take a tap late; what is looked up before that is the glass of before
MAX_SETTLE_S = 0.6
STABLE_FOR_S = 0.08  # longer than a frame under software graphics
_KEYS = {" ": "key.space", "\n": "key.enter"}


class TargetNotFoundError(Exception):
    """What was to be tapped or seen did not appear in time."""


@dataclass(frozen=True)
class TouchTarget:
    """One thing to tap; the centre in pixels of the screen."""

    name: str
    text: str
    x: int
    y: int
    enabled_at_s: float  # seconds of time.monotonic


@dataclass(frozen=True)
class ScreenState:
    """What the window shows at one moment."""

    frame_count: int  # counts what went to the glass
    touch_count: int  # counts the taps whose effect this shows
    ignored_touch_count: int  # counts those among them that pressed nothing
    screen: str
    overlay: str
    targets: dict[str, TouchTarget]


class TouchRobot:
    """Taps and looks. `display` is an X11 display such as ':99'; the window stands in its top left corner."""

    def __init__(self, display: str, touch_map: Path) -> None:
        self.display = display
        self._touch_map = touch_map

    def read_screen(self) -> ScreenState:
        """What stands there now. Before the first picture: nothing."""
        try:
            content = json.loads(self._touch_map.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return ScreenState(0, 0, 0, "", "", {})
        targets = {
            item["name"]: TouchTarget(
                item["name"],
                item["text"],
                round(item["x"] + item["width"] / 2),
                round(item["y"] + item["height"] / 2),
                item["accepted_from"],
            )
            for item in content["targets"]
        }
        counts = content["frames"], content["touches"], content["ignored_touches"]
        return ScreenState(*counts, content["screen"], content["overlay"], targets)

    def wait_for_screen(self, screen: str, *, overlay: str = "", within_s: float = 30.0) -> ScreenState:
        """Wait until this screen stands there. Raises TargetNotFoundError."""
        deadline = time.monotonic() + within_s
        while (state := self.read_screen()).screen != screen or state.overlay != overlay:
            if time.monotonic() > deadline:
                raise TargetNotFoundError(
                    f"The screen '{screen}' did not come; '{state.screen}' {state.overlay} stands there."
                )
            time.sleep(0.05)
        return state

    def wait_for_target(self, name: str, within_s: float = 30.0) -> TouchTarget:
        """Wait until this can be tapped. Raises TargetNotFoundError."""
        deadline = time.monotonic() + within_s
        while name not in (state := self.read_screen()).targets:
            if time.monotonic() > deadline:
                there = ", ".join(state.targets)
                raise TargetNotFoundError(f"'{name}' cannot be tapped on '{state.screen}'; there are: {there}")
            time.sleep(0.05)
        return state.targets[name]

    def tap(self, name: str, within_s: float = 30.0) -> TouchTarget:
        """Tap what has this name, once it is there and counts; again when it changed just before. Raises
        TargetNotFoundError."""
        deadline = time.monotonic() + within_s
        while True:
            target = self.wait_for_target(name, max(0.0, deadline - time.monotonic()))
            if (wait := target.enabled_at_s - time.monotonic()) > 0:
                time.sleep(min(wait, STABLE_FOR_S))  # and look again: it may move meanwhile
                continue
            before = self.read_screen()
            self._tap_at(target, before.touch_count)
            if self.read_screen().ignored_touch_count == before.ignored_touch_count or time.monotonic() > deadline:
                return target

    def _tap_at(self, target: TouchTarget, touch_count: int) -> None:
        self._run_xdotool("mousemove", str(target.x), str(target.y))
        self._run_xdotool("mousedown", "1")
        time.sleep(PRESS_S)
        self._run_xdotool("mouseup", "1")
        self._wait_until_processed(touch_count)
        self._wait_until_stable()

    def _wait_until_processed(self, before: int) -> None:
        ends = time.monotonic() + MAX_TOUCH_LATENCY_S
        while self.read_screen().touch_count == before and time.monotonic() < ends:
            time.sleep(0.02)

    def _wait_until_stable(self) -> None:
        """Until nothing new was drawn for a moment: keys, for one, change a picture after the tap."""
        ends = time.monotonic() + MAX_SETTLE_S
        seen, since = self.read_screen().frame_count, time.monotonic()
        while time.monotonic() < ends and time.monotonic() - since <= STABLE_FOR_S:
            if (now := self.read_screen().frame_count) != seen:
                seen, since = now, time.monotonic()
            time.sleep(0.02)

    def type_text(self, text: str) -> None:
        """Write on the on-screen keyboard, key by key; what is on another layer or layout is looked for."""
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
        """The whole screen as it is on the state."""
        return ImageGrab.grab(xdisplay=self.display)

    def _run_xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], check=True, env={"DISPLAY": self.display, "PATH": "/usr/bin:/bin"})
