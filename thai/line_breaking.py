"""Line breaking of Thai and other text: no broken words, and lines of similar length."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from thai.segmentation import BINDS_NEXT, BINDS_PREVIOUS, clusters, unbreakable_units


def min_width(
    text: str, measure: Callable[[str], float], split_units: Callable[[str], Sequence[str]] = unbreakable_units
) -> float:
    """Width of the widest unit of `text`, in the unit of `measure`. Any narrower width breaks a word, name or number.
    `split_units` returns the unbreakable units of a paragraph."""
    return max((measure(unit.strip()) for line in text.splitlines() for unit in split_units(line)), default=0.0)


def _bound_clusters(unit: str) -> list[str]:
    """Clusters of an over-wide unit, leading vowels with their consonant and following signs with theirs."""
    pieces: list[str] = []
    for cluster in clusters(unit):
        if pieces and (cluster[0] in BINDS_PREVIOUS or pieces[-1][-1] in BINDS_NEXT):
            pieces[-1] += cluster
        else:
            pieces.append(cluster)
    return pieces


def _wrap_greedy(units: Sequence[str], measure: Callable[[str], float], width: float) -> list[str]:
    """The units in lines, each filled before the next begins."""
    lines: list[str] = []
    line = ""
    for unit in units:
        if measure((line + unit).rstrip()) <= width:
            line += unit
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = "" if unit.isspace() else unit
        if measure(line.rstrip()) <= width:
            continue
        line = ""
        for piece in (p for cluster in _bound_clusters(unit) for p in _split_if_too_wide(cluster, measure, width)):
            if line and measure(line + piece) > width:
                lines.append(line)
                line = ""
            line += piece
    return [*lines, line.rstrip()]


def _split_if_too_wide(piece: str, measure: Callable[[str], float], width: float) -> list[str]:
    """[`piece`], or its clusters when the piece is wider than `width`."""
    return [piece] if measure(piece) <= width else clusters(piece)


def wrap(
    text: str,
    measure: Callable[[str], float],
    width: float,
    *,
    balance: bool = False,
    split_units: Callable[[str], Sequence[str]] = unbreakable_units,
) -> list[str]:
    """Lines of `text` no wider than `width` (in `measure`'s unit), broken at its newlines, then between words.

    The number of lines is minimal. Among the breaks with that number, lines preferably end at spaces rather than
    between two Thai words, and the last line has more than one word. With `balance` all lines are about equally long.
    Spaces at a break are dropped, nothing else. A word wider than a line is broken between clusters; a cluster wider
    than a line gets a line for itself. `split_units` gives the units of a paragraph: `unbreakable_units`, or a function
    that caches its results.
    """
    lines: list[str] = []
    for paragraph in re.split(r"\r\n|[\r\n]", text):
        # Most paragraphs fit: splitting them into words took half the time of drawing a screen.
        if measure(stripped := paragraph.rstrip()) <= width:
            lines.append(stripped)
            continue
        units = split_units(paragraph)
        lines += _wrap_optimal(units, measure, width, balance) or _wrap_greedy(units, measure, width)
    return lines


# Costs of a line end, added to the square of the share of the line that is left empty.
_COST_BETWEEN_WORDS = 0.5  # a break without a space
_COST_BEFORE_NUMBER = 0.2  # «หมู่ที่ 7»
_COST_AFTER_NUMBER = 0.5  # «18 ธันวาคม», «3 นาที»
_COST_LONE_WORD = 3.0  # a single word on the last line; more than all other costs of a paragraph's last two lines
_MAX_ATTEMPTS = 3  # each with a little less width, because a line may be wider than the sum of its words


def _wrap_optimal(
    units: Sequence[str], measure: Callable[[str], float], width: float, balance: bool
) -> list[str] | None:
    """The lines with the lowest cost; None when a unit is wider than a line."""
    boxes = _boxes(units, measure)
    if max(box.width for box in boxes) > width:
        return None
    for narrower in range(_MAX_ATTEMPTS):
        room = width * (1 - 0.01 * narrower)
        starts = _optimal_line_starts(boxes, room, balance)
        lines = [
            "".join(box.gap * (index > 0) + box.text for index, box in enumerate(boxes[start:end]))
            for start, end in pairwise([*starts, len(boxes)])
        ]
        if all(measure(line) <= width for line in lines):
            return lines
    return None


class _Box(NamedTuple):
    """A unit on a line: its text, the spaces before it, the widths of both, and the cost of beginning a line with
    it."""

    gap: str
    gap_width: float
    text: str
    width: float
    cost: float


def _boxes(units: Sequence[str], measure: Callable[[str], float]) -> list[_Box]:
    boxes: list[_Box] = []
    gap = ""
    for unit in units:
        if unit.isspace():
            gap += unit
            continue
        text = unit.rstrip()
        if not boxes:
            text, gap = gap + text, ""  # an indent stays
        before = boxes[-1].text[-1] if boxes else ""
        cost = 0.0 if gap else _COST_BETWEEN_WORDS
        if gap and before not in "·…":
            cost = _COST_AFTER_NUMBER if before.isdigit() else _COST_BEFORE_NUMBER if text[0].isdigit() else 0.0
        boxes.append(_Box(gap, measure(gap) if gap else 0.0, text, measure(text), cost))
        gap = unit[len(unit.rstrip()) :]
    return boxes


def _optimal_line_starts(boxes: list[_Box], width: float, balance: bool) -> list[int]:
    """Index of the first box of each line: the fewest lines, and among these the lowest cost."""
    last = len(boxes)
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # best[n]: lines and cost of n boxes, last line's start
    for end in range(1, last + 1):
        choices: list[tuple[int, float, int]] = []
        long = gap = 0.0
        for start in range(end - 1, -1, -1):
            box = boxes[start]
            long += box.width + gap
            gap = box.gap_width
            if long > width and choices:
                break
            lines, cost, _start = best[start]
            if end < last or balance:
                cost += ((width - long) / width) ** 2
            if start:
                cost += box.cost
                if end == last and start == end - 1:
                    cost += _COST_LONE_WORD
            choices.append((lines + 1, cost, start))
        best.append(min(choices))
    starts = []
    end = last
    while end:
        end = best[end][2]
        starts.append(end)
    return starts[::-1]
