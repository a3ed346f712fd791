"""Operation of every screen with five keys: a ring moves from one target to the next in reading order.

The "press" key makes a touch in the middle of the ringed target: so the keypad can do everything that a finger can.
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
from screens.rect import Rect
from screens.touch_targets import is_active

FOLLOW_INTERVAL_S = 0.1  # how often the ring follows its target; nothing runs while there is no ring
HIDE_AFTER_S = 60.0  # without a key the ring is hidden, so that no timer runs; the next key shows it in place
KEY_TOUCH_S = 0.06  # length of a key's touch: shorter than any long press
SCROLL_PADDING_PX = 20  # between the ringed target and the edge of the scroll view
SCROLL_END = 0.001  # of the content's height: nearer to an end than that counts as at the end


@dataclass(frozen=True)
class FocusTarget:
    """One thing to tap: its name, its widget and its rectangle in the window."""

    name: str
    text: str
    widget: Any
    rect: Rect


def focus_targets(root: Any) -> list[FocusTarget]:
    """Everything under `root` that can be tapped, including what is scrolled out of sight, in reading order."""
    return list(_iter_focus_targets(root))


def _iter_focus_targets(widget: Any) -> Iterator[FocusTarget]:
    if not is_active(widget):
        return
    if hasattr(widget, "tap_targets"):
        for name, text, rect in widget.tap_targets():
            yield FocusTarget(name, text, widget, rect)
    inside = (target for child in reversed(widget.children) for target in _iter_focus_targets(child))
    if _is_list(widget):  # the order of its children is not the order of its rows
        yield from sorted(inside, key=lambda target: (-target.rect.y, target.rect.x))
    else:
        yield from inside


class FocusRing:
    """The ring. `top` returns the uppermost widget; `on_focus` is called with each target the ring reaches."""

    def __init__(self, root_view: Any, top: Callable[[], Any], on_focus: Callable[[FocusTarget], None]) -> None:
        self._root_view, self._top, self._on_focus = root_view, top, on_focus
        self._current: FocusTarget | None = None
        self._ring = InstructionGroup()
        self._is_shown = False
        self._follow = Clock.create_trigger(self._redraw, FOLLOW_INTERVAL_S, interval=True)
        self._hide_later = Clock.create_trigger(lambda _seconds: self._hide(), HIDE_AFTER_S)

    @property
    def current(self) -> FocusTarget | None:
        """The ringed target."""
        return self._current

    def reset(self) -> None:
        """Remove the ring, because a finger touched the screen or a new screen is shown."""
        self._current = None
        self._hide()

    def _hide(self) -> None:
        if self._is_shown:
            self._is_shown = False
            self._hide_later.cancel()
            self._follow.cancel()
            self._root_view.canvas.after.remove(self._ring)

    def _show(self) -> None:
        self._hide_later.cancel()
        self._hide_later()
        if not self._is_shown:
            self._is_shown = True
            self._root_view.canvas.after.add(self._ring)
            self._follow()

    def move(self, step: int) -> None:
        """Move the ring to the next target (1) or the previous one (-1); the first follows the last."""
        targets = focus_targets(self._top())
        if not targets:
            return
        index = self._current_index(targets)
        if index is None:
            self._focus_on(targets[self._first_index(targets) if step > 0 else -1])
        elif not self._scroll_list(targets, index, step):
            self._focus_on(targets[(index + step) % len(targets)])

    def press(self) -> None:
        """Touch the ringed target."""
        targets = focus_targets(self._top())
        index = self._current_index(targets)
        if index is not None:
            _KeypadTouch(targets[index].rect).tap()

    def press_named(self, *names: str) -> bool:
        """Touch the first target with one of these names. Returns whether there is one."""
        for target in focus_targets(self._top()):
            if target.name in names:
                _KeypadTouch(target.rect).tap()
                return True
        return False

    def _current_index(self, targets: list[FocusTarget]) -> int | None:
        """Index of the ringed target: by name and widget, else by name, for a view that was rebuilt."""
        current = self._current
        if current is None:
            return None
        same_name = [index for index, target in enumerate(targets) if target.name == current.name]
        same_widget = (index for index in same_name if targets[index].widget is current.widget)
        return next(same_widget, same_name[0] if same_name else None)

    def _first_index(self, targets: list[FocusTarget]) -> int:
        """The first target outside the header, which can be reached backwards."""
        header = getattr(self._top(), "header", None)
        in_header = set(header.walk(restrict=True)) if header is not None else set()
        return next((index for index, target in enumerate(targets) if target.widget not in in_header), 0)

    def _focus_on(self, target: FocusTarget) -> None:
        self._show()
        self._current = target
        scroll_view = _nearest_ancestor(target.widget, lambda widget: isinstance(widget, ScrollView))
        if scroll_view is not None and not _is_list(scroll_view) and scroll_view.do_scroll_y:
            scroll_view.scroll_to(target.widget, padding=SCROLL_PADDING_PX, animate=False)
        self._redraw()
        self._on_focus(target)

    def _scroll_list(self, targets: list[FocusTarget], index: int, step: int) -> bool:
        """At the edge of a long list, whose other rows do not exist yet: scroll, and move on when they do.

        Returns whether it scrolled.
        """
        rows = _nearest_ancestor(targets[index].widget, _is_list)
        beyond = index + step
        if rows is None:
            return False
        if 0 <= beyond < len(targets) and _nearest_ancestor(targets[beyond].widget, _is_list) is rows:
            return False
        hidden = rows.children[0].height - rows.height
        at_end = rows.scroll_y <= SCROLL_END if step > 0 else rows.scroll_y >= 1 - SCROLL_END
        if hidden <= 1 or at_end:
            return False
        distance = max(1.0, rows.height - targets[index].rect.height)
        rows.scroll_y = max(0.0, min(1.0, rows.scroll_y - step * distance / hidden))
        Clock.schedule_once(lambda _seconds: self.move(step), FOLLOW_INTERVAL_S)
        return True

    def _redraw(self, *_args: object) -> None:
        """Draw the ring as a light line and a dark one, of which one is visible on any background."""
        targets = focus_targets(self._top())
        index = self._current_index(targets)
        self._ring.clear()
        if index is None:
            return
        self._current, u = targets[index], self._root_view.width / 1080
        outline = targets[index].rect.expanded(7 * u)
        for color, width in (((1, 1, 1, 1), 7 * u), ((0.05, 0.05, 0.05, 1), 3.5 * u)):
            self._ring.add(Color(*color))
            rounded = outline.x, outline.y, outline.width, outline.height, 16 * u
            self._ring.add(Line(rounded_rectangle=rounded, width=width))


def _is_list(widget: Any) -> bool:
    """Whether it is a RecycleView, which has widgets for the visible rows only. Its module is not imported: the attract
    screen does not need it."""
    return hasattr(widget, "layout_manager")


def _nearest_ancestor(widget: Any, matches: Callable[[Any], bool]) -> Any:
    """The widget itself or the nearest one around it for which `matches` is true; None when there is none."""
    while widget is not None and not matches(widget):
        widget = widget.parent if widget.parent is not widget else None
    return widget


class _KeypadTouch(MotionEvent):
    """A touch made by a key."""

    def __init__(self, rect: Rect) -> None:
        window = EventLoop.window
        x, y = (rect.x + rect.width / 2) / (window.width - 1), (rect.y + rect.height / 2) / (window.height - 1)
        super().__init__(KEYPAD_DEVICE, 1, {"x": x, "y": y}, is_touch=True, type_id="touch")
        self.shape = None

    def depack(self, args: Any) -> None:
        self.sx, self.sy, self.profile = args["x"], args["y"], ["pos"]
        super().depack(args)

    def tap(self) -> None:
        """Press now, release KEY_TOUCH_S later."""
        EventLoop.post_dispatch_input("begin", self)
        Clock.schedule_once(lambda _seconds: EventLoop.post_dispatch_input("end", self), KEY_TOUCH_S)
