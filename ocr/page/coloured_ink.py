"""A coloured page in grey: its black print without the stamps and pens over it, and what is written in colour.

Ink of one hue darkens the paper in proportion to its colourfulness. So the brightness that a pixel has under the ink is
known from its colour alone, and dividing by it leaves paper and print: print stays dark, because it is dark in each
colour. A JPEG stores colour in half the resolution; adding brightness instead of dividing would brighten the print
beside a stamp as well.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import AnyArray, Floats, Grey

_MIN_COLOURFULNESS = 10.0  # of 181, from the greys of the paper; below are fringes of print and a camera's noise
_INK_CONTRAST = 60  # grey levels darker than the paper
# Of all ink. On a page with more in colour, the colour is text. Letters under stamps have 0.09 to 0.22, forms filled by
# pen 0.69 to 0.73; 0.3 and 0.7 read both alike.
_MAX_STAMPS_SHARE = 0.5
_MIN_COLOURED_SHARE = 0.002  # of all ink; a photograph of black print has less, one word by pen 0.005
# Of all ink. Less is edges and specks of a page in one colour; 0.01 and 0.2 read the tuning pages alike.
_MIN_BLACK_SHARE = 0.05
_MIN_FACTOR = 1.15  # of the brightness under coloured ink; 1.05 reads alike, 1.4 loses parts of strokes
_HUE_BLUR_DEGREES = 8.0  # inks of a page differ by more
_MIN_BRIGHTNESS_SHARE = 0.15  # of the paper, under the darkest ink


@dataclass(frozen=True)
class Inks:
    """A page's ink by its colour, both pictures on the page's paper. `coloured` is None where nearly all ink has one
    colour: then all of it is in `black`."""

    black: Grey
    coloured: Grey | None
    is_over_print: bool = False  # `coloured` is the lesser part of the ink: stamps, signatures, a few words by pen


def separate_inks(colour: AnyArray) -> Inks:
    """An RGB page (height × width × 3) in grey: its black print with coloured ink as bright as the paper, and its
    coloured ink alone."""
    grey, red, blue = cv2.split(cv2.cvtColor(colour, cv2.COLOR_RGB2YCrCb))
    paper = float(np.median(grey))
    code = red.astype(np.uint16) << 8 | blue
    # A JPEG stores less colour at the edge of a stamp than inside.
    factors = cv2.dilate(_brightening(grey, code, paper)[code], np.ones((3, 3)))
    black_print = np.minimum(grey * factors, np.maximum(grey, paper)).astype(np.uint8)
    ink = int(np.count_nonzero(grey < paper - _INK_CONTRAST))
    black = int(np.count_nonzero(black_print < paper - _INK_CONTRAST))
    if black < _MIN_BLACK_SHARE * ink:
        return Inks(grey, None)
    if ink - black < _MIN_COLOURED_SHARE * ink:
        return Inks(black_print, None)
    coloured = np.where(factors > _MIN_FACTOR, grey, np.uint8(paper))
    return Inks(black_print, coloured, is_over_print=black >= (1 - _MAX_STAMPS_SHARE) * ink)


def _brightening(grey: Grey, code: AnyArray, paper: float) -> Floats:
    """By which factor the ink of each colour (Cr × 256 + Cb) darkens the paper, from the pixels of the page."""
    pixels = np.bincount(code.ravel(), minlength=65536)
    brightness = np.bincount(code.ravel(), grey.ravel(), minlength=65536)
    tint = int(pixels.argmax())  # the paper
    red, blue = np.divmod(np.arange(65536), 256)
    across, up = (red - tint // 256).astype(np.float64), (blue - tint % 256).astype(np.float64)
    colourfulness = _distance_from_grey(across, up, tint)
    degrees = np.degrees(np.arctan2(up, across)).astype(int) % 360
    colourfulness[colourfulness < _MIN_COLOURFULNESS] = 0
    # Per hue, the least squares of: darkness = slope × colourfulness.
    darkness = np.bincount(degrees, colourfulness * (paper * pixels - brightness), minlength=360)
    weight = np.bincount(degrees, colourfulness**2 * pixels, minlength=360)
    slope = _blur_hue(darkness) / np.maximum(_blur_hue(weight), 1e-9)
    under_ink = 1 - np.maximum(slope, 0)[degrees] * colourfulness / max(paper, 1)
    factors: Floats = 1 / np.maximum(under_ink, _MIN_BRIGHTNESS_SHARE)
    return factors.astype(np.float32)


def _distance_from_grey(across: Floats, up: Floats, tint: int) -> Floats:
    """How far each colour is from the line between the paper's tint and neutral: black print on tinted paper has the
    tint in part."""
    to_neutral = np.array([128 - tint // 256, 128 - tint % 256], np.float64)
    length = float(to_neutral @ to_neutral)
    along = np.clip((across * to_neutral[0] + up * to_neutral[1]) / length, 0, 1) if length else np.zeros_like(across)
    distance: Floats = np.hypot(across - along * to_neutral[0], up - along * to_neutral[1])
    return distance


def _blur_hue(values: AnyArray) -> Floats:
    """Values of each degree, averaged over the hues beside it."""
    away = np.minimum(np.arange(360), 360 - np.arange(360))
    kernel = np.exp(-0.5 * (away / _HUE_BLUR_DEGREES) ** 2)
    blurred: Floats = np.fft.irfft(np.fft.rfft(values) * np.fft.rfft(kernel), 360)
    return blurred
