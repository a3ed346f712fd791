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

from journey.state import Comfort, Journey, Screen, TextSize
from tools.gui_checks.window_harness import Stage, report
from tools.sample_journeys import STORY, samples

SIZE = (540, 960)
SOON = 0.3  # seconds; twice as long as a finger has to rest


def check(stage: Stage) -> Iterator[str]:
    """Everything that is wrong, as sentences."""
    states = samples("th")
    stage.shell.page(Screen.REVIEW)
    yield from _ahead(stage, states)
    yield from _answered(stage, states)
    yield from _scrolled(stage, states["review"])
    yield from _turned()
    yield from _shown_before_its_window(stage, states["fault_stop"])


def _ahead(stage: Stage, states: dict[str, Journey]) -> Iterator[str]:
    stage.shell.show(states["tell"])
    if _story(stage):
        yield "review is drawn while the finger does not rest yet"
    stage.wait(SOON)
    if not STORY.startswith(_story(stage)[:20]) or not _story(stage):
        yield f"after {SOON} s on tell the hidden review shows «{_story(stage)}»"
    stage.show(states["attract"])
    stage.frames(40)
    if _story(stage):
        yield "an ended visit is still on the hidden review"
    stage.shell.show(states["tell"])
    stage.shell.show(states["attract"])
    stage.wait(SOON)
    if _story(stage):
        yield "a visit that ended at once was drawn on the hidden review after its end"


def _answered(stage: Stage, states: dict[str, Journey]) -> Iterator[str]:
    """What comes from outside finds its page laid out, and of what stood there until then nothing is left."""
    for before, after in (("track", "tracked"), ("track", "tracked_unknown"), ("review", "receipt_printing")):
        stage.show(states["attract"])
        stage.show(states[after])
        surprised = stage.picture()
        stage.show(states["attract"])
        stage.show(states[before])
        stage.wait(SOON)
        page = stage.shell.page(states[after].screen)
        if page.size != list(stage.window.size) or (before == "track" and not page.way.children):
            yield f"on {before} the page of {after} is not laid out"
        stage.show(states[after])
        if ImageChops.difference(surprised, stage.picture()).getbbox():
            yield f"{after} looks otherwise after {before} than by itself"


def _story(stage: Stage) -> str:
    return str(stage.shell.page(Screen.REVIEW).ids.story.first)


def _scrolled(stage: Stage, review: Journey) -> Iterator[str]:
    """By whole pixels, and cut where its place ends."""
    stage.show(replace(review, comfort=Comfort(text_size=TextSize.LARGE)))
    scroll = stage.shell.page(Screen.REVIEW).scroll
    scroll.scroll_y = 0.4321
    stage.frames()
    if any(part % 1 for part in scroll.g_translate.xy):
        yield f"scrolled by {scroll.g_translate.xy}: not by whole pixels"
    glass = stage.picture()
    top = glass.crop((0, 0, SIZE[0], round(SIZE[1] - scroll.top)))
    scroll.scroll_y = 0.9
    stage.frames()
    if ImageChops.difference(top, stage.picture().crop((0, 0, *top.size))).getbbox():
        yield "what is scrolled shows above its place"


def _turned() -> Iterator[str]:
    """Where a rectangle of an upright window lies on a glass that hangs turned: (x, y, width, height) from below."""
    clip = import_module("screens.widgets.clip_rect").Clip()
    for turned, there in {
        0: (0, 100, 540, 600),
        90: (260, 0, 600, 540),
        180: (0, 260, 540, 600),
        270: (100, 0, 600, 540),
    }.items():
        glass = SIZE if turned % 180 == 0 else SIZE[::-1]
        clip.fit(0, 100, 540, 600, SimpleNamespace(size=SIZE, rotation=turned, _get_effective_size=lambda g=glass: g))
        if (found := (clip.x, clip.y, clip.width, clip.height)) != there:
            yield f"turned by {turned}° it is cut at {found}"


def _shown_before_its_window(stage: Stage, first: Journey) -> Iterator[str]:
    """As when the kiosk starts: the ground of the first picture is its page's."""
    stage.window.clearcolor = (0, 0, 0, 1)
    shell = import_module("screens.root_view").Shell(lambda event: None, size=SIZE)
    shell.show(first)
    stage.window.remove_widget(stage.shell)
    stage.window.add_widget(shell)
    stage.frames()
    paper = tuple(round(255 * part) for part in shell.page(first.screen).look.paper[:3])
    if (found := stage.picture().getpixel((4, SIZE[1] // 2))) != paper:
        yield f"the first picture stands on {found}"
    stage.window.remove_widget(shell)
    stage.window.add_widget(stage.shell)


if __name__ == "__main__":
    sys.exit(report(SIZE, check))
