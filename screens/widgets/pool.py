"""Rows of a list, made once and used again: to build one from its rules takes 4 ms, six of them were felt."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kivy.uix.layout import Layout
from kivy.uix.widget import Widget


class Pool:
    """What a layout shows, as values.

    `create` makes a row; `blank_values` is how one that is not needed is left: it may have told what was personal.
    """

    def __init__(self, layout: Layout, create: Callable[[], Widget], blank_values: Mapping[str, Any]) -> None:
        self._layout, self._create, self._blank_values = layout, create, blank_values
        self._widgets: list[Widget] = []

    def show(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """One row for each mapping of its properties, in this order."""
        while len(self._widgets) < len(rows):
            self._widgets.append(self._create())
        for widget, row in zip(
            self._widgets, [*rows, *[self._blank_values] * (len(self._widgets) - len(rows))], strict=True
        ):
            for name, value in row.items():
                setattr(widget, name, value)
        there = len(self._layout.children)
        for widget in self._widgets[there : len(rows)]:
            self._layout.add_widget(widget)
        for widget in self._widgets[len(rows) : there]:
            self._layout.remove_widget(widget)
