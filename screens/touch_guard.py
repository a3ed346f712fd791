"""Decides which touches count, for the whole window.

People with tremor or in a hurry tap twice. At the second tap another button may be under the finger, which was not
read yet. So after every change of screen, overlay or visit, and of the target under the finger, touches are ignored
until the finger is up and IGNORE_AFTER_CHANGE_S have passed since the change was painted. An ignored touch presses
nothing and gives no feedback; it still counts as activity.

Somebody who keeps tapping at one spot has not read what appeared there. While no target with the name of the first one
is at that spot, a tap counts only REPEAT_S after the one before.

The root view asks `touch_began` for each touch that begins. A widget that acts when a finger is lifted asks `may_act`:
a finger that went down before a change must not act on what appeared after it.
"""

import time
from collections.abc import Callable
from itertools import pairwise
from math import hypot, inf
from typing import Any, Final
from weakref import ref

from kivy.clock import Clock
from kivy.event import EventDispatcher

from screens.rect import window_rect
from screens.touch_snapshot import SnapshotTarget, TouchSnapshot, press_count_of, take_snapshot

# Seconds. An unwanted second tap rarely comes later than that; reading a new screen takes longer.
IGNORE_AFTER_CHANGE_S = 0.5
REPEAT_S = 1.0  # trembling hands tap again after up to 0.9 s; nobody reads a new button and reaches it in less
MAX_REPEAT_S = 2.5  # after this time a repeated tap counts as intended
SAME_SPOT_SHARE = 0.08  # of the window's shorter side, about 2 cm: the largest distance between two taps at one spot
MAX_RESTING_S = 5.0  # a resting palm, or a lifted finger that the panel did not report, must not block the kiosk
RELEASE_GRACE_S = 1.0  # a list presses its row up to 0.2 s after the finger was lifted; a busy machine takes longer
SNAPSHOT_INTERVAL_S = 0.1  # least seconds between two snapshots: one takes 1 to 3 ms
_TOUCH_DATA_KEY = "screens.touch_guard"


class TouchHandledSignal(EventDispatcher):
    """Dispatched when a widget handled a touch, whatever the result. There is one for the process."""

    __events__ = ("on_touch_handled",)

    def on_touch_handled(self) -> None:
        """Bind to this event to be notified."""


touch_handled: Final = TouchHandledSignal()


def may_act(touch: Any, widget: Any = None) -> bool:
    """Whether this touch may still do something; with `widget`, whether the finger went down on it and it is unchanged.

    A touch outside the root view (on the developer panel) always may.
    """
    tracked: _TrackedTouch | None = touch.ud.get(_TOUCH_DATA_KEY)
    return tracked is None or (tracked.counts and (widget is None or tracked.is_still_on(widget)))


class _TrackedTouch:
    """The state of one touch."""

    def __init__(self, touch: Any, began_at: float) -> None:
        self.touch, self.began_at = ref(touch), began_at
        self.position = touch.x, touch.y
        self.lifted_at: float | None = None
        self.counts = False
        self.targets: list[SnapshotTarget] = []
        self.has_moved = False  # it scrolled or slid, so it is not a tap
        self.names: frozenset[str] = frozenset()  # of the targets it went down on; kept when it is cancelled

    @property
    def is_down(self) -> bool:
        return self.lifted_at is None

    def is_still_on(self, widget: Any) -> bool:
        """Whether the finger went down on this widget, and it is still there and unchanged."""
        touched = [target.action_key for target in self.targets if target.widget() is widget]
        current = {(name, text, press_count_of(widget)) for name, text, _rect in widget.tap_targets()}
        return (
            bool(touched)
            and current.issuperset(touched)
            and not widget.disabled
            and widget.get_root_window() is not None
        )

    def can_still_act(self, now: float) -> bool:
        """Whether the finger is down, or was lifted so recently that a widget may still be pressed by it."""
        return self.lifted_at is None or now - self.lifted_at < RELEASE_GRACE_S

    def cancel_touch(self) -> None:
        """Cancel the touch, because the screen changed under the finger: it presses nothing, and widgets that grabbed
        it are notified."""
        self.counts, self.targets = False, []
        touch = self.touch()
        for grabbing in touch.grab_list[:] if touch is not None else ():
            if hasattr(widget := grabbing(), "cancel_touch"):
                widget.cancel_touch()


