"""Every screen by five keys: what can be tapped, one after the other in reading order, with a ring around it.

A press of the key is a touch in the middle of what the ring is around: whatever a finger can do, the keypad can.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.graphics import Color, InstructionGroup, Line
from kivy.input.motionevent import MotionEvent
from kivy.uix.scrollview import ScrollView

from screens.keypad import KEYPAD
from screens.touch_targets import Box

FOLLOW_EVERY = 0.1  # seconds between two looks where the ringed thing stands now; none while there is no ring
REST_S = 60.0  # without a key the ring goes, so that nothing turns while nobody is here; it comes back where it was
TOUCH_S = 0.06  # how long a key's touch lasts: shorter than anything that is held


@dataclass(frozen=True)
class Stop:
    """One thing to tap: its name, its widget, where it stands in the window (Kivy's coordinates)."""

    name: str
    text: str
    widget: Any
    box: Box


def stops(root: Any) -> list[Stop]:
    """Everything under `root` that can be tapped, scrolled away or not, in the order in which one reads."""
    return list(_stops(root))


def _stops(widget: Any) -> Iterator[Stop]:
    if widget.disabled or widget.opacity == 0:
        return
    if hasattr(widget, "taps"):
        for name, text, box in widget.taps():
            yield Stop(name, text, widget, box)
    inside = (stop for child in reversed(widget.children) for stop in _stops(child))
    if _is_list(widget):  # its rows are handed out in any order
        yield from sorted(inside, key=lambda stop: (-stop.box.y, stop.box.x))
    else:
        yield from inside


class Focus:
    """The ring. `top` gives what lies uppermost on the glass; `arrived` is told of each stop the ring comes to."""

    def __init__(self, shell: Any, top: Callable[[], Any], arrived: Callable[[Stop], None]) -> None:
        self._shell, self._top, self._arrived = shell, top, arrived
        self._at: Stop | None = None
        self._drawn = InstructionGroup()
        self._shown = False
        self._follow = Clock.create_trigger(self._redraw, FOLLOW_EVERY, interval=True)
        self._rest = Clock.create_trigger(lambda _seconds: self._hide(), REST_S)

    @property
    def at(self) -> Stop | None:
        """What the ring is around."""
        return self._at

    def leave(self) -> None:
        """A finger is here, or a new screen: no ring."""
        self._at = None
        self._hide()

    def _hide(self) -> None:
        if self._shown:
            self._shown = False
            self._rest.cancel()
            self._follow.cancel()
            self._shell.canvas.after.remove(self._drawn)

    def _show(self) -> None:
        self._rest.cancel()
        self._rest()
        if not self._shown:
            self._shown = True
            self._shell.canvas.after.add(self._drawn)
            self._follow()

    def move(self, by: int) -> None:
        """To the next stop (1) or the one before (-1), round and round."""
        there = stops(self._top())
        if not there:
            return
        index = self._index(there)
        if index is None:
            self._go(there[self._first(there) if by > 0 else -1])
        elif not self._turn_list(there, index, by):
            self._go(there[(index + by) % len(there)])

    def press(self) -> None:
        """Touch what the ring is around."""
        there = stops(self._top())
        index = self._index(there)
        if index is not None:
            _Touch(there[index].box).tap()

    def press_named(self, *names: str) -> bool:
        """Touch the first of these that is there."""
        for stop in stops(self._top()):
            if stop.name in names:
                _Touch(stop.box).tap()
                return True
        return False

    def _index(self, there: list[Stop]) -> int | None:
        """Where the ring is: by name and widget, else by name, for a page that was built anew."""
        at = self._at
        if at is None:
            return None
        same = [number for number, stop in enumerate(there) if stop.name == at.name]
        return next((number for number in same if there[number].widget is at.widget), same[0] if same else None)

    def _first(self, there: list[Stop]) -> int:
        """The first stop of the page's own: the header can be reached backwards."""
        header = getattr(self._top(), "header", None)
        inside = set(header.walk(restrict=True)) if header is not None else set()
        return next((number for number, stop in enumerate(there) if stop.widget not in inside), 0)

    def _go(self, stop: Stop) -> None:
        self._show()
        self._at = stop
        scroll = _around(stop.widget, lambda widget: isinstance(widget, ScrollView))
        if scroll is not None and not _is_list(scroll) and scroll.do_scroll_y:
            scroll.scroll_to(stop.widget, padding=20, animate=False)
        self._redraw()
        self._arrived(stop)

    def _turn_list(self, there: list[Stop], index: int, by: int) -> bool:
        """At the edge of a long list whose other rows do not exist yet: scroll, and go on when they do."""
        rows = _around(there[index].widget, _is_list)
        beyond = index + by
        if rows is None or (0 <= beyond < len(there) and _around(there[beyond].widget, _is_list) is rows):
            return False
        hidden = rows.children[0].height - rows.height
        if hidden <= 1 or (rows.scroll_y <= 0.001 if by > 0 else rows.scroll_y >= 0.999):
            return False
        page = max(1.0, rows.height - there[index].box.height)
        rows.scroll_y = max(0.0, min(1.0, rows.scroll_y - by * page / hidden))
        Clock.schedule_once(lambda _seconds: self.move(by), FOLLOW_EVERY)
        return True

    def _redraw(self, *_args: object) -> None:
        """Two lines, a light and a dark one: one of them stands out on any ground."""
        there = stops(self._top())
        index = self._index(there)
        self._drawn.clear()
        if index is None:
            return
        self._at, box, u = there[index], there[index].box, self._shell.width / 1080
        for color, out, width in (((1, 1, 1, 1), 7 * u, 7 * u), ((0.05, 0.05, 0.05, 1), 7 * u, 3.5 * u)):
            self._drawn.add(Color(*color))
            place = box.x - out, box.y - out, box.width + 2 * out, box.height + 2 * out, 16 * u
            self._drawn.add(Line(rounded_rectangle=place, width=width))


def _is_list(widget: Any) -> bool:
    """Whether it makes widgets only of those rows that show: a RecycleView, whose module attract need not load."""
    return hasattr(widget, "layout_manager")


def _around(widget: Any, kind: Callable[[Any], bool]) -> Any:
    """The nearest widget of that kind around this one."""
    while widget is not None and not kind(widget):
        widget = widget.parent if widget.parent is not widget else None
    return widget


class _Touch(MotionEvent):
    """A finger that is a key."""

    def __init__(self, box: Box) -> None:
        window = EventLoop.window
        x, y = (box.x + box.width / 2) / (window.width - 1), (box.y + box.height / 2) / (window.height - 1)
        super().__init__(KEYPAD, 1, {"x": x, "y": y}, is_touch=True, type_id="touch")
        self.shape = None

    def depack(self, args: Any) -> None:
        self.sx, self.sy, self.profile = args["x"], args["y"], ["pos"]
        super().depack(args)

    def tap(self) -> None:
        """Down, and up a moment later."""
        EventLoop.post_dispatch_input("begin", self)
        Clock.schedule_once(lambda _seconds: EventLoop.post_dispatch_input("end", self), TOUCH_S)
