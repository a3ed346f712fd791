"""How sure a line is, from the confidences of its words."""

import pytest

from ocr.reading.certainty import MIN_SURE, certainty, features
from ocr.reading.line_reader import Word


def line(*words: tuple[str, float, float]) -> list[Word]:
    """Words of a text, a mean confidence and that of the least certain character."""
    return [Word(text, mean, lowest, 0, 10) for text, mean, lowest in words]


SURE, DOUBTFUL, WRONG = ("หมู่บ้าน", 95.0, 90.0), ("ถนน", 88.0, 60.0), ("๖ดข", 60.0, 25.0)


def test_features_are_those_of_the_whole_line() -> None:
    mean, lowest, weakest_word, length = features(line(SURE, DOUBTFUL))[1:]
    assert mean == pytest.approx(((8 * 95 + 3 * 88) / 11 - 90) / 5)
    assert (lowest, weakest_word, length) == pytest.approx((-0.5, 0.3, 11 / 50))


def test_one_doubtful_word_makes_a_line_unsure_and_more_sure_words_do_not_help() -> None:
    assert certainty(line(SURE)) > 90
    assert certainty(line(SURE, WRONG)) < MIN_SURE < certainty(line(SURE, SURE))
    assert certainty(line(SURE, SURE, SURE, WRONG)) < MIN_SURE


def test_certainty_falls_with_the_least_certain_character_and_with_length() -> None:
    stated = [certainty(line(("หมู่บ้าน", 93.0, lowest))) for lowest in (95, 80, 60, 40, 20)]
    assert stated == sorted(stated, reverse=True) and stated[0] - stated[-1] > 50
    lengths = [certainty(line(*[("หมู่บ้าน", 93.0, 75.0)] * count)) for count in (1, 4, 8)]
    assert lengths == sorted(lengths, reverse=True)


def test_certainty_is_a_percentage_for_any_confidences() -> None:
    for mean, lowest in ((0.0, 0.0), (100.0, 100.0), (0.0, -1000.0)):
        assert 0 <= certainty(line(("ก" * 400, mean, lowest))) <= 100
