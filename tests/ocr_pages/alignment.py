"""Levenshtein alignment of two sequences, over the whole of the second or at its best place."""

from dataclasses import dataclass

import numpy as np

Symbols = np.ndarray[tuple[int], np.dtype[np.int64]]
_MAX_CELLS = 200_000_000  # int16: 400 MB, which no page reaches


@dataclass(frozen=True)
class Alignment:
    """`distance`: wrong, missing and superfluous symbols. `is_matched`: whether each expected symbol was read."""

    distance: int
    is_matched: np.ndarray[tuple[int], np.dtype[np.bool_]]


def align(expected: Symbols, read: Symbols, *, is_anywhere: bool = False) -> Alignment:
    """Align `read` to `expected`; with `is_anywhere`, what is before and after the best place in `read` is free."""
    rows, columns = len(expected), min(len(read), _MAX_CELLS // (len(expected) + 1) - 1)
    read = read[:columns]
    steps = np.arange(columns + 1, dtype=np.int32)
    table = np.empty((rows + 1, columns + 1), np.int16)
    previous = np.zeros(columns + 1, np.int32) if is_anywhere else steps.copy()
    table[0] = previous
    for row, symbol in enumerate(expected, 1):
        replaced = previous[:-1] + (read != symbol)
        cheapest = np.concatenate(([row], np.minimum(replaced, previous[1:] + 1)))
        previous = np.minimum.accumulate(cheapest - steps) + steps  # insertions run along the row
        table[row] = previous
    end = int(previous.argmin()) if is_anywhere else columns
    return Alignment(int(previous[end]), _matched(table, expected, read, end))


def _matched(
    table: np.ndarray, expected: Symbols, read: Symbols, end: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The expected symbols that the cheapest path finds in `read`, walking back from the end."""
    is_matched = np.zeros(len(expected), bool)
    row, column = len(expected), end
    while row and column:
        cost = table[row, column]
        is_equal = expected[row - 1] == read[column - 1]
        if table[row - 1, column - 1] + (not is_equal) == cost:
            is_matched[row - 1] = is_equal
            row, column = row - 1, column - 1
        elif table[row - 1, column] + 1 == cost:
            row -= 1
        else:
            column -= 1
    return is_matched


def encode_symbols(text: str) -> Symbols:
    """The code points."""
    return np.array([ord(character) for character in text], np.int64)
