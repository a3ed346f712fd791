"""Reads the pictures of a line: with the Thai model, and what is not Thai again with the English one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ocr.latin_words import read_latin_words
from ocr.line_pictures import LinePicture
from ocr.line_reader import LineReader, Word


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
    for line, read in zip(pictures, thai.read([line.picture for line in pictures]), strict=True):
        words += read_latin_words(line.picture, read, english)
    return LineReading(tuple(words))
