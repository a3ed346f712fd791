"""Runs in its own process with a real window: checks preloading, clearing, and the clipping of scroll areas.

python -m tests.unit.screens.preload_gui

Prints each problem on a line.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

from PIL import ImageChops

from journey.screens import Screen
from journey.state import AccessibilityOptions, Journey, TextSize
from simulators.sample_data import COMPLAINT_TEXT
from tools.gui_checks.window_harness import WindowHarness, run_check
from tools.sample_journeys import sample_journeys

SIZE = (540, 960)
PRELOAD_WAIT_S = 0.3  # twice the delay of preloading


def check(harness: WindowHarness) -> Iterator[str]:
    """Every problem as a sentence."""
    states = sample_journeys("th")
    harness.root_view.view(Screen.REVIEW)
    yield from _preloaded_pages(harness, states)
    yield from _pages_after_responses(harness, states)
    yield from _scroll_clipping(harness, states["review"])
    yield from _rotated_pages()
    yield from _first_page_size(harness, states["fault_stop"])


def _preloaded_pages(harness: WindowHarness, states: dict[str, Journey]) -> Iterator[str]:
    harness.root_view.show(states["tell"])
    if _review_text(harness):
        yield "review is preloaded too early"
    harness.wait(PRELOAD_WAIT_S)
    if not COMPLAINT_TEXT.startswith(_review_text(harness)[:20]) or not _review_text(harness):
        yield f"after {PRELOAD_WAIT_S} s on tell the hidden review shows «{_review_text(harness)}»"
    harness.show(states["attract"])
    harness.run_frames(40)
    if _review_text(harness):
        yield "an ended visit is still on the hidden review"
    harness.root_view.show(states["tell"])
    harness.root_view.show(states["attract"])
    harness.wait(PRELOAD_WAIT_S)
    if _review_text(harness):
        yield "a visit that ended at once was preloaded after its end"


def _pages_after_responses(harness: WindowHarness, states: dict[str, Journey]) -> Iterator[str]:
    """A response finds its view laid out, and the placeholder leaves no trace."""
    for before, after in (("track", "tracked"), ("track", "tracked_unknown"), ("review", "receipt_printing")):
        harness.show(states["attract"])
        harness.show(states[after])
        unprepared = harness.screenshot()
        harness.show(states["attract"])
        harness.show(states[before])
        harness.wait(PRELOAD_WAIT_S)
        page = harness.root_view.view(states[after].screen)
        if page.size != list(harness.window.size) or (before == "track" and not page.steps_panel.children):
            yield f"on {before} the page of {after} is not laid out"
        harness.show(states[after])
        if ImageChops.difference(unprepared, harness.screenshot()).getbbox():
            yield f"{after} looks different after {before}"


def _review_text(harness: WindowHarness) -> str:
    return str(harness.root_view.view(Screen.REVIEW).ids.story.main_text)


def _scroll_clipping(harness: WindowHarness, review: Journey) -> Iterator[str]:
    """Scrolls by whole pixels and is clipped at its viewport."""
    harness.show(replace(review, accessibility=AccessibilityOptions(text_size=TextSize.LARGE)))
    scroll = harness.root_view.view(Screen.REVIEW).scroll
    scroll.scroll_y = 0.4321
    harness.run_frames()
    if any(part % 1 for part in scroll.g_translate.xy):
        yield f"scrolled by {scroll.g_translate.xy}: not by whole pixels"
    top = harness.screenshot().crop((0, 0, SIZE[0], round(SIZE[1] - scroll.top)))
    scroll.scroll_y = 0.9
    harness.run_frames()
    if ImageChops.difference(top, harness.screenshot().crop((0, 0, *top.size))).getbbox():
        yield "content shows above its viewport"


def _rotated_pages() -> Iterator[str]:
    """A rectangle of the window on a rotated display: (x, y, width, height) from the bottom left."""
    clip = import_module("screens.widgets.scroll_area").ClipRect()
    for rotation, expected in {
        0: (0, 100, 540, 600),
        90: (260, 0, 600, 540),
        180: (0, 260, 540, 600),
        270: (100, 0, 600, 540),
    }.items():
        display_size = SIZE if rotation % 180 == 0 else SIZE[::-1]
        clip.fit(
            0,
            100,
            540,
            600,
            SimpleNamespace(size=SIZE, rotation=rotation, _get_effective_size=lambda size=display_size: size),
        )
        if (clipped := (clip.x, clip.y, clip.width, clip.height)) != expected:
            yield f"rotated by {rotation}° it is clipped at {clipped}"


def _first_page_size(harness: WindowHarness, first: Journey) -> Iterator[str]:
    """At start-up the background of the first frame is that of its view."""
    harness.window.clearcolor = (0, 0, 0, 1)
    root_view = import_module("screens.root_view").RootView(lambda event: None, size=SIZE)
    root_view.show(first)
    harness.window.remove_widget(harness.root_view)
    harness.window.add_widget(root_view)
    harness.run_frames()
    background = tuple(round(255 * part) for part in root_view.view(first.screen).theme.background[:3])
    if (color := harness.screenshot().getpixel((4, SIZE[1] // 2))) != background:
        yield f"the background of the first frame is {color}"
    harness.window.remove_widget(root_view)
    harness.window.add_widget(harness.root_view)


if __name__ == "__main__":
    sys.exit(run_check(SIZE, check))
