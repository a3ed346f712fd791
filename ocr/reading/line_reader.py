"""What reads the picture of one line: the types that both ways to use Tesseract share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ocr.arrays import Grey
from ocr.models import Model

PICTURE_DPI = 200  # what Tesseract is told; without it, it estimates the resolution for each line
# psm 7: one line of text. psm 13, the raw line, makes more errors, and more than one language slows it down.
PAGE_SEGMENTATION_MODE = 7
SETTINGS = {"tessedit_do_invert": "0"}  # no second reading of an unsure line as white on black


@dataclass(frozen=True)
class Word:
    """Characters between two spaces; `left` and `right` in pixels of the line's picture. Confidence 0 to 100."""

    text: str = field(repr=False)
    confidence: float  # mean of its parts
    lowest: float  # of its least certain part
    left: int
    right: int


def mean_confidence(words: Sequence[Word]) -> float:
    """Mean confidence of the characters, 0 to 100; 0 without text."""
    return sum(word.confidence * len(word.text) for word in words) / max(1, sum(len(word.text) for word in words))


class LineReader(Protocol):
    """Reads pictures of lines with one model."""

    def read(self, pictures: Sequence[Grey]) -> list[tuple[Word, ...]]:
        """The words of each picture, from left to right; () where there is no text."""


class OpenReader(Protocol):
    """Makes a reader for a model."""

    def __call__(self, model: Model) -> LineReader: ...


def join_words(text: str, parts: Iterable[tuple[str, float, int, int]]) -> tuple[Word, ...]:
    """The words of `text`, with confidences and places from `parts`: text, confidence, left and right edge of each
    piece that Tesseract calls a word. For Thai that is a syllable or character, without the spaces of the text."""
    rest = list(parts)
    words = []
    for word in text.split():
        length, taken = 0, 0
        while taken < len(rest) and length < len(word):
            length += len(rest[taken][0])
            taken += 1
        group, rest = rest[:taken], rest[taken:]
        if group:
            confidences = [part[1] for part in group]
            left, right = min(part[2] for part in group), max(part[3] for part in group)
            words.append(Word(word, sum(confidences) / len(group), min(confidences), left, right))
    return tuple(words)
