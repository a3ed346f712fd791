"""Runs in its own process with a real window: compares screens with the golden pictures, checks contrast and targets.

python -m tests.unit.screens.appearance_gui

Prints each problem on a line. With GOLDEN=write in the environment the present pictures become the golden ones.
"""

import os
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from journey.state import AccessibilityOptions, Contrast, Journey, TextSize
from tests.unit.screens.image_similarity import differing_share, downscale, looks_same
from tools.gui_checks import legibility
from tools.gui_checks.drawn_items import list_drawn_items
from tools.gui_checks.window_harness import WindowHarness, run_check
from tools.sample_journeys import sample_journeys

SIZE = 1080, 1920
GOLDEN = Path(__file__).parents[2] / "golden" / "screens"
GOLDEN_STATES = (
    "attract",
    "notice",
    "identify_waiting",
    "topic_chosen",
    "place",
    "tell",
    "scan_read",
    "review",
    "receipt_printed",
    "tracked",
    "fault_printer_paper_out",
    "overlay_still_there",
)
MAX_OPEN_TYPEFACES = 64
MIN_CHANGE = 1200  # pixels of ink rectangle: smaller texts (only a numeral) may change unnoticed


def check(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """Every problem as a sentence."""
    problems = []
    for name, journey in states.items():
        harness.show(journey)
        problems += [f"{name}: {sentence}" for sentence in legibility.find_low_contrast(harness)]
        problems += [f"{name}: {sentence}" for sentence in legibility.find_small_targets(harness)]
        if name in GOLDEN_STATES:
            problems += _compare_with_golden(name, harness.screenshot())
    problems += _reopened_screens(harness, states)
    harness.show(states["review"])
    problems += _similarity_check(harness)
    for contrast in (Contrast.DARK, Contrast.LIGHT):
        for name, journey in states.items():
            harness.show(replace(journey, accessibility=replace(journey.accessibility, contrast=contrast)))
            problems += [f"{name}, {contrast.value}: {sentence}" for sentence in legibility.find_low_contrast(harness)]
    return problems


def _reopened_screens(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """Kivy keeps the newest 64 typefaces open. Text in a reopened typeface is placed as before."""
    harness.show(states["attract"])
    before = harness.screenshot()
    for size in range(MAX_OPEN_TYPEFACES + 1):
        import_module("kivy.core.text").Label(font_size=200 + size).get_extents("ก")
    large = replace(states["attract"], accessibility=AccessibilityOptions(text_size=TextSize.LARGE))
    for journey in (states["review"], large, states["attract"]):
        harness.show(journey)
    moved = ImageChops.difference(before, harness.screenshot()).getbbox()
    return [f"attract: with reopened typefaces it looks different in {moved}"] if moved else []


def _compare_with_golden(name: str, picture: Image.Image) -> list[str]:
    path = GOLDEN / f"{name}.png"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or differing_share(picture, Image.open(path)) > 0:
            downscale(picture).save(path, optimize=True)
        return []
    if not path.exists():
        return [f"{path.name} is missing: GOLDEN=write creates it"]
    share = differing_share(picture, Image.open(path))
    return (
        []
        if looks_same(picture, Image.open(path))
        else [f"{name} differs in {share:.2%} of its pixels (GOLDEN=write accepts it)"]
    )


def _similarity_check(harness: WindowHarness) -> list[str]:
    """The comparison ignores a shift by one pixel and notices every missing word."""
    picture = harness.screenshot()
    problems = []
    if not looks_same(picture, ImageChops.offset(picture, 1, 0)):
        problems.append("pictures one pixel apart count as different")
    for item in list_drawn_items(harness.root_view.children[0], harness.window.size):
        seen = item.ink.intersection(item.clip)
        if not hasattr(item.widget, "display_text") or (seen.right - seen.left) * (seen.top - seen.bottom) < MIN_CHANGE:
            continue
        if seen.top - seen.bottom < 0.5 * (item.ink.top - item.ink.bottom):
            continue  # scrolled out of sight except the marks above its letters
        painted = picture.copy()
        box = (round(seen.left), round(SIZE[1] - seen.top), round(seen.right), round(SIZE[1] - seen.bottom))
        ImageDraw.Draw(painted).rectangle(box, fill=picture.getpixel((box[0], box[1])))
        if looks_same(painted, picture):
            problems.append(f"without {item.name} the picture counts as the same")
    return problems


if __name__ == "__main__":
    sys.exit(run_check(SIZE, lambda harness: check(harness, sample_journeys("th"))))
