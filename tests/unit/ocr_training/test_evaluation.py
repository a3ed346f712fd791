"""How errors are counted."""

import pytest

pytest.importorskip("rapidfuzz", reason="rapidfuzz is not installed: ./run train-ocr --self-test")

from ocr.training.evaluation import ErrorRate, comparable, scores


def test_spaces_spelling_of_am_and_kinds_of_dashes_are_no_errors() -> None:
    result = scores(["น้ำ ๑๒ – ๓ “ก”"], ['น้\u0e4d\u0e32 ๑ ๒-๓ "ก"'])
    assert result.characters == ErrorRate(0, len(comparable('น้ำ๑๒-๓"ก"')))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("ที่ ๑๒๓", 0), ("ที่ ๑๓", 1), ("ที่ ๑๒๘", 1), ("ที่ ๑๒๓๓", 0), ("ที่", 3)],
    ids=["right", "missing", "replaced", "one too many", "all missing"],
)
def test_a_digit_is_wrong_when_missing_or_replaced(text: str, wrong: int) -> None:
    assert scores(["ที่ ๑๒๓"], [text]).thai_digits == ErrorRate(wrong, 3)


def test_kinds_are_counted_apart() -> None:
    result = scores(["A1๑", "ก"], ["B1๑", "ข"])
    assert (result.latin.wrong, result.arabic_digits.wrong, result.thai_digits.wrong) == (1, 0, 0)
    assert result.characters == ErrorRate(2, 4)
    assert result.thai_lines == ErrorRate(1, 1)
    assert result.thai_lines.rate == 100
