"""The copy of a page that Tesseract reads: grey, evenly lit, straight, without coloured ink and specks. The stored page
is not changed.
"""

import numpy as np
from PIL import Image, ImageChops, ImageFilter

_LIGHT_CELL_PX = 8  # the lighting is estimated on a grid of such cells
_MAX_GREY_CHROMA = 40  # of fringes and tinted paper
_NOISE_THRESHOLD = 6.0  # grey levels of noise on bare paper
_MAX_SKEW_DEGREES = 5.0
_INK = 160  # grey levels below this are ink
_MIN_INK_PIXELS = 200  # in the small copy
_MIN_SKEW_DEGREES = 0.15  # smaller angles are not corrected


def preprocess_for_ocr(page: Image.Image) -> Image.Image:
    """The page ('L' or 'RGB') prepared for Tesseract ('L')."""
    grey = remove_coloured_ink(page) if page.mode == "RGB" else page.convert("L")
    if estimate_noise(grey) > _NOISE_THRESHOLD:
        grey = grey.filter(ImageFilter.MedianFilter(3))
    grey = flatten_lighting(grey)
    angle = estimate_skew(grey)
    if abs(angle) > _MIN_SKEW_DEGREES:
        grey = grey.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    return grey


def remove_coloured_ink(page: Image.Image) -> Image.Image:
    """An 'RGB' page in grey: stamps and coloured pens as bright as the paper, black print unchanged."""
    red, green, blue = page.split()
    brightest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    # Coloured ink has one bright channel; where it covers print, no channel is bright.
    colour = ImageChops.subtract(brightest, darkest).point(lambda chroma: chroma if chroma > _MAX_GREY_CHROMA else 0)
    return ImageChops.add(brightest, colour)


def estimate_noise(grey: Image.Image) -> float:
    """Standard deviation of the grain of bare paper, from the median of what a 3 × 3 median filter removes."""
    middle = grey.crop((0, grey.height // 4, grey.width, grey.height // 2))
    difference = np.asarray(middle, np.int16) - np.asarray(middle.filter(ImageFilter.MedianFilter(3)), np.int16)
    return float(np.median(np.abs(difference))) * 1.4826


def flatten_lighting(grey: Image.Image) -> Image.Image:
    """The page divided by its estimated lighting: shadows, folds and yellowed paper become white."""
    cells = grey.reduce(_LIGHT_CELL_PX)
    for smoothing in (ImageFilter.MaxFilter(5), ImageFilter.MedianFilter(3), ImageFilter.GaussianBlur(2)):
        cells = cells.filter(smoothing)
    field = np.asarray(cells.resize(grey.size, Image.Resampling.BILINEAR), np.float32)
    even = np.asarray(grey, np.float32) * (255.0 / np.maximum(field, 1))
    return Image.fromarray(np.clip(even, 0, 255).astype(np.uint8))


def estimate_skew(grey: Image.Image) -> float:
    """Degrees (counter-clockwise) by which to rotate the page so that its lines are level; 0.0 when uncertain.

    The angle at which the ink's row sums differ most from row to row; a coarse search, then a fine one."""
    small = np.asarray(grey.reduce(max(1, max(grey.size) // 800)))
    down, across = np.nonzero(small < _INK)
    across = across - small.shape[1] / 2
    if len(down) < _MIN_INK_PIXELS:
        return 0.0

    def sharpness(angle: float) -> float:
        rows = np.bincount((down - across * np.tan(np.radians(angle)) + small.shape[1]).astype(np.intp))
        return float(np.square(np.diff(rows)).sum())

    coarse = max(np.arange(-_MAX_SKEW_DEGREES, _MAX_SKEW_DEGREES + 0.1, 0.5), key=sharpness)
    fine = max(np.arange(coarse - 0.5, coarse + 0.51, 0.1), key=sharpness)
    return float(fine) if sharpness(fine) > 1.1 * sharpness(0.0) else 0.0


def find_densest_strip(grey: Image.Image) -> Image.Image:
    """The fifth of the page, over its whole width, that has most ink."""
    height = max(1, grey.height // 5)
    ink = (np.asarray(grey) < _INK).sum(axis=1)
    above = np.concatenate(([0], np.cumsum(ink)))
    top = int(np.argmax(above[height:] - above[:-height]))
    return grey.crop((0, top, grey.width, top + height))