class TouchGuard:
    """`top` returns the uppermost widget of the window; `now` is a clock in seconds."""

    def __init__(self, top: Callable[[], Any], now: Callable[[], float] = time.monotonic) -> None:
        self._top, self._now = top, now
        self.ignored_count = 0  # touches so far that pressed nothing
        self._changed_painted_at = -inf  # when the current screen, overlay or visit was first painted
        self._change_unpainted = False
        self._recent_touches: list[_TrackedTouch] = []  # down, or lifted a moment ago
        self._last_key: tuple[_TrackedTouch, str] | None = None  # the last touch on a key, and the key's meaning then
        # Taps at one spot: the last tap that counted, and the last tap.
        self._tap_series: tuple[_TrackedTouch, _TrackedTouch] | None = None
        self._snapshots: list[tuple[float, TouchSnapshot]] = []  # the recent ones, each with the time it was painted
        self._painted_at: float | None = None  # time of the last frame, while there is no snapshot of it
        self._mark_painted_soon = Clock.create_trigger(self._mark_painted)
        self._observe_soon = Clock.create_trigger(lambda _seconds: self._observe(), SNAPSHOT_INTERVAL_S)

    def screen_changed(self) -> None:
        """Cancel all touches and forget all observations, because another screen, overlay or visit is about to be
        painted."""
        for touch in self._recent_touches:
            touch.cancel_touch()
        self._snapshots.clear()
        self._last_key = None
        self._change_unpainted = True
        self._mark_painted_soon.cancel()
        self._mark_painted_soon()

    def frame_painted(self) -> None:
        """Record the time of a painted frame; a snapshot of it follows later."""
        self._painted_at = self._now()
        self._observe_soon()

    def accepted_from(self, x: float, y: float) -> float:
        """The time (guard's clock, seconds) from which a touch at this point of the window counts, if nothing changes
        until then."""
        return self._ignored_until(x, y, self._now())

    def touch_began(self, touch: Any) -> bool:
        """Track a touch that begins. Returns whether it counts."""
        now = self._now()
        self._recent_touches = [recent for recent in self._recent_touches if recent.can_still_act(now)]
        tracked = _TrackedTouch(touch, now)
        tracked.counts = now >= self._ignored_until(*tracked.position, now)
        if tracked.counts:
            self._record_targets(tracked)
        else:
            self.ignored_count += 1
        self._extend_tap_series(tracked, now)
        self._recent_touches.append(tracked)
        touch.ud[_TOUCH_DATA_KEY] = tracked
        return tracked.counts

    def _record_targets(self, tracked: _TrackedTouch) -> None:
        tracked.targets = self._snapshots[-1][1].targets_at(*tracked.position)
        tracked.names = frozenset(target.name for target in tracked.targets)
        for target in tracked.targets:
            if target.is_keyboard:
                self._last_key = tracked, target.key_at(*tracked.position)

    def _extend_tap_series(self, tracked: _TrackedTouch, now: float) -> None:
        """Update the series of taps: a touch that counts begins a series, an ignored one at the same spot continues
        it."""
        if (
            self._tap_series is not None
            and not tracked.counts
            and self._is_repeat(*self._tap_series, *tracked.position, now)
        ):
            self._tap_series = self._tap_series[0], tracked
        else:
            self._tap_series = tracked, tracked

    def touch_ended(self, touch: Any) -> None:
        """Record that the finger was lifted, and whether it had moved."""
        tracked: _TrackedTouch | None = touch.ud.get(_TOUCH_DATA_KEY)
        if tracked is not None:
            tracked.lifted_at = self._now()
            tracked.has_moved = not self._is_near(tracked, touch.x, touch.y)

    def _mark_painted(self, _seconds: float) -> None:
        """Record that the change is painted. Called one turn of the clock after the change, however long painting
        took."""
        self._change_unpainted, self._changed_painted_at = False, self._now()

    # --- the time until which a touch is ignored

    def _ignored_until(self, x: float, y: float, now: float) -> float:
        """The latest time that a rule gives; inf while a rule ignores touches without a known end."""
        if self._change_unpainted or self._is_finger_resting(now):
            return inf
        self._observe()
        under = self._snapshots[-1][1].targets_at(x, y)
        return max(
            self._changed_painted_at + IGNORE_AFTER_CHANGE_S,
            self._target_change_ignored_until(under, x, y),
            *(self._key_ignored_until(target, x, y, now) for target in under if target.is_keyboard),
            self._repeat_ignored_until(under, x, y, now),
        )

    def _is_finger_resting(self, now: float) -> bool:
        """Whether an ignored finger is still down."""
        return any(
            not touch.counts and touch.is_down and now - touch.began_at < MAX_RESTING_S
            for touch in self._recent_touches
        )

    def _target_change_ignored_until(self, under: list[SnapshotTarget], x: float, y: float) -> float:
        """The end of ignoring touches after a target at this point was replaced by another: IGNORE_AFTER_CHANGE_S
        later."""
        latest, until = self._snapshots[-1][1], -inf
        for (_before_painted_at, before), (painted_at, _after) in pairwise(self._snapshots):
            for target in under:
                earlier_keys = before.action_keys_at_place(x, y, target, latest)
                if earlier_keys is not None and target.action_key not in earlier_keys:
                    until = max(until, painted_at + IGNORE_AFTER_CHANGE_S)
        return until

    def _repeat_ignored_until(self, under: list[SnapshotTarget], x: float, y: float, now: float) -> float:
        """The end of ignoring repeated taps at one spot, where a target with another name has replaced the tapped one.
        With the same name (back, back) the tap is intended, and IGNORE_AFTER_CHANGE_S is enough."""
        if self._tap_series is None or not self._is_repeat(*self._tap_series, x, y, now):
            return -inf
        first, last = self._tap_series
        if not first.names.isdisjoint(target.name for target in under):
            return -inf
        return min((last.lifted_at or now) + REPEAT_S, first.began_at + MAX_REPEAT_S)

    def _is_repeat(self, first: _TrackedTouch, last: _TrackedTouch, x: float, y: float, now: float) -> bool:
        """Whether a touch here continues this series of taps."""
        is_recent = last.lifted_at is None or now - last.lifted_at < REPEAT_S
        return bool(first.names) and is_recent and not last.has_moved and self._is_near(last, x, y)

    def _is_near(self, touch: _TrackedTouch, x: float, y: float) -> bool:
        window = window_rect(self._top())
        distance = hypot(x - touch.position[0], y - touch.position[1])
        return distance <= SAME_SPOT_SHARE * min(window.width, window.height)

    def _key_ignored_until(self, keyboard: SnapshotTarget, x: float, y: float, now: float) -> float:
        """The end of ignoring touches on a keyboard. Keys change with every layer and must not slow a quick typist, so
        a key is ignored only when it is touched twice in a row and its meaning has changed between the touches (a layer
        for one character, or the key that switched)."""
        if self._last_key is None:
            return -inf
        (touch, first_meaning), meaning = self._last_key, keyboard.key_at(x, y)
        if first_meaning == meaning or keyboard.key_at(*touch.position) != meaning:
            return -inf
        return (touch.lifted_at if touch.lifted_at is not None else now) + IGNORE_AFTER_CHANGE_S

    # --- observing the window

    def _observe(self) -> None:
        """Keep a snapshot, unless nothing was painted since the last one or nothing changed."""
        if self._painted_at is None and self._snapshots:
            return
        painted_at = self._painted_at if self._painted_at is not None else self._now()
        self._painted_at = None
        latest = take_snapshot(self._top())
        if not self._snapshots or latest != self._snapshots[-1][1]:
            self._snapshots.append((painted_at, latest))
        while len(self._snapshots) > 1 and self._snapshots[1][0] < self._now() - IGNORE_AFTER_CHANGE_S:
            del self._snapshots[0]
