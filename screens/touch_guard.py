"""Which touches count: one rule for the whole window.

A hand that trembles or is in a hurry taps twice. By the second tap another button may stand under the finger, and it
would be pressed unread. So after every change of screen, overlay or visit, and of the thing under the finger, touches
are ignored until the finger is up and IGNORE_AFTER_CHANGE_S have passed since the change was painted. An ignored touch
presses nothing, is neither seen nor heard, and still tells that somebody is here.

A finger that goes on tapping at one spot has not read what came there. Where nothing of the name that it touched
stands any more, each of its taps has to be REPEAT_S after the one before.

The root view asks `touch_began` for each touch that comes down. What acts when a finger leaves asks `may_act` then: a
finger that came down before the change must not act on what came after it.
"""

import time
from collections.abc import Callable
from itertools import pairwise
from math import hypot, inf
from typing import Any
from weakref import ref

from kivy.clock import Clock

from screens.touch_snapshot import SnapshotTarget, TouchSnapshot, press_count_of, take_snapshot
from screens.touch_targets import window_rect

IGNORE_AFTER_CHANGE_S = (
    0.5  # the gap of an unwanted second tap is rarely longer; reading a new screen takes longer than that
)
REPEAT_S = 1.0  # trembling hands tap again after up to 0.9 s; nobody reads a new button and goes to it in less
MAX_REPEAT_S = 2.5  # a hand that taps on for so long means it
SAME_SPOT_SHARE = 0.08  # of the window's shorter side, about 2 cm: how far apart two taps at one spot are at most
MAX_RESTING_S = 5.0  # a palm left on the glass, or a lift the panel never told, must not switch the kiosk off
RELEASE_GRACE_S = 1.0  # a list presses what was tapped up to 0.2 s after the finger left; a busy machine takes longer
SNAPSHOT_INTERVAL_S = 0.1  # seconds between two snapshots, at least: one takes 1 to 3 ms
_TOUCH_DATA_KEY = "screens.touch_guard"


def may_act(touch: Any, widget: Any = None) -> bool:
    """Whether this touch may still do something; on `widget`, whether that is what the finger came down on, unchanged.

    A touch outside the shell (the developers' panel) always may.
    """
    ticket: _TrackedTouch | None = touch.ud.get(_TOUCH_DATA_KEY)
    return ticket is None or (ticket.is_live and (widget is None or ticket.still_on(widget)))


class _TrackedTouch:
    """What is known of one touch."""

    def __init__(self, touch: Any, began_at: float) -> None:
        self.touch, self.began_at = ref(touch), began_at
        self.position = touch.x, touch.y
        self.lifted_at: float | None = None
        self.is_live = False
        self.targets: list[SnapshotTarget] = []
        self.has_moved = False  # it scrolled or slid: no tap
        self.names: frozenset[str] = frozenset()  # of what it came down on, kept when it is called off

    def still_on(self, widget: Any) -> bool:
        """Whether the finger came down on this, and it is still there and still the same."""
        under = [target.action_key for target in self.targets if target.widget() is widget]
        there = {(name, text, press_count_of(widget)) for name, text, _box in widget.tap_targets()}
        return bool(under) and there.issuperset(under) and not widget.disabled and widget.get_root_window() is not None

    def can_still_act(self, now: float) -> bool:
        """It is on the glass, or was lifted so lately that something may still be pressed by it."""
        return self.lifted_at is None or now - self.lifted_at < RELEASE_GRACE_S

    def cancel_touch(self) -> None:
        """The screen changed under it: it presses nothing any more, and the widgets that grabbed it are told."""
        self.is_live, self.targets = False, []
        touch = self.touch()
        for held in touch.grab_list[:] if touch is not None else ():
            if hasattr(widget := held(), "cancel_touch"):
                widget.cancel_touch()


