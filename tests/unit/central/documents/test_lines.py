"""Lines of recognised text as stored and as shown: bounded, storable, doubtful words apart."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.documents.lines import MAX_LINE_CHARS, MAX_LINES, joined_text, shown_lines, stored_lines
from ocr.recognise import Line


def segments(line: dict[str, Any]) -> list[tuple[str, bool]]:
    (shown,) = shown_lines([line])
    return [(segment.text, segment.is_unsure) for segment in shown.segments]


def stored(text: str, *, is_uncertain: bool = False, doubts: tuple[int, ...] = ()) -> dict[str, Any]:
    (line,) = stored_lines([Line(text, 90.0, is_uncertain, box=(0.1, 0.2, 0.9, 0.25), doubts=doubts)])
    return line


@pytest.mark.parametrize(
    ("doubts", "is_uncertain", "expected"),
    [
        ((), False, [("โทร 081", False)]),
        ((), True, [("โทร 081", True)]),
        ((4, 7), False, [("โทร ", False), ("081", True)]),
        ((0, 3, 4, 7), True, [("โทร", True), (" ", False), ("081", True)]),
        ((4, 99), False, [("โทร 081", False)]),
        ((5, 2), False, [("โทร 081", False)]),
    ],
)
def test_doubtful_words_are_apart(
    doubts: tuple[int, ...], is_uncertain: bool, expected: list[tuple[str, bool]]
) -> None:
    assert segments(stored("โทร 081", is_uncertain=is_uncertain, doubts=doubts)) == expected


@given(st.text(max_size=40), st.lists(st.integers(-5, 50), max_size=8), st.booleans())
def test_no_character_is_lost_whatever_is_doubtful(text: str, doubts: list[int], is_uncertain: bool) -> None:
    line = stored(text, is_uncertain=is_uncertain, doubts=tuple(doubts))
    assert "".join(part for part, _ in segments(line)) == line["text"]
    assert "\0" not in json.dumps(line, ensure_ascii=False)


def test_what_a_child_returns_is_bounded() -> None:
    lines = stored_lines([Line("ก" * 5000 + "\0", 1e9, False, box=(-3.0, 0.0, 7.0, 1.0, 5.0))] * 2000)
    assert len(lines) == MAX_LINES and len(lines[0]["text"]) == MAX_LINE_CHARS
    assert lines[0]["box"] == [0.0, 0.0, 1.0, 1.0]
    assert len(joined_text(lines, 100)) == 100


def test_handwriting_is_named_and_not_joined() -> None:
    lines = stored_lines([Line("", 30.0, False, is_handwritten=True), Line("พิมพ์", 95.0, False)])
    assert joined_text(lines, 100) == "พิมพ์"
    assert [line.is_handwritten for line in shown_lines(lines)] == [True, False]
