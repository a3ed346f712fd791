"""How the same defect differs between the splits: the shape of blur, noise and ground, and the strengths in use."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from tests.ocr_pages.split import Split

Colour = tuple[int, int, int]
Grey = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Recipe:
    """The means of one split. `strengths`: 0 is hardly visible, 1 is the worst that a person still reads without
    effort; no strength is in two splits."""

    strengths: tuple[float, ...]
    blur: Callable[[Image.Image, float], Image.Image]  # (picture, radius in pixels)
    noise: Callable[[tuple[int, int], np.random.Generator], Grey]  # shape -> standard deviation about 1
    wood: Colour
    dark: Colour
    light: Colour
    blotches: tuple[Colour, Colour]


def _blur_gaussian(picture: Image.Image, radius: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(radius))


def _blur_box(picture: Image.Image, radius: float) -> Image.Image:
    return picture.filter(ImageFilter.BoxBlur(radius * 1.5))


def _blur_lens(picture: Image.Image, radius: float) -> Image.Image:
    """A lens out of focus and a hand that moves: a soft disc, longer across than down."""
    across = max(1, round(radius * 2))
    wide = picture.resize((max(1, picture.width // across), picture.height), Image.Resampling.BOX)
    moved = Image.blend(picture, wide.resize(picture.size, Image.Resampling.BILINEAR), 0.35)
    return moved.filter(ImageFilter.GaussianBlur(radius * 0.85))


def _noise_white(shape: tuple[int, int], chance: np.random.Generator) -> Grey:
    return chance.standard_normal(shape, np.float32)


def _noise_grain(shape: tuple[int, int], chance: np.random.Generator) -> Grey:
    """Noise of a film: each grain covers several pixels."""
    fine = chance.standard_normal(shape, np.float32)
    shifted = [np.roll(fine, move, (0, 1)) for move in ((1, 0), (0, 1), (1, 1))]
    return np.asarray((fine + sum(shifted)) / 2, np.float32)


def _noise_sensor(shape: tuple[int, int], chance: np.random.Generator) -> Grey:
    """Noise of a cheap sensor: pixels, and whole rows and columns."""
    rows = chance.standard_normal((shape[0], 1), np.float32)
    columns = chance.standard_normal((1, shape[1]), np.float32)
    return np.asarray(0.85 * chance.standard_normal(shape, np.float32) + 0.35 * rows + 0.35 * columns, np.float32)


RECIPES: dict[Split, Recipe] = {
    Split.TRAINING: Recipe(
        (0.1, 0.4, 0.7), _blur_gaussian, _noise_white, (150, 105, 65), (45, 45, 50), (225, 222, 215),
        ((120, 130, 125), (185, 185, 180)),
    ),
    Split.TUNING: Recipe(
        (0.2, 0.5, 0.8), _blur_box, _noise_grain, (120, 75, 45), (60, 45, 40), (232, 232, 236),
        ((95, 60, 55), (170, 140, 125)),
    ),
    Split.HELD_OUT: Recipe(
        (0.15, 0.3, 0.45, 0.6, 0.75, 0.9), _blur_lens, _noise_sensor, (172, 122, 78), (28, 36, 42), (238, 234, 222),
        ((70, 85, 95), (205, 200, 190)),
    ),
}  # fmt: skip
