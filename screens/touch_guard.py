"""Which touches count: one rule for the whole window.

A hand that trembles or is in a hurry taps twice. By the second tap another button may stand under the finger, and it
would be pressed unread. So after every change of screen, overlay or visit, and of the thing under the finger, touches
are dead until the finger is up and DEAD_S have passed since the change was painted. A dead touch presses nothing, is
neither seen nor heard, and still tells that somebody is here.

A finger that goes on tapping at one spot has not read what came there. Where nothing of the name that it touched
stands any more, each of its taps has to be REPEAT_S after the one before.

The shell asks `begin` for each touch that comes down. What acts when a finger leaves asks `acts` then: a finger that
came down before the change must not act on what came after it.
"""

import time
from collections.abc import Callable
from itertools import pairwise
from math import hypot, inf
from typing import Any
from weakref import ref

from kivy.clock import Clock

from screens.touch_snapshot import Snapshot, Target, snapshot, turn_of
from screens.touch_targets import box_of

DEAD_S = 0.5  # the gap of an unwanted second tap is rarely longer; reading a new screen takes longer than that
REPEAT_S = 1.0  # trembling hands tap again after up to 0.9 s; nobody reads a new button and goes to it in less
REPEAT_MOST_S = 2.5  # a hand that taps on for so long means it
NEAR = 0.08  # of the window's shorter side, about 2 cm: how far apart two taps at one spot are at most
REST_MOST_S = 5.0  # a palm left on the glass, or a lift the panel never told, must not switch the kiosk off
FLIGHT_S = 1.0  # a list presses what was tapped up to 0.2 s after the finger left; a busy machine takes longer
LOOK_EVERY = 0.1  # seconds between two snapshots, at least: one takes 1 to 3 ms
_TICKET = "screens.touch_guard"


def acts(touch: Any, widget: Any = None) -> bool:
    """Whether this touch may still do something; on `widget`, whether that is what the finger came down on, unchanged.

    A touch outside the shell (the developers' panel) always may.
    """
    ticket: _Ticket | None = touch.ud.get(_TICKET)
    return ticket is None or (ticket.alive and (widget is None or ticket.holds(widget)))


class _Ticket:
    """What is known of one touch."""

    def __init__(self, touch: Any, began: float) -> None:
        self.touch, self.began = ref(touch), began
        self.place = touch.x, touch.y
        self.lifted: float | None = None
        self.alive = False
        self.targets: list[Target] = []
        self.moved = False  # it scrolled or slid: no tap
        self.names: frozenset[str] = frozenset()  # of what it came down on, kept when it is called off

    def holds(self, widget: Any) -> bool:
        """Whether the finger came down on this, and it is still there and still the same."""
        under = [target.meaning for target in self.targets if target.widget() is widget]
        there = {(name, text, turn_of(widget)) for name, text, _box in widget.taps()}
        return bool(under) and there.issuperset(under) and not widget.disabled and widget.get_root_window() is not None

    def may_act_later(self, now: float) -> bool:
        """It is on the glass, or was lifted so lately that something may still be pressed by it."""
        return self.lifted is None or now - self.lifted < FLIGHT_S

    def cancel_touch(self) -> None:
        """The screen changed under it: it presses nothing any more, and the widgets that grabbed it are told."""
        self.alive, self.targets = False, []
        touch = self.touch()
        for held in touch.grab_list[:] if touch is not None else ():
            if hasattr(widget := held(), "cancel_touch"):
                widget.cancel_touch()


