"""Rows of a list, created once and reused: building one row from its rules takes 4 ms, and the delay of six was
noticeable."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kivy.uix.layout import Layout
from kivy.uix.widget import Widget


class Pool:
    """Shows rows in a layout.

    `create` makes a row. A row that is not needed gets `blank_values`, so that it keeps no personal data.
    """

    def __init__(self, layout: Layout, create: Callable[[], Widget], blank_values: Mapping[str, Any]) -> None:
        self._layout, self._create, self._blank_values = layout, create, blank_values
        self._widgets: list[Widget] = []

    def show(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Show one row for each mapping of property names to values, in this order."""
        while len(self._widgets) < len(rows):
            self._widgets.append(self._create())
        blank_rows = [self._blank_values] * (len(self._widgets) - len(rows))
        for widget, row in zip(self._widgets, [*rows, *blank_rows], strict=True):
            for name, value in row.items():
                setattr(widget, name, value)
        shown_count = len(self._layout.children)
        for widget in self._widgets[shown_count : len(rows)]:
            self._layout.add_widget(widget)
        for widget in self._widgets[len(rows) : shown_count]:
            self._layout.remove_widget(widget)
