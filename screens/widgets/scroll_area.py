"""A scroll view that scrolls only when visible content is higher than its viewport."""

from itertools import takewhile
from typing import Any
from weakref import WeakSet

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.graphics import ScissorPop, ScissorPush
from kivy.properties import NumericProperty
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget
from kivy.vector import Vector

from screens.kv_loader import load_kv
from screens.widgets.containers import Column, RoundedBox, Spacer

MAX_HIDDEN_PX = 3  # hiding so little of the content's edge is not noticed; a scroll bar for it would confuse


class ClipRect(ScissorPush):
    """Clips the drawing instructions that follow, up to a ScissorPop. A stencil paints its rectangle twice: 4 ms in
    software graphics."""

    def fit(self, x: float, y: float, width: float, height: float, window: Any = None) -> None:
        """Clip to this rectangle of the window, in pixels. The graphics clip the display, which may be rotated."""
        window = window or EventLoop.window
        window_center, display_center = Vector(window.size) / 2, Vector(window._get_effective_size()) / 2
        corners = [
            (Vector(corner) - window_center).rotate(window.rotation) + display_center
            for corner in ((x, y), (x + width, y + height))
        ]
        self.x, self.y = (round(min(parts)) for parts in zip(*corners, strict=True))
        right, top = (round(max(parts)) for parts in zip(*corners, strict=True))
        self.width, self.height = right - self.x, top - self.y


class ScrollArea(ScrollView):
    """Scrolls, with a bar, when the content is higher than the viewport. Content that is higher only by the blank space
    at its ends does not scroll: the viewport clips blank space."""

    # Pixels of blank at the top of the content that keep its first part low in the window: never clipped.
    top_blank = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(do_scroll_x=False, do_scroll_y=False, **kwargs)
        self._clip = ClipRect()
        self._inner_areas: WeakSet[ScrollArea] = WeakSet()  # in the content: they move in the window when it scrolls
        self._content_lift = 0.0  # pixels by which the content is raised, so that the blank at its top is clipped
        self.canvas.before.add(self._clip)
        self.canvas.after.insert(0, ScissorPop())
        update_clip = Clock.create_trigger(self._update_clip, -1)
        for name in ("pos", "size"):
            self.fbind(name, update_clip)
        for name in ("height", "top_blank"):
            self.fbind(name, self._update_scrollable)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """Add the content; its height decides whether it scrolls."""
        super().add_widget(widget, *args, **kwargs)
        widget.fbind("height", self._update_scrollable)

    def update_from_scroll(self, *args: Any) -> None:
        """Scroll by whole pixels: text between pixels is blurred."""
        super().update_from_scroll(*args)
        x, y = self.g_translate.xy
        self.g_translate.xy = round(x), round(y + self._content_lift)
        for inner in self._inner_areas:
            inner._update_clip()

    def _update_clip(self, *_args: object) -> None:
        ancestor = self.parent
        while ancestor is not None and ancestor.parent is not ancestor:
            if isinstance(ancestor, ScrollArea):
                ancestor._inner_areas.add(self)
            ancestor = ancestor.parent
        self._clip.fit(*self.to_window(*self.pos), *self.size)

    def _update_scrollable(self, *_args: object) -> None:
        """Decide whether to scroll; if not, which blank space is clipped."""
        self._content_lift = 0.0
        excess = self.children[0].height - self.height if self.children else 0.0
        if excess <= MAX_HIDDEN_PX:
            self.do_scroll_y = False
            return
        content = self.children[0]
        above, below = _blank_above(content) - self.top_blank, _blank_below(content)
        visible_excess = excess - above - below
        if visible_excess > MAX_HIDDEN_PX:
            self.do_scroll_y = True
            return
        # The remaining excess is clipped equally at both ends.
        self._content_lift = above + visible_excess / 2 if visible_excess > 0 else max(0.0, excess - below)
        self.scroll_y, self.do_scroll_y = 1, False


def _blank_above(content: Widget) -> float:
    """Pixels of blank above the first visible part of a column."""
    if not isinstance(content, Column):
        return 0.0
    return float(content.padding[1]) + _leading_blank(content, content.children[::-1])


def _blank_below(content: Widget) -> float:
    """Pixels of blank below the last visible part of a column, or of the column that is its last part."""
    if not isinstance(content, Column) or isinstance(content, RoundedBox):  # the edge of a box is visible
        return 0.0
    last = next((child for child in content.children if child.height and not isinstance(child, Spacer)), None)
    inner = _blank_below(last) if last is not None else 0.0
    return float(content.padding[3]) + _leading_blank(content, content.children) + inner


def _leading_blank(column: Column, children: list[Widget]) -> float:
    """Pixels taken by the spacers and empty children that `children` begin with."""
    blank = takewhile(lambda child: isinstance(child, Spacer) or not child.height, children)
    return float(sum((child.size_hint_min_y or 0) + column.spacing for child in blank))


load_kv(__file__)
