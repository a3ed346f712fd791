"""The pictures of the gallery, drawn in a real window: what one process does for one size."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from PIL import Image

from journey.state import AccessibilityOptions, Contrast, TextSize
from screens.kivy_setup import configure_kivy
from tools.gui_checks.layout_overflow import find_overflows
from tools.gui_checks.legibility import find_low_contrast, find_small_targets
from tools.gui_checks.window_harness import WindowHarness, x_display
from tools.sample_journeys import sample_journeys

MODES = {"normal": Contrast.NORMAL, "dark": Contrast.DARK, "light": Contrast.LIGHT}
THUMBNAIL_PX = 360  # pixels, the longer side


@dataclass(frozen=True)
class GalleryPicture:
    """One picture of the gallery and what does not fit in it."""

    name: str
    language: str
    text_percent: int  # per cent
    size: str
    contrast: str
    overflows: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The picture's place below the gallery."""
        return f"{self.size}/{self.name}.{self.language}.{self.text_percent}.{self.contrast}.webp"


@dataclass(frozen=True)
class Selection:
    """Which states are wanted, and how."""

    names: tuple[str, ...]  # beginnings of names; none is all
    languages: tuple[str, ...]
    text_sizes: tuple[int, ...]
    modes: tuple[str, ...]


def draw_pictures(size: str, selection: Selection, out: Path) -> list[GalleryPicture]:
    """Draw the chosen states in a window of this size and save the pictures. A process can do that once."""
    width, _, height = size.partition("x")
    window = int(width), int(height)
    shots = []
    with x_display(window):
        configure_kivy(False, window)
        harness = WindowHarness()
        harness.resize(window)
        for shot, accessibility in _selected_pictures(size, selection):
            harness.show(replace(sample_journeys(shot.language)[shot.name], accessibility=accessibility))
            _save(harness.screenshot(), out / shot.file)
            shots.append(
                replace(
                    shot,
                    overflows=(*find_overflows(harness), *find_low_contrast(harness), *find_small_targets(harness)),
                )
            )
    return shots


def _selected_pictures(size: str, selection: Selection) -> Iterator[tuple[GalleryPicture, AccessibilityOptions]]:
    for language, text, mode in product(selection.languages, selection.text_sizes, selection.modes):
        accessibility = AccessibilityOptions(language=language, text_size=TextSize(text), contrast=MODES[mode])
        for name in sample_journeys(language):
            if not selection.names or name.startswith(selection.names):
                yield GalleryPicture(name, language, text, size, mode), accessibility


def _save(picture: Image.Image, path: Path) -> None:
    """The picture, and a small one beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=80, method=0)
    picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BOX)
    picture.save(path.with_suffix(".small.webp"), quality=80, method=0)
