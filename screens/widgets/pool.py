"""Rows of a list, made once and used again: to build one from its rules takes 4 ms, six of them were felt."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kivy.uix.layout import Layout
from kivy.uix.widget import Widget


class Stock:
    """What a layout shows, as values.

    `make` makes a row; `blank` is how one that is not needed is left: it may have told what was personal.
    """

    def __init__(self, layout: Layout, make: Callable[[], Widget], blank: Mapping[str, Any]) -> None:
        self._layout, self._make, self._blank = layout, make, blank
        self._made: list[Widget] = []

    def show(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """One row for each mapping of its properties, in this order."""
        while len(self._made) < len(rows):
            self._made.append(self._make())
        for widget, row in zip(self._made, [*rows, *[self._blank] * (len(self._made) - len(rows))], strict=True):
            for name, value in row.items():
                setattr(widget, name, value)
        there = len(self._layout.children)
        for widget in self._made[there : len(rows)]:
            self._layout.add_widget(widget)
        for widget in self._made[len(rows) : there]:
            self._layout.remove_widget(widget)
