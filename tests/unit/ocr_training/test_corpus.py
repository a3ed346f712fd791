"""The texts of the lines: parts of the split have no template and no rare word in common."""

import random
from itertools import combinations
from typing import get_args

import pytest

from ocr.training.corpus_templates import HELD_OUT, TRAINING, TUNING
from ocr.training.typefaces import Split

_REASON = "pythainlp is not installed: ./run train-ocr --self-test"
# A template of slots and signs only, such as «{digits} {unit}», has no text of its own.
_WITH_WORDS = [
    {template for template in part if any("ก" <= c <= "ฮ" for c in template)} for part in (TRAINING, TUNING, HELD_OUT)
]


@pytest.mark.parametrize(("one", "other"), list(combinations(range(3), 2)))
def test_parts_share_no_template_with_words(one: int, other: int) -> None:
    assert len(_WITH_WORDS[one]) >= 8
    assert not _WITH_WORDS[one] & _WITH_WORDS[other]


def test_parts_share_only_the_most_frequent_words() -> None:
    pytest.importorskip("pythainlp", reason=_REASON)
    from ocr.training.corpus_words import vocabulary  # noqa: PLC0415

    parts = [vocabulary(split) for split in get_args(Split)]
    for one, other in combinations(parts, 2):
        assert len(set(one.words) & set(other.words)) <= 400
        assert not set(one.thai_places) & set(other.thai_places)
    assert min(len(part.words) for part in parts) > 2000


@pytest.mark.parametrize("split", get_args(Split))
def test_a_seed_decides_the_sentences_and_they_are_short(split: Split) -> None:
    pytest.importorskip("pythainlp", reason=_REASON)
    from ocr.training.corpus import sentence  # noqa: PLC0415

    first, second = ([sentence(split, chance) for _ in range(300)] for chance in (random.Random(7), random.Random(7)))
    assert first == second
    assert max(map(len, first)) <= 64
    assert min(map(len, first)) >= 1
    assert set("๐๑๒๓๔๕๖๗๘๙0123456789") <= set("".join(first))
    assert "{" not in "".join(first)
