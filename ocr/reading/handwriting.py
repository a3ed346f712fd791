"""Tells handwriting from print by the confidence of what was read: no machine here reads handwriting.

Words of print have a mean confidence above 80, also on faint and copied pages; of drawn letters and scribbles 34 to 74.
One printed word may be lower, so only longer runs of unsure words count. Measured on generated and drawn pages.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ocr.reading.line_reader import Word

_NUMBER = re.compile(r"[0-9.,:/()\-]+|[๐-๙.,:/()\-]+")
_LATIN = re.compile("[A-Za-z]")
_SURE_PRINT = 80.0  # confidence of a word that is print
_MAX_RUN = 72.0  # mean confidence of a run of words that is handwriting
_MIN_RUN_WORDS, _MIN_RUN_CHARS = 2, 7
_MAX_LINE = 76.0  # mean confidence of a whole line of handwriting
_MIN_LINE_CHARS = 5
_LATIN_PRINT, _MIN_LATIN_LETTERS = 75.0, 5  # confidence and Latin letters of a word that is print
_MIN_BRIDGE_CHARS = 4  # a surer word as short as this between two runs belongs to them


@dataclass(frozen=True)
class Part:
    """Neighbouring words of a line that are all printed or all handwritten."""

    words: tuple[Word, ...] = field(repr=False)
    is_handwritten: bool


def split_handwriting(words: Sequence[Word]) -> list[Part]:
    """The printed and the handwritten parts of a line, from left to right."""
    if not words:
        return []
    if mean_confidence(words) < _MAX_LINE and _chars(words) >= _MIN_LINE_CHARS and not _has_sure_print(words):
        return [Part(tuple(words), True)]
    marked: list[tuple[bool, Word]] = []
    for is_unsure, group in groupby(words, key=lambda word: word.confidence < _SURE_PRINT):
        run = list(group)
        is_handwritten = is_unsure and _is_handwriting(run)
        marked += [(is_handwritten, word) for word in run]
    return [
        Part(tuple(word for _, word in group), is_handwritten)
        for is_handwritten, group in groupby(_bridge(marked), key=lambda pair: pair[0])
    ]


def has_handwriting(words: Sequence[Word]) -> bool:
    """Whether part of a line is handwritten."""
    return any(part.is_handwritten for part in split_handwriting(words))


def mean_confidence(words: Sequence[Word]) -> float:
    """Mean confidence of the characters, 0 to 100; 0 without text."""
    return sum(word.confidence * len(word.text) for word in words) / max(1, _chars(words))


def _is_handwriting(run: Sequence[Word]) -> bool:
    if all(_NUMBER.fullmatch(word.text) for word in run):
        return False  # a number whose digits are doubtful
    if any(_is_latin_print(word) for word in run):
        return False
    return len(run) >= _MIN_RUN_WORDS and _chars(run) >= _MIN_RUN_CHARS and mean_confidence(run) < _MAX_RUN


def _has_sure_print(words: Sequence[Word]) -> bool:
    return any(
        (word.confidence >= 90 and len(word.text) > _MIN_BRIDGE_CHARS) or _is_latin_print(word) for word in words
    )


def _is_latin_print(word: Word) -> bool:
    """Whether the English model read a longer word, such as an address: scribble gives it none."""
    return word.confidence >= _LATIN_PRINT and len(_LATIN.findall(word.text)) >= _MIN_LATIN_LETTERS


def _bridge(marked: list[tuple[bool, Word]]) -> list[tuple[bool, Word]]:
    """Short words between two handwritten ones become handwritten."""
    result = list(marked)
    for index in range(1, len(marked) - 1):
        is_between = marked[index - 1][0] and marked[index + 1][0]
        if is_between and len(marked[index][1].text) <= _MIN_BRIDGE_CHARS:
            result[index] = (True, marked[index][1])
    return result


def _chars(words: Sequence[Word]) -> int:
    return sum(len(word.text) for word in words)
