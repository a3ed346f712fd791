"""Chains the letters of a level page into rows.

A row is cut at a gap of several letter heights and at a vertical rule, so that columns and the cells of a table are
rows of their own here; `ocr.lines.reading_order` joins them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ocr.arrays import Bools, Floats, Ink, Ints
from ocr.page.components import Components

MIN_LETTER, MAX_LETTER = 0.62, 2.4  # letter heights of a base letter; marks are lower, joined rows and emblems higher
_MIN_INK = 0.05  # of a letter height's square
_MIN_WIDTH = 0.12  # letter heights
MAX_GAP = 4.0  # letter heights between two letters of a chain
_MAX_SPACE = 2.2  # letter heights between two words; wider gaps are between columns, cells or blocks
_MAX_SPACE_PITCHES = 2.7  # the same in pitches, for typewriters: a full stop and a space take two
_MIN_PITCH_LETTERS = 8  # of a row that shows its pitch
_PITCH_TOLERANCE = 0.12  # pitches
_MIN_WHOLE_PITCHES = (
    0.8  # of the distances are 1, 2, … pitches: 0.91 and more in typewriters' faces, at most 0.65 in others
)
_RECENT = 7  # letters at the end of a row that say where the next one is expected
_MIN_OVERLAP = 0.5  # of the lower of letter and row, in height
_MAX_CHAINS = 4_000  # of a page with text a few hundred; a picture's texture has any number
_SATELLITE_DISTANCE = 1.25  # letter heights from a row within which a thinner row consists of its marks
_SATELLITE_HEIGHT = 0.9  # of the other row's letters
_MANY_LETTERS = 4  # times those of the thinner row: then its height does not matter


@dataclass
class Row:
    """Letters from left to right on one line. Numbers of pieces; `marks` are added by `ocr.lines.attach_marks`."""

    letters: Ints
    left: int
    right: int
    top: float  # medians over its letters
    bottom: float
    height: float
    centres: Floats = field(repr=False)  # across, of each letter
    tops: Floats = field(repr=False)  # smoothed along the row, at `centres`
    bottoms: Floats = field(repr=False)
    marks: list[int] = field(default_factory=list, repr=False)

    @property
    def middle(self) -> float:
        """The height of its letters' middle on the page."""
        return (self.top + self.bottom) / 2

    @property
    def pieces(self) -> Ints:
        """Its letters and marks."""
        return np.concatenate([self.letters, np.array(self.marks, np.int64)])


def is_base_letter(components: Components, height: int) -> Bools:
    """For each piece, whether it may be a base letter, or several joined ones."""
    result: Bools = (
        (components.height >= MIN_LETTER * height)
        & (components.height <= MAX_LETTER * height)
        & (components.width >= _MIN_WIDTH * height)
        & (components.area >= _MIN_INK * height * height)
        & (components.area >= 0.06 * components.width * components.height)  # not a frame
    )
    return result


