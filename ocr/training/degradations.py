"""What printing, copying, scanning and faxing do to a line. Each is a function of a float picture, 0 black, 255 paper.

Split as typefaces and text are: `tuning` and `held_out` have degradations that training never shows.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.training.line_input import Grey
from ocr.training.typefaces import Split

Picture = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Degraded:
    """The picture, and its size relative to the input."""

    picture: Grey
    scale: float


@dataclass(frozen=True)
class Context:
    """`size`: pixels per em of the text; `generator` for noise; `chance` for settings."""

    size: int
    chance: random.Random
    generator: np.random.Generator


def _as_picture(values: object) -> Picture:
    return np.asarray(values, np.float32)


def thin(picture: Picture, context: Context) -> Picture:
    """Worn type or a pale copy: strokes lose their edges."""
    shape = context.chance.choice(((2, 1), (1, 2), (2, 2)))
    return _as_picture(cv2.dilate(picture, np.ones(shape, np.uint8)))


def bold(picture: Picture, context: Context) -> Picture:
    """Ink bleeds into the paper."""
    shape = context.chance.choice(((2, 1), (1, 2), (2, 2), (3, 3) if context.size > 40 else (2, 2)))
    return _as_picture(cv2.erode(picture, np.ones(shape, np.uint8)))


def broken(picture: Picture, context: Context) -> Picture:
    """Small parts of the strokes are missing: a dry ribbon or a copy of a copy."""
    coarse = max(1, round(context.size / context.chance.uniform(9, 18)))
    height, width = picture.shape
    spots = context.generator.random((height // coarse + 1, width // coarse + 1), np.float32)
    spots = cv2.resize(spots, (width, height), interpolation=cv2.INTER_LINEAR)
    missing = np.clip((spots - context.chance.uniform(0.72, 0.9)) * 8, 0, 1)
    return _as_picture(picture + (255 - picture) * missing)


def faint(picture: Picture, context: Context) -> Picture:
    """Pale ink, uneven along the line."""
    width = picture.shape[1]
    knots = context.generator.uniform(0.3, 1, max(2, width // (context.size * 3)))
    strength = np.interp(np.arange(width), np.linspace(0, width, len(knots)), knots)
    return _as_picture(255 - (255 - picture) * strength)


def blur(picture: Picture, context: Context) -> Picture:
    """A scanner out of focus."""
    return _as_picture(cv2.GaussianBlur(picture, (0, 0), context.chance.uniform(0.3, 1.35) * context.size / 42))


def low_resolution(picture: Picture, context: Context) -> Picture:
    """Scanned at 75 to 150 dpi."""
    factor = max(context.chance.uniform(0.4, 0.85), 13 / context.size)
    return (
        _as_picture(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
        if factor < 1
        else picture
    )


def grey_paper(picture: Picture, context: Context) -> Picture:
    """Recycled or yellowed paper, weak contrast."""
    paper, contrast = context.chance.randint(150, 250), context.chance.uniform(0.35, 1)
    return _as_picture(paper - (255 - picture) * contrast * paper / 255)


def uneven_light(picture: Picture, context: Context) -> Picture:
    """Shadow along the line."""
    ends = np.linspace(context.chance.uniform(0.5, 1), context.chance.uniform(0.5, 1), picture.shape[1])
    return _as_picture(picture * ends)


def grain(picture: Picture, context: Context) -> Picture:
    """Noise of the sensor."""
    noise = context.generator.standard_normal(picture.shape, np.float32)
    return _as_picture(picture + noise * context.chance.uniform(2, 20))


def fax(picture: Picture, context: Context) -> Picture:
    """Black and white only."""
    threshold = context.chance.uniform(110, 200)
    return _as_picture(np.where(picture > threshold, 255, 0))


def specks(picture: Picture, context: Context) -> Picture:
    """Dust: black and white dots."""
    share = context.chance.uniform(0.0005, 0.008)
    draws = context.generator.random(picture.shape, np.float32)
    return _as_picture(np.where(draws < share, 0, np.where(draws > 1 - share, 255, picture)))


def jpeg(picture: Picture, context: Context) -> Picture:
    """A picture of a phone or a multifunction printer."""
    _, data = cv2.imencode(
        ".jpg", np.clip(picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, context.chance.randint(25, 85)]
    )
    return _as_picture(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))


def motion_blur(picture: Picture, context: Context) -> Picture:
    """The page moved while it was photographed."""
    length = max(2, round(context.size * context.chance.uniform(0.04, 0.09)))
    kernel = np.zeros((length, length), np.float32)
    kernel[range(length), range(length)] = 1 / length
    return _as_picture(cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REPLICATE))


def show_through(picture: Picture, context: Context) -> Picture:
    """The print of the other side, mirrored and pale."""
    other = cv2.GaussianBlur(picture[:, ::-1], (0, 0), context.size / 20)
    return _as_picture(picture - (255 - other) * context.chance.uniform(0.08, 0.2))


def copy_of_a_copy(picture: Picture, context: Context) -> Picture:
    """Blurred and hardened twice, as by an office copier."""
    for _ in range(2):
        soft = cv2.GaussianBlur(picture, (0, 0), context.size / 50)
        picture = _as_picture(np.clip((soft - 90) * context.chance.uniform(1.8, 2.6), 0, 255))
    return picture


def streaks(picture: Picture, context: Context) -> Picture:
    """A dirty scanner glass: pale rows."""
    rows = context.generator.random((picture.shape[0], 1)) < 0.08
    return _as_picture(np.where(rows, picture * 0.6 + 255 * 0.4, picture))


Degradation = Callable[[Picture, Context], Picture]
# In the order in which a letter meets them, with the share of lines that get each.
STEPS: dict[Split, tuple[tuple[Degradation, float], ...]] = {
    "training": (
        (thin, 0.2),
        (bold, 0.12),
        (broken, 0.15),
        (faint, 0.12),
        (blur, 0.75),
        (low_resolution, 0.3),
        (grey_paper, 0.25),
        (uneven_light, 0.2),
        (grain, 0.45),
        (fax, 0.12),
        (specks, 0.1),
        (jpeg, 0.4),
    ),
    "tuning": ((show_through, 0.3), (blur, 0.75), (low_resolution, 0.2), (grey_paper, 0.25), (grain, 0.4), (jpeg, 0.5)),
    "held_out": (
        (copy_of_a_copy, 0.25),
        (streaks, 0.15),
        (motion_blur, 0.15),
        (blur, 0.6),
        (grey_paper, 0.25),
        (grain, 0.4),
        (jpeg, 0.4),
    ),
}
_CLEAN = 0.06  # of lines


def degrade(ink: Grey, split: Split, size: int, chance: random.Random) -> Degraded:
    """The picture after a random choice of the degradations of `split`."""
    context = Context(size, chance, np.random.default_rng(chance.getrandbits(64)))
    picture = ink.astype(np.float32)
    if chance.random() >= _CLEAN:
        for degradation, share in STEPS[split]:
            if chance.random() < share:
                picture = degradation(picture, context)
    return Degraded(np.clip(picture, 0, 255).astype(np.uint8), picture.shape[1] / ink.shape[1])
