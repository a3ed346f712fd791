"""A small part of the campaign in every test run; all of it is `./run bench --fuzz`."""

import time
from random import Random

import pytest

from tests.fuzz.mutations import MUTATIONS, mutate_bytes
from tests.fuzz.targets import TARGETS, has_right_check_digit

SECONDS = 0.7


@pytest.mark.parametrize("target", TARGETS)
def test_damaged_bytes_neither_crash_nor_hang_nor_are_accepted(target: str) -> None:
    case, _ = TARGETS[target]
    input_count = number = 0
    end = time.monotonic() + SECONDS
    while time.monotonic() < end or not input_count:
        input_count += case(number)
        number += 1


def test_every_mutation_works_on_any_bytes() -> None:
    for damage in MUTATIONS:
        for valid in (b"", b"\x90\x00", bytes(255)):
            assert isinstance(damage(Random(1), valid), bytes)
    assert sum(mutate_bytes(Random(number), b"9000000000077") != b"9000000000077" for number in range(1000)) > 900


def test_the_independent_check_digit_is_right() -> None:
    assert has_right_check_digit("9000000000039")
    assert not has_right_check_digit("9000000000038")
