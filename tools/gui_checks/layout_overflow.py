"""What does not fit on the glass: measured from the widgets' places and from the extents of their text.

All lengths are pixels of the window; rectangles have their origin at the bottom left, as Kivy has.
"""

from collections.abc import Iterator
from importlib import import_module
from itertools import combinations
from typing import Any

from tools.gui_checks.alignment import misaligned_baselines, needless_scroll_bars, unequal_buttons
from tools.gui_checks.drawn_items import (
    TOLERANCE_PX,
    DrawnItem,
    Rect,
    bounds_of,
    drawn_font_size,
    glyph_bounds,
    glyphs_touch,
    list_drawn_items,
)
from tools.gui_checks.line_breaks import find_bad_line_breaks
from tools.gui_checks.window_harness import WindowHarness

MIN_FONT_SCALE = 0.7  # of its size of type, for words that shrink to fit
MIN_FONT_UNITS = 26.0  # units of the theme: no word is smaller than this
MIN_VIEWPORT_UNITS = 200.0  # units: what a place that scrolls must show at once


def find_overflows(harness: WindowHarness) -> list[str]:
    """Every overflow on the glass as a sentence; none when all is well."""
    width, height = harness.window.size
    window = Rect(0, 0, width, height)
    top = harness.shell.children[0]
    drawn_items = list_drawn_items(top, harness.window.size)
    overflows = [*_out_of_bounds(drawn_items, window), *_overlapping_text(drawn_items), *_shrunken_text(drawn_items)]
    overflows += _misplaced_touch_targets(harness, window)
    overflows += _cut_viewports_and_fields(top)
    overflows += [
        *find_bad_line_breaks(drawn_items),
        *unequal_buttons(top),
        *misaligned_baselines(top),
        *needless_scroll_bars(top, drawn_items),
    ]
    if hasattr(top, "footer"):
        overflows += _frame_overlaps(top)
    return overflows


def _out_of_bounds(drawn_items: list[DrawnItem], window: Rect) -> Iterator[str]:
    """Out of the window, over the edge of what it stands on, wider than its place, or cut where nothing scrolls."""
    for item in drawn_items:
        ink = item.ink
        wide = Rect(ink.left, item.clip.bottom, ink.right, item.clip.top) if item.is_scrollable else ink
        if not item.clip.contains(wide):
            yield f"{item.name} is cut" if window.contains(ink) else f"{item.name} lies outside the window"
        emergency = getattr(item.widget.parent, "number", "")
        if emergency and item.is_scrollable and not item.clip.contains(ink):
            yield f"the emergency number {item.name} must be scrolled to"
        if item.background is not None and not item.background.contains(
            ink.intersection(item.clip) if item.is_scrollable else ink
        ):
            yield f"{item.name} goes beyond what it stands on"
        if hasattr(item.widget, "display_text") and ink.right - ink.left > item.widget.width + TOLERANCE_PX:
            yield f"{item.name} is wider than its place"


def _overlapping_text(drawn_items: list[DrawnItem]) -> Iterator[str]:
    """Signs over signs: what is drawn of each label, tone marks and tails among it, and the middle of each icon."""
    inked = []
    for item in drawn_items:
        if hasattr(item.widget, "display_text"):
            inked.append((item, glyph_bounds(item.widget).intersection(item.clip)))
        elif hasattr(item.widget, "texture_size"):
            air = 0.2 * item.widget.font_size
            shown = item.ink.intersection(item.clip)
            inked.append((item, Rect(shown.left, shown.bottom + air, shown.right, shown.top - air)))
    for (one, ink), (other, other_ink) in combinations(inked, 2):
        if not ink.intersection(other_ink).has_area():
            continue
        both_words = hasattr(one.widget, "display_text") and hasattr(other.widget, "display_text")
        if not both_words or glyphs_touch(one.widget, other.widget):
            yield f"{one.name} and {other.name} overlap"


def _shrunken_text(drawn_items: list[DrawnItem]) -> Iterator[str]:
    """Type that shrank too much to fit."""
    u = import_module("screens.theme").current_theme().unit
    for item in drawn_items:
        if not hasattr(item.widget, "display_text"):
            continue
        wanted, size = getattr(item.widget, "type_size", item.widget.font_size), drawn_font_size(item.widget)
        if size < MIN_FONT_SCALE * wanted - 1 or size < MIN_FONT_UNITS * u:
            yield f"{item.name} shrank from {wanted / u:.0f} to {size / u:.0f} units"


def _misplaced_touch_targets(harness: WindowHarness, window: Rect) -> Iterator[str]:
    """What can be tapped is on the glass and apart from its neighbours."""
    taps = []
    for tap in harness.shell.visible_touch_targets():
        bottom = window.top - tap.y - tap.height
        taps.append((tap.name, Rect(tap.x, bottom, tap.x + tap.width, bottom + tap.height)))
    for name, box in taps:
        if not window.contains(box):
            yield f"{name} lies outside the window"
    for (one, box), (other, other_box) in combinations(taps, 2):
        if box.intersection(other_box).has_area():
            yield f"{one} and {other} overlap"


def _cut_viewports_and_fields(top: Any) -> Iterator[str]:
    """What scrolls shows enough at once, and a field its whole line."""
    u = import_module("screens.theme").current_theme().unit
    for widget in top.walk(restrict=True):
        box = bounds_of(widget)
        if getattr(widget, "do_scroll_y", False) and box.top - box.bottom < MIN_VIEWPORT_UNITS * u:
            yield f"only {(box.top - box.bottom) / u:.0f} units show of what scrolls"
        if hasattr(widget, "insert_text") and widget.height < widget.line_height + 2 * widget.padding[1] - TOLERANCE_PX:
            yield f"{widget.name} cuts its line"


def _frame_overlaps(page: Any) -> Iterator[str]:
    """The parts of a page's frame do not cover one another, the way on is there."""
    parts = {name: bounds_of(getattr(page, name)) for name in ("header", "title_area", "scroll", "tray", "footer")}
    for (one, box), (other, other_box) in combinations(parts.items(), 2):
        if box.intersection(other_box).has_area():
            yield f"{one} and {other} overlap"
    if page.primary and not any(getattr(button, "name", "") == page.primary_name for button in page.footer.walk()):
        yield f"the way on ({page.primary_name}) is not there"
