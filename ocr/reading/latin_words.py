"""Reads again, with the English model, the words of a line that are neither Thai nor sure numbers.

The Thai model knows no Latin letters and returns other characters for them with little confidence. Both models together
(`tha+eng`) take Thai words and Thai digits for Latin: ๒๕๖๖ became "wavs". Word by word the two are far apart: on
generated pages Latin words had a confidence below 83 as Thai and above 57 as English; Thai words of more than two
letters had above 85, or below 30 as English. Arabic numbers of which the Thai model is unsure and the English one is
sure were right as English in 26 of 27 cases, and 9 as Thai.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocr.arrays import Grey
from ocr.reading.line_reader import LineReader, Word, mean_confidence

_LATIN_LETTER = re.compile("[A-Za-z]")
_DIGIT = re.compile("[0-9๐-๙]")
_THAI_LETTER = re.compile("[ก-ฮ]")
_NUMBER = re.compile(r"[0-9๐-๙.,/:()%\-–+*\"“”]+")
_THAI, _WESTERN = re.compile("[ก-๛]"), re.compile("[0-9A-Za-z]")
_SURE_THAI = 85.0  # mean confidence of a Thai word
_SURE_NUMBER = 75.0
_SURE_ARABIC, _MIN_ARABIC_GAIN = 88.0, 15.0  # confidence of an Arabic number as English, and by how much it is surer
_ARABIC_NUMBER = re.compile(r"[0-9][0-9.,:/()%\-]*")
# Confidence of a word in Latin letters: of up to three characters, up to seven, and longer ones.
_MIN_TINY, _MIN_SHORT, _MIN_LONG = 88.0, 72.0, 55.0
_TINY_CHARS, _LONG_CHARS = 3, 8
_MIN_LATIN_LETTERS = 2
_WEAK_THAI = 90.0  # beside a Latin word, a surer Thai word ends the run of words that are read again together
_MIN_IN_RUN = 70.0  # confidence of every word of such a run
_MIN_LATIN_SHARE = 0.6  # of its characters
_UNSURE_LINE = 75.0  # mean confidence; English lines have 38 to 63 as Thai, and 96 as English
_SURE_LATIN_LINE = 88.0  # handwriting has less than 77 as English
_MARGIN_PX = 10  # white around a word that is read again


def read_latin_words(picture: Grey, words: Sequence[Word], english: LineReader) -> list[Word]:
    """The words of a line's picture, each that is Latin read with the English model."""
    if mean_confidence(words) < _UNSURE_LINE and (latin := _read_line(picture, english)):
        return latin
    read_again = [
        None if _is_thai_or_number(word) else _read_one(picture, words, index, english)
        for index, word in enumerate(words)
    ]
    result: list[Word] = []
    index = 0
    while index < len(words):
        end = _run_end(words, read_again, index)
        run = _read_run(picture, words, index, end, english) if end > index + 1 else None
        if run is None:
            end = index + 1
            run = read_again[index] or [words[index]]
        result += run
        index = end
    return result


def _read_line(picture: Grey, english: LineReader) -> list[Word]:
    """The whole line as English reads it; nothing if that is not convincing."""
    (latin,) = english.read([picture])
    text = "".join(part.text for part in latin)
    is_latin = len(_LATIN_LETTER.findall(text)) >= max(_MIN_LATIN_LETTERS, _MIN_LATIN_SHARE * len(text))
    return list(latin) if is_latin and mean_confidence(latin) >= _SURE_LATIN_LINE else []


def _is_thai_or_number(word: Word) -> bool:
    if _is_mixed(word.text):
        return False
    return word.confidence >= (_SURE_NUMBER if _NUMBER.fullmatch(word.text) else _SURE_THAI)


def _is_mixed(text: str) -> bool:
    """Whether a word has Thai characters and Arabic digits: the Thai model's view of Latin letters."""
    return bool(_THAI.search(text)) and bool(_WESTERN.search(text))


def _read_one(picture: Grey, words: Sequence[Word], index: int, english: LineReader) -> list[Word] | None:
    """One word as English reads it, a number or one in Latin letters; None if that is not convincing."""
    latin = _read(picture, words, index, index + 1, english)
    text = "".join(part.text for part in latin)
    lowest = min((part.confidence for part in latin), default=0.0)
    if _ARABIC_NUMBER.fullmatch(text):
        is_surer = lowest >= max(_SURE_ARABIC, words[index].confidence + _MIN_ARABIC_GAIN)
        return latin if is_surer and abs(len(text) - len(words[index].text)) <= 1 else None
    if not _has_latin(latin):
        return None
    needed = _MIN_TINY if len(text) <= _TINY_CHARS else _MIN_SHORT if len(text) < _LONG_CHARS else _MIN_LONG
    return latin if lowest >= max(needed, words[index].confidence - 25) else None


def _has_latin(words: Sequence[Word]) -> bool:
    return len(_LATIN_LETTER.findall("".join(word.text for word in words))) >= _MIN_LATIN_LETTERS


def _run_end(words: Sequence[Word], read_again: Sequence[list[Word] | None], start: int) -> int:
    """The end of the run from `start` of words that are Latin, or may be beside Latin ones; `start` when there is no
    such run, or all of it is Latin already."""
    end, latin = start, 0
    while end < len(words):
        is_before_latin = latin > 0 and end + 1 < len(words) and read_again[end + 1] is not None
        if read_again[end] is None and not _is_weak(words[end]) and not is_before_latin:
            break
        latin += _has_latin(read_again[end] or ())
        end += 1
    return end if 0 < latin < end - start else start


def _is_weak(word: Word) -> bool:
    """Whether a word beside a Latin one may be Latin too: it is unsure, or has digits among or instead of letters."""
    return word.confidence < _WEAK_THAI or bool(_DIGIT.search(word.text)) or not _THAI_LETTER.search(word.text)


def _read_run(picture: Grey, words: Sequence[Word], start: int, end: int, english: LineReader) -> list[Word] | None:
    """Several words as English reads them together; None if one of them is not convincing."""
    latin = _read(picture, words, start, end, english)
    text = "".join(part.text for part in latin)
    if len(_LATIN_LETTER.findall(text)) < _MIN_LATIN_SHARE * max(1, len(text)):
        return None
    return latin if min(part.confidence for part in latin) >= _MIN_IN_RUN else None


def _read(picture: Grey, words: Sequence[Word], start: int, end: int, english: LineReader) -> list[Word]:
    """The words from `start` to before `end` as English reads them, cut out in the middle of the spaces beside them:
    the boxes of words that were taken for Thai cut letters and full stops."""
    left = (words[start - 1].right + words[start].left) // 2 if start else 0
    right = (words[end - 1].right + words[end].left) // 2 if end < len(words) else picture.shape[1]
    left, right = max(0, left), min(picture.shape[1], right)
    if right - left < _MARGIN_PX:
        return []
    (latin,) = english.read([np.pad(picture[:, left:right], _MARGIN_PX, constant_values=255)])
    offset = left - _MARGIN_PX
    return [replace(part, left=part.left + offset, right=part.right + offset) for part in latin]
