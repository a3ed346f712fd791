"""Which touches count: one rule for the whole window.

A hand that trembles or is in a hurry taps twice. By the second tap another button may stand under the finger, and it
would be pressed unread. So after every change of screen, overlay or visit, and of the thing under the finger, touches
are dead until the finger is up and DEAD_S have passed since the change was painted. A dead touch presses nothing, is
neither seen nor heard, and still tells that somebody is here.

The shell asks `begin` for each touch that comes down. What acts when a finger leaves asks `acts` then: a finger that
came down before the change must not act on what came after it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import Any
from weakref import ref

from kivy.clock import Clock
from kivy.uix.scrollview import ScrollView

from screens.touchable import Box, box_of

DEAD_S = 0.5  # the gap of an unwanted second tap is rarely longer; reading a new screen takes longer than that
REST_MOST_S = 5.0  # a palm left on the glass, or a lift the panel never told, must not switch the kiosk off
FLIGHT_S = 1.0  # a list presses what was tapped up to 0.2 s after the finger left; a busy machine takes longer
LOOK_EVERY = 0.1  # seconds: how often it is looked, at most, what stands where
_TICKET = "screens.touch_guard"


def acts(touch: Any, widget: Any = None) -> bool:
    """Whether this touch may still do something; on `widget`, whether that is what the finger came down on, unchanged.

    A touch outside the shell (the developers' panel) always may.
    """
    ticket: _Ticket | None = touch.ud.get(_TICKET)
    return ticket is None or (ticket.alive and (widget is None or ticket.holds(widget)))


@dataclass(frozen=True)
class _Thing:
    """One thing to tap: what it is, and where. `turn` counts how often it was pressed."""

    name: str
    text: str
    turn: int
    box: Box
    scroll: int  # id of the scroll view around it, 0 for none
    widget: Any = field(compare=False, repr=False)  # weak

    @property
    def meaning(self) -> tuple[str, str, int]:
        return self.name, self.text, self.turn


@dataclass(frozen=True)
class _Window:
    """The part of a scroll view's content that shows, in window coordinates, and where the content's top left is."""

    clip: Box
    left: float
    top: float


@dataclass(frozen=True)
class _Look:
    """What stood where at one moment."""

    things: tuple[_Thing, ...] = ()
    scrolls: dict[int, _Window] = field(default_factory=dict)

    def at(self, x: float, y: float) -> list[_Thing]:
        """The things that show at this point of the window."""
        return [thing for thing in self.things if _inside(thing.box, x, y) and self._shows(thing, x, y)]

    def _shows(self, thing: _Thing, x: float, y: float) -> bool:
        return not thing.scroll or _inside(self.scrolls[thing.scroll].clip, x, y)

    def then(self, x: float, y: float, now: "_Look", thing: _Thing) -> set[tuple[str, str, int]] | None:
        """What stood at the place where `thing` stands `now`. A list that was scrolled by the finger itself has not
        changed: there the place is one of its content. None: that part of the content was not in sight."""
        scrolled, scrolls = self.scrolls.get(thing.scroll), now.scrolls.get(thing.scroll)
        if scrolled is not None and scrolls is not None:
            x, y = x - scrolls.left + scrolled.left, y - scrolls.top + scrolled.top
            if not _inside(scrolled.clip, x, y):
                return None
            return {old.meaning for old in self.things if old.scroll == thing.scroll and _inside(old.box, x, y)}
        return {old.meaning for old in self.at(x, y)}


class _Ticket:
    """What is known of one touch."""

    def __init__(self, touch: Any, began: float) -> None:
        self.touch, self.began = ref(touch), began
        self.place = touch.x, touch.y
        self.lifted: float | None = None
        self.alive = False
        self.things: list[_Thing] = []

    def holds(self, widget: Any) -> bool:
        """Whether the finger came down on this, and it is still there and still the same."""
        under = [thing.meaning for thing in self.things if thing.widget() is widget]
        there = {(name, text, _turn(widget)) for name, text, _box in widget.taps()}
        return bool(under) and there.issuperset(under) and not widget.disabled and widget.get_root_window() is not None

    def call_off(self) -> None:
        """It began before the change: it does nothing any more, and what it holds lets go."""
        self.alive, self.things = False, []
        touch = self.touch()
        for held in touch.grab_list[:] if touch is not None else ():
            if hasattr(widget := held(), "call_off"):
                widget.call_off()


class TouchGuard:
    """`top` gives what lies uppermost on the glass; `now` is a clock in seconds."""

    def __init__(self, top: Callable[[], Any], now: Callable[[], float] = time.monotonic) -> None:
        self._top, self._now = top, now
        self.dead = 0  # touches so far that pressed nothing
        self._changed = -inf  # when the screen, overlay or visit that stands there was painted
        self._unpainted = False
        self._tickets: list[_Ticket] = []  # on the glass, or lifted a moment ago
        self._key: tuple[_Ticket, str] | None = None  # the key touched last, and what it meant
        self._looks: list[tuple[float, _Look]] = []  # since when it stood so; the last ones
        self._painted_at: float | None = None  # the last picture that was not looked at yet
        self._stands = Clock.create_trigger(self._stand)
        self._look_soon = Clock.create_trigger(lambda _seconds: self._look(), LOOK_EVERY)

    def changed(self) -> None:
        """Another screen, overlay or visit is going to be painted. Nothing of what stood there before is kept."""
        for ticket in self._tickets:
            ticket.call_off()
        self._looks.clear()
        self._key = None
        self._unpainted = True
        self._stands.cancel()
        self._stands()

    def painted(self) -> None:
        """A picture went to the glass."""
        self._painted_at = self._now()
        self._look_soon()

    def alive_from(self, x: float, y: float) -> float:
        """When a touch here will count, by the guard's clock, if nothing changes until then. Pixels of the window,
        Kivy's coordinates."""
        return self._dead_until(x, y, self._now())

    def begin(self, touch: Any) -> bool:
        """A finger came down. Whether it counts."""
        now = self._now()
        self._tickets = [ticket for ticket in self._tickets if _fresh(ticket, now, FLIGHT_S)]
        ticket = _Ticket(touch, now)
        ticket.alive = now >= self._dead_until(*ticket.place, now)
        if ticket.alive:
            ticket.things = self._looks[-1][1].at(*ticket.place)
            for keyboard in filter(_is_keyboard, ticket.things):
                self._key = ticket, _key(keyboard, *ticket.place)
        else:
            self.dead += 1
        self._tickets.append(ticket)
        touch.ud[_TICKET] = ticket
        return ticket.alive

    def end(self, touch: Any) -> None:
        """The finger left."""
        ticket: _Ticket | None = touch.ud.get(_TICKET)
        if ticket is not None:
            ticket.lifted = self._now()

    def _stand(self, _seconds: float) -> None:
        """In the turn after the change: by now it is painted, however long that took."""
        self._unpainted, self._changed = False, self._now()

    def _dead_until(self, x: float, y: float, now: float) -> float:
        if self._unpainted:
            return inf
        resting = (ticket for ticket in self._tickets if not ticket.alive and ticket.lifted is None)
        if any(now - ticket.began < REST_MOST_S for ticket in resting):
            return inf
        self._look()
        look = self._looks[-1][1]
        under = look.at(x, y)
        until = self._changed + DEAD_S
        for (_from, before), (since, _after) in pairwise(self._looks):
            for thing in under:
                stood = before.then(x, y, look, thing)
                if stood is not None and thing.meaning not in stood:
                    until = max(until, since + DEAD_S)
        for keyboard in filter(_is_keyboard, under):
            until = max(until, self._key_dead_until(keyboard, x, y, now))
        return until

    def _key_dead_until(self, keyboard: _Thing, x: float, y: float, now: float) -> float:
        """Keys change with every layer and must not make a quick hand wait: one is dead only if it is touched twice
        running and means something else than the first time (the layer was for one sign, or the key switched it)."""
        if self._key is None:
            return -inf
        (ticket, meant), means = self._key, _key(keyboard, x, y)
        if meant == means or _key(keyboard, *ticket.place) != means:
            return -inf
        return (ticket.lifted if ticket.lifted is not None else now) + DEAD_S

    def _look(self) -> None:
        """What stands where, unless nothing was painted since the last look."""
        if self._painted_at is None and self._looks:
            return
        since = self._painted_at if self._painted_at is not None else self._now()
        self._painted_at = None
        look = _see(self._top())
        if not self._looks or look != self._looks[-1][1]:
            self._looks.append((since, look))
        while len(self._looks) > 1 and self._looks[1][0] < self._now() - DEAD_S:
            del self._looks[0]


def _fresh(ticket: _Ticket, now: float, seconds: float) -> bool:
    return ticket.lifted is None or now - ticket.lifted < seconds


def _inside(box: Box, x: float, y: float) -> bool:
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height


def _turn(widget: Any) -> int:
    return int(getattr(widget, "turn", 0))


def _is_keyboard(thing: _Thing) -> bool:
    return hasattr(thing.widget(), "key_at")


def _key(keyboard: _Thing, x: float, y: float) -> str:
    return str(keyboard.widget().key_at(x, y))


def _see(top: Any) -> _Look:
    scrolls: dict[int, _Window] = {}
    things = tuple(_things(top, box_of(top), 0, scrolls))
    return _Look(things, scrolls)


def _things(widget: Any, clip: Box, scroll: int, scrolls: dict[int, _Window]) -> Iterator[_Thing]:
    """As screens.touchable collects them, with what the rule needs besides; a keyboard is one thing. What takes touches
    beside what it shows tells so by `spots`."""
    if widget.disabled or widget.opacity == 0:
        return
    if isinstance(widget, ScrollView) and widget.children:
        inner = box_of(widget).within(clip)
        if inner is None:
            return
        content = widget.children[0]
        left, top = content.to_window(content.x, content.top)
        clip, scroll = inner, id(widget)
        scrolls[scroll] = _Window(clip, left, top)
    if hasattr(widget, "key_at"):
        yield _Thing("keys", "", 0, box_of(widget), scroll, ref(widget))
        return
    if hasattr(widget, "taps"):
        for name, text, box in getattr(widget, "spots", widget.taps)():
            yield _Thing(name, text, _turn(widget), box, scroll, ref(widget))
    for child in widget.children:
        yield from _things(child, clip, scroll, scrolls)
