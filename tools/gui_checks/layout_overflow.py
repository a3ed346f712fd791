"""Finds items that do not fit on the screen, from the rectangles of widgets and the extents of their texts.

All lengths are pixels of the window, with the origin at the bottom left, as in Kivy.
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

MIN_FONT_SCALE = 0.7  # of the type size, for texts that shrink to fit
MIN_FONT_UNITS = 26.0  # units of the theme: no text is smaller
MIN_VIEWPORT_UNITS = 200.0  # units: the least height of a viewport that scrolls


def find_overflows(harness: WindowHarness) -> list[str]:
    """Every overflow on the screen as a sentence."""
    width, height = harness.window.size
    window = Rect(0, 0, width, height)
    top = harness.root_view.children[0]
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
    """Items outside the window or the box behind them, wider than their widget, or clipped in an area that does not
    scroll."""
    for item in drawn_items:
        ink = item.ink
        reachable = Rect(ink.left, item.clip.bottom, ink.right, item.clip.top) if item.is_scrollable else ink
        if not item.clip.contains(reachable):
            yield f"{item.name} is cut" if window.contains(ink) else f"{item.name} lies outside the window"
        emergency = getattr(item.widget.parent, "number", "")
        if emergency and item.is_scrollable and not item.clip.contains(ink):
            yield f"the emergency number {item.name} must be scrolled to"
        if item.background is not None and not item.background.contains(
            ink.intersection(item.clip) if item.is_scrollable else ink
        ):
            yield f"{item.name} exceeds the box behind it"
        if hasattr(item.widget, "display_text") and ink.right - ink.left > item.widget.width + TOLERANCE_PX:
            yield f"{item.name} is wider than its widget"


def _overlapping_text(drawn_items: list[DrawnItem]) -> Iterator[str]:
    """Overlaps of the characters of each label, with tone marks and descenders, and of the middle of each icon."""
    inked = []
    for item in drawn_items:
        if hasattr(item.widget, "display_text"):
            inked.append((item, glyph_bounds(item.widget).intersection(item.clip)))
        elif hasattr(item.widget, "texture_size"):
            margin = 0.2 * item.widget.font_size
            shown = item.ink.intersection(item.clip)
            inked.append((item, Rect(shown.left, shown.bottom + margin, shown.right, shown.top - margin)))
    for (one, ink), (other, other_ink) in combinations(inked, 2):
        if not ink.intersection(other_ink).has_area():
            continue
        both_are_texts = hasattr(one.widget, "display_text") and hasattr(other.widget, "display_text")
        if not both_are_texts or glyphs_touch(one.widget, other.widget):
            yield f"{one.name} and {other.name} overlap"


def _shrunken_text(drawn_items: list[DrawnItem]) -> Iterator[str]:
    """Texts whose type shrank too much to fit."""
    u = import_module("screens.theme").current_theme().unit
    for item in drawn_items:
        if not hasattr(item.widget, "display_text"):
            continue
        wanted, size = getattr(item.widget, "type_size", item.widget.font_size), drawn_font_size(item.widget)
        if size < MIN_FONT_SCALE * wanted - 1 or size < MIN_FONT_UNITS * u:
            yield f"{item.name} shrank from {wanted / u:.0f} to {size / u:.0f} units"


def _misplaced_touch_targets(harness: WindowHarness, window: Rect) -> Iterator[str]:
    """Touch targets outside the window or over one another."""
    targets = []
    for target in harness.root_view.visible_touch_targets():
        bottom = window.top - target.y - target.height
        targets.append((target.name, Rect(target.x, bottom, target.x + target.width, bottom + target.height)))
    for name, box in targets:
        if not window.contains(box):
            yield f"{name} lies outside the window"
    for (one, box), (other, other_box) in combinations(targets, 2):
        if box.intersection(other_box).has_area():
            yield f"{one} and {other} overlap"


def _cut_viewports_and_fields(top: Any) -> Iterator[str]:
    """Viewports that scroll and are too low, and fields lower than a line."""
    u = import_module("screens.theme").current_theme().unit
    for widget in top.walk(restrict=True):
        box = bounds_of(widget)
        if getattr(widget, "do_scroll_y", False) and box.top - box.bottom < MIN_VIEWPORT_UNITS * u:
            yield f"a viewport that scrolls is only {(box.top - box.bottom) / u:.0f} units high"
        if hasattr(widget, "insert_text") and widget.height < widget.line_height + 2 * widget.padding[1] - TOLERANCE_PX:
            yield f"{widget.name} cuts its line"


def _frame_overlaps(view: Any) -> Iterator[str]:
    """Overlapping parts of a view's frame, and a missing primary button."""
    parts = {name: bounds_of(getattr(view, name)) for name in ("header", "title_area", "scroll", "tray", "footer")}
    for (one, box), (other, other_box) in combinations(parts.items(), 2):
        if box.intersection(other_box).has_area():
            yield f"{one} and {other} overlap"
    if view.primary and not any(getattr(button, "name", "") == view.primary_name for button in view.footer.walk()):
        yield f"the primary button ({view.primary_name}) is missing"
