"""Reads the pictures of a line: with the Thai model, and what is not Thai again with the English one.

The cells of a table, and other parts of a line far apart, are moved together and read at once. Alone, a cell with only
digits gives the reader neither the height of letters nor context.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocr.arrays import Grey
from ocr.lines.line_pictures import LinePicture
from ocr.reading.latin_words import read_latin_words
from ocr.reading.line_reader import LineReader, Word

_GAP = 3.0  # letter heights of white between parts that are read together; less makes more errors
_MAX_HEIGHT_RATIO = 1.3  # of the letters of parts that are read together


def read_line(pictures: Sequence[LinePicture], thai: LineReader, english: LineReader) -> tuple[Word, ...]:
    """The words on a line's pictures, from left to right, with their places on the level page."""
    words: list[Word] = []
    for group in _group_by_height(pictures):
        picture, starts = _join(group)
        (read,) = thai.read([picture])
        for word in read_latin_words(picture, read, english):
            words.append(_move_back(word, group, starts))
    return tuple(words)


def _group_by_height(pictures: Sequence[LinePicture]) -> list[list[LinePicture]]:
    """Neighbouring pictures whose letters have about the same height."""
    groups: list[list[LinePicture]] = []
    for picture in pictures:
        heights = [picture.letter_height, *(other.letter_height for other in groups[-1])] if groups else []
        if heights and max(heights) <= _MAX_HEIGHT_RATIO * min(heights):
            groups[-1].append(picture)
        else:
            groups.append([picture])
    return groups


def _join(pictures: Sequence[LinePicture]) -> tuple[Grey, list[int]]:
    """The pictures side by side at their heights on the page, and the column at which each begins."""
    if len(pictures) == 1:
        return pictures[0].picture, [0]
    top = min(picture.box.top for picture in pictures)
    bottom = max(picture.box.top + picture.picture.shape[0] for picture in pictures)
    gap = round(_GAP * pictures[0].letter_height)
    width = sum(picture.picture.shape[1] for picture in pictures) + gap * (len(pictures) - 1)
    joined = np.full((bottom - top, width), 255, np.uint8)
    starts, left = [], 0
    for picture in pictures:
        height, part_width = picture.picture.shape
        down = picture.box.top - top
        joined[down : down + height, left : left + part_width] = picture.picture
        starts.append(left)
        left += part_width + gap
    return joined, starts


def _move_back(word: Word, pictures: Sequence[LinePicture], starts: Sequence[int]) -> Word:
    """The word with its place on the level page."""
    middle = (word.left + word.right) / 2
    index = max(number for number, start in enumerate(starts) if number == 0 or start <= middle)
    shift = pictures[index].box.left - starts[index]
    return replace(word, left=word.left + shift, right=word.right + shift)
