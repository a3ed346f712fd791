"""Tells handwriting from print by how certain the reading was: no machine here reads handwriting.

A word of handwriting is read with a doubtful character, is short, and mixes Thai, Latin and digits. One word alone may
be misread print, so the words of a line are judged together: between print and handwriting there is a change only where
the words beside it agree. `./run bench ocr_handwriting` fits the weights again; do so with a new model.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ocr.reading.line_reader import Word, mean_confidence

# Of a constant, the least certain character, the length, mixed scripts, and a number: logarithm of the odds that a word
# is handwritten.
WEIGHTS = (1.77, -2.02, -2.18, 0.89, -1.95)
_CHANGE_COST = 3.0  # logarithm of the odds against a change from print to handwriting between two words
_MIN_HANDWRITTEN_CHARS = 4  # shorter runs are misread print or noise
_MAX_CONFIDENCE = 82.0  # mean of a handwritten run; half of the misread print is surer, and one in 280 written lines
_MAX_CHARS = 12  # a longer word is no surer
_NUMBER = re.compile(r"[0-9.,:/()\-]+|[๐-๙.,:/()\-]+")
_SCRIPTS = tuple(map(re.compile, ("[ก-ฮ]", "[A-Za-z]", "[๐-๙]", "[0-9]")))
_LATIN = re.compile("[A-Za-z]")
_LATIN_PRINT, _MIN_LATIN_LETTERS = 75.0, 5  # confidence and Latin letters of a word that is print


@dataclass(frozen=True)
class Part:
    """Neighbouring words of a line that are all printed or all handwritten."""

    words: tuple[Word, ...] = field(repr=False)
    is_handwritten: bool


def split_handwriting(words: Sequence[Word]) -> list[Part]:
    """The printed and the handwritten parts of a line, from left to right."""
    parts = _runs(words, _most_likely(words))
    return _runs(words, [part.is_handwritten and _is_possible(part) for part in parts for _ in part.words])


def features(word: Word) -> tuple[float, ...]:
    """What shows that a word is handwritten, each about 0 or 1."""
    return (
        1.0,
        (word.lowest - 70) / 20,
        min(len(word.text), _MAX_CHARS) / 6,
        float(sum(bool(script.search(word.text)) for script in _SCRIPTS) > 1),
        float(_NUMBER.fullmatch(word.text) is not None),
    )


def _is_possible(part: Part) -> bool:
    return (
        sum(len(word.text) for word in part.words) >= _MIN_HANDWRITTEN_CHARS
        and mean_confidence(part.words) < _MAX_CONFIDENCE
    )


def _odds(word: Word) -> float:
    """Logarithm of the odds that the word is handwritten."""
    if word.confidence >= _LATIN_PRINT and len(_LATIN.findall(word.text)) >= _MIN_LATIN_LETTERS:
        return -_CHANGE_COST  # the English model read an address; scribble gives it none
    return sum(weight * value for weight, value in zip(WEIGHTS, features(word), strict=True))


def _most_likely(words: Sequence[Word]) -> list[bool]:
    """For each word, whether it is handwritten: the most likely sequence (Viterbi's algorithm)."""
    score, paths = (0.0, 0.0), (list[bool](), list[bool]())
    for word in words:
        odds = _odds(word)
        best = [
            max((score[before] - _CHANGE_COST * (before != state and bool(paths[before])), before) for before in (0, 1))
            for state in (0, 1)
        ]
        paths = ([*paths[best[0][1]], False], [*paths[best[1][1]], True])
        score = (best[0][0], best[1][0] + odds)
    return paths[1] if score[1] > score[0] else paths[0]


def _runs(words: Sequence[Word], is_handwritten: Sequence[bool]) -> list[Part]:
    pairs = zip(words, is_handwritten, strict=True)
    return [Part(tuple(word for word, _ in run), key) for key, run in groupby(pairs, key=lambda pair: pair[1])]
