"""What is shown of a recognised page, from top to bottom: text, and pictures of what was written by hand. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from journey.complaint.draft import LetterPage, RecognisedLine

Box = tuple[float, ...]


@dataclass(frozen=True)
class TextPart:
    """Consecutive paragraphs of the page's text that all have unclear words, or all have none."""

    text: str = field(repr=False)
    start: int  # index of its first character in the page's text
    unclear_spans: tuple[tuple[int, int], ...] = ()  # in `text`


@dataclass(frozen=True)
class PicturePart:
    """A handwritten part of the page, shown as it is."""

    box: Box  # as in RecognisedLine


@dataclass(frozen=True)
class _Paragraph:
    text: str
    start: int
    unclear_spans: tuple[tuple[int, int], ...]


def page_parts(page: LetterPage) -> tuple[TextPart | PicturePart, ...]:
    """The parts of a readable page in reading order. Text that was corrected keeps its marks where a line is unchanged,
    and its pictures among the lines while their number is unchanged; otherwise the pictures come last."""
    paragraphs = list(_paragraphs(page))
    pictures = _pictures(page.lines or ()) if page.is_readable else {}
    if len(paragraphs) != len(page.printed_lines):
        pictures = {len(paragraphs): [box for boxes in pictures.values() for box in boxes]}
    parts: list[TextPart | PicturePart] = []
    texts: list[_Paragraph] = []
    for index in range(len(paragraphs) + 1):
        if pictures.get(index):
            parts += _text_parts(texts)
            parts += [PicturePart(box) for box in pictures[index]]
            texts = []
        texts += paragraphs[index : index + 1]
    return (*parts, *_text_parts(texts))


def _paragraphs(page: LetterPage) -> Iterator[_Paragraph]:
    marks = {line.text: line.unclear_spans for line in page.printed_lines}
    start = 0
    for text in page.current_text.split("\n") if page.current_text else ():
        yield _Paragraph(text, start, marks.get(text, ()))
        start += len(text) + 1


def _text_parts(paragraphs: Sequence[_Paragraph]) -> Iterator[TextPart]:
    for _has_marks, group in groupby(paragraphs, key=lambda paragraph: bool(paragraph.unclear_spans)):
        together = list(group)
        first = together[0].start
        spans = tuple(
            (paragraph.start - first + start, paragraph.start - first + end)
            for paragraph in together
            for start, end in paragraph.unclear_spans
        )
        yield TextPart("\n".join(paragraph.text for paragraph in together), first, spans)


def _pictures(lines: Sequence[RecognisedLine]) -> dict[int, list[Box]]:
    """The handwritten parts by the number of printed lines before them. On one height they are one picture, after the
    print beside them, because a form alternates between both; rows without print between them are one picture too."""
    pictures: dict[int, list[Box]] = {}
    printed_count = 0
    for row in _rows(lines):
        printed_count += sum(not line.is_handwritten for line in row)
        boxes = [line.box for line in row if line.is_handwritten and line.box]
        if boxes:
            pictures[printed_count] = [_union([*pictures.get(printed_count, ()), *boxes])]
    return pictures


def _rows(lines: Sequence[RecognisedLine]) -> Iterator[list[RecognisedLine]]:
    """Consecutive lines at one height."""
    row: list[RecognisedLine] = []
    for line in lines:
        if row and not _is_beside(line, row[-1]):
            yield row
            row = []
        row.append(line)
    if row:
        yield row


def _is_beside(line: RecognisedLine, other: RecognisedLine) -> bool:
    is_placed = bool(line.box and other.box)
    return is_placed and line.box[1] <= other.centre_y <= line.box[3] and other.box[1] <= line.centre_y <= other.box[3]


def _union(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
