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

Bits = NDArray[np.bool_]  # rows × columns, True is black

BLOCK_ROWS: Final = 128
# In bytes: what a new block (8 bytes of header) or feed (3) must save to be worth the paper's hesitation.
BLOCK_COST: Final = 32
FEED_COST: Final = 12
NORMAL: Final = 0
QUADRUPLE: Final = 3  # GS v 0 mode: double width and height


@dataclass(frozen=True)
class Feed:
    """`rows` white rows."""

    rows: int


@dataclass(frozen=True)
class Block:
    """Rows to print; `mode` QUADRUPLE prints each dot as 2 × 2."""

    bits: Bits
    mode: int = NORMAL


def black_of(image: Image.Image) -> Bits:
    """The black dots of `image`; anything but mode '1' is cut at half brightness, never dithered."""
    return np.asarray(image.convert("L")) < 128


def pieces(black: Bits) -> Iterator[Feed | Block]:
    """The cheapest division of the paper, top to bottom, into feeds and blocks."""
    reach = np.where(black.any(axis=1), black.shape[1] - black[:, ::-1].argmax(axis=1), 0)
    for start, end, kind in cheapest(reach, doubled_pairs(black)):
        part = black[start:end, : int(reach[start:end].max(initial=1))]
        match kind:
            case "feed":
                yield Feed(end - start)
            case "normal":
                yield Block(part)
            case _:
                yield Block(part[::2, ::2], QUADRUPLE)


def cheapest(reach: NDArray[np.int_], doubled: NDArray[np.bool_]) -> list[tuple[int, int, str]]:
    """(start, end, kind) of the pieces with the fewest bytes, by dynamic programming over the rows.

    `reach` is where each row's ink ends, in dots; `doubled[r]` says that rows r and r+1 are a small row printed double.
    """
    rows = len(reach)
    best = np.zeros(rows + 1)
    came_from: list[tuple[int, str]] = [(0, "")]
    white_since = 0
    for end in range(1, rows + 1):
        low = max(0, end - BLOCK_ROWS)
        heights = np.arange(1, end - low + 1)
        widest = np.maximum.accumulate(reach[low:end][::-1])
        before = best[low:end][::-1]
        normal = before + BLOCK_COST + heights * np.maximum(1, -(-widest // 8))
        at = int(normal.argmin())
        options = [(float(normal[at]), end - 1 - at, "normal")]
        if end >= 2 and doubled[end - 2]:
            unbroken = int(np.logical_and.accumulate(doubled[low : end - 1][::-1][::2]).sum())
            paired = slice(1, 2 * unbroken, 2)
            double = before[paired] + BLOCK_COST + heights[paired] // 2 * np.maximum(1, -(-widest[paired] // 16))
            at = int(double.argmin())
            options.append((float(double[at]), end - 2 - 2 * at, "doubled"))
        if reach[end - 1]:
            white_since = end
        else:
            options.append((float(best[white_since]) + FEED_COST, white_since, "feed"))
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


def doubled_pairs(black: Bits) -> NDArray[np.bool_]:
    """For each row but the last: does it, with the next one, show 2 × 2 squares only? Needs an even width."""
    if black.shape[0] < 2 or black.shape[1] % 16:
        return np.zeros(max(0, black.shape[0] - 1), np.bool_)
    squares = (black[:, ::2] == black[:, 1::2]).all(axis=1)
    return np.asarray(squares[:-1] & (black[:-1] == black[1:]).all(axis=1))
