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
TAKEN_MOST_S = 5.0  # a busy machine may take a tap late; what is looked up before that is the glass of before
SETTLE_MOST_S = 0.6
STILL_S = 0.08  # longer than a frame under software graphics
_KEYS = {" ": "key.space", "\n": "key.enter"}


class NotThereError(Exception):
    """What was to be tapped or seen did not appear in time."""


@dataclass(frozen=True)
class Spot:
    """One thing to tap; the centre in pixels of the screen."""

    name: str
    text: str
    x: int
    y: int
    alive_from: float  # seconds of time.monotonic


@dataclass(frozen=True)
class Glass:
    """What the window shows at one moment."""

    pictures: int  # counts what went to the glass
    touches: int  # counts the taps whose effect this shows
    dead: int  # counts those among them that pressed nothing
    screen: str
    overlay: str
    spots: dict[str, Spot]


class Finger:
    """Taps and looks. `display` is an X11 display such as ':99'; the window stands in its top left corner."""

    def __init__(self, display: str, touch_map: Path) -> None:
        self.display = display
        self._map = touch_map

    def glass(self) -> Glass:
        """What stands there now. Before the first picture: nothing."""
        try:
            told = json.loads(self._map.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return Glass(0, 0, 0, "", "", {})
        spots = {
            item["name"]: Spot(
                item["name"],
                item["text"],
                round(item["x"] + item["width"] / 2),
                round(item["y"] + item["height"] / 2),
                item["alive_from"],
            )
            for item in told["touchables"]
        }
        return Glass(told["pictures"], told["touches"], told["dead"], told["screen"], told["overlay"], spots)

    def wait_for(self, screen: str, *, overlay: str = "", within_s: float = 30.0) -> Glass:
        """Wait until this screen stands there. Raises NotThereError."""
        deadline = time.monotonic() + within_s
        while (glass := self.glass()).screen != screen or glass.overlay != overlay:
            if time.monotonic() > deadline:
                raise NotThereError(
                    f"The screen '{screen}' did not come; '{glass.screen}' {glass.overlay} stands there."
                )
            time.sleep(0.05)
        return glass

    def wait_for_spot(self, name: str, within_s: float = 30.0) -> Spot:
        """Wait until this can be tapped. Raises NotThereError."""
        deadline = time.monotonic() + within_s
        while name not in (glass := self.glass()).spots:
            if time.monotonic() > deadline:
                there = ", ".join(glass.spots)
                raise NotThereError(f"'{name}' cannot be tapped on '{glass.screen}'; there are: {there}")
            time.sleep(0.05)
        return glass.spots[name]

    def tap(self, name: str, within_s: float = 30.0) -> Spot:
        """Tap what has this name, once it is there and counts; again when it changed just before. Raises
        NotThereError."""
        deadline = time.monotonic() + within_s
        while True:
            spot = self.wait_for_spot(name, max(0.0, deadline - time.monotonic()))
            if (wait := spot.alive_from - time.monotonic()) > 0:
                time.sleep(min(wait, STILL_S))  # and look again: it may move meanwhile
                continue
            before = self.glass()
            self._tap_at(spot, before.touches)
            if self.glass().dead == before.dead or time.monotonic() > deadline:
                return spot

    def _tap_at(self, spot: Spot, touches: int) -> None:
        self._xdotool("mousemove", str(spot.x), str(spot.y))
        self._xdotool("mousedown", "1")
        time.sleep(PRESS_S)
        self._xdotool("mouseup", "1")
        self._wait_until_taken(touches)
        self._wait_until_still()

    def _wait_until_taken(self, before: int) -> None:
        ends = time.monotonic() + TAKEN_MOST_S
        while self.glass().touches == before and time.monotonic() < ends:
            time.sleep(0.02)

    def _wait_until_still(self) -> None:
        """Until nothing new was drawn for a moment: keys, for one, change a picture after the tap."""
        ends = time.monotonic() + SETTLE_MOST_S
        seen, since = self.glass().pictures, time.monotonic()
        while time.monotonic() < ends and time.monotonic() - since <= STILL_S:
            if (now := self.glass().pictures) != seen:
                seen, since = now, time.monotonic()
            time.sleep(0.02)

    def type(self, text: str) -> None:
        """Write on the on-screen keyboard, key by key; what is on another layer or layout is looked for."""
        for letter in text:
            self._find_key(key := _KEYS.get(letter, f"key.{letter}"))
            self.tap(key)

    def _find_key(self, key: str) -> None:
        if self._appears(key, 0.0):
            return
        for switch in ("key.shift", "key.numbers", "key.thai", "key.shift"):
            if self._appears(switch, 0.0):
                self.tap(switch)
                if self._appears(key, 1.0):
                    return
        raise NotThereError(f"There is no '{key}' on this keyboard.")

    def _appears(self, name: str, within_s: float) -> bool:
        deadline = time.monotonic() + within_s
        while name not in self.glass().spots:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        return True

    def picture(self) -> Image.Image:
        """The whole screen as it is on the glass."""
        return ImageGrab.grab(xdisplay=self.display)

    def _xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], check=True, env={"DISPLAY": self.display, "PATH": "/usr/bin:/bin"})
