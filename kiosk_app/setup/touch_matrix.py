"""The calibration of the touch panel: a matrix that corrects where touches are felt, fitted to targets that were
touched, and given to libinput by a udev rule (systemd/damrongdham-kiosk-touch.rules), which reads it from a file beside
the settings.

Points are (x, y) in parts of the picture, from its top left corner. A matrix (a b c d e f) turns them into
(a x + b y + c, d x + e y + f), as libinput's calibration matrix does.
"""

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kiosk_app.settings.load import SYSTEM_FILE
from kiosk_app.setup.programs import RunProgram, run_program
from kiosk_app.setup.requests import Reply
from machine.safe_files import read_file, replace_file_atomically

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 0, 1, 0)
TARGETS: tuple[Point, ...] = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.1, 0.9), (0.9, 0.9))
CALIBRATION = SYSTEM_FILE.with_name("touch-calibration.env")
# From a point of the turned picture to the same point of the panel, by `screen.rotation`.
_PANEL_FROM_PICTURE: dict[int, Matrix] = {
    0: IDENTITY,
    90: (0, 1, 0, -1, 0, 1),
    180: (-1, 0, 1, 0, -1, 1),
    270: (0, -1, 1, 1, 0, 0),
}
_MAX_BYTES = 4096
_TIMEOUT_S = 15.0
_MIN_DETERMINANT, _MAX_VALUE = 0.05, 4.0  # beyond these the panel is mounted wrongly or was not touched at the targets


def apply_matrix(matrix: Matrix, point: Point) -> Point:
    a, b, c, d, e, f = matrix
    return a * point[0] + b * point[1] + c, d * point[0] + e * point[1] + f


def compose(after: Matrix, before: Matrix) -> Matrix:
    """The matrix that does what `before` does, then what `after` does."""
    a, b, c, d, e, f = after
    g, h, i, j, k, m = before
    return a * g + b * j, a * h + b * k, a * i + b * m + c, d * g + e * j, d * h + e * k, d * i + e * m + f


def invert(matrix: Matrix) -> Matrix:
    """The matrix that undoes `matrix`. Raises ValueError for one that cannot be undone."""
    a, b, c, d, e, f = matrix
    determinant = a * e - b * d
    if abs(determinant) < _MIN_DETERMINANT:
        raise ValueError("The matrix flattens the picture")
    return (
        e / determinant,
        -b / determinant,
        (b * f - c * e) / determinant,
        -d / determinant,
        a / determinant,
        (c * d - a * f) / determinant,
    )


def fit(touched: Sequence[Point], targets: Sequence[Point] = TARGETS) -> Matrix:
    """The matrix that moves touches to their targets with the least squares. Raises ValueError when the touches lie on
    one line."""
    rows = [(x, y, 1.0) for x, y in touched]
    normal = [[sum(row[i] * row[j] for row in rows) for j in range(3)] for i in range(3)]
    right = [
        [sum(row[i] * target[axis] for row, target in zip(rows, targets, strict=True)) for i in range(3)]
        for axis in (0, 1)
    ]
    (a, b, c), (d, e, f) = (_solve(normal, values) for values in right)
    return a, b, c, d, e, f


def _solve(matrix: list[list[float]], values: list[float]) -> tuple[float, float, float]:
    """Cramer's rule for three equations."""
    whole = _determinant(matrix)
    if abs(whole) < 1e-6:
        raise ValueError("The touches lie on one line")
    columns = []
    for column in range(3):
        replaced = [[values[i] if j == column else matrix[i][j] for j in range(3)] for i in range(3)]
        columns.append(_determinant(replaced) / whole)
    return columns[0], columns[1], columns[2]


def _determinant(m: list[list[float]]) -> float:
    return (
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    )


def largest_distance_mm(points: Sequence[Point], targets: Sequence[Point], size_mm: Point) -> float:
    """The largest distance between a point and its target on a picture of this width and height."""
    width, height = size_mm
    return max(math.hypot((x - u) * width, (y - v) * height) for (x, y), (u, v) in zip(points, targets, strict=True))


def on_panel(matrix: Matrix, rotation: int) -> Matrix:
    """A correction of the turned picture as a correction of the panel."""
    turn = _PANEL_FROM_PICTURE[rotation]
    return compose(turn, compose(matrix, invert(turn)))


class TouchCalibration:
    """The matrix that libinput uses. `file` and `run` are replaced by tests."""

    def __init__(self, file: Path = CALIBRATION, run: RunProgram = run_program) -> None:
        self._file = file
        self._run = run

    def apply(self, correction: Matrix) -> Reply:
        """Correct the panel further than it is corrected already. The compositor uses it from its next start."""
        matrix = compose(correction, self.read())
        determinant = matrix[0] * matrix[4] - matrix[1] * matrix[3]
        if not all(math.isfinite(value) and abs(value) <= _MAX_VALUE for value in matrix):
            return Reply(passed=False, sentence="touch.unusable")
        if abs(determinant) < _MIN_DETERMINANT:
            return Reply(passed=False, sentence="touch.unusable")
        text = " ".join(f"{value:.6f}" for value in matrix)
        replace_file_atomically(self._file, f'LIBINPUT_CALIBRATION_MATRIX="{text}"\n'.encode(), 0o644)
        trigger = ["udevadm", "trigger", "--action=change", "--subsystem-match=input", "--settle"]
        if (done := self._run(trigger, _TIMEOUT_S)).status != 0:
            return Reply(passed=False, sentence="settings.refused", detail=done.last_error)
        return Reply(passed=True, sentence="touch.calibrated")

    def read(self) -> Matrix:
        """The present matrix."""
        with suppress(OSError, ValueError):
            text = read_file(self._file, _MAX_BYTES).decode("ascii")
            if match := re.search(r'LIBINPUT_CALIBRATION_MATRIX="([^"]+)"', text):
                a, b, c, d, e, f = map(float, match[1].split())
                return a, b, c, d, e, f
        return IDENTITY
