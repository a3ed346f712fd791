"""Reads the pictures of a line: with the Thai model, and what is not Thai again with the English one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ocr.arrays import Grey
from ocr.line_pictures import LinePicture
from ocr.line_reader import LineReader, Word

_THAI_LETTER = re.compile("[ก-ฮ]")
_LATIN_LETTER = re.compile("[A-Za-z]")
_NUMBER = re.compile(r"[0-9๐-๙.,/:()%\-–+*\"“”]+")
_SURE_THAI = 88.0  # confidence of a Thai word's weakest part, above which it is not read as Latin
_MIN_LATIN = 70.0  # confidence of a word in Latin letters
_MIN_LATIN_LETTERS = 2
_MARGIN_PX = 5  # beside a word that is read again


@dataclass(frozen=True)
class LineReading:
    """The words of a line, from left to right over all its pictures."""

    words: tuple[Word, ...] = field(repr=False)

    @property
    def text(self) -> str:
        """The words with spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean confidence of the characters, 0 to 100; 0 without text."""
        weight = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / weight if weight else 0.0


def read_line(pictures: Sequence[LinePicture], thai: LineReader, english: LineReader) -> LineReading:
    """The words on a line's pictures."""
    words: list[Word] = []
    for picture in pictures:
        (read,) = thai.read([picture.picture])
        words += _read_latin_words(picture.picture, read, english)
    return LineReading(tuple(words))


def _read_latin_words(picture: Grey, words: tuple[Word, ...], english: LineReader) -> list[Word]:
    """The words, with each run of words that are neither surely Thai nor numbers read again with the English model."""
    result: list[Word] = []
    run: list[Word] = []
    for word in words:
        if _is_sure(word):
            result += [*_decide(picture, run, english), word]
            run = []
        else:
            run.append(word)
    return result + _decide(picture, run, english)


def _is_sure(word: Word) -> bool:
    return word.lowest >= _SURE_THAI or bool(_NUMBER.fullmatch(word.text))


def _decide(picture: Grey, run: list[Word], english: LineReader) -> list[Word]:
    """The run of words as Thai or as Latin."""
    if not run:
        return []
    left = max(0, run[0].left - _MARGIN_PX)
    right = min(picture.shape[1], run[-1].right + _MARGIN_PX)
    if right - left < 2 * _MARGIN_PX:
        return run
    part = np.pad(picture[:, left:right], _MARGIN_PX, constant_values=255)
    (latin,) = english.read([part])
    letters = sum(len(_LATIN_LETTER.findall(word.text)) for word in latin)
    if letters < _MIN_LATIN_LETTERS:
        return run
    if _mean(latin) < max(_MIN_LATIN, _mean(run)):
        return run
    offset = left - _MARGIN_PX
    return [replace(word, left=word.left + offset, right=word.right + offset) for word in latin]


def _mean(words: Sequence[Word]) -> float:
    return sum(word.confidence * len(word.text) for word in words) / max(1, sum(len(word.text) for word in words))
