"""The fewest reads, and no byte beside the wanted ones."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card_reader.apdu import StatusWordError
from drivers.card_reader.card_map import LONGEST_READ, WHITELIST, Field, Span, plan, read_command, read_fields


def test_the_whitelist_is_three_reads() -> None:
    assert plan(WHITELIST) == (Span(0x0000, 0x75), Span(0x00D9, 9), Span(0x1579, 160))


def test_all_text_is_three_reads_too() -> None:
    text_fields = [field for field in Field if field is not Field.PHOTO_NUMBER]
    assert len(plan(text_fields)) == 3


def test_the_number_alone_is_one_short_read() -> None:
    assert plan([Field.CITIZEN_ID]) == (Span(4, 13),)


def test_the_command_is_the_applets_own() -> None:
    assert read_command(Span(0x1579, 0xA0)).hex() == "80b015790200a0"


@given(st.sets(st.sampled_from(Field)))
def test_a_plan_covers_what_is_wanted_and_nothing_else(fields: set[Field]) -> None:
    spans = plan(fields)
    read = [at for span in spans for at in range(span.offset, span.end)]
    wanted = {at for field in fields for at in range(field.value.offset, field.value.end)}
    assert len(read) == len(set(read))
    assert set(read) == wanted
    assert all(0 < span.length <= LONGEST_READ for span in spans)


def test_fields_lie_side_by_side_and_never_overlap() -> None:
    spans = sorted((field.value for field in Field), key=lambda span: span.offset)
    assert all(before.end <= after.offset for before, after in itertools.pairwise(spans))


FILE = bytes(at % 251 for at in range(0x1727))


def giving(
    most: int = 255, *, more: int = 0, ends: int = len(FILE), refused: Callable[[Span], bool] = lambda _: False
) -> Callable[[bytes], bytes]:
    """A card that gives at most `most` bytes a read, `more` than asked for, and whose file `ends` early."""

    def send(command: bytes) -> bytes:
        span = Span(int.from_bytes(command[2:4], "big"), int.from_bytes(command[5:7], "big"))
        if refused(span) or span.offset >= ends:
            raise StatusWordError(0x6B00)
        return FILE[span.offset : min(ends, span.offset + min(most, span.length) + more)]

    return send


def stored(field: Field) -> bytes:
    return FILE[field.value.offset : field.value.end]


@pytest.mark.parametrize("send", [giving(64), giving(100), giving(more=9)])
def test_a_card_that_gives_less_or_more_than_asked_is_read_all_the_same(send: Callable[[bytes], bytes]) -> None:
    assert read_fields(send, WHITELIST) == {field: stored(field) for field in WHITELIST}


def test_a_field_that_ends_early_is_short() -> None:
    fields = read_fields(giving(ends=0x1579 + 100), WHITELIST)
    assert fields[Field.ADDRESS] == stored(Field.ADDRESS)[:100]
    assert fields[Field.SEX] == stored(Field.SEX)


def test_a_refused_joint_read_is_tried_field_by_field() -> None:
    fields = read_fields(giving(refused=lambda span: span.length > 100), WHITELIST)
    assert fields == {**{field: stored(field) for field in WHITELIST}, Field.ADDRESS: b""}


def test_without_the_number_there_is_no_identity() -> None:
    with pytest.raises(StatusWordError):
        read_fields(giving(refused=lambda span: span.offset < 0x11), WHITELIST)


def test_a_card_that_drips_is_given_up() -> None:
    assert len(read_fields(giving(1), (Field.ADDRESS,))[Field.ADDRESS]) < 20
