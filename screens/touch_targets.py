"""What can be tapped right now, by stable names: for the demonstration's finger and the gallery's checks."""

from dataclasses import dataclass
from typing import Any, Final

from kivy.event import EventDispatcher
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget


class TouchHandledSignal(EventDispatcher):
    """Tells that something took a touch, whatever came of it: one for the process, as the glass is."""

    __events__ = ("on_touch_handled",)

    def on_touch_handled(self) -> None:
        """Whoever wants to hear it binds to this."""


touch_handled: Final = TouchHandledSignal()


@dataclass(frozen=True)
class TouchTarget:
    """One thing to tap. Pixels of the window, origin top left."""

    name: str
    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Rect:
    """A rectangle in Kivy's window coordinates, origin bottom left."""

    x: float
    y: float
    width: float
    height: float

    def intersection(self, clip: "Rect") -> "Rect | None":
        """The part of it that shows through `clip`, None when nothing does."""
        x, y = max(self.x, clip.x), max(self.y, clip.y)
        right = min(self.x + self.width, clip.x + clip.width)
        top = min(self.y + self.height, clip.y + clip.height)
        return Rect(x, y, right - x, top - y) if right - x > 1 and top - y > 1 else None


def window_rect(widget: Widget) -> Rect:
    """Where the widget stands in the window."""
    x, y = widget.to_window(*widget.pos)
    return Rect(x, y, widget.width, widget.height)


def visible_touch_targets(root: Widget) -> list[TouchTarget]:
    """Everything under `root` that can be tapped, front to back; what is scrolled away is not there."""
    targets: list[TouchTarget] = []
    _collect_targets(root, window_rect(root), targets, root.height)
    return targets


def _collect_targets(widget: Any, clip: Rect, targets: list[TouchTarget], height: float) -> None:
    if widget.disabled or widget.opacity == 0:
        return
    if isinstance(widget, ScrollView):
        inner = window_rect(widget).intersection(clip)
        if inner is None:
            return
        clip = inner
    for name, text, rect in widget.tap_targets() if hasattr(widget, "tap_targets") else ():
        shown = rect.intersection(clip)
        if shown is not None:
            targets.append(TouchTarget(name, text, shown.x, height - shown.y - shown.height, shown.width, shown.height))
    for child in widget.children:
        _collect_targets(child, clip, targets, height)
