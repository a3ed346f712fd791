"""Puts rows into reading order: line by line from the top, columns one after the other.

The cells of a table, and what is printed left and right on one height (a letter's number and its office), form one
line. Text in columns is distinguished from a table by its length: many full lines on both sides of a white strip.
"""

import numpy as np

from ocr.lines.chain_letters import Row

_MIN_OVERLAP = 0.5  # of the lower of two rows, in height, to be on one line
_MIN_COLUMN_LINES = 6  # lines on each side of the strip between two columns
_MIN_COLUMN_WIDTH = 11.0  # letter heights, median of a column's lines
_MIN_COLUMN_FILL = 0.55  # of its width, that a column's lines fill in the median
# Columns of fewer lines are fuller: cells of a table fill half of theirs.
_MIN_SHORT_COLUMN_LINES, _MIN_SHORT_COLUMN_FILL = 4, 0.7
_FOOTER_DISTANCE = 4.0  # letter heights from the line above


def order_rows(rows: list[Row], page_width: int) -> list[list[Row]]:
    """The lines of the page in reading order, each with its rows from left to right."""
    lines = _join_lines(rows)
    result: list[list[Row]] = []
    start = 0
    while start < len(lines):
        end, strip = _find_columns(lines, start, page_width)
        if strip is None:
            result.append(lines[start])
            start += 1
            continue
        block = [row for line in lines[start:end] for row in line]
        for is_left in (True, False):
            result += _join_lines([row for row in block if (row.left + row.right < 2 * strip) is is_left])
        start = end
    return result


def _join_lines(rows: list[Row]) -> list[list[Row]]:
    lines: list[list[Row]] = []
    for row in sorted(rows, key=lambda row: row.middle):
        line = lines[-1] if lines else []
        if line and all(_is_beside(row, other) for other in line):
            line.append(row)
        else:
            lines.append([row])
    return [sorted(line, key=lambda row: row.left) for line in lines]


def _is_beside(row: Row, other: Row) -> bool:
    overlap = min(row.bottom, other.bottom) - max(row.top, other.top)
    covers = min(row.right, other.right) - max(row.left, other.left)
    return overlap >= _MIN_OVERLAP * min(row.height, other.height) and covers < 0.5 * min(row.height, other.height)


def _find_columns(lines: list[list[Row]], start: int, page_width: int) -> tuple[int, float | None]:
    """(end, strip): the lines from `start` to before `end` are set in two columns beside the strip's middle; (start,
    None) where no columns begin."""
    split = [number for number in range(start, len(lines)) if len(lines[number]) >= 2]
    if not split or split[0] != start:
        return start, None
    strip_left, strip_right = 0.0, float(page_width)
    end = start
    for number in range(start, len(lines)):
        row_edges = [(row.left, row.right) for row in lines[number]]
        middle_gaps = _gaps(row_edges, page_width)
        fitting = [
            (max(strip_left, left), min(strip_right, right))
            for left, right in middle_gaps
            if min(strip_right, right) - max(strip_left, left) > 0.8 * lines[number][0].height
        ]
        if not fitting:
            break
        strip_left, strip_right = max(fitting, key=lambda gap: _centrality(gap, page_width))
        end = number + 1
    while end > start + 1 and _is_footer(lines[end - 2], lines[end - 1]):
        end -= 1
    block = [row for line in lines[start:end] for row in line]
    strip = (strip_left + strip_right) / 2
    left = [row for row in block if row.left + row.right < 2 * strip]
    right = [row for row in block if row.left + row.right >= 2 * strip]
    return (end, strip) if _is_column(left) and _is_column(right) else (start, None)


def _is_footer(above: list[Row], line: list[Row]) -> bool:
    """Whether the line is a page number or the like, far below the line above it."""
    return len(line) == 1 and line[0].middle - above[0].middle > _FOOTER_DISTANCE * above[0].height


def _gaps(edges: list[tuple[int, int]], page_width: int) -> list[tuple[float, float]]:
    """White between and beside the rows of a line."""
    stops = [0, *(side for edge in sorted(edges) for side in edge), page_width]
    return [(stops[index], stops[index + 1]) for index in range(0, len(stops), 2)]


def _centrality(gap: tuple[float, float], page_width: int) -> float:
    left, right = gap
    return (right - left) - 2 * abs((left + right) / 2 - page_width / 2)


def _is_column(rows: list[Row]) -> bool:
    count = len(_join_lines(rows))
    if count < _MIN_SHORT_COLUMN_LINES:
        return False
    fill = _MIN_COLUMN_FILL if count >= _MIN_COLUMN_LINES else _MIN_SHORT_COLUMN_FILL
    widths = np.array([row.right - row.left for row in rows], float)
    full = float(max(row.right for row in rows) - min(row.left for row in rows))
    height = float(np.median([row.height for row in rows]))
    return bool(np.median(widths) >= _MIN_COLUMN_WIDTH * height and np.median(widths) >= fill * full)