class TouchGuard:
    """`top` gives what lies uppermost on the glass; `now` is a clock in seconds."""

    def __init__(self, top: Callable[[], Any], now: Callable[[], float] = time.monotonic) -> None:
        self._top, self._now = top, now
        self.dead = 0  # touches so far that pressed nothing
        self._changed = -inf  # when the screen, overlay or visit that stands there was painted
        self._unpainted = False
        self._tickets: list[_Ticket] = []  # on the glass, or lifted a moment ago
        self._key: tuple[_Ticket, str] | None = None  # the key touched last, and what it meant
        self._series: tuple[_Ticket, _Ticket] | None = None  # taps at one spot: the last that counted, and the last
        self._snapshots: list[tuple[float, Snapshot]] = []  # the last ones, each with when it was painted
        self._painted_at: float | None = None  # the last picture, while there is no snapshot of it
        self._stands = Clock.create_trigger(self._stand)
        self._observe_soon = Clock.create_trigger(lambda _seconds: self._observe(), LOOK_EVERY)

    def changed(self) -> None:
        """Another screen, overlay or visit is going to be painted. Nothing of what stood there before is kept."""
        for ticket in self._tickets:
            ticket.cancel_touch()
        self._snapshots.clear()
        self._key = None
        self._unpainted = True
        self._stands.cancel()
        self._stands()

    def painted(self) -> None:
        """A picture went to the glass."""
        self._painted_at = self._now()
        self._observe_soon()

    def alive_from(self, x: float, y: float) -> float:
        """When a touch here will count, by the guard's clock, if nothing changes until then. Pixels of the window,
        Kivy's coordinates."""
        return self._dead_until(x, y, self._now())

    def begin(self, touch: Any) -> bool:
        """A finger came down. Whether it counts."""
        now = self._now()
        self._tickets = [ticket for ticket in self._tickets if ticket.may_act_later(now)]
        ticket = _Ticket(touch, now)
        ticket.alive = now >= self._dead_until(*ticket.place, now)
        if ticket.alive:
            ticket.targets = self._snapshots[-1][1].at(*ticket.place)
            ticket.names = frozenset(target.name for target in ticket.targets)
            for target in ticket.targets:
                if target.is_keyboard:
                    self._key = ticket, target.key_at(*ticket.place)
        else:
            self.dead += 1
        goes_on = self._series is not None and not ticket.alive and self._repeats(*self._series, *ticket.place, now)
        self._series = (self._series[0], ticket) if self._series is not None and goes_on else (ticket, ticket)
        self._tickets.append(ticket)
        touch.ud[_TICKET] = ticket
        return ticket.alive

    def end(self, touch: Any) -> None:
        """The finger left."""
        ticket: _Ticket | None = touch.ud.get(_TICKET)
        if ticket is not None:
            ticket.lifted = self._now()
            ticket.moved = not self._near(ticket, touch.x, touch.y)

    def _stand(self, _seconds: float) -> None:
        """In the turn after the change: by now it is painted, however long that took."""
        self._unpainted, self._changed = False, self._now()

    def _dead_until(self, x: float, y: float, now: float) -> float:
        if self._unpainted:
            return inf
        resting = (ticket for ticket in self._tickets if not ticket.alive and ticket.lifted is None)
        if any(now - ticket.began < REST_MOST_S for ticket in resting):
            return inf
        self._observe()
        latest = self._snapshots[-1][1]
        under = latest.at(x, y)
        until = self._changed + DEAD_S
        for (_from, before), (since, _after) in pairwise(self._snapshots):
            for target in under:
                stood = before.meanings_of_place(x, y, target, latest)
                if stood is not None and target.meaning not in stood:
                    until = max(until, since + DEAD_S)
        for target in under:
            if target.is_keyboard:
                until = max(until, self._key_dead_until(target, x, y, now))
        return max(until, self._repeat_dead_until(under, x, y, now))

    def _repeat_dead_until(self, under: list[Target], x: float, y: float, now: float) -> float:
        """Another name than the one that was touched stands here, and the finger taps on. The same name (back, back)
        does what was wanted: there the half second is enough."""
        if self._series is None or not self._repeats(*self._series, x, y, now):
            return -inf
        first, last = self._series
        if not first.names.isdisjoint(target.name for target in under):
            return -inf
        return min((last.lifted or now) + REPEAT_S, first.began + REPEAT_MOST_S)

    def _repeats(self, first: _Ticket, last: _Ticket, x: float, y: float, now: float) -> bool:
        """Whether a touch here is one more of these taps."""
        recent = last.lifted is None or now - last.lifted < REPEAT_S
        return bool(first.names) and recent and not last.moved and self._near(last, x, y)

    def _near(self, ticket: _Ticket, x: float, y: float) -> bool:
        glass = box_of(self._top())
        return hypot(x - ticket.place[0], y - ticket.place[1]) <= NEAR * min(glass.width, glass.height)

    def _key_dead_until(self, keyboard: Target, x: float, y: float, now: float) -> float:
        """Keys change with every layer and must not make a quick hand wait: one is dead only if it is touched twice
        running and means something else than the first time (the layer was for one sign, or the key switched it)."""
        if self._key is None:
            return -inf
        (ticket, meant), means = self._key, keyboard.key_at(x, y)
        if meant == means or keyboard.key_at(*ticket.place) != means:
            return -inf
        return (ticket.lifted if ticket.lifted is not None else now) + DEAD_S

    def _observe(self) -> None:
        """Keep a snapshot, unless nothing was painted since the last one or nothing changed."""
        if self._painted_at is None and self._snapshots:
            return
        since = self._painted_at if self._painted_at is not None else self._now()
        self._painted_at = None
        latest = snapshot(self._top())
        if not self._snapshots or latest != self._snapshots[-1][1]:
            self._snapshots.append((since, latest))
        while len(self._snapshots) > 1 and self._snapshots[1][0] < self._now() - DEAD_S:
            del self._snapshots[0]
