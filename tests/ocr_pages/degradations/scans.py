"""Defects of paper, copier, fax and scanner. Each function takes and returns a picture ('L' or 'RGB') and gets worse
with `strength` from 0 to 1."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from tests.ocr_pages.degradations.recipe import Recipe

Degradation = Callable[[Image.Image, float, Recipe, np.random.Generator], Image.Image]
_FAX_DPI = (204, 98)
_SHEET_DPI = 200


def scan(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """An ordinary flatbed: a soft edge, paper that is not white, a little noise."""
    page = recipe.blur(page, 0.4 + 0.6 * strength)
    return _add_noise(_tone(page, 250 - 25 * strength, 10 + 40 * strength), 2 + 8 * strength, recipe, chance)


def faint_ribbon(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """A worn typewriter ribbon: grey ink that is uneven along the line and broken inside the strokes."""
    width, height = page.size
    bands = _cloud((height, width), (60, 25), chance)
    grain = _cloud((height, width), (3, 3), chance)
    taken = 1 - strength * (0.35 + 0.35 * bands) - 0.35 * strength * grain
    ink = (255 - np.asarray(page.convert("L"), np.float32)) * np.clip(taken, 0.22, 1)
    return scan(_to_picture(255 - ink), 0.3, recipe, chance)


def fax(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """Black and white at 204 × 98 dpi (strong) or 204 × 196 dpi, with lines lost and streaks added on the way."""
    width, height = page.size
    rows = height * (_FAX_DPI[1] * (2 if strength < 0.65 else 1)) // _SHEET_DPI
    small = recipe.blur(page.convert("L"), 0.5).resize((width * _FAX_DPI[0] // _SHEET_DPI, rows), Image.Resampling.BOX)
    grey = np.asarray(small, np.float32) + recipe.noise((small.height, small.width), chance) * (8 + 16 * strength)
    bits = np.where(grey > 150 + 20 * strength, 255, 0).astype(np.float32)
    for _ in range(round(2 + 10 * strength)):
        row = int(chance.integers(1, rows))
        bits[row] = bits[row - 1]  # a lost line repeats the one before
    for _ in range(round(3 * strength)):
        row = int(chance.integers(rows))
        start = int(chance.integers(small.width))
        bits[row, start : start + int(chance.integers(40, 400))] = 0
    dirt = chance.random(bits.shape) < 0.0006 * strength
    bits[dirt] = 0
    return _to_picture(bits).resize((width, height), Image.Resampling.NEAREST)


def copy_of_copy(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """Two to four generations of a copier: thicker or thinner strokes, specks, a dark edge, a little turn each time."""
    grey = page.convert("L")
    for _ in range(2 + round(2 * strength)):
        turn = float(chance.normal(0, 0.25))
        grey = recipe.blur(grey.rotate(turn, Image.Resampling.BICUBIC, fillcolor=255), 0.5 + 0.25 * strength)
        values = np.asarray(grey, np.float32)
        middle = 148 + float(chance.uniform(-12, 12))  # below, full stops vanish; above, loops fill
        values = 255 / (1 + np.exp(-(values - middle) / (34 - 14 * strength)))
        values[chance.random(values.shape) < 0.0002 * (0.5 + strength)] = 0
        grey = _to_picture(values + recipe.noise(values.shape, chance) * 3)
    edge = np.asarray(grey, np.float32).copy()
    dark = round(4 + 14 * strength)
    edge[:, :dark] *= 0.25
    edge[: dark // 2] *= 0.3
    return scan(_to_picture(edge), 0.2, recipe, chance)


def fold(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """A letter folded in thirds and once across: bands of light and dark, ink gone on the crease, rows displaced."""
    values = np.asarray(page.convert("L"), np.float32).copy()
    height, width = values.shape
    down, across = np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32)
    light = np.ones(height, np.float32)[:, None] * np.ones(width, np.float32)[None, :]
    for place in (1 / 3, 2 / 3):
        crease = height * (place + float(chance.normal(0, 0.01)))
        distance = down - crease
        side = np.where(distance > 0, 1, -1) * np.exp(-np.abs(distance) / (height * 0.05))
        light *= (1 - strength * (0.22 * (side > 0) * side + 0.45 * np.exp(-((distance / 5) ** 2))))[:, None]
        cracked = (np.abs(distance) < 2 + 2 * strength)[:, None] & (chance.random((height, width)) < 0.55 * strength)
        values[cracked] = 245
        below = down > crease
        values[below] = np.roll(values[below], round(float(chance.normal(0, 3)) * strength), axis=1)
    crease_x = width * float(chance.uniform(0.45, 0.55))
    light *= (1 - 0.35 * strength * np.exp(-(((across - crease_x) / 5) ** 2)))[None, :]
    return scan(_to_picture(values * light), 0.3, recipe, chance)


def low_resolution(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """150 dpi (weak) to 100 dpi (strong): the picture has that many pixels."""
    scale = (150 - 50 * strength) / _SHEET_DPI
    size = (round(page.width * scale), round(page.height * scale))
    return scan(page.resize(size, Image.Resampling.BOX), 0.15, recipe, chance)


def skew(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """One to six degrees, on a white lid, or with the scanner's dark bed beside the sheet."""
    angle = (1 + 5 * strength) * (1 if chance.random() < 0.5 else -1)
    beside = int(chance.choice((255, 245, 60)))
    fill = beside if page.mode == "L" else (beside,) * 3
    return scan(page.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=fill), 0.3, recipe, chance)


