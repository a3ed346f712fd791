"""A 1-bit image becomes ESC/POS raster bytes: the same paper as the whole bitmap, far fewer bytes.

White rows are fed (ESC J), white right margins are left out, and what is doubled in both directions (a QR code's
modules) is sent at half size with the printer's own doubling. Blocks stay below 128 rows: longer ones overrun the
buffers of small printers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BitMatrix = NDArray[np.bool_]  # rows × columns, True is black

BLOCK_ROWS: Final = 128
# In bytes: what a new block (8 bytes of header) or feed (3) must save to be worth the paper's hesitation.
BLOCK_COST_BYTES: Final = 32
FEED_COST_BYTES: Final = 12
MODE_NORMAL: Final = 0
MODE_QUADRUPLE: Final = 3  # GS v 0 mode: double width and height


@dataclass(frozen=True)
class BlankRows:
    """`rows` white rows."""

    rows: int


@dataclass(frozen=True)
class RasterBlock:
    """Rows to print; `mode` MODE_QUADRUPLE prints each dot as 2 × 2."""

    bits: BitMatrix
    mode: int = MODE_NORMAL


def to_black_dots(image: Image.Image) -> BitMatrix:
    """The black dots of `image`; anything but mode '1' is cut at half brightness, never dithered."""
    return np.asarray(image.convert("L")) < 128


def split_into_commands(black: BitMatrix) -> Iterator[BlankRows | RasterBlock]:
    """The cheapest division of the paper, top to bottom, into feeds and blocks."""
    max_ends = np.where(black.any(axis=1), black.shape[1] - black[:, ::-1].argmax(axis=1), 0)
    for start, end, kind in find_cheapest_split(max_ends, find_doubled_rows(black)):
        part = black[start:end, : int(max_ends[start:end].max(initial=1))]
        match kind:
            case "feed":
                yield BlankRows(end - start)
            case "normal":
                yield RasterBlock(part)
            case _:
                yield RasterBlock(part[::2, ::2], MODE_QUADRUPLE)


def find_cheapest_split(max_ends: NDArray[np.int_], can_double: NDArray[np.bool_]) -> list[tuple[int, int, str]]:
    """(start, end, kind) of the pieces with the fewest bytes, by dynamic programming over the rows.

    `max_ends` is where each row's ink ends, in dots; `can_double[r]` says that rows r and r+1
    are a small row printed double.
    """
    rows = len(max_ends)
    best = np.zeros(rows + 1)
    came_from: list[tuple[int, str]] = [(0, "")]
    white_since = 0
    for end in range(1, rows + 1):
        low = max(0, end - BLOCK_ROWS)
        heights = np.arange(1, end - low + 1)
        widest = np.maximum.accumulate(max_ends[low:end][::-1])
        before = best[low:end][::-1]
        normal = before + BLOCK_COST_BYTES + heights * np.maximum(1, -(-widest // 8))
        at = int(normal.argmin())
        options = [(float(normal[at]), end - 1 - at, "normal")]
        if end >= 2 and can_double[end - 2]:
            unbroken = int(np.logical_and.accumulate(can_double[low : end - 1][::-1][::2]).sum())
            paired = slice(1, 2 * unbroken, 2)
            double = before[paired] + BLOCK_COST_BYTES + heights[paired] // 2 * np.maximum(1, -(-widest[paired] // 16))
            at = int(double.argmin())
            options.append((float(double[at]), end - 2 - 2 * at, "doubled"))
        if max_ends[end - 1]:
            white_since = end
        else:
            options.append((float(best[white_since]) + FEED_COST_BYTES, white_since, "feed"))
        cost, start, kind = min(options)
        best[end] = cost
        came_from.append((start, kind))
    found: list[tuple[int, int, str]] = []
    end = rows
    while end:
        start, kind = came_from[end]
        found.append((start, end, kind))
        end = start
    return found[::-1]


def find_doubled_rows(black: BitMatrix) -> NDArray[np.bool_]:
    """For each row but the last: does it, with the next one, show 2 × 2 squares only? Needs an even width."""
    if black.shape[0] < 2 or black.shape[1] % 16:
        return np.zeros(max(0, black.shape[0] - 1), np.bool_)
    squares = (black[:, ::2] == black[:, 1::2]).all(axis=1)
    return np.asarray(squares[:-1] & (black[:-1] == black[1:]).all(axis=1))
