"""Runs in a process of its own with a real window: does all look as it was agreed, can it be read and hit?

python -m tests.unit.screens.appearance_gui

Prints what is wrong, one a line. GOLDEN=write in the environment keeps the pictures of today as the agreed ones.
"""

import os
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from journey.state import Comfort, Contrast, Journey, TextSize
from tests.unit.screens.image_similarity import alike, differing, small
from tools.gui_checks import legibility
from tools.gui_checks.drawn_items import pieces
from tools.gui_checks.window_harness import Stage, report
from tools.sample_journeys import samples

SIZE = 1080, 1920
GOLDEN = Path(__file__).parents[2] / "golden" / "screens"
AGREED = (
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
    "fault_paper",
    "overlay_still_there",
)
TYPEFACES_OPEN = 64
FAINTEST_CHANGE = 1200  # pixels of ink rectangle: smaller words (none but a numeral) may change unnoticed


def check(stage: Stage, states: dict[str, Journey]) -> list[str]:
    """Everything that is wrong, as sentences."""
    wrong = []
    for name, journey in states.items():
        stage.show(journey)
        wrong += [f"{name}: {sentence}" for sentence in legibility.faint(stage)]
        wrong += [f"{name}: {sentence}" for sentence in legibility.small(stage)]
        if name in AGREED:
            wrong += _golden(name, stage.picture())
    wrong += _reopened(stage, states)
    stage.show(states["review"])
    wrong += _eye(stage)
    for contrast in (Contrast.DARK, Contrast.LIGHT):
        for name, journey in states.items():
            stage.show(replace(journey, comfort=replace(journey.comfort, contrast=contrast)))
            wrong += [f"{name}, {contrast.value}: {sentence}" for sentence in legibility.faint(stage)]
    return wrong


def _reopened(stage: Stage, states: dict[str, Journey]) -> list[str]:
    """Kivy keeps 64 typefaces open, the newest. One that was closed meanwhile writes where it wrote before."""
    stage.show(states["attract"])
    before = stage.picture()
    for size in range(TYPEFACES_OPEN + 1):
        import_module("kivy.core.text").Label(font_size=200 + size).get_extents("ก")
    large = replace(states["attract"], comfort=Comfort(text_size=TextSize.LARGE))
    for journey in (states["review"], large, states["attract"]):
        stage.show(journey)
    moved = ImageChops.difference(before, stage.picture()).getbbox()
    return [f"attract: with its typefaces opened anew it looks otherwise in {moved}"] if moved else []


def _golden(name: str, picture: Image.Image) -> list[str]:
    path = GOLDEN / f"{name}.png"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or differing(picture, Image.open(path)) > 0:
            small(picture).save(path, optimize=True)
        return []
    if not path.exists():
        return [f"there is no {path.name} to compare with: GOLDEN=write keeps one"]
    share = differing(picture, Image.open(path))
    return (
        []
        if alike(picture, Image.open(path))
        else [f"{name} looks otherwise: {share:.2%} of it (GOLDEN=write keeps it)"]
    )


def _eye(stage: Stage) -> list[str]:
    """The comparison itself: overlooks letters set one pixel beside, and misses no word."""
    picture = stage.picture()
    wrong = []
    if not alike(picture, ImageChops.offset(picture, 1, 0)):
        wrong.append("pictures one pixel apart count as different")
    for piece in pieces(stage.shell.children[0], stage.window.size):
        seen = piece.ink.meets(piece.clip)
        if not hasattr(piece.widget, "said") or (seen.right - seen.left) * (seen.top - seen.bottom) < FAINTEST_CHANGE:
            continue
        if seen.top - seen.bottom < 0.5 * (piece.ink.top - piece.ink.bottom):
            continue  # scrolled away but for the marks above its letters
        painted = picture.copy()
        box = (round(seen.left), round(SIZE[1] - seen.top), round(seen.right), round(SIZE[1] - seen.bottom))
        ImageDraw.Draw(painted).rectangle(box, fill=picture.getpixel((box[0], box[1])))
        if alike(painted, picture):
            wrong.append(f"without {piece.name} the picture counts as the same")
    return wrong


if __name__ == "__main__":
    sys.exit(report(SIZE, lambda stage: check(stage, samples("th"))))
