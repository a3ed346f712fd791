"""Buttons side by side are alike: all have type of the size that fits the one with the least room for its words, and of
one kind all show their icons or none does.

A button says by `level_soon` that its words or its room changed; the row is looked at once before the next frame.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

from kivy.clock import Clock

from screens.widgets.containers import Fold

_changed: "WeakSet[Any]" = WeakSet()  # rows


def level_soon(button: Any) -> None:
    """Level the row this button stands in before the next frame."""
    row = button.parent
    while isinstance(row, Fold):
        row = row.parent
    if row is not None:
        _changed.add(row)
        _level_all()


def _level(_seconds: float) -> None:
    while _changed:
        row = _changed.pop()
        buttons = [button for button in _buttons(row) if button.words_on_it()]
        if getattr(row, "orientation", "horizontal") == "vertical":
            for button in buttons:
                button.bare, button.most = False, 0
            continue
        kinds = defaultdict(list)
        for button in buttons:
            kinds[type(button), button.kind].append(button)
        for alike in kinds.values():
            bare = any(button.has_no_room_for_icons() for button in alike)
            for button in alike:
                button.bare = bare
        size = min((button.size_alone() for button in buttons), default=0)
        for button in buttons:
            button.most = size


_level_all = Clock.create_trigger(_level, -1)


def _buttons(part: Any) -> Iterator[Any]:
    for child in part.children:
        if hasattr(child, "words_on_it"):
            yield child
        elif isinstance(child, Fold):
            yield from _buttons(child)
