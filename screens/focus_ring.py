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

from screens.keypad import KEYPAD_DEVICE
from screens.touch_targets import Rect

FOLLOW_INTERVAL_S = 0.1  # seconds between two looks where the ringed thing stands now; none while there is no ring
HIDE_AFTER_S = (
    60.0  # without a key the ring goes, so that nothing turns while nobody is here; it comes back where it was
)
KEY_TOUCH_S = 0.06  # how long a key's touch lasts: shorter than anything that is held


@dataclass(frozen=True)
class FocusTarget:
    """One thing to tap: its name, its widget, where it stands in the window (Kivy's coordinates)."""

    name: str
    text: str
    widget: Any
    rect: Rect


def focus_targets(root: Any) -> list[FocusTarget]:
    """Everything under `root` that can be tapped, scrolled away or not, in the order in which one reads."""
    return list(_focus_targets(root))


def _focus_targets(widget: Any) -> Iterator[FocusTarget]:
    if widget.disabled or widget.opacity == 0:
        return
    if hasattr(widget, "tap_targets"):
        for name, text, rect in widget.tap_targets():
            yield FocusTarget(name, text, widget, rect)
    inside = (stop for child in reversed(widget.children) for stop in _focus_targets(child))
    if _is_list(widget):  # its rows are handed out in any order
        yield from sorted(inside, key=lambda stop: (-stop.rect.y, stop.rect.x))
    else:
        yield from inside


class FocusRing:
    """The ring. `top` gives what lies uppermost on the glass; `on_focus` is told of each stop the ring comes to."""

    def __init__(self, root_view: Any, top: Callable[[], Any], on_focus: Callable[[FocusTarget], None]) -> None:
        self._root_view, self._top, self._on_focus = root_view, top, on_focus
        self._current: FocusTarget | None = None
        self._ring = InstructionGroup()
        self._shown = False
        self._follow = Clock.create_trigger(self._redraw, FOLLOW_INTERVAL_S, interval=True)
        self._hide_later = Clock.create_trigger(lambda _seconds: self._hide(), HIDE_AFTER_S)

    @property
    def current(self) -> FocusTarget | None:
        """What the ring is around."""
        return self._current

    def reset(self) -> None:
        """A finger is here, or a new screen: no ring."""
        self._current = None
        self._hide()

    def _hide(self) -> None:
        if self._shown:
            self._shown = False
            self._hide_later.cancel()
            self._follow.cancel()
            self._root_view.canvas.after.remove(self._ring)

    def _show(self) -> None:
        self._hide_later.cancel()
        self._hide_later()
        if not self._shown:
            self._shown = True
            self._root_view.canvas.after.add(self._ring)
            self._follow()

    def move(self, step: int) -> None:
        """To the next stop (1) or the one before (-1), round and round."""
        there = focus_targets(self._top())
        if not there:
            return
        index = self._current_index(there)
        if index is None:
            self._focus_on(there[self._first_index(there) if step > 0 else -1])
        elif not self._scroll_list(there, index, step):
            self._focus_on(there[(index + step) % len(there)])

    def press(self) -> None:
        """Touch what the ring is around."""
        there = focus_targets(self._top())
        index = self._current_index(there)
        if index is not None:
            _KeypadTouch(there[index].rect).tap()

    def press_named(self, *names: str) -> bool:
        """Touch the first of these that is there."""
        for stop in focus_targets(self._top()):
            if stop.name in names:
                _KeypadTouch(stop.rect).tap()
                return True
        return False

    def _current_index(self, there: list[FocusTarget]) -> int | None:
        """Where the ring is: by name and widget, else by name, for a page that was built anew."""
        current = self._current
        if current is None:
            return None
        same = [number for number, stop in enumerate(there) if stop.name == current.name]
        return next((number for number in same if there[number].widget is current.widget), same[0] if same else None)

    def _first_index(self, there: list[FocusTarget]) -> int:
        """The first stop of the page's own: the header can be reached backwards."""
        header = getattr(self._top(), "header", None)
        inside = set(header.walk(restrict=True)) if header is not None else set()
        return next((number for number, stop in enumerate(there) if stop.widget not in inside), 0)

    def _focus_on(self, stop: FocusTarget) -> None:
        self._show()
        self._current = stop
        scroll = _nearest_ancestor(stop.widget, lambda widget: isinstance(widget, ScrollView))
        if scroll is not None and not _is_list(scroll) and scroll.do_scroll_y:
            scroll.scroll_to(stop.widget, padding=20, animate=False)
        self._redraw()
        self._on_focus(stop)

    def _scroll_list(self, there: list[FocusTarget], index: int, step: int) -> bool:
        """At the edge of a long list whose other rows do not exist yet: scroll, and go on when they do."""
        rows = _nearest_ancestor(there[index].widget, _is_list)
        beyond = index + step
        if rows is None or (0 <= beyond < len(there) and _nearest_ancestor(there[beyond].widget, _is_list) is rows):
            return False
        hidden = rows.children[0].height - rows.height
        if hidden <= 1 or (rows.scroll_y <= 0.001 if step > 0 else rows.scroll_y >= 0.999):
            return False
        page = max(1.0, rows.height - there[index].rect.height)
        rows.scroll_y = max(0.0, min(1.0, rows.scroll_y - step * page / hidden))
        Clock.schedule_once(lambda _seconds: self.move(step), FOLLOW_INTERVAL_S)
        return True

    def _redraw(self, *_args: object) -> None:
        """Two lines, a light and a dark one: one of them stands out on any ground."""
        there = focus_targets(self._top())
        index = self._current_index(there)
        self._ring.clear()
        if index is None:
            return
        self._current, rect, u = there[index], there[index].rect, self._root_view.width / 1080
        for color, out, width in (((1, 1, 1, 1), 7 * u, 7 * u), ((0.05, 0.05, 0.05, 1), 7 * u, 3.5 * u)):
            self._ring.add(Color(*color))
            place = rect.x - out, rect.y - out, rect.width + 2 * out, rect.height + 2 * out, 16 * u
            self._ring.add(Line(rounded_rectangle=place, width=width))


def _is_list(widget: Any) -> bool:
    """Whether it makes widgets only of those rows that show: a RecycleView, whose module attract need not load."""
    return hasattr(widget, "layout_manager")


def _nearest_ancestor(widget: Any, kind: Callable[[Any], bool]) -> Any:
    """The nearest widget of that kind around this one."""
    while widget is not None and not kind(widget):
        widget = widget.parent if widget.parent is not widget else None
    return widget


class _KeypadTouch(MotionEvent):
    """A finger that is a key."""

    def __init__(self, rect: Rect) -> None:
        window = EventLoop.window
        x, y = (rect.x + rect.width / 2) / (window.width - 1), (rect.y + rect.height / 2) / (window.height - 1)
        super().__init__(KEYPAD_DEVICE, 1, {"x": x, "y": y}, is_touch=True, type_id="touch")
        self.shape = None

    def depack(self, args: Any) -> None:
        self.sx, self.sy, self.profile = args["x"], args["y"], ["pos"]
        super().depack(args)

    def tap(self) -> None:
        """Down, and up a moment later."""
        EventLoop.post_dispatch_input("begin", self)
        Clock.schedule_once(lambda _seconds: EventLoop.post_dispatch_input("end", self), KEY_TOUCH_S)
