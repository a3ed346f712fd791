"""Buttons side by side are alike: all have type of the size that fits the one with the least room for its words, and of
one kind all show their icons or none does.

A button says by `align_row_soon` that its words or its room changed; the row is looked at once before the next frame.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

from kivy.clock import Clock

from screens.widgets.containers import Collapsible

_changed: "WeakSet[Any]" = WeakSet()  # rows


def align_row_soon(button: Any) -> None:
    """Level the row this button stands in before the next frame."""
    row = button.parent
    while isinstance(row, Collapsible):
        row = row.parent
    if row is not None:
        _changed.add(row)
        _align_soon()


def _align_changed_rows(_seconds: float) -> None:
    while _changed:
        row = _changed.pop()
        buttons = [button for button in _buttons(row) if button.visible_text()]
        if getattr(row, "orientation", "horizontal") == "vertical":
            for button in buttons:
                button.row_hides_icons, button.max_type_size = False, 0
            continue
        kinds = defaultdict(list)
        for button in buttons:
            kinds[type(button), button.kind].append(button)
        for alike in kinds.values():
            row_hides_icons = any(button.lacks_icon_room() for button in alike)
            for button in alike:
                button.row_hides_icons = row_hides_icons
        size = min((button.own_type_size() for button in buttons), default=0)
        for button in buttons:
            button.max_type_size = size


_align_soon = Clock.create_trigger(_align_changed_rows, -1)


def _buttons(part: Any) -> Iterator[Any]:
    for child in part.children:
        if hasattr(child, "visible_text"):
            yield child
        elif isinstance(child, Collapsible):
            yield from _buttons(child)
