"""Read plans: the fewest reads, and only the bytes of the requested fields."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card_reader.apdu import StatusWordError
from drivers.card_reader.card_map import (
    CITIZEN_FIELDS,
    MAX_READ_BYTES,
    CardField,
    Span,
    plan_reads,
    read_command,
    read_fields,
)


def test_the_whitelist_is_three_reads() -> None:
    assert plan_reads(CITIZEN_FIELDS) == (Span(0x0000, 0x75), Span(0x00D9, 9), Span(0x1579, 160))


def test_all_text_is_three_reads_too() -> None:
    text_fields = [field for field in CardField if field is not CardField.PHOTO_NUMBER]
    assert len(plan_reads(text_fields)) == 3


def test_the_citizen_id_alone_is_one_short_read() -> None:
    assert plan_reads([CardField.CITIZEN_ID]) == (Span(4, 13),)


def test_the_read_command_has_the_applets_format() -> None:
    assert read_command(Span(0x1579, 0xA0)).hex() == "80b015790200a0"


@given(st.sets(st.sampled_from(CardField)))
def test_a_plan_covers_exactly_the_requested_fields(fields: set[CardField]) -> None:
    spans = plan_reads(fields)
    read = [at for span in spans for at in range(span.offset, span.end)]
    wanted = {at for field in fields for at in range(field.value.offset, field.value.end)}
    assert len(read) == len(set(read))
    assert set(read) == wanted
    assert all(0 < span.length <= MAX_READ_BYTES for span in spans)


def test_fields_do_not_overlap() -> None:
    spans = sorted((field.value for field in CardField), key=lambda span: span.offset)
    assert all(before.end <= after.offset for before, after in itertools.pairwise(spans))


FILE = bytes(at % 251 for at in range(0x1727))


def limited_card(
    max_bytes: int = 255,
    *,
    extra_bytes: int = 0,
    end_offset: int = len(FILE),
    refused: Callable[[Span], bool] = lambda _: False,
) -> Callable[[bytes], bytes]:
    """A card that returns at most `max_bytes` per read, `extra_bytes` too many, and a file up to `end_offset`."""

    def send(command: bytes) -> bytes:
        span = Span(int.from_bytes(command[2:4], "big"), int.from_bytes(command[5:7], "big"))
        if refused(span) or span.offset >= end_offset:
            raise StatusWordError(0x6B00)
        return FILE[span.offset : min(end_offset, span.offset + min(max_bytes, span.length) + extra_bytes)]

    return send


def stored_field(field: CardField) -> bytes:
    return FILE[field.value.offset : field.value.end]


@pytest.mark.parametrize("send", [limited_card(64), limited_card(100), limited_card(extra_bytes=9)])
def test_a_card_that_returns_fewer_or_more_bytes_than_requested_is_read(send: Callable[[bytes], bytes]) -> None:
    assert read_fields(send, CITIZEN_FIELDS) == {field: stored_field(field) for field in CITIZEN_FIELDS}


def test_a_field_that_ends_early_is_short() -> None:
    fields = read_fields(limited_card(end_offset=0x1579 + 100), CITIZEN_FIELDS)
    assert fields[CardField.ADDRESS] == stored_field(CardField.ADDRESS)[:100]
    assert fields[CardField.SEX] == stored_field(CardField.SEX)


def test_a_refused_joint_read_is_tried_field_by_field() -> None:
    fields = read_fields(limited_card(refused=lambda span: span.length > 100), CITIZEN_FIELDS)
    assert fields == {**{field: stored_field(field) for field in CITIZEN_FIELDS}, CardField.ADDRESS: b""}


def test_a_card_without_a_number_gives_no_identity() -> None:
    with pytest.raises(StatusWordError):
        read_fields(limited_card(refused=lambda span: span.offset < 0x11), CITIZEN_FIELDS)


def test_a_card_that_returns_too_few_bytes_per_read_is_an_error() -> None:
    assert len(read_fields(limited_card(1), (CardField.ADDRESS,))[CardField.ADDRESS]) < 20
