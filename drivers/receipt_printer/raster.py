"""A 1-bit image as ESC/POS raster commands: the same print as the whole bitmap, with far fewer bytes.

White rows are sent as feeds (ESC J), white right margins are omitted, and rows made of 2 × 2 squares (the modules of a
QR code) are sent at half size and doubled by the printer. Blocks have at most 128 rows: longer ones overrun the buffers
of small printers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BitMatrix = NDArray[np.bool_]  # rows × columns, True is black

BLOCK_ROWS: Final = 128
# Bytes that a new block (header: 8 bytes) or feed (3 bytes) must save, because the paper stops briefly at each.
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
    """The black dots of `image`; modes other than '1' are thresholded at half brightness, never dithered."""
    return np.asarray(image.convert("L")) < 128


def split_into_commands(black: BitMatrix) -> Iterator[BlankRows | RasterBlock]:
    """The cheapest split of the image into feeds and blocks, top to bottom."""
    ink_ends = np.where(black.any(axis=1), black.shape[1] - black[:, ::-1].argmax(axis=1), 0)
    for start, end, kind in find_cheapest_split(ink_ends, find_doubled_rows(black)):
        bits = black[start:end, : int(ink_ends[start:end].max(initial=1))]
        match kind:
            case "feed":
                yield BlankRows(end - start)
            case "normal":
                yield RasterBlock(bits)
            case _:
                yield RasterBlock(bits[::2, ::2], MODE_QUADRUPLE)


def find_cheapest_split(ink_ends: NDArray[np.int_], can_double: NDArray[np.bool_]) -> list[tuple[int, int, str]]:
    """(start, end, kind) of the pieces with the fewest bytes; kind is "feed", "normal" or "doubled".

    `ink_ends[row]` is where the ink of a row ends, in dots; `can_double[row]` says whether `row` and `row + 1` can be
    sent as one row that the printer doubles. Dynamic programming: the cheapest split of the rows before `end` is the
    cheapest split of the rows before some `start`, plus one piece from `start` to `end`.
    """
    row_count = len(ink_ends)
    costs = np.zeros(row_count + 1)  # costs[end]: bytes of the cheapest split of the rows before `end`
    last_pieces: list[tuple[int, str]] = [(0, "")]  # last_pieces[end]: start and kind of that split's last piece
    white_start = 0  # where the white rows begin that end at `end`
    for end in range(1, row_count + 1):
        # Blocks that end here, indexed by height - 1: their height, the width of their ink, the cost of all rows above.
        first = max(0, end - BLOCK_ROWS)
        heights = np.arange(1, end - first + 1)
        widths = np.maximum.accumulate(ink_ends[first:end][::-1])
        costs_above = costs[first:end][::-1]

        # A normal block of any height.
        normal_costs = costs_above + BLOCK_COST_BYTES + heights * _bytes_per_row(widths)
        cheapest = int(normal_costs.argmin())
        options = [(float(normal_costs[cheapest]), end - 1 - cheapest, "normal")]

        # A doubled block of even height, as far up as every pair of rows can be doubled; half the rows, half as wide.
        if end >= 2 and can_double[end - 2]:
            pairs = int(np.logical_and.accumulate(can_double[first : end - 1][::-1][::2]).sum())
            even = slice(1, 2 * pairs, 2)
            doubled_costs = costs_above[even] + BLOCK_COST_BYTES + heights[even] // 2 * _bytes_per_row(widths[even] / 2)
            cheapest = int(doubled_costs.argmin())
            options.append((float(doubled_costs[cheapest]), end - 2 - 2 * cheapest, "doubled"))

        # A feed over all white rows that end here.
        if ink_ends[end - 1]:
            white_start = end
        else:
            options.append((float(costs[white_start]) + FEED_COST_BYTES, white_start, "feed"))

        costs[end], start, kind = min(options)
        last_pieces.append((start, kind))

    pieces: list[tuple[int, int, str]] = []
    end = row_count
    while end:
        start, kind = last_pieces[end]
        pieces.append((start, end, kind))
        end = start
    return pieces[::-1]


def _bytes_per_row(widths_dots: NDArray[Any]) -> NDArray[Any]:
    """Bytes of one row of each width; at least one."""
    return np.asarray(np.maximum(1, np.ceil(widths_dots / 8).astype(int)))


def find_doubled_rows(black: BitMatrix) -> NDArray[np.bool_]:
    """For each row but the last: whether it and the next row consist of 2 × 2 squares only. All False unless the width
    is a multiple of 16."""
    if black.shape[0] < 2 or black.shape[1] % 16:
        return np.zeros(max(0, black.shape[0] - 1), np.bool_)
    squares = (black[:, ::2] == black[:, 1::2]).all(axis=1)
    return np.asarray(squares[:-1] & (black[:-1] == black[1:]).all(axis=1))
