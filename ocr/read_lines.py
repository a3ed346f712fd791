"""Reads the pictures of a line: with the Thai model, and what is not Thai again with the English one."""

from collections.abc import Sequence
from dataclasses import replace

from ocr.latin_words import read_latin_words
from ocr.line_pictures import LinePicture
from ocr.line_reader import LineReader, Word


def read_line(pictures: Sequence[LinePicture], thai: LineReader, english: LineReader) -> tuple[Word, ...]:
    """The words on a line's pictures, from left to right, with their places on the level page."""
    words: list[Word] = []
    for line, read in zip(pictures, thai.read([line.picture for line in pictures]), strict=True):
        left = line.box.left
        words += [
            replace(word, left=word.left + left, right=word.right + left)
            for word in read_latin_words(line.picture, read, english)
        ]
    return tuple(words)