def chain_letters(
    components: Components, letters: Ints, height: float, vertical_rules: Ink, is_leader: Bools
) -> list[Row]:
    """The rows of the pieces `letters`, without order. `is_leader`: for each piece, whether it is no text."""
    chains: list[list[int]] = []
    ends: list[tuple[float, float, float]] = []  # right edge, top and bottom of each open chain's end
    open_chains: list[int] = []
    tops, bottoms = components.top.astype(float), components.bottom.astype(float)
    lefts, rights = components.left, components.right
    for letter in letters[np.argsort(lefts[letters], kind="stable")]:
        left, top, bottom = float(lefts[letter]), tops[letter], bottoms[letter]
        open_chains = [number for number in open_chains if left - ends[number][0] <= MAX_GAP * height]
        best, smallest = -1, np.inf
        for number in open_chains:
            right, chain_top, chain_bottom = ends[number]
            overlap = min(bottom, chain_bottom) - max(top, chain_top)
            if overlap < _MIN_OVERLAP * min(bottom - top, chain_bottom - chain_top):
                continue
            offset = min(abs(bottom - chain_bottom), abs(top + bottom - chain_top - chain_bottom) / 2)
            distance = offset + 0.1 * max(0.0, left - right)
            if distance < smallest:
                best, smallest = number, distance
        if best < 0:
            best = len(chains)
            chains.append([])
            ends.append((0.0, 0.0, 0.0))
            open_chains.append(best)
        chains[best].append(int(letter))
        recent = chains[best][-_RECENT:]
        ends[best] = (
            max(ends[best][0], float(rights[letter])),
            sorted(tops[recent])[len(recent) // 2],
            sorted(bottoms[recent])[len(recent) // 2],
        )
    if len(chains) > _MAX_CHAINS:
        return []
    pieces = [np.array(chain, np.int64) for chain in chains]
    pitch = fixed_pitch([components.centre_x[chain] for chain in pieces])
    space = max(_MAX_SPACE * height, _MAX_SPACE_PITCHES * pitch)
    rows = [
        make_row(components, part)
        for chain in pieces
        for part in _cut_chain(components, chain, space=space, height=height, rules=vertical_rules, is_leader=is_leader)
    ]
    return _drop_rows_of_marks(rows)


def make_row(components: Components, letters: Ints) -> Row:
    """A row of these pieces."""
    letters = letters[np.argsort(components.centre_x[letters], kind="stable")]  # `np.interp` needs rising centres
    tops, bottoms = components.top[letters].astype(float), components.bottom[letters].astype(float)
    return Row(
        letters,
        int(components.left[letters].min()),
        int(components.right[letters].max()),
        float(np.median(tops)),
        float(np.median(bottoms)),
        float(np.median(bottoms - tops)),
        components.centre_x[letters],
        _smooth(tops),
        _smooth(bottoms),
    )


def _smooth(values: Floats) -> Floats:
    """The median of each value and its neighbours: tall letters and descenders do not count."""
    if len(values) < 3:
        return np.full(len(values), np.median(values))
    reach = min(4, len(values) // 2)
    padded = np.pad(values, reach, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    result: Floats = np.median(windows, axis=1)
    return result


def _cut_chain(
    components: Components, chain: Ints, *, space: float, height: float, rules: Ink, is_leader: Bools
) -> list[Ints]:
    """The parts of a chain between gaps wider than `space` and at vertical rules."""
    parts, start, right = [], 0, int(components.right[chain[0]])
    for index in range(1, len(chain)):
        left = int(components.left[chain[index]])
        if (
            left - right > space
            and _widest_white(
                components,
                is_leader,
                (right, left),
                int(components.top[chain[index]]),
                int(components.bottom[chain[index]]),
            )
            > space
        ):
            parts.append(chain[start:index])
            start = index
        elif left - right > 2:
            middle = int(components.centre_y[chain[index]])
            between = rules[max(0, middle - int(height / 3)) : middle + int(height / 3) + 1, right:left]
            if between.size and between.max(axis=1).mean() > 127:
                parts.append(chain[start:index])
                start = index
        right = max(right, int(components.right[chain[index]]))
    return [*parts, chain[start:]]


def fixed_pitch(rows: Sequence[Floats]) -> float:
    """The distance from letter to letter of a typewriter's face, from the centres of the letters of long rows. 0 for
    other faces, whose letters are at any distance, and without long rows."""
    steps = [np.diff(centres) for centres in rows if len(centres) >= _MIN_PITCH_LETTERS]
    if not steps:
        return 0.0
    distances = np.concatenate(steps)
    pitch = float(np.median(distances))
    if pitch <= 0:
        return 0.0
    pitches = distances / pitch
    is_whole = np.abs(pitches - np.maximum(np.round(pitches), 1)) < _PITCH_TOLERANCE
    return pitch if is_whole.mean() >= _MIN_WHOLE_PITCHES else 0.0


def _widest_white(components: Components, is_leader: Bools, columns: tuple[int, int], top: int, bottom: int) -> int:
    """Columns without text between two letters; there may be a full stop or a dash between them."""
    labels = components.labels[top:bottom, columns[0] : columns[1]]
    is_text = np.concatenate([[False], ~is_leader])
    stops = np.flatnonzero(np.any(is_text[labels], axis=0))
    edges = np.concatenate([[-1], stops, [labels.shape[1]]])
    return int(np.diff(edges).max()) - 1


def _drop_rows_of_marks(rows: list[Row]) -> list[Row]:
    """The rows that do not consist of another row's marks, which are as high as letters where they touch each other."""
    result = []
    for row in rows:
        is_satellite = any(
            abs(other.middle - row.middle) < _SATELLITE_DISTANCE * other.height
            and (len(other.letters) >= 1.3 * len(row.letters) or _is_mark_of_lone_letter(row, other))
            and min(other.right, row.right) - max(other.left, row.left) > 0.5 * (row.right - row.left)
            and (
                row.height < _SATELLITE_HEIGHT * other.height or len(other.letters) >= _MANY_LETTERS * len(row.letters)
            )
            for other in rows
            if other is not row
        )
        if not is_satellite:
            result.append(row)
    return result


def _is_mark_of_lone_letter(row: Row, other: Row) -> bool:
    """Whether `row` may be the joined marks above a letter that is alone in its cell, such as ที่."""
    return len(row.letters) == len(other.letters) == 1 and row.middle < other.middle
