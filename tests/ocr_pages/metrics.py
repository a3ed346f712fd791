"""How wrong a reading is: characters, Thai digits and words; and what a line's certainty is worth."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from tests.ocr_pages.alignment import Alignment, Symbols, align, encode_symbols
from tests.ocr_pages.sheet import TrueLine
from tests.ocr_pages.texts.source import THAI_DIGITS
from thai.segmentation import words

_LEADER = re.compile("[.…_·]{3,}")  # the dots of a blank are no text
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_MAX_MARK_ERROR = 0.5  # of a stamp's text, below which a read line is taken for the stamp
_THAI_DIGIT_CODES = [ord(digit) for digit in THAI_DIGITS]


@dataclass(frozen=True)
class PageScore:
    """Counts of one reading of one page. Errors are wrong, missing and superfluous ones."""

    characters: int
    character_errors: int
    thai_digits: int
    wrong_thai_digits: int
    words: int
    word_errors: int

    @property
    def character_error_percent(self) -> float:
        """0 for an empty page."""
        return _percent(self.character_errors, self.characters)


def normalise(text: str) -> str:
    """NFC without white space and leader dots, with one spelling of ำ and แ: what cannot be seen is no error."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = re.sub("\u0e4d([\u0e48-\u0e4b]?)\u0e32", "\\1\u0e33", text)
    text = text.replace("\u0e40\u0e40", "\u0e41")
    return _LEADER.sub("", "".join(text.split()))


def character_error_percent(read: str, expected: str) -> float:
    """Levenshtein distance of the normalised texts in percent of the expected characters."""
    expected_text = normalise(expected)
    distance = align(encode_symbols(expected_text), encode_symbols(normalise(read))).distance
    return _percent(distance, len(expected_text))


def score_page(
    truth: Sequence[TrueLine], read_lines: Sequence[str], *, marks: Sequence[str] = (), is_by_paragraph: bool = False
) -> PageScore:
    """Compare read lines with a page's printed lines. Lines that are one of `marks` (texts of stamps) do not count.

    By paragraph, each paragraph is searched in the whole reading: neither their order nor text beside them counts."""
    read = "\n".join(line for line in read_lines if not _is_mark(line, marks))
    paragraphs = paragraph_texts(truth)
    expected = paragraphs if is_by_paragraph else ["\n".join(paragraphs)]
    characters = [
        (text, align(encode_symbols(text), encode_symbols(normalise(read)), is_anywhere=is_by_paragraph))
        for text in map(normalise, expected)
        if text
    ]
    by_word = _word_alignments(expected, read, is_anywhere=is_by_paragraph)
    digits = [(_is_thai_digit(text), alignment.is_matched) for text, alignment in characters]
    return PageScore(
        characters=sum(len(text) for text, _ in characters),
        character_errors=sum(alignment.distance for _, alignment in characters),
        thai_digits=sum(int(is_digit.sum()) for is_digit, _ in digits),
        wrong_thai_digits=sum(int((is_digit & ~is_matched).sum()) for is_digit, is_matched in digits),
        words=sum(len(alignment.is_matched) for alignment in by_word),
        word_errors=sum(alignment.distance for alignment in by_word),
    )


def paragraph_texts(truth: Sequence[TrueLine]) -> list[str]:
    """The printed lines of each paragraph, joined."""
    printed = [line for line in truth if not line.is_handwritten]
    return ["\n".join(line.text for line in group) for _, group in groupby(printed, key=lambda line: line.paragraph)]


def line_error_share(read_line: str, truth: Sequence[TrueLine]) -> float:
    """The share of a read line's characters that are wrong, at the best place of the truth; 0 to 1."""
    text = normalise(read_line)
    if not text:
        return 0.0
    whole = encode_symbols(normalise("".join(paragraph_texts(truth))))
    return min(1.0, align(encode_symbols(text), whole, is_anywhere=True).distance / len(text))


def reliability(
    certainties: Sequence[float], error_shares: Sequence[float], edges: Sequence[float]
) -> list[tuple[float, float, int]]:
    """(mean certainty, share of lines with a wrong character, lines) for each interval with lines in it."""
    certainty, wrong = np.array(certainties, float), np.array(error_shares, float) > 0
    curve = []
    for low, high in pairwise(edges):
        inside = (certainty >= low) & (certainty < high)
        if inside.any():
            curve.append((float(certainty[inside].mean()), float(wrong[inside].mean()), int(inside.sum())))
    return curve


def _is_mark(line: str, marks: Sequence[str]) -> bool:
    return any(character_error_percent(line, mark) <= 100 * _MAX_MARK_ERROR for mark in marks)


def _is_thai_digit(text: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.isin(encode_symbols(text), _THAI_DIGIT_CODES)


def _word_alignments(expected: Sequence[str], read: str, *, is_anywhere: bool) -> list[Alignment]:
    numbers: dict[str, int] = {}

    def encode_words(text: str) -> Symbols:
        parts = [part for line in text.splitlines() for part in words(line) if normalise(part)]
        return np.array([numbers.setdefault(normalise(part), len(numbers)) for part in parts], np.int64)

    read_words = encode_words(read)
    return [align(encode_words(text), read_words, is_anywhere=is_anywhere) for text in expected if normalise(text)]


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
