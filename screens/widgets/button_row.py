"""Buttons side by side look alike: all use the type size that fits the one with the least space for its text, and
buttons of one kind all show their icons or none does.

A button whose text or space changed calls `align_row_soon`; its row is then aligned once before the next frame.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

from kivy.clock import Clock

from screens.widgets.containers import Collapsible

_changed_rows: "WeakSet[Any]" = WeakSet()


def align_row_soon(button: Any) -> None:
    """Align the row of this button before the next frame."""
    row = button.parent
    while isinstance(row, Collapsible):
        row = row.parent
    if row is not None:
        _changed_rows.add(row)
        _align_soon()


def _align_changed_rows(_seconds: float) -> None:
    while _changed_rows:
        row = _changed_rows.pop()
        buttons = [button for button in _buttons(row) if button.visible_text()]
        if getattr(row, "orientation", "horizontal") == "vertical":
            for button in buttons:
                button.row_hides_icons, button.max_type_size = False, 0
        else:
            _align(buttons)


def _align(buttons: list[Any]) -> None:
    by_kind = defaultdict(list)
    for button in buttons:
        by_kind[type(button), button.kind].append(button)
    for same_kind in by_kind.values():
        hides_icons = any(button.lacks_icon_room() for button in same_kind)
        for button in same_kind:
            button.row_hides_icons = hides_icons
    size = min((button.own_type_size() for button in buttons), default=0)
    for button in buttons:
        button.max_type_size = size


_align_soon = Clock.create_trigger(_align_changed_rows, -1)


def _buttons(container: Any) -> Iterator[Any]:
    """The buttons directly in a row or in collapsible parts of it."""
    for child in container.children:
        if hasattr(child, "visible_text"):
            yield child
        elif isinstance(child, Collapsible):
            yield from _buttons(child)
