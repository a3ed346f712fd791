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

from ocr.arrays import Bools, Grey
from ocr.line_reader import LineReader, Word

_LATIN_LETTER = re.compile("[A-Za-z]")
_NUMBER = re.compile(r"[0-9๐-๙.,/:()%\-–+*\"“”]+")
_THAI, _WESTERN = re.compile("[ก-๛]"), re.compile("[0-9A-Za-z]")
_SURE_THAI = 85.0  # mean confidence of a Thai word
_SURE_NUMBER = 60.0
_MIN_SHORT, _MIN_LONG = 78.0, 55.0  # confidence of a word in Latin letters
_LONG_CHARS = 8
_MIN_LATIN_LETTERS = 2
_MARGIN_PX = 10  # white around a word that is read again
_INK = 170  # grey levels below this are ink


def read_latin_words(picture: Grey, words: Sequence[Word], english: LineReader) -> list[Word]:
    """The words of a line's picture, each that is Latin read with the English model."""
    result: list[Word] = []
    for word in words:
        result += [word] if _is_thai_or_number(word) else _read_again(picture, word, english)
    return result


def _is_thai_or_number(word: Word) -> bool:
    if _is_mixed(word.text):
        return False
    return word.confidence >= (_SURE_NUMBER if _NUMBER.fullmatch(word.text) else _SURE_THAI)


def _whole_letters(picture: Grey, left: int, right: int) -> tuple[int, int]:
    """The word's edges, moved outwards to the next white column: its box, measured while it was taken for Thai, cuts
    letters."""
    has_ink: Bools = np.any(picture < _INK, axis=0)
    left, right = max(0, left), min(picture.shape[1], right)
    while left > 0 and has_ink[left - 1]:
        left -= 1
    while right < picture.shape[1] and has_ink[right]:
        right += 1
    return left, right


def _is_mixed(text: str) -> bool:
    """Whether a word has Thai characters and Arabic digits: the Thai model's view of Latin letters."""
    return bool(_THAI.search(text)) and bool(_WESTERN.search(text))


def _read_again(picture: Grey, word: Word, english: LineReader) -> list[Word]:
    """The word as English reads it, if that is convincing; otherwise the word itself."""
    left, right = _whole_letters(picture, word.left, word.right)
    if right - left < _MARGIN_PX:
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
