"""Fits the weights of `ocr.reading.certainty` on the tuning pages, and prints the reliability of what they state.

    ./run bench ocr_certainty

Takes about three minutes. Use the printed weights only with the model that they were fitted with.
"""

from unittest.mock import patch

import numpy as np

from ocr.prepare_page import prepare
from ocr.read_page import recognise
from ocr.reading import make_lines
from ocr.reading.certainty import features
from ocr.reading.line_reader import Word
from tests.ocr_pages.catalogue import list_pages, make_page
from tests.ocr_pages.metrics import line_error_share
from tests.ocr_pages.split import Split

_STEPS, _RATE, _PENALTY = 4000, 0.5, 1e-3  # of gradient descent
_MAX_FOREIGN_ERROR = 0.5  # a line with more is beside the page (a photograph's ground) and not in its truth


def main() -> int:
    """Print weights and reliability. Always 0."""
    values, wrong = _read_lines()
    weights = _fit(values, wrong)
    print("WEIGHTS =", tuple(round(float(weight), 3) for weight in weights))
    stated = 1 / (1 + np.exp(values @ weights))
    for low in np.arange(0, 1, 0.1):
        inside = (stated >= low) & (stated < low + 0.1)
        if inside.any():
            print(f"stated {stated[inside].mean():.2f}  right {1 - wrong[inside].mean():.2f}  lines {inside.sum()}")
    return 0


def _read_lines() -> tuple[np.ndarray, np.ndarray]:
    """The features of each printed line of the tuning pages, and whether it has a wrong character."""
    values: list[tuple[float, ...]] = []
    wrong: list[bool] = []
    make_line = make_lines._make_line
    for name in list_pages(Split.TUNING):
        page = make_page(name)
        read: list[tuple[tuple[Word, ...], str]] = []

        def record(part, place, repair):  # type: ignore[no-untyped-def]
            line = make_line(part, place, repair)
            if line is not None and not line.is_handwritten:
                read.append((part.words, line.text))  # noqa: B023 - called within this round
            return line

        with patch.object(make_lines, "_make_line", record):
            recognise(prepare(page.file).jpeg)
        for words, text in read:
            error_share = line_error_share(text, page.lines)
            if error_share <= _MAX_FOREIGN_ERROR:
                values.append(features(words))
                wrong.append(error_share > 0)
    return np.array(values), np.array(wrong)


def _fit(values: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Logistic regression of `wrong`."""
    weights = np.zeros(values.shape[1])
    for _ in range(_STEPS):
        predicted = 1 / (1 + np.exp(-values @ weights))
        weights += _RATE * (values.T @ (wrong - predicted) / len(wrong) - _PENALTY * weights)
    return weights


if __name__ == "__main__":
    raise SystemExit(main())
