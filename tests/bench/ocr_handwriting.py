"""Fits the weights of `ocr.reading.handwriting` on forms filled by hand and printed pages, and prints its errors.

    ./run bench ocr_handwriting

Every second page is for fitting and the others for the printed errors, because the lines of a page share a hand and a
typeface. No page is of the held-out split. Takes about three minutes. Use the printed weights only with the model that
they were fitted with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from unittest.mock import patch

import numpy as np

from ocr import read_page
from ocr.page.box import Box
from ocr.prepare_page import prepare
from ocr.reading.handwriting import features, split_handwriting
from ocr.reading.line_reader import Word
from ocr.reading.make_lines import make_lines
from tests.ocr_pages.catalogue import KINDS, PageName, make_page
from tests.ocr_pages.page_file import PageFile
from tests.ocr_pages.split import Split

_FORM, _FORMS, _PRINTED = "form by hand", 15, 3  # pages of each split; printed pages of each kind
_STEPS, _RATE, _PENALTY = 12_000, 0.3, 1e-3  # of gradient descent
_PRIOR = 0.75  # added to the constant: a line of handwriting shown as text harms more than one of print as a picture


@dataclass(frozen=True)
class _Line:
    words: tuple[Word, ...]
    is_written: tuple[bool, ...]  # of each word


def main() -> int:
    """Print weights and errors. Always 0."""
    pages = [_read(make_page(name)) for name in _pages()]
    fitted, checked = ([line for lines in part for line in lines] for part in (pages[::2], pages[1::2]))
    weights = _fit(fitted)
    weights[0] += _PRIOR
    print("WEIGHTS =", tuple(round(float(weight), 2) for weight in weights))
    with patch("ocr.reading.handwriting.WEIGHTS", tuple(weights)):
        for name, part in (("fitted", fitted), ("checked", checked)):
            written = [line for line in part if any(line.is_written)]
            as_text = sum(any(w and not taken for w, taken in _taken(line)) for line in written)
            printed = [line for line in part if not all(line.is_written)]
            as_picture = sum(any(not w and taken for w, taken in _taken(line)) for line in printed)
            print(f"{name}: {as_text} of {len(written)} handwritten lines with text, ", end="")
            print(f"{as_picture} of {len(printed)} printed lines with handwriting")
    return 0


def _pages() -> Iterator[PageName]:
    for split in (Split.TRAINING, Split.TUNING):
        yield from (PageName(split, _FORM, index) for index in range(_FORMS))
    for name, kind in KINDS.items():
        if name != _FORM and not kind.is_photo:  # a photograph's lines have no true places
            yield from (PageName(Split.TUNING, name, index) for index in range(_PRINTED))


def _read(page: PageFile) -> list[_Line]:
    """The lines of a page as read, with the truth of each word."""
    width, height = page.sheet_size
    written = [Box(*map(int, line.box)) for line in page.lines if line.is_handwritten]
    lines: list[_Line] = []

    def record(parts, pictures, placement, repair):  # type: ignore[no-untyped-def]
        words = [word for part in parts for word in part.words]
        top, bottom = min(part.box.top for part in pictures), max(part.box.bottom for part in pictures)
        truth = []
        for word in words:
            left, above, right, below = placement.place(Box(word.left, top, word.right, bottom))
            x, y = (left + right) / 2 * width, (above + below) / 2 * height
            truth.append(any(box.left <= x <= box.right and box.top <= y <= box.bottom for box in written))
        if words:
            lines.append(_Line(tuple(words), tuple(truth)))
        return make_lines(parts, pictures, placement, repair)

    with patch.object(read_page, "make_lines", record):
        read_page.recognise(prepare(page.file).jpeg)
    return lines


def _fit(lines: list[_Line]) -> np.ndarray:
    values = np.array([features(word) for line in lines for word in line.words])
    truth = np.array([is_written for line in lines for is_written in line.is_written], float)
    weights = np.zeros(values.shape[1])
    for _ in range(_STEPS):
        stated = 1 / (1 + np.exp(-values @ weights))
        weights -= _RATE * ((values * (stated - truth)[:, None]).mean(axis=0) + _PENALTY * weights)
    return weights


def _taken(line: _Line) -> list[tuple[bool, bool]]:
    """Of each word, whether it is handwritten and whether it was taken for that."""
    taken = [part.is_handwritten for part in split_handwriting(line.words) for _ in part.words]
    return list(zip(line.is_written, taken, strict=True))
