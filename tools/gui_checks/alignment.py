"""Checks that adjacent buttons match, and that there are scroll bars only where content is hidden."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tools.gui_checks.drawn_items import (
    TOLERANCE_PX,
    DrawnItem,
    Rect,
    baselines,
    bounds_of,
    describe_widget,
    drawn_font_size,
)

BASELINE_TOLERANCE_PX = 1.5  # pixels that two baselines may be apart: each is rounded


def unequal_buttons(top: Any) -> Iterator[str]:
    """Differences between buttons of one row: height, type size and baseline; for buttons of one kind that share the
    free space also the width."""
    for group in _button_groups(top):
        for (one, is_flexible), (other, other_is_flexible) in combinations(group, 2):
            rect, other_rect = bounds_of(one), bounds_of(other)
            shared_height = min(rect.top, other_rect.top) - max(rect.bottom, other_rect.bottom)
            if shared_height < 0.5 * min(rect.top - rect.bottom, other_rect.top - other_rect.bottom):
                continue  # one below the other
            names = f"{describe_widget(one)} and {describe_widget(other)}"
            if abs(one.height - other.height) > TOLERANCE_PX:
                yield f"{names} are {one.height:.0f} and {other.height:.0f} pixels high"
            alike = is_flexible == other_is_flexible and _kind(one) == _kind(other)
            if alike and abs(one.width - other.width) > TOLERANCE_PX:
                yield f"{names} are {one.width:.0f} and {other.width:.0f} pixels wide"
            if type(one) is type(other):
                yield from _label_differences(names, _labels_of(one), _labels_of(other))


def misaligned_baselines(top: Any) -> Iterator[str]:
    """Neighbours in a grid, other than buttons, whose first lines are not on one baseline."""
    for grid in top.walk(restrict=True):
        cells = [
            child for child in getattr(grid, "children", ()) if not hasattr(child, "tap_targets") and _labels_of(child)
        ]
        if not hasattr(grid, "cols") or len(cells) < 2:
            continue
        cells.reverse()
        for start in range(0, len(cells), max(1, grid.cols or 1)):
            row = cells[start : start + grid.cols]
            first_baselines = [baselines(_labels_of(cell)[0])[0] for cell in row]
            if max(first_baselines) - min(first_baselines) > BASELINE_TOLERANCE_PX:
                yield f"{describe_widget(_labels_of(row[0])[0])} and its neighbour do not begin on one baseline"


def _label_differences(names: str, labels: list[Any], other_labels: list[Any]) -> Iterator[str]:
    """Texts with equal numbers of lines are centred on both buttons: they must be on one baseline."""
    if not labels or not other_labels:
        return
    one, other = labels[0], other_labels[0]
    if abs(drawn_font_size(one) - drawn_font_size(other)) > 1:
        yield f"{names} have type of {drawn_font_size(one):.0f} and {drawn_font_size(other):.0f} pixels"
        return
    line_counts, other_line_counts = ([label.text.count("\n") for label in group] for group in (labels, other_labels))
    if line_counts == other_line_counts and abs(baselines(one)[0] - baselines(other)[0]) > BASELINE_TOLERANCE_PX:
        yield f"{names} are not on one baseline"


def _button_groups(widget: Any) -> Iterator[list[tuple[Any, bool]]]:
    """For each container its buttons, and whether each shares the free space. A Collapsible counts as its content."""
    if widget.opacity == 0:
        return
    yield [(button, child.size_hint_x is not None) for child in reversed(widget.children) for button in _buttons(child)]
    for child in widget.children:
        yield from _button_groups(child)


def _buttons(child: Any) -> Iterator[Any]:
    if hasattr(child, "ink") and hasattr(child, "tap_targets") and child.opacity:
        yield child
    elif hasattr(child, "is_shown"):
        for inner in child.children:
            yield from _buttons(inner)


def _kind(button: Any) -> tuple[type, str, bool]:
    return type(button), getattr(button, "kind", ""), not _labels_of(button)


def _labels_of(button: Any) -> list[Any]:
    """The labels with text on a button; on an IconButton only the last one, the word under the icon."""
    labels = [widget for widget in button.walk(restrict=True) if getattr(widget, "display_text", "")]
    return labels[-1:] if hasattr(button, "caption") else labels


def needless_scroll_bars(top: Any, drawn_items: list[DrawnItem]) -> Iterator[str]:
    """Scroll areas that scroll although everything drawn in them would fit."""
    for widget in top.walk(restrict=True):
        if (
            not getattr(widget, "do_scroll_y", False)
            or not widget.children
            or not hasattr(widget, "_update_scrollable")
        ):
            continue
        inside = {id(child) for child in widget.walk(restrict=True)}
        inks = [item.ink for item in drawn_items if id(item.widget) in inside]
        if not inks:
            continue
        # In low reach the content begins below a blank area, and no touch target may be higher.
        needed = widget.top_blank + max(ink.top for ink in inks) - min(ink.bottom for ink in inks)
        if needed <= _height(bounds_of(widget)) + TOLERANCE_PX:
            yield f"a scroll bar beside {needed:.0f} pixels of content in a viewport of {widget.height:.0f}"


def _height(rect: Rect) -> float:
    return rect.top - rect.bottom
