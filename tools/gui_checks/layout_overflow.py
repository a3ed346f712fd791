"""What does not fit on the glass: measured from the widgets' places and from the extents of their text.

All lengths are pixels of the window; rectangles have their origin at the bottom left, as Kivy has.
"""

from collections.abc import Iterator
from importlib import import_module
from itertools import combinations
from typing import Any

from tools.gui_checks.alignment import needless_bars, unequal, uneven
from tools.gui_checks.drawn_items import SLACK, Piece, Rect, drawn_size, pieces, place_of, signs, touch
from tools.gui_checks.line_breaks import badly_broken
from tools.gui_checks.window_harness import Stage

LEAST_SHARE = 0.7  # of its size of type, for words that shrink to fit
LEAST_TYPE = 26.0  # units of the look: no word is smaller than this
LEAST_VIEW = 200.0  # units: what a place that scrolls must show at once


def misfits(stage: Stage) -> list[str]:
    """Every misfit on the glass as a sentence; none when all is well."""
    width, height = stage.window.size
    window = Rect(0, 0, width, height)
    top = stage.shell.children[0]
    drawn = pieces(top, stage.window.size)
    found = [*_outside(drawn, window), *_on_one_another(drawn), *_small(drawn)]
    found += _touchables(stage, window)
    found += _places_to_read_and_write(top)
    found += [*badly_broken(drawn), *unequal(top), *uneven(top), *needless_bars(top, drawn)]
    if hasattr(top, "footer"):
        found += _frame(top)
    return found


def _outside(drawn: list[Piece], window: Rect) -> Iterator[str]:
    """Out of the window, over the edge of what it stands on, wider than its place, or cut where nothing scrolls."""
    for piece in drawn:
        ink = piece.ink
        wide = Rect(ink.left, piece.clip.bottom, ink.right, piece.clip.top) if piece.scrolls else ink
        if not piece.clip.holds(wide):
            yield f"{piece.name} is cut" if window.holds(ink) else f"{piece.name} lies outside the window"
        emergency = getattr(piece.widget.parent, "number", "")
        if emergency and piece.scrolls and not piece.clip.holds(ink):
            yield f"the emergency number {piece.name} must be scrolled to"
        if piece.ground is not None and not piece.ground.holds(ink.meets(piece.clip) if piece.scrolls else ink):
            yield f"{piece.name} goes beyond what it stands on"
        if hasattr(piece.widget, "said") and ink.right - ink.left > piece.widget.width + SLACK:
            yield f"{piece.name} is wider than its place"


def _on_one_another(drawn: list[Piece]) -> Iterator[str]:
    """Signs over signs: what is drawn of each label, tone marks and tails among it, and the middle of each icon."""
    inked = []
    for piece in drawn:
        if hasattr(piece.widget, "said"):
            inked.append((piece, signs(piece.widget).meets(piece.clip)))
        elif hasattr(piece.widget, "texture_size"):
            air = 0.2 * piece.widget.font_size
            shown = piece.ink.meets(piece.clip)
            inked.append((piece, Rect(shown.left, shown.bottom + air, shown.right, shown.top - air)))
    for (one, ink), (other, other_ink) in combinations(inked, 2):
        if not ink.meets(other_ink).shows():
            continue
        both_words = hasattr(one.widget, "said") and hasattr(other.widget, "said")
        if not both_words or touch(one.widget, other.widget):
            yield f"{one.name} and {other.name} overlap"


def _small(drawn: list[Piece]) -> Iterator[str]:
    """Type that shrank too much to fit."""
    u = import_module("screens.theme").worn().u
    for piece in drawn:
        if not hasattr(piece.widget, "said"):
            continue
        wanted, size = getattr(piece.widget, "type_size", piece.widget.font_size), drawn_size(piece.widget)
        if size < LEAST_SHARE * wanted - 1 or size < LEAST_TYPE * u:
            yield f"{piece.name} shrank from {wanted / u:.0f} to {size / u:.0f} units"


def _touchables(stage: Stage, window: Rect) -> Iterator[str]:
    """What can be tapped is on the glass and apart from its neighbours."""
    taps = []
    for tap in stage.shell.touchables():
        bottom = window.top - tap.y - tap.height
        taps.append((tap.name, Rect(tap.x, bottom, tap.x + tap.width, bottom + tap.height)))
    for name, box in taps:
        if not window.holds(box):
            yield f"{name} lies outside the window"
    for (one, box), (other, other_box) in combinations(taps, 2):
        if box.meets(other_box).shows():
            yield f"{one} and {other} overlap"


def _places_to_read_and_write(top: Any) -> Iterator[str]:
    """What scrolls shows enough at once, and a field its whole line."""
    u = import_module("screens.theme").worn().u
    for widget in top.walk(restrict=True):
        box = place_of(widget)
        if getattr(widget, "do_scroll_y", False) and box.top - box.bottom < LEAST_VIEW * u:
            yield f"only {(box.top - box.bottom) / u:.0f} units show of what scrolls"
        if hasattr(widget, "insert_text") and widget.height < widget.line_height + 2 * widget.padding[1] - SLACK:
            yield f"{widget.name} cuts its line"


def _frame(page: Any) -> Iterator[str]:
    """The parts of a page's frame do not cover one another, the way on is there."""
    parts = {name: place_of(getattr(page, name)) for name in ("header", "crown", "scroll", "tray", "footer")}
    for (one, box), (other, other_box) in combinations(parts.items(), 2):
        if box.meets(other_box).shows():
            yield f"{one} and {other} overlap"
    if page.primary and not any(getattr(button, "name", "") == page.primary_name for button in page.footer.walk()):
        yield f"the way on ({page.primary_name}) is not there"
