"""What does not fit on the glass: measured from the widgets' places and from the extents of their text.

All lengths are pixels of the window; rectangles have their origin at the bottom left, as Kivy has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import combinations
from typing import Any, NamedTuple

from tests.stage import Stage

SLACK = 2.0  # rounding to whole pixels, and strokes
LEAST_SHARE = 0.7  # of its size of type, for words that shrink to fit
LEAST_TYPE = 26.0  # units of the look: no word is smaller than this
LEAST_VIEW = 200.0  # units: what a place that scrolls must show at once


class Rect(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Rect") -> "Rect":
        """What both cover; with right < left or top < bottom when that is nothing."""
        return Rect(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    def holds(self, other: "Rect", slack: float = SLACK) -> bool:
        """Whether the other lies inside."""
        return (
            other.left >= self.left - slack
            and other.bottom >= self.bottom - slack
            and other.right <= self.right + slack
            and other.top <= self.top + slack
        )

    def shows(self, least: float = SLACK) -> bool:
        """Whether there is anything of it."""
        return self.right - self.left > least and self.top - self.bottom > least


@dataclass(frozen=True)
class Piece:
    """Something drawn: its ink, what it stands on, and what of the window shows through to it."""

    widget: Any
    name: str
    ink: Rect
    ground: Rect | None
    clip: Rect
    scrolls: bool  # what is cut above or below can be scrolled to


def misfits(stage: Stage) -> list[str]:
    """Every misfit on the glass as a sentence; none when all is well."""
    width, height = stage.window.size
    window = Rect(0, 0, width, height)
    top = stage.shell.children[0]
    drawn = pieces(top, stage.window.size)
    found = [*_outside(drawn, window), *_on_one_another(drawn), *_small(drawn)]
    found += _touchables(stage, window)
    found += _places_to_read_and_write(top)
    if hasattr(top, "footer"):
        found += _frame(top)
    return found


def pieces(top: Any, size: tuple[int, int]) -> list[Piece]:
    """Every word, icon and ground under `top` in a window of this size, from the back to the front."""
    return list(_pieces(top, Rect(0, 0, *size), None, False))


def place_of(widget: Any) -> Rect:
    """Where a widget stands in the window."""
    x, y = widget.to_window(*widget.pos)
    return Rect(x, y, x + widget.width, y + widget.height)


def _pieces(widget: Any, clip: Rect, ground: Rect | None, scrolls: bool) -> Iterator[Piece]:
    if widget.opacity == 0:
        return
    if hasattr(widget, "do_scroll_y"):
        clip, scrolls = clip.meets(place_of(widget)), scrolls or bool(widget.do_scroll_y)
    stands = hasattr(widget, "border_width")  # screens.widgets.box.Ground
    written = hasattr(widget, "texture_size") and bool(getattr(widget, "text", ""))
    if stands or written:
        ink = _ink(widget) if written else place_of(widget)
        if ink.shows():
            yield Piece(widget, _name(widget), ink, ground, clip, scrolls)
    inside = place_of(widget) if stands else ground
    for child in widget.children:
        yield from _pieces(child, clip, inside, scrolls)


def _ink(label: Any) -> Rect:
    """Where a label's signs are: its lines as wide as they come out, in the middle of the label's height."""
    place = place_of(label)
    if hasattr(label, "glyph"):
        wide: float = label.texture_size[0]
        high = label.texture_size[1]
    else:
        measure = import_module("screens.widgets.line_box").measurer(label.font_name, label.font_size)
        wide = max(measure(line) for line in label.text.split("\n"))
        high = label.texture_size[1] - 2 * import_module("screens.widgets.line_box").over(label.font_size)
    middle = (place.bottom + place.top) / 2
    left = place.left if label.halign == "left" and hasattr(label, "lines") else (place.left + place.right - wide) / 2
    return Rect(left, middle - high / 2, left + wide, middle + high / 2)


def _name(widget: Any) -> str:
    said = getattr(widget, "said", "")
    if said:
        return f"«{said[:40]}»"
    return getattr(widget, "name", "") or getattr(widget, "icon", "") or type(widget).__name__


def _outside(drawn: list[Piece], window: Rect) -> Iterator[str]:
    """Out of the window, over the edge of what it stands on, wider than its place, or cut where nothing scrolls."""
    for piece in drawn:
        ink = piece.ink
        wide = Rect(ink.left, piece.clip.bottom, ink.right, piece.clip.top) if piece.scrolls else ink
        if not piece.clip.holds(wide):
            yield f"{piece.name} is cut" if window.holds(ink) else f"{piece.name} lies outside the window"
        if piece.ground is not None and not piece.ground.holds(ink.meets(piece.clip) if piece.scrolls else ink):
            yield f"{piece.name} goes beyond what it stands on"
        if hasattr(piece.widget, "said") and ink.right - ink.left > piece.widget.width + SLACK:
            yield f"{piece.name} is wider than its place"


def _on_one_another(drawn: list[Piece]) -> Iterator[str]:
    """Signs over signs. A line's rectangle has room above and below its letters: that may overlap."""
    signs = []
    for piece in drawn:
        if hasattr(piece.widget, "texture_size"):
            air = 0.2 * piece.widget.font_size
            shown = piece.ink.meets(piece.clip)
            signs.append((piece, Rect(shown.left, shown.bottom + air, shown.right, shown.top - air)))
    for (one, ink), (other, other_ink) in combinations(signs, 2):
        if ink.meets(other_ink).shows():
            yield f"{one.name} and {other.name} overlap"


