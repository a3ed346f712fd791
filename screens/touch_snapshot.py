"""The targets at each place of the window at one moment. screens.touch_guard compares two snapshots.

The targets are those of screens.touch_targets, each with the scroll view around it and how often it was pressed; a
keyboard is one target. A widget that takes touches outside the rectangles of its `tap_targets` also has `touch_areas`.
"""

from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from kivy.uix.scrollview import ScrollView

from screens.rect import Rect, window_rect
from screens.touch_targets import iter_active_widgets

ActionKey = tuple[str, str, int]  # name, text, press count


@dataclass(frozen=True)
class SnapshotTarget:
    """One target: its identity and its rectangle."""

    name: str
    text: str
    press_count: int  # how often it was pressed
    rect: Rect
    scroll_id: int  # id of the innermost scroll view around it, 0 for none
    widget: Any = field(compare=False, repr=False)  # weak reference

    @property
    def action_key(self) -> ActionKey:
        """What a touch on it does: a touch on two targets with equal keys does the same."""
        return self.name, self.text, self.press_count

    @property
    def is_keyboard(self) -> bool:
        """Whether `key_at` tells its keys apart."""
        return hasattr(self.widget(), "key_at")

    def key_at(self, x: float, y: float) -> str:
        """For a keyboard: the meaning of a touch at this point of the window."""
        return str(self.widget().key_at(x, y))


@dataclass(frozen=True)
class Viewport:
    """The visible part of a scroll view in the window, and the position of its content's top left corner."""

    clip: Rect
    left: float
    top: float


@dataclass(frozen=True)
class TouchSnapshot:
    """The targets of one moment."""

    targets: tuple[SnapshotTarget, ...] = ()
    viewports: dict[int, Viewport] = field(default_factory=dict)  # by the scroll view's id

    def targets_at(self, x: float, y: float) -> list[SnapshotTarget]:
        """The targets that are visible at this point of the window."""
        return [target for target in self.targets if target.rect.contains(x, y) and self._is_visible(target, x, y)]

    def action_keys_at_place(
        self, x: float, y: float, target: SnapshotTarget, now: "TouchSnapshot"
    ) -> set[ActionKey] | None:
        """The action keys that were at the place which `target` takes up in the later snapshot `now`.

        Inside a scroll view the place moves with the content: a list that the finger itself scrolled has not changed.
        None when that part of the content was not visible.
        """
        before, after = self.viewports.get(target.scroll_id), now.viewports.get(target.scroll_id)
        if before is not None and after is not None:
            x, y = x - after.left + before.left, y - after.top + before.top
            if not before.clip.contains(x, y):
                return None
            return {
                old.action_key for old in self.targets if old.scroll_id == target.scroll_id and old.rect.contains(x, y)
            }
        return {old.action_key for old in self.targets_at(x, y)}

    def _is_visible(self, target: SnapshotTarget, x: float, y: float) -> bool:
        return not target.scroll_id or self.viewports[target.scroll_id].clip.contains(x, y)


def take_snapshot(root: Any) -> TouchSnapshot:
    """Everything under this widget that can be tapped now. Takes 1 to 3 ms."""
    targets: list[SnapshotTarget] = []
    viewports: dict[int, Viewport] = {}
    for widget, clip, scroll_view in iter_active_widgets(root):
        scroll_id = id(scroll_view) if scroll_view is not None else 0
        if isinstance(widget, ScrollView) and widget.children:
            content = widget.children[0]
            viewports[scroll_id] = Viewport(clip, *content.to_window(content.x, content.top))
        if hasattr(widget, "key_at"):
            targets.append(SnapshotTarget("keys", "", 0, window_rect(widget), scroll_id, ref(widget)))
        elif hasattr(widget, "tap_targets"):
            for name, text, rect in getattr(widget, "touch_areas", widget.tap_targets)():
                targets.append(SnapshotTarget(name, text, press_count_of(widget), rect, scroll_id, ref(widget)))
    return TouchSnapshot(tuple(targets), viewports)


def press_count_of(widget: Any) -> int:
    """How often this widget was pressed; 0 for widgets that do not count."""
    return int(getattr(widget, "press_count", 0))
