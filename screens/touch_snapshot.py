"""What can be tapped at each place of the window at one moment: screens.touch_guard compares two of these.

screens.touch_targets lists the same targets for programs; here each also has the scroll view around it and how often
it was pressed, and a keyboard is one target. A widget that takes touches beside what it shows has `touch_areas` besides
`tap_targets`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from kivy.uix.scrollview import ScrollView

from screens.touch_targets import Rect, window_rect

ActionKey = tuple[str, str, int]  # name, text, press count


@dataclass(frozen=True)
class SnapshotTarget:
    """One thing to tap: what it is, and where. `press_count` counts how often it was pressed."""

    name: str
    text: str
    press_count: int
    rect: Rect
    scroll: int  # id of the scroll view around it, 0 for none
    widget: Any = field(compare=False, repr=False)  # weak

    @property
    def action_key(self) -> ActionKey:
        """What a touch on it does: two targets with the same meaning are interchangeable."""
        return self.name, self.text, self.press_count

    @property
    def is_keyboard(self) -> bool:
        """Its keys are told apart by `key_at`."""
        return hasattr(self.widget(), "key_at")

    def key_at(self, x: float, y: float) -> str:
        """Of a keyboard: what a touch at this point of the window means."""
        return str(self.widget().key_at(x, y))


@dataclass(frozen=True)
class Viewport:
    """The part of a scroll view's content that shows, in window coordinates, and where the content's top left is."""

    clip: Rect
    left: float
    top: float


@dataclass(frozen=True)
class TouchSnapshot:
    """The targets of one moment."""

    targets: tuple[SnapshotTarget, ...] = ()
    viewports: dict[int, Viewport] = field(default_factory=dict)  # by the scroll view's id

    def targets_at(self, x: float, y: float) -> list[SnapshotTarget]:
        """The targets that show at this point of the window."""
        return [target for target in self.targets if _contains(target.rect, x, y) and self._shows(target, x, y)]

    def action_keys_at_place(
        self, x: float, y: float, target: SnapshotTarget, now: "TouchSnapshot"
    ) -> set[ActionKey] | None:
        """What stood here, at the place that `target` takes up in the later snapshot `now`.

        Inside a scroll view the place moves with the content: a list that the finger itself scrolled has not changed.
        None: that part of the content did not show."""
        before, after = self.viewports.get(target.scroll), now.viewports.get(target.scroll)
        if before is not None and after is not None:
            x, y = x - after.left + before.left, y - after.top + before.top
            if not _contains(before.clip, x, y):
                return None
            return {old.action_key for old in self.targets if old.scroll == target.scroll and _contains(old.rect, x, y)}
        return {old.action_key for old in self.targets_at(x, y)}

    def _shows(self, target: SnapshotTarget, x: float, y: float) -> bool:
        return not target.scroll or _contains(self.viewports[target.scroll].clip, x, y)


def take_snapshot(root: Any) -> TouchSnapshot:
    """Everything under this widget that can be tapped now."""
    viewports: dict[int, Viewport] = {}
    targets = tuple(_targets(root, window_rect(root), 0, viewports))
    return TouchSnapshot(targets, viewports)


def press_count_of(widget: Any) -> int:
    """How often this was pressed; 0 for what does not count."""
    return int(getattr(widget, "press_count", 0))


def _contains(rect: Rect, x: float, y: float) -> bool:
    return rect.x <= x <= rect.x + rect.width and rect.y <= y <= rect.y + rect.height


def _targets(widget: Any, clip: Rect, scroll: int, viewports: dict[int, Viewport]) -> Iterator[SnapshotTarget]:
    if widget.disabled or widget.opacity == 0:
        return
    if isinstance(widget, ScrollView) and widget.children:
        inner = window_rect(widget).intersection(clip)
        if inner is None:
            return
        content = widget.children[0]
        left, top = content.to_window(content.x, content.top)
        clip, scroll = inner, id(widget)
        viewports[scroll] = Viewport(clip, left, top)
    if hasattr(widget, "key_at"):
        yield SnapshotTarget("keys", "", 0, window_rect(widget), scroll, ref(widget))
        return
    if hasattr(widget, "tap_targets"):
        for name, text, rect in getattr(widget, "touch_areas", widget.tap_targets)():
            yield SnapshotTarget(name, text, press_count_of(widget), rect, scroll, ref(widget))
    for child in widget.children:
        yield from _targets(child, clip, scroll, viewports)
