"""What Tesseract feeds its network for a picture of a line: 48 pixels high, brightness by the middle row.

Scaling is done by Leptonica itself (the shared library that Tesseract brings), because it sharpens while it scales.
"""

import ctypes
import ctypes.util
from functools import cache

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

LINE_HEIGHT = 48
_BITS = 8


@cache
def _leptonica() -> ctypes.CDLL:
    name = ctypes.util.find_library("lept") or ctypes.util.find_library("leptonica") or "liblept.so.5"
    library = ctypes.CDLL(name)
    library.pixCreate.restype = ctypes.c_void_p
    library.pixGetData.restype = ctypes.c_void_p
    library.pixGetData.argtypes = [ctypes.c_void_p]
    for name in ("pixGetWpl", "pixGetWidth", "pixGetHeight"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
    library.pixScale.restype = ctypes.c_void_p
    library.pixScale.argtypes = [ctypes.c_void_p, ctypes.c_float, ctypes.c_float]
    library.pixDestroy.argtypes = [ctypes.POINTER(ctypes.c_void_p)]
    return library


def _words(library: ctypes.CDLL, pix: ctypes.c_void_p) -> npt.NDArray[np.uint32]:
    """The pixels of a pix, four to a 32-bit word, the leftmost in its highest byte: (height, words a row)."""
    shape = (library.pixGetHeight(pix), library.pixGetWpl(pix))
    pointer = ctypes.cast(library.pixGetData(pix), ctypes.POINTER(ctypes.c_uint32))
    return np.ctypeslib.as_array(pointer, shape)


def scaled_line(line: Grey) -> Grey:
    """The line, scaled to a height of 48 pixels as Tesseract scales it. Shape (48, width)."""
    library = _leptonica()
    height, width = line.shape
    source = ctypes.c_void_p(library.pixCreate(width, height, _BITS))
    words = _words(library, source)
    padded = np.zeros((height, words.shape[1] * 4), np.uint8)
    padded[:, :width] = line
    words[:] = padded.view(">u4")
    factor = LINE_HEIGHT / height
    target = ctypes.c_void_p(library.pixScale(source, factor, factor))
    scaled_words = _words(library, target)
    scaled = scaled_words.astype(">u4").view(np.uint8)[:, : library.pixGetWidth(target)].copy()
    library.pixDestroy(ctypes.byref(source))
    library.pixDestroy(ctypes.byref(target))
    if scaled.shape[0] != LINE_HEIGHT:  # the factor is rounded
        scaled = np.pad(scaled[:LINE_HEIGHT], ((0, LINE_HEIGHT - len(scaled[:LINE_HEIGHT])), (0, 0)), "edge")
    return scaled


def brightness_range(scaled: Grey) -> tuple[float, float]:
    """(black, contrast): the grey of ink, and half the distance from there to paper, by the extremes of the middle row.

    Quartiles of the local minima and maxima, as Tesseract takes them.
    """
    row = scaled[scaled.shape[0] // 2].astype(int)
    before, middle, after = row[:-2], row[1:-1], row[2:]
    minima = middle[(middle < before) & (middle <= after)]
    maxima = middle[(middle > before) & (middle >= after)]
    black = float(np.quantile(minima, 0.25)) if len(minima) else 0.0
    white = float(np.quantile(maxima, 0.75)) if len(maxima) else 255.0
    contrast = (white - black) / 2
    return black, contrast if contrast > 0 else 1.0


def network_input(scaled: Grey) -> npt.NDArray[np.float32]:
    """The values that an int8 network gets, in [-1, 1]; the same shape."""
    black, contrast = brightness_range(scaled)
    return np.asarray(np.clip((scaled.astype(np.float32) - black) / contrast - 1, -1, 1), np.float32)
