"""Things side by side are alike, and a scroll bar stands only where there is something to scroll to."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tools.gui_checks.drawn_items import SLACK, Piece, Rect, baselines, drawn_size, name_of, place_of

ONE_LINE = 1.5  # pixels that two baselines may be apart: each is rounded


def unequal(top: Any) -> Iterator[str]:
    """What differs between buttons of one row: height, type size, baseline; the width too of those of one kind that
    share what room there is."""
    for group in _groups(top):
        for (one, shares), (other, other_shares) in combinations(group, 2):
            mine, yours = place_of(one), place_of(other)
            shared = min(mine.top, yours.top) - max(mine.bottom, yours.bottom)
            if shared < 0.5 * min(mine.top - mine.bottom, yours.top - yours.bottom):
                continue  # one below the other
            names = f"{name_of(one)} and {name_of(other)}"
            if abs(one.height - other.height) > SLACK:
                yield f"{names} are {one.height:.0f} and {other.height:.0f} pixels high"
            alike = shares == other_shares and _kind(one) == _kind(other)
            if alike and abs(one.width - other.width) > SLACK:
                yield f"{names} are {one.width:.0f} and {other.width:.0f} pixels wide"
            if type(one) is type(other):
                yield from _words_differ(names, _words(one), _words(other))


def uneven(top: Any) -> Iterator[str]:
    """Things side by side in a grid that are no buttons and whose first lines do not stand on one baseline."""
    for grid in top.walk(restrict=True):
        things = [child for child in getattr(grid, "children", ()) if not hasattr(child, "taps") and _words(child)]
        if not hasattr(grid, "cols") or len(things) < 2:
            continue
        things.reverse()
        for start in range(0, len(things), max(1, grid.cols or 1)):
            row = things[start : start + grid.cols]
            stand = [baselines(_words(thing)[0])[0] for thing in row]
            if max(stand) - min(stand) > ONE_LINE:
                yield f"{name_of(_words(row[0])[0])} and what is beside it do not begin on one baseline"


def _words_differ(names: str, these: list[Any], those: list[Any]) -> Iterator[str]:
    """Words of as many lines stand in the middle of both buttons: they must be on one baseline."""
    if not these or not those:
        return
    one, other = these[0], those[0]
    if abs(drawn_size(one) - drawn_size(other)) > 1:
        yield f"{names} have type of {drawn_size(one):.0f} and {drawn_size(other):.0f} pixels"
        return
    lines = [[word.text.count("\n") for word in words] for words in (these, those)]
    if lines[0] == lines[1] and abs(baselines(one)[0] - baselines(other)[0]) > ONE_LINE:
        yield f"{names} do not stand on one baseline"


def _groups(widget: Any) -> Iterator[list[tuple[Any, bool]]]:
    """The buttons directly in each arrangement, and whether each shares the room with the others; a part that may
    fold away stands for what is in it."""
    if widget.opacity == 0:
        return
    yield [(button, child.size_hint_x is not None) for child in reversed(widget.children) for button in _buttons(child)]
    for child in widget.children:
        yield from _groups(child)


def _buttons(child: Any) -> Iterator[Any]:
    if hasattr(child, "ink") and hasattr(child, "taps") and child.opacity:
        yield child
    elif hasattr(child, "shown"):
        for inner in child.children:
            yield from _buttons(inner)


def _kind(button: Any) -> tuple[type, str, bool]:
    return type(button), getattr(button, "kind", ""), not _words(button)


def _words(button: Any) -> list[Any]:
    """The labels on a button that say something; of an icon's button the word under it, which is the last."""
    words = [widget for widget in button.walk(restrict=True) if getattr(widget, "said", "")]
    return words[-1:] if hasattr(button, "caption") else words


def needless_bars(top: Any, drawn: list[Piece]) -> Iterator[str]:
    """Each place that scrolls although all that is drawn in it would fit."""
    for widget in top.walk(restrict=True):
        if not getattr(widget, "do_scroll_y", False) or not widget.children or not hasattr(widget, "_judge"):
            continue
        inside = {id(child) for child in widget.walk(restrict=True)}
        inks = [piece.ink for piece in drawn if id(piece.widget) in inside]
        if not inks:
            continue
        # Low reach has the content begin below a blank, and what is touched must not stand higher.
        high = widget.head + max(ink.top for ink in inks) - min(ink.bottom for ink in inks)
        if high <= _height(place_of(widget)) + SLACK:
            yield f"a scroll bar stands beside {high:.0f} pixels in a place of {widget.height:.0f}"


def _height(rect: Rect) -> float:
    return rect.top - rect.bottom