def _small(drawn: list[Piece]) -> Iterator[str]:
    """Type that shrank too much to fit."""
    u = import_module("screens.theme").worn().u
    for piece in drawn:
        wanted = getattr(piece.widget, "type_size", None)
        if wanted is None or not hasattr(piece.widget, "said"):
            continue
        size = piece.widget.font_size
        if size < LEAST_SHARE * wanted or size < LEAST_TYPE * u:
            yield f"{piece.name} shrank from {wanted / u:.0f} to {size / u:.0f} units"


def _touchables(stage: Stage, window: Rect) -> Iterator[str]:
    """What can be tapped is on the glass and apart from its neighbours."""
    taps = []
    for tap in stage.shell.touchables():
        bottom = window.top - tap.y - tap.height
        taps.append((tap.name, Rect(tap.x, bottom, tap.x + tap.width, bottom + tap.height)))
    for name, place in taps:
        if not window.holds(place):
            yield f"{name} lies outside the window"
    for (one, place), (other, other_place) in combinations(taps, 2):
        if place.meets(other_place).shows():
            yield f"{one} and {other} overlap"


def _places_to_read_and_write(top: Any) -> Iterator[str]:
    """What scrolls shows enough at once, and a field its whole line."""
    u = import_module("screens.theme").worn().u
    for widget in top.walk(restrict=True):
        place = place_of(widget)
        if getattr(widget, "do_scroll_y", False) and place.top - place.bottom < LEAST_VIEW * u:
            yield f"only {(place.top - place.bottom) / u:.0f} units show of what scrolls"
        if hasattr(widget, "insert_text") and widget.height < widget.line_height + 2 * widget.padding[1] - SLACK:
            yield f"{widget.name} cuts its line"


def _frame(page: Any) -> Iterator[str]:
    """The parts of a page's frame do not cover one another, the way on is there."""
    parts = {name: place_of(getattr(page, name)) for name in ("header", "crown", "scroll", "tray", "footer")}
    for (one, place), (other, other_place) in combinations(parts.items(), 2):
        if place.meets(other_place).shows():
            yield f"{one} and {other} overlap"
    if page.primary and not any(getattr(button, "name", "") == page.primary_name for button in page.footer.walk()):
        yield f"the way on ({page.primary_name}) is not there"
