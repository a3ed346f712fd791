"""The targets that can be tapped now, by stable names.

A widget that can be tapped has `tap_targets`, which yields (name, text, rectangle in the window) for each thing on it.
Names do not change with the language; tests, the demonstration and the touch map use them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from screens.rect import Rect, window_rect


@dataclass(frozen=True)
class TouchTarget:
    """One thing to tap. Pixels of the window, origin top left."""

    name: str
    text: str
    x: float
    y: float
    width: float
    height: float


class ActiveWidget(NamedTuple):
    """A widget that is shown and enabled: itself a scroll view, or one that can be tapped."""

    widget: Any
    clip: Rect  # the part of the window in which it can be seen
    scroll_view: Any  # the innermost one that contains it (or that it is), None outside any


def is_active(widget: Any) -> bool:
    """Whether the widget is shown and enabled."""
    return not widget.disabled and widget.opacity != 0


def iter_active_widgets(root: Widget) -> Iterator[ActiveWidget]:
    """Every scroll view and every widget with `tap_targets` under `root`, front to back, without those in a scroll view
    that does not show.

    A loop with a stack instead of nested generators: the touch guard calls this during touches.
    """
    stack: list[tuple[Any, Rect, Any]] = [(root, window_rect(root), None)]
    while stack:
        widget, clip, scroll_view = stack.pop()
        if not is_active(widget):
            continue
        if isinstance(widget, ScrollView):
            visible = window_rect(widget).intersection(clip)
            if visible is None:
                continue
            clip, scroll_view = visible, widget
            yield ActiveWidget(widget, clip, scroll_view)
        elif hasattr(widget, "tap_targets"):
            yield ActiveWidget(widget, clip, scroll_view)
        stack.extend((child, clip, scroll_view) for child in reversed(widget.children))


def visible_touch_targets(root: Widget) -> list[TouchTarget]:
    """Everything under `root` that can be tapped, front to back, without what is scrolled out of sight."""
    targets = []
    for widget, clip, _scroll_view in iter_active_widgets(root):
        for name, text, rect in widget.tap_targets() if hasattr(widget, "tap_targets") else ():
            shown = rect.intersection(clip)
            if shown is not None:
                top = root.height - shown.y - shown.height
                targets.append(TouchTarget(name, text, shown.x, top, shown.width, shown.height))
    return targets
