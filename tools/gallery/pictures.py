"""Draws the pictures of the gallery for one window size, in a real window."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from PIL import Image

from journey.state import AccessibilityOptions, Contrast, TextSize
from screens.kivy_setup import configure_kivy
from tools.gui_checks.layout_overflow import find_overflows
from tools.gui_checks.legibility import find_low_contrast, find_small_targets
from tools.gui_checks.window_harness import WindowHarness, parse_size, x_display
from tools.sample_journeys import gallery_journeys

MODES = {"normal": Contrast.NORMAL, "dark": Contrast.DARK, "light": Contrast.LIGHT}
THUMBNAIL_PX = 360  # the longer side


@dataclass(frozen=True)
class GalleryPicture:
    """One picture of the gallery and what is wrong with its layout."""

    name: str
    language: str
    text_percent: int
    size: str
    contrast: str
    overflows: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The picture's path inside the gallery."""
        return f"{self.size}/{self.name}.{self.language}.{self.text_percent}.{self.contrast}.webp"


@dataclass(frozen=True)
class Selection:
    """Which states to draw, and in which combinations of options."""

    names: tuple[str, ...]  # prefixes of names; all states if there are none
    languages: tuple[str, ...]
    text_sizes: tuple[int, ...]
    modes: tuple[str, ...]


def draw_pictures(size: str, selection: Selection, out: Path) -> list[GalleryPicture]:
    """Draw the selected states in a window of this size and save the pictures. Works once in a process."""
    window_size = parse_size(size)
    pictures = []
    with x_display(window_size):
        configure_kivy(False, window_size)
        harness = WindowHarness()
        harness.resize(window_size)
        for picture, accessibility in _selected_pictures(size, selection):
            harness.show(replace(gallery_journeys(picture.language)[picture.name], accessibility=accessibility))
            _save(harness.screenshot(), out / picture.file)
            problems = *find_overflows(harness), *find_low_contrast(harness), *find_small_targets(harness)
            pictures.append(replace(picture, overflows=problems))
    return pictures


def _selected_pictures(size: str, selection: Selection) -> Iterator[tuple[GalleryPicture, AccessibilityOptions]]:
    for language, text, mode in product(selection.languages, selection.text_sizes, selection.modes):
        accessibility = AccessibilityOptions(language=language, text_size=TextSize(text), contrast=MODES[mode])
        for name in gallery_journeys(language):
            if not selection.names or name.startswith(selection.names):
                yield GalleryPicture(name, language, text, size, mode), accessibility


def _save(picture: Image.Image, path: Path) -> None:
    """Save the picture and its thumbnail."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=80, method=0)
    picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BOX)
    picture.save(path.with_suffix(".small.webp"), quality=80, method=0)
