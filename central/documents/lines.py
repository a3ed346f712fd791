"""The recognised lines of a page as they are stored, and as a page of the desk shows them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ocr.recognise import Line

MAX_LINES, MAX_LINE_CHARS = 1000, 2000  # of a page; more can only come from a child that a picture has taken over
_BOX_DECIMALS = 4  # of the page's size: half a pixel at 200 dpi


@dataclass(frozen=True)
class Segment:
    """A piece of a line. `is_unsure`: a character in it is doubtful."""

    text: str = field(repr=False)
    is_unsure: bool


@dataclass(frozen=True)
class ShownLine:
    """A line with its place on the upright page: left, top, width, height as fractions of its size."""

    segments: tuple[Segment, ...]
    is_handwritten: bool
    box: tuple[float, float, float, float] | None

    @property
    def is_unsure(self) -> bool:
        """Whether a character of the line is doubtful."""
        return any(segment.is_unsure for segment in self.segments)


def stored_lines(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines as JSON, within the limits, and without what a database cannot store."""
    return [
        {
            "text": (text := printable(line.text)[:MAX_LINE_CHARS]),
            "confidence": round(line.confidence, 1),
            "certainty": round(line.certainty, 1),
            "unsure": line.is_uncertain,
            "handwritten": line.is_handwritten,
            "doubts": list(line.doubts) if len(text) == len(line.text) else [],
            "box": [round(min(max(value, 0.0), 1.0), _BOX_DECIMALS) for value in line.box[:4]],
        }
        for line in lines[:MAX_LINES]
    ]


def typed_lines(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Lines of which nothing is doubtful, and which are at no place of a page: of an office file, or typed."""
    certain: dict[str, Any] = {"unsure": False, "handwritten": False, "doubts": [], "box": []}
    return [{"text": printable(line)[:MAX_LINE_CHARS], **certain} for line in lines[:MAX_LINES]]


def joined_text(lines: Sequence[Mapping[str, Any]], max_chars: int) -> str:
    """The text of stored lines, without the handwritten ones."""
    return "\n".join(str(line["text"]) for line in lines if not line["handwritten"])[:max_chars]


def shown_lines(lines: Sequence[Mapping[str, Any]]) -> list[ShownLine]:
    """Stored lines with their doubtful words apart."""
    return [ShownLine(tuple(_segments(line)), bool(line["handwritten"]), _shown_box(line["box"])) for line in lines]


def printable(text: str) -> str:
    """The text without control characters, of which PostgreSQL cannot store NUL."""
    return "".join(character for character in text if character.isprintable())


def _segments(line: Mapping[str, Any]) -> Iterator[Segment]:
    text, doubts = str(line["text"]), list(line["doubts"])
    if line["unsure"] and not doubts:
        doubts = [0, len(text)]
    position = 0
    for start, end in zip(doubts[::2], doubts[1::2], strict=False):
        if not position <= start < end <= len(text):
            continue
        if start > position:
            yield Segment(text[position:start], is_unsure=False)
        yield Segment(text[start:end], is_unsure=True)
        position = end
    if position < len(text):
        yield Segment(text[position:], is_unsure=False)


def _shown_box(box: Sequence[float]) -> tuple[float, float, float, float] | None:
    if len(box) != 4:
        return None
    left, top, right, bottom = box
    return (left, top, round(right - left, _BOX_DECIMALS), round(bottom - top, _BOX_DECIMALS))