class TouchGuard:
    """`top` gives what lies uppermost on the glass; `now` is a clock in seconds."""

    def __init__(self, top: Callable[[], Any], now: Callable[[], float] = time.monotonic) -> None:
        self._top, self._now = top, now
        self.ignored_count = 0  # touches so far that pressed nothing
        self._changed_painted_at = -inf  # when the screen, overlay or visit that stands there was painted
        self._change_unpainted = False
        self._recent_touches: list[_TrackedTouch] = []  # on the glass, or lifted a moment ago
        self._last_key: tuple[_TrackedTouch, str] | None = None  # the key touched last, and what it meant
        self._tap_series: tuple[_TrackedTouch, _TrackedTouch] | None = (
            None  # taps at one spot: the last that counted, and the last
        )
        self._snapshots: list[tuple[float, TouchSnapshot]] = []  # the last ones, each with when it was painted
        self._painted_at: float | None = None  # the last picture, while there is no snapshot of it
        self._mark_painted_soon = Clock.create_trigger(self._mark_painted)
        self._observe_soon = Clock.create_trigger(lambda _seconds: self._observe(), SNAPSHOT_INTERVAL_S)

    def screen_changed(self) -> None:
        """Another screen, overlay or visit is going to be painted. Nothing of what stood there before is kept."""
        for ticket in self._recent_touches:
            ticket.cancel_touch()
        self._snapshots.clear()
        self._last_key = None
        self._change_unpainted = True
        self._mark_painted_soon.cancel()
        self._mark_painted_soon()

    def frame_painted(self) -> None:
        """A picture went to the glass."""
        self._painted_at = self._now()
        self._observe_soon()

    def accepted_from(self, x: float, y: float) -> float:
        """When a touch here will count, by the guard's clock, if nothing changes until then. Pixels of the window,
        Kivy's coordinates."""
        return self._ignored_until(x, y, self._now())

    def touch_began(self, touch: Any) -> bool:
        """A finger came down. Whether it counts."""
        now = self._now()
        self._recent_touches = [ticket for ticket in self._recent_touches if ticket.can_still_act(now)]
        ticket = _TrackedTouch(touch, now)
        ticket.is_live = now >= self._ignored_until(*ticket.position, now)
        if ticket.is_live:
            ticket.targets = self._snapshots[-1][1].targets_at(*ticket.position)
            ticket.names = frozenset(target.name for target in ticket.targets)
            for target in ticket.targets:
                if target.is_keyboard:
                    self._last_key = ticket, target.key_at(*ticket.position)
        else:
            self.ignored_count += 1
        goes_on = (
            self._tap_series is not None
            and not ticket.is_live
            and self._is_repeat(*self._tap_series, *ticket.position, now)
        )
        self._tap_series = (
            (self._tap_series[0], ticket) if self._tap_series is not None and goes_on else (ticket, ticket)
        )
        self._recent_touches.append(ticket)
        touch.ud[_TOUCH_DATA_KEY] = ticket
        return ticket.is_live

    def touch_ended(self, touch: Any) -> None:
        """The finger left."""
        ticket: _TrackedTouch | None = touch.ud.get(_TOUCH_DATA_KEY)
        if ticket is not None:
            ticket.lifted_at = self._now()
            ticket.has_moved = not self._is_near(ticket, touch.x, touch.y)

    def _mark_painted(self, _seconds: float) -> None:
        """In the turn after the change: by now it is painted, however long that took."""
        self._change_unpainted, self._changed_painted_at = False, self._now()

    def _ignored_until(self, x: float, y: float, now: float) -> float:
        if self._change_unpainted:
            return inf
        resting = (ticket for ticket in self._recent_touches if not ticket.is_live and ticket.lifted_at is None)
        if any(now - ticket.began_at < MAX_RESTING_S for ticket in resting):
            return inf
        self._observe()
        latest = self._snapshots[-1][1]
        under = latest.targets_at(x, y)
        until = self._changed_painted_at + IGNORE_AFTER_CHANGE_S
        for (_from, before), (since, _after) in pairwise(self._snapshots):
            for target in under:
                earlier_keys = before.action_keys_at_place(x, y, target, latest)
                if earlier_keys is not None and target.action_key not in earlier_keys:
                    until = max(until, since + IGNORE_AFTER_CHANGE_S)
        for target in under:
            if target.is_keyboard:
                until = max(until, self._key_ignored_until(target, x, y, now))
        return max(until, self._repeat_ignored_until(under, x, y, now))

    def _repeat_ignored_until(self, under: list[SnapshotTarget], x: float, y: float, now: float) -> float:
        """Another name than the one that was touched stands here, and the finger taps on. The same name (back, back)
        does what was wanted: there the half second is enough."""
        if self._tap_series is None or not self._is_repeat(*self._tap_series, x, y, now):
            return -inf
        first, last = self._tap_series
        if not first.names.isdisjoint(target.name for target in under):
            return -inf
        return min((last.lifted_at or now) + REPEAT_S, first.began_at + MAX_REPEAT_S)

    def _is_repeat(self, first: _TrackedTouch, last: _TrackedTouch, x: float, y: float, now: float) -> bool:
        """Whether a touch here is one more of these taps."""
        recent = last.lifted_at is None or now - last.lifted_at < REPEAT_S
        return bool(first.names) and recent and not last.has_moved and self._is_near(last, x, y)

    def _is_near(self, ticket: _TrackedTouch, x: float, y: float) -> bool:
        glass = window_rect(self._top())
        return hypot(x - ticket.position[0], y - ticket.position[1]) <= SAME_SPOT_SHARE * min(glass.width, glass.height)

    def _key_ignored_until(self, keyboard: SnapshotTarget, x: float, y: float, now: float) -> float:
        """Keys change with every layer and must not make a quick hand wait: one is dead only if it is touched twice
        running and means something else than the first time (the layer was for one sign, or the key switched it)."""
        if self._last_key is None:
            return -inf
        (ticket, meant), means = self._last_key, keyboard.key_at(x, y)
        if meant == means or keyboard.key_at(*ticket.position) != means:
            return -inf
        return (ticket.lifted_at if ticket.lifted_at is not None else now) + IGNORE_AFTER_CHANGE_S

    def _observe(self) -> None:
        """Keep a snapshot, unless nothing was painted since the last one or nothing changed."""
        if self._painted_at is None and self._snapshots:
            return
        since = self._painted_at if self._painted_at is not None else self._now()
        self._painted_at = None
        latest = take_snapshot(self._top())
        if not self._snapshots or latest != self._snapshots[-1][1]:
            self._snapshots.append((since, latest))
        while len(self._snapshots) > 1 and self._snapshots[1][0] < self._now() - IGNORE_AFTER_CHANGE_S:
            del self._snapshots[0]
