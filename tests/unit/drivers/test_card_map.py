"""The fewest reads, and no byte beside the wanted ones."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from drivers.card_reader.card_map import LONGEST_READ, WHITELIST, Field, Span, plan, read_command


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
