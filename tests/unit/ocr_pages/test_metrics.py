"""Scores: a perfect reading has no error, and every kind of error is counted."""

import random

import numpy as np
import pytest

from tests.ocr_pages.alignment import align, encode_symbols
from tests.ocr_pages.catalogue import KINDS, PageName, set_page
from tests.ocr_pages.metrics import character_error_percent, line_error_share, normalise, reliability, score_page
from tests.ocr_pages.sheet import TrueLine
from tests.ocr_pages.split import Split

LINES = (
    TrueLine("ที่ กข ๐๑๒๓/๔๕๖", (0, 0, 1, 1), 0),
    TrueLine("เรื่อง ขอน้ำ", (0, 0, 1, 1), 1),
    TrueLine("ให้ชาวบ้าน", (0, 0, 1, 1), 1),
    TrueLine("", (0, 0, 1, 1), 2, is_handwritten=True),
)


@pytest.mark.parametrize("kind", list(KINDS)[:13])  # what is on the page; the others differ by damage only
def test_a_perfect_reader_makes_no_error(kind: str) -> None:
    sheet = set_page(PageName(Split.HELD_OUT, kind, 0))
    read = [line.text for line in sheet.lines]
    for is_by_paragraph in (False, True):
        score = score_page(sheet.lines, read, marks=sheet.marks, is_by_paragraph=is_by_paragraph)
        assert (score.character_errors, score.wrong_thai_digits, score.word_errors) == (0, 0, 0)
        assert score.characters > 50


def test_wrong_missing_and_superfluous_characters_are_errors() -> None:
    score = score_page(LINES, ["ที่ กข ๐๑๒๒/๔๕", "เรื่อง ขอน้ำ", "ให้ชาวบ้าน!"])
    assert score.character_errors == 3
    assert (score.thai_digits, score.wrong_thai_digits) == (7, 2)
    assert score.word_errors > 0


def test_nothing_read_is_everything_wrong() -> None:
    assert score_page(LINES, []).character_error_percent == 100


def test_by_paragraph_neither_order_nor_other_text_counts() -> None:
    read = ["เรื่อง ขอน้ำ", "ให้ชาวบ้าน", "ขอบโต๊ะ", "ที่ กข ๐๑๒๓/๔๕๖", "xyz"]
    assert score_page(LINES, read).character_errors > 10
    assert score_page(LINES, read, is_by_paragraph=True).character_errors == 0
    assert score_page(LINES, read[:1], is_by_paragraph=True).character_errors > 10


def test_the_text_of_a_stamp_may_be_read_or_not() -> None:
    read = [line.text for line in LINES]
    assert score_page(LINES, [*read, "ด่วนทีสุด"], marks=["ด่วนที่สุด"]).character_errors == 0
    assert score_page(LINES, [*read, "ด่วนที่สุด"]).character_errors == 10


def test_what_cannot_be_seen_is_no_error() -> None:
    assert normalise("น\u0e4d้า เเก ......... ข\u200bค…") == "น้ำแกขค…"
    assert character_error_percent("ต\u0e4dาบล  ไทย", "ตำบล ไทย") == 0


def test_alignment_finds_the_smallest_distance() -> None:
    def distance(one: str, other: str) -> int:
        row = list(range(len(other) + 1))
        for i, a in enumerate(one, 1):
            before, row = row, [i, *row[1:]]
            for j, b in enumerate(other, 1):
                row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
        return row[-1]

    chance = random.Random(3)
    for _ in range(60):
        one, other = ("".join(chance.choices("กขค๑", k=chance.randint(0, 9))) for _ in range(2))
        whole = align(encode_symbols(one), encode_symbols(other))
        assert whole.distance == distance(one, other)
        places = [other[i:j] for i in range(len(other) + 1) for j in range(i, len(other) + 1)]
        anywhere = align(encode_symbols(one), encode_symbols(other), is_anywhere=True)
        assert anywhere.distance == min(distance(one, place) for place in places)
        assert int(np.sum(~anywhere.is_matched)) <= anywhere.distance


def test_a_lines_error_is_measured_at_its_place_in_the_truth() -> None:
    assert line_error_share("ให้ชาวบ้าน", LINES) == 0
    assert line_error_share("ให้ชาวบาน", LINES) == pytest.approx(1 / 9)
    assert line_error_share("qwerty", LINES) == 1


def test_reliability_groups_lines_by_confidence() -> None:
    assert reliability([10, 20, 90, 95], [0.5, 0.0, 0.0, 0.0], (0, 50, 80, 101)) == [(15.0, 0.5, 2), (92.5, 0.0, 2)]
