"""Runs in a process of its own with a real window: what is drawn ahead, and where scrolling parts are cut.

python -m tests.unit.screens.preload_gui

Prints what went wrong, one a line.
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
PRELOAD_WAIT_S = 0.3  # seconds; twice as long as a finger has to rest


def check(harness: WindowHarness) -> Iterator[str]:
    """Everything that is wrong, as sentences."""
    states = sample_journeys("th")
    harness.shell.view(Screen.REVIEW)
    yield from _preloaded_pages(harness, states)
    yield from _pages_after_responses(harness, states)
    yield from _scroll_clipping(harness, states["review"])
    yield from _rotated_pages()
    yield from _first_page_size(harness, states["fault_stop"])


def _preloaded_pages(harness: WindowHarness, states: dict[str, Journey]) -> Iterator[str]:
    harness.shell.show(states["tell"])
    if _review_text(harness):
        yield "review is drawn while the finger does not rest yet"
    harness.wait(PRELOAD_WAIT_S)
    if not COMPLAINT_TEXT.startswith(_review_text(harness)[:20]) or not _review_text(harness):
        yield f"after {PRELOAD_WAIT_S} s on tell the hidden review shows «{_review_text(harness)}»"
    harness.show(states["attract"])
    harness.run_frames(40)
    if _review_text(harness):
        yield "an ended visit is still on the hidden review"
    harness.shell.show(states["tell"])
    harness.shell.show(states["attract"])
    harness.wait(PRELOAD_WAIT_S)
    if _review_text(harness):
        yield "a visit that ended at once was drawn on the hidden review after its end"


def _pages_after_responses(harness: WindowHarness, states: dict[str, Journey]) -> Iterator[str]:
    """What comes from outside finds its page laid out, and of what stood there until then nothing is left."""
    for before, after in (("track", "tracked"), ("track", "tracked_unknown"), ("review", "receipt_printing")):
        harness.show(states["attract"])
        harness.show(states[after])
        surprised = harness.screenshot()
        harness.show(states["attract"])
        harness.show(states[before])
        harness.wait(PRELOAD_WAIT_S)
        page = harness.shell.view(states[after].screen)
        if page.size != list(harness.window.size) or (before == "track" and not page.steps_panel.children):
            yield f"on {before} the page of {after} is not laid out"
        harness.show(states[after])
        if ImageChops.difference(surprised, harness.screenshot()).getbbox():
            yield f"{after} looks otherwise after {before} than by itself"


def _review_text(harness: WindowHarness) -> str:
    return str(harness.shell.view(Screen.REVIEW).ids.story.main_text)


def _scroll_clipping(harness: WindowHarness, review: Journey) -> Iterator[str]:
    """By whole pixels, and cut where its place ends."""
    harness.show(replace(review, accessibility=AccessibilityOptions(text_size=TextSize.LARGE)))
    scroll = harness.shell.view(Screen.REVIEW).scroll
    scroll.scroll_y = 0.4321
    harness.run_frames()
    if any(part % 1 for part in scroll.g_translate.xy):
        yield f"scrolled by {scroll.g_translate.xy}: not by whole pixels"
    glass = harness.screenshot()
    top = glass.crop((0, 0, SIZE[0], round(SIZE[1] - scroll.top)))
    scroll.scroll_y = 0.9
    harness.run_frames()
    if ImageChops.difference(top, harness.screenshot().crop((0, 0, *top.size))).getbbox():
        yield "what is scrolled shows above its place"


def _rotated_pages() -> Iterator[str]:
    """Where a rectangle of an upright window lies on a glass that hangs turned: (x, y, width, height) from below."""
    clip = import_module("screens.widgets.clip_rect").ClipRect()
    for turned, there in {
        0: (0, 100, 540, 600),
        90: (260, 0, 600, 540),
        180: (0, 260, 540, 600),
        270: (100, 0, 600, 540),
    }.items():
        glass = SIZE if turned % 180 == 0 else SIZE[::-1]
        clip.fit(0, 100, 540, 600, SimpleNamespace(size=SIZE, rotation=turned, _get_effective_size=lambda g=glass: g))
        if (clip_rectangle := (clip.x, clip.y, clip.width, clip.height)) != there:
            yield f"turned by {turned}° it is cut at {clip_rectangle}"


def _first_page_size(harness: WindowHarness, first: Journey) -> Iterator[str]:
    """As when the kiosk starts: the ground of the first picture is its page's."""
    harness.window.clearcolor = (0, 0, 0, 1)
    shell = import_module("screens.root_view").RootView(lambda event: None, size=SIZE)
    shell.show(first)
    harness.window.remove_widget(harness.shell)
    harness.window.add_widget(shell)
    harness.run_frames()
    paper = tuple(round(255 * part) for part in shell.view(first.screen).theme.background[:3])
    if (pixel := harness.screenshot().getpixel((4, SIZE[1] // 2))) != paper:
        yield f"the first picture stands on {pixel}"
    harness.window.remove_widget(shell)
    harness.window.add_widget(harness.shell)


if __name__ == "__main__":
    sys.exit(run_check(SIZE, check))
