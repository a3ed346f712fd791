"""A page on a table, photographed by hand: perspective, curl, ground, light, shadow, focus."""

import numpy as np
from PIL import Image

from tests.ocr_pages.degradations.recipe import Colour, Recipe

PHOTO_SIZE = (1800, 2400)
_Corners = list[tuple[float, float]]


def on_dark_ground(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """A photograph on dark cloth."""
    return _photograph(page, _plain_ground(recipe.dark, chance), strength, recipe, chance)


def on_light_ground(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """A photograph on a nearly white table: the sheet's edge is hardly visible."""
    return _photograph(page, _plain_ground(recipe.light, chance), strength, recipe, chance)


def on_wood(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """A photograph on planks with grain."""
    return _photograph(page, _wooden_ground(recipe.wood, chance), strength, recipe, chance)


def on_blotchy_ground(page: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator) -> Image.Image:
    """A photograph on stone or a tablecloth with large blotches."""
    return _photograph(page, _blotchy_ground(recipe.blotches, chance), strength, recipe, chance)


def _photograph(
    page: Image.Image, ground: Image.Image, strength: float, recipe: Recipe, chance: np.random.Generator
) -> Image.Image:
    corners = _corners_in_photo(strength, chance)
    sheet = _curl(page.convert("RGB"), strength, chance)
    mask = Image.new("L", sheet.size, 255)
    coefficients = _perspective(corners, sheet.size)
    warped = sheet.transform(PHOTO_SIZE, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    covered = mask.transform(PHOTO_SIZE, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)
    shade = recipe.blur(covered, 8).transform(PHOTO_SIZE, Image.Transform.AFFINE, (1, 0, -10, 0, 1, -12))
    values = np.asarray(ground, np.float32) * (1 - 0.45 * np.asarray(shade, np.float32)[..., None] / 255)
    opacity = np.asarray(covered, np.float32)[..., None] / 255
    values = values * (1 - opacity) + np.asarray(warped, np.float32) * 0.93 * opacity
    values *= _light(strength, chance)[..., None]
    blurred = recipe.blur(Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)), 0.5 + 0.7 * strength)
    noise = recipe.noise((PHOTO_SIZE[1], PHOTO_SIZE[0]), chance) * (2 + 5 * strength)
    return Image.fromarray(np.clip(np.asarray(blurred, np.float32) + noise[..., None], 0, 255).astype(np.uint8))


def _corners_in_photo(strength: float, chance: np.random.Generator) -> _Corners:
    """Where the sheet's corners are in the photograph: top left, top right, bottom right, bottom left."""
    width, height = PHOTO_SIZE
    sheet_height = height * float(chance.uniform(0.86, 0.93))
    sheet_width = min(sheet_height * 210 / 297, width * 0.92)
    angle = np.radians(float(chance.normal(0, 1.5 + 3 * strength)))
    corners = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        nearness = 1 + 0.1 * strength * y * float(np.sign(chance.normal(0.6, 1)) or 1)  # one edge is nearer the lens
        px, py = x * sheet_width / 2 * min(nearness, 1.05), y * sheet_height / 2
        px += float(chance.normal(0, 14)) * strength
        py += float(chance.normal(0, 14)) * strength
        corners.append(
            (
                float(np.clip(width / 2 + px * np.cos(angle) - py * np.sin(angle), 8, width - 8)),
                float(np.clip(height / 2 + px * np.sin(angle) + py * np.cos(angle), 8, height - 8)),
            )
        )
    return corners


def _perspective(corners: _Corners, size: tuple[int, int]) -> tuple[float, ...]:
    """The eight coefficients that map the photograph's pixels to the sheet's."""
    width, height = size
    equations, values = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True):
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(float(value) for value in np.linalg.solve(np.array(equations), np.array(values)))


def _curl(sheet: Image.Image, strength: float, chance: np.random.Generator) -> Image.Image:
    """The sheet bent along a wave."""
    amplitude = float(chance.uniform(2, 12)) * strength
    period = sheet.width * float(chance.uniform(0.8, 1.6))
    phase = float(chance.uniform(0, 2 * np.pi))
    step = 64

    def lift(x: int) -> float:
        return amplitude * float(np.sin(phase + 2 * np.pi * x / period))

    pieces = []
    for left in range(0, sheet.width, step):
        right = min(left + step, sheet.width)
        a, b = lift(left), lift(right)
        pieces.append(
            ((left, 0, right, sheet.height), (left, a, left, sheet.height + a, right, sheet.height + b, right, b))
        )
    mesh = Image.Transform.MESH
    return sheet.transform(sheet.size, mesh, pieces, Image.Resampling.BICUBIC, fillcolor=(250, 250, 250))


def _light(strength: float, chance: np.random.Generator) -> np.ndarray:
    """Lamp from one side, darker corners, and the photographer's shadow with a soft edge."""
    width, height = PHOTO_SIZE
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = across / width - 0.5, down / height - 0.5
    direction = float(chance.uniform(0, 2 * np.pi))
    light = 1 - 0.3 * strength * (0.5 + x * np.cos(direction) + y * np.sin(direction))
    light *= 1 - 0.5 * strength * (x**2 + y**2)
    if chance.random() < 0.6:
        turn = float(chance.uniform(0, 2 * np.pi))
        distance = x * np.cos(turn) + y * np.sin(turn) - float(chance.uniform(0.0, 0.35))
        wave = 0.03 * np.sin(9 * (y * np.cos(turn) - x * np.sin(turn)) + turn)
        light *= 1 - (0.2 + 0.3 * strength) / (1 + np.exp(-(distance + wave) * 45))
    return np.asarray(light, np.float32)


def _plain_ground(colour: Colour, chance: np.random.Generator) -> Image.Image:
    texture = _clouds([(3, 0.5), (40, 0.3), (300, 0.2)], chance)
    return _paint(
        texture, tuple(max(0, value - 14) for value in colour), tuple(min(255, value + 14) for value in colour)
    )


def _wooden_ground(colour: Colour, chance: np.random.Generator) -> Image.Image:
    width, height = PHOTO_SIZE
    along, across = 900, 7
    grain = chance.integers(0, 256, (height // along + 3, width // across + 2), np.uint8)
    fine = np.asarray(Image.fromarray(grain).resize(PHOTO_SIZE, Image.Resampling.BICUBIC), np.float32) / 255
    rings = 0.5 + 0.5 * np.sin(fine * 5 + np.arange(width, dtype=np.float32)[None, :] / 37)
    texture = 0.6 * fine + 0.4 * rings
    plank = int(chance.integers(260, 480))
    for left in range(int(chance.integers(plank)), width, plank):
        texture[:, left : left + 4] = 0
        texture[:, left:] = np.clip(texture[:, left:] + float(chance.normal(0, 0.12)), 0, 1)
    board = _paint(texture, tuple(value // 2 for value in colour), tuple(min(255, value + 35) for value in colour))
    return board if chance.random() < 0.5 else board.rotate(90, expand=True).resize(PHOTO_SIZE)


def _blotchy_ground(colours: tuple[Colour, Colour], chance: np.random.Generator) -> Image.Image:
    blotches = _clouds([(150, 0.7), (40, 0.3)], chance)
    sharp = 1 / (1 + np.exp(-(blotches - 0.5) * 18))
    return _paint(0.9 * sharp + 0.1 * _clouds([(3, 1.0)], chance), *colours)


def _clouds(layers: list[tuple[int, float]], chance: np.random.Generator) -> np.ndarray:
    """A sum of smooth random layers (grain in pixels, share), from 0 to 1."""
    width, height = PHOTO_SIZE
    total = np.zeros((height, width), np.float32)
    for grain, share in layers:
        small = chance.integers(0, 256, (height // grain + 2, width // grain + 2), np.uint8)
        total += (
            share * np.asarray(Image.fromarray(small).resize(PHOTO_SIZE, Image.Resampling.BICUBIC), np.float32) / 255
        )
    return total


def _paint(texture: np.ndarray, low: tuple[int, ...], high: tuple[int, ...]) -> Image.Image:
    """The texture (0 to 1) between two colours."""
    values = np.array(low, np.float32) + texture[..., None] * (np.array(high, np.float32) - np.array(low, np.float32))
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
