"""Things side by side are alike, and a scroll bar stands only where there is something to scroll to."""

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
    """What differs between buttons of one row: height, type size, baseline; the width too of those of one kind that
    share what room there is."""
    for group in _button_groups(top):
        for (one, shares), (other, other_shares) in combinations(group, 2):
            mine, yours = bounds_of(one), bounds_of(other)
            shared = min(mine.top, yours.top) - max(mine.bottom, yours.bottom)
            if shared < 0.5 * min(mine.top - mine.bottom, yours.top - yours.bottom):
                continue  # one below the other
            names = f"{describe_widget(one)} and {describe_widget(other)}"
            if abs(one.height - other.height) > TOLERANCE_PX:
                yield f"{names} are {one.height:.0f} and {other.height:.0f} pixels high"
            alike = shares == other_shares and _kind(one) == _kind(other)
            if alike and abs(one.width - other.width) > TOLERANCE_PX:
                yield f"{names} are {one.width:.0f} and {other.width:.0f} pixels wide"
            if type(one) is type(other):
                yield from _label_differences(names, _labels_of(one), _labels_of(other))


def misaligned_baselines(top: Any) -> Iterator[str]:
    """Things side by side in a grid that are no buttons and whose first lines do not stand on one baseline."""
    for grid in top.walk(restrict=True):
        things = [
            child for child in getattr(grid, "children", ()) if not hasattr(child, "tap_targets") and _labels_of(child)
        ]
        if not hasattr(grid, "cols") or len(things) < 2:
            continue
        things.reverse()
        for start in range(0, len(things), max(1, grid.cols or 1)):
            row = things[start : start + grid.cols]
            text_baselines = [baselines(_labels_of(thing)[0])[0] for thing in row]
            if max(text_baselines) - min(text_baselines) > BASELINE_TOLERANCE_PX:
                yield f"{describe_widget(_labels_of(row[0])[0])} and what is beside it do not begin on one baseline"


def _label_differences(names: str, labels: list[Any], other_labels: list[Any]) -> Iterator[str]:
    """Words of as many lines stand in the middle of both buttons: they must be on one baseline."""
    if not labels or not other_labels:
        return
    one, other = labels[0], other_labels[0]
    if abs(drawn_font_size(one) - drawn_font_size(other)) > 1:
        yield f"{names} have type of {drawn_font_size(one):.0f} and {drawn_font_size(other):.0f} pixels"
        return
    lines = [[word.text.count("\n") for word in words] for words in (labels, other_labels)]
    if lines[0] == lines[1] and abs(baselines(one)[0] - baselines(other)[0]) > BASELINE_TOLERANCE_PX:
        yield f"{names} do not stand on one baseline"


def _button_groups(widget: Any) -> Iterator[list[tuple[Any, bool]]]:
    """The buttons directly in each arrangement, and whether each shares the room with the others; a part that may
    fold away stands for what is in it."""
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
    """The labels on a button that say something; of an icon's button the word under it, which is the last."""
    words = [widget for widget in button.walk(restrict=True) if getattr(widget, "display_text", "")]
    return words[-1:] if hasattr(button, "caption") else words


def needless_scroll_bars(top: Any, drawn_items: list[DrawnItem]) -> Iterator[str]:
    """Each place that scrolls although all that is drawn in it would fit."""
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
        # Low reach has the content begin below a blank, and what is touched must not stand higher.
        high = widget.top_blank + max(ink.top for ink in inks) - min(ink.bottom for ink in inks)
        if high <= _height(bounds_of(widget)) + TOLERANCE_PX:
            yield f"a scroll bar stands beside {high:.0f} pixels in a place of {widget.height:.0f}"


def _height(rect: Rect) -> float:
    return rect.top - rect.bottom