def shadow(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """An open lid: the light falls off towards one corner, and a soft edge crosses the page."""
    width, height = page.size
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    direction = float(chance.uniform(0, 2 * np.pi))
    along = across / width * np.cos(direction) + down / height * np.sin(direction)
    along = (along - along.min()) / (along.max() - along.min())
    light = 1 - (0.3 + 0.4 * strength) * along
    edge = float(chance.uniform(0.3, 0.7))
    light *= 1 - (0.15 + 0.35 * strength) / (1 + np.exp((edge - along) * (25 + 40 * strength)))
    return scan(_multiply(page, light), 0.3, recipe, chance)


def show_through(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """Thin paper: the print on the back is visible, mirrored and soft."""
    back = page.convert("L").transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(1, fillcolor=255)
    back = recipe.blur(back, 2.2)
    light = 1 - (1 - np.asarray(back, np.float32) / 255) * (0.12 + 0.25 * strength)
    return scan(_multiply(page, light), 0.3, recipe, chance)


def turn_quarter(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """Placed a quarter turn clockwise, not quite straight."""
    return _turn(page, Image.Transpose.ROTATE_270, strength, recipe, chance)


def turn_half(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """Placed upside down, not quite straight."""
    return _turn(page, Image.Transpose.ROTATE_180, strength, recipe, chance)


def turn_three_quarters(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """Placed a quarter turn counter-clockwise, not quite straight."""
    return _turn(page, Image.Transpose.ROTATE_90, strength, recipe, chance)


def _turn(
    page: Image.Image, turn: Image.Transpose, strength: float, recipe: Recipe, chance: np.random.Generator
) -> Image.Image:
    white = 255 if page.mode == "L" else (255, 255, 255)
    tilted = page.rotate(float(chance.uniform(-1.5, 1.5)) * strength, Image.Resampling.BICUBIC, fillcolor=white)
    return scan(tilted.transpose(turn), 0.3 * strength, recipe, chance)


def _tone(page: Image.Image, paper: float, ink: float) -> Image.Image:
    """Paper and ink at those grey levels instead of 255 and 0."""
    return page.point(lambda grey: ink + grey * (paper - ink) / 255)


def _add_noise(page: Image.Image, amount: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    noise = recipe.noise((page.height, page.width), chance) * amount
    values = np.asarray(page, np.float32)
    return _to_picture(values + (noise if values.ndim == 2 else noise[..., None]))


def _multiply(page: Image.Image, light: np.ndarray) -> Image.Image:
    values = np.asarray(page, np.float32)
    return _to_picture(values * (light if values.ndim == 2 else light[..., None]))


def _to_picture(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _cloud(shape: tuple[int, int], grain_px: tuple[int, int], chance: np.random.Generator) -> np.ndarray:
    """Smooth random values from 0 to 1; features are about `grain_px` (down, across) large."""
    small = chance.integers(0, 256, (shape[0] // grain_px[0] + 2, shape[1] // grain_px[1] + 2), np.uint8)
    smooth = Image.fromarray(small).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(smooth, np.float32) / 255
