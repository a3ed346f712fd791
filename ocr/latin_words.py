"""Reads again, with the English model, the words of a line that are neither Thai nor numbers.

The Thai model knows no Latin letters and returns other characters for them with little confidence. Both models together
(`tha+eng`) take Thai words and Thai digits for Latin: ๒๕๖๖ became "wavs". Word by word the two are far apart: on
generated pages Latin words had a confidence below 83 as Thai and above 57 as English; Thai words of more than two
letters had above 85, or below 30 as English.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocr.arrays import Grey
from ocr.line_reader import LineReader, Word

_LATIN_LETTER = re.compile("[A-Za-z]")
_NUMBER = re.compile(r"[0-9๐-๙.,/:()%\-–+*\"“”]+")
_SURE_THAI = 85.0  # mean confidence of a Thai word
_SURE_NUMBER = 60.0
_MIN_SHORT, _MIN_LONG = 78.0, 55.0  # confidence of a word in Latin letters
_LONG_CHARS = 8
_MIN_LATIN_LETTERS = 2
_MARGIN_PX = 5  # beside a word that is read again


def read_latin_words(picture: Grey, words: Sequence[Word], english: LineReader) -> list[Word]:
    """The words of a line's picture, each that is Latin read with the English model."""
    result: list[Word] = []
    for word in words:
        result += [word] if _is_thai_or_number(word) else _read_again(picture, word, english)
    return result


def _is_thai_or_number(word: Word) -> bool:
    return word.confidence >= (_SURE_NUMBER if _NUMBER.fullmatch(word.text) else _SURE_THAI)


def _read_again(picture: Grey, word: Word, english: LineReader) -> list[Word]:
    """The word as English reads it, if that is convincing; otherwise the word itself."""
    left = max(0, word.left - _MARGIN_PX)
    right = min(picture.shape[1], word.right + _MARGIN_PX)
    if right - left <= 2 * _MARGIN_PX:
        return [word]
    (latin,) = english.read([np.pad(picture[:, left:right], _MARGIN_PX, constant_values=255)])
    text = "".join(part.text for part in latin)
    if len(_LATIN_LETTER.findall(text)) < _MIN_LATIN_LETTERS:
        return [word]
    needed = _MIN_LONG if len(text) >= _LONG_CHARS else _MIN_SHORT
    if min(part.confidence for part in latin) < max(needed, word.confidence - 25):
        return [word]
    offset = left - _MARGIN_PX
    return [replace(part, left=part.left + offset, right=part.right + offset) for part in latin]
