"""State words of many readers as events of one slot: each once, in order."""

from collections.abc import Collection, Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smartcard import scard

from drivers.card_reader.slot_tracker import SlotTracker, merge_slot_states
from drivers.card_reader.winscard import PcscError, status_from_service_error
from drivers.ports.card_reader import CardReaderStatus

EMPTY, PRESENT = scard.SCARD_STATE_EMPTY, scard.SCARD_STATE_PRESENT
MUTE = scard.SCARD_STATE_PRESENT | scard.SCARD_STATE_MUTE
SLOT_EMPTY, CARD_IN, MUTE_CARD = CardReaderStatus.EMPTY, CardReaderStatus.CARD_PRESENT, CardReaderStatus.CARD_MUTE
NO_READER = CardReaderStatus.NO_READER
UNKNOWN_SLOT = CardReaderStatus.UNKNOWN  # the card may have been in the slot before: the slot was not seen empty


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([], CardReaderStatus.NO_READER),
        ([EMPTY], SLOT_EMPTY),
        ([EMPTY, PRESENT], CARD_IN),
        ([MUTE], MUTE_CARD),
        ([MUTE, PRESENT | scard.SCARD_STATE_INUSE], CARD_IN),
        ([MUTE, EMPTY], MUTE_CARD),
        ([scard.SCARD_STATE_UNAVAILABLE], NO_READER),
        ([scard.SCARD_STATE_UNAVAILABLE, EMPTY], SLOT_EMPTY),
        ([0], CardReaderStatus.UNKNOWN),
    ],
)
def test_several_readers_count_as_one_slot(states: list[int], status: CardReaderStatus) -> None:
    assert merge_slot_states(states) is status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (0x8010001D, CardReaderStatus.NO_SERVICE),
        (0x8010001E, CardReaderStatus.NO_SERVICE),
        (0x8010006A, CardReaderStatus.NOT_ALLOWED),  # what Debian 13's pcscd returns in an SSH session
        (0x80100013, CardReaderStatus.UNKNOWN),
    ],
)
def test_each_service_error_gives_a_reader_status(code: int, status: CardReaderStatus) -> None:
    assert status_from_service_error(PcscError(code)) is status


def reader_state_word(state: int, event_count: int) -> int:
    return state | event_count << 16


class SlotsUnderTest:
    """A slot tracker, and the readers whose card has no Thai applet."""

    def __init__(self, *foreign: str) -> None:
        self.slots = SlotTracker()
        self.foreign = foreign
        self.queried_readers: list[str] = []

    def update(self, states: Mapping[str, int], mute: Collection[str] = ()) -> list[CardReaderStatus]:
        return self.slots.update(states, self._may_be_thai_id, mute)

    def _may_be_thai_id(self, reader: str) -> bool:
        self.queried_readers.append(reader)
        return reader not in self.foreign


def test_the_first_poll_reports_the_slot() -> None:
    assert SlotsUnderTest().update({"a": reader_state_word(PRESENT, 7)}) == [CARD_IN]
    assert SlotsUnderTest().update({"a": reader_state_word(EMPTY, 7)}) == [SLOT_EMPTY]
    assert SlotsUnderTest().update({}) == [NO_READER]


def test_an_unchanged_slot_is_not_reported() -> None:
    tracked = SlotsUnderTest()
    tracked.update({"a": reader_state_word(PRESENT, 1)})
    assert tracked.update({"a": reader_state_word(PRESENT | scard.SCARD_STATE_INUSE, 1)}) == []


def test_a_card_swapped_between_two_polls_is_out_and_in() -> None:
    tracked = SlotsUnderTest()
    tracked.update({"a": reader_state_word(PRESENT, 1)})
    assert tracked.update({"a": reader_state_word(PRESENT, 3)}) == [SLOT_EMPTY, CARD_IN]
    assert tracked.update({"a": reader_state_word(MUTE, 5)}) == [SLOT_EMPTY, MUTE_CARD]
    assert tracked.update({"a": reader_state_word(MUTE, 7)}) == [SLOT_EMPTY, MUTE_CARD]
    assert tracked.update({"a": reader_state_word(EMPTY, 8)}) == [SLOT_EMPTY]
    assert tracked.update({"a": reader_state_word(EMPTY, 10)}) == [CARD_IN, SLOT_EMPTY]
    assert tracked.update({"a": reader_state_word(EMPTY, 12)}, mute=["a"]) == [MUTE_CARD, SLOT_EMPTY]
    assert tracked.update({"a": reader_state_word(PRESENT, 13)}, mute=["a"]) == [CARD_IN]
    assert tracked.update({"a": reader_state_word(EMPTY, 14)}) == [SLOT_EMPTY]


def test_a_restarted_event_count_reports_only_the_present_state() -> None:
    tracked = SlotsUnderTest()
    tracked.update({"a": reader_state_word(EMPTY, 900)})
    assert tracked.update({"a": reader_state_word(PRESENT, 1)}) == [CARD_IN]


@given(st.lists(st.integers(0, 4), max_size=30))
def test_every_event_is_reported_once_in_order_however_polled(missed: list[int]) -> None:
    """`missed` is how many events happened between two polls."""
    tracked = SlotsUnderTest()
    count = 0
    statuses = tracked.update({"a": reader_state_word(EMPTY, count)})
    for event_count in missed:
        count += event_count
        statuses += tracked.update({"a": reader_state_word(PRESENT if count % 2 else EMPTY, count)})
    assert statuses == [CARD_IN if turn % 2 else SLOT_EMPTY for turn in range(count + 1)]


def test_the_event_count_wraps_around() -> None:
    tracked = SlotsUnderTest()
    tracked.update({"a": reader_state_word(PRESENT, 0xFFFF)})
    assert tracked.update({"a": reader_state_word(PRESENT, 1)}) == [SLOT_EMPTY, CARD_IN]


def test_a_card_always_in_another_reader_is_ignored() -> None:
    tracked = SlotsUnderTest("sam")
    assert tracked.update({"slot": reader_state_word(EMPTY, 0), "sam": reader_state_word(PRESENT, 1)}) == [SLOT_EMPTY]
    assert tracked.update({"slot": reader_state_word(PRESENT, 1), "sam": reader_state_word(PRESENT, 1)}) == [CARD_IN]
    assert tracked.update({"slot": reader_state_word(EMPTY, 2), "sam": reader_state_word(PRESENT, 1)}) == [SLOT_EMPTY]
    assert tracked.queried_readers == ["sam"]
    # It is removed and no longer permanent: the next card in that reader counts.
    assert tracked.update({"slot": reader_state_word(EMPTY, 2), "sam": reader_state_word(EMPTY, 2)}) == []
    assert tracked.update({"slot": reader_state_word(EMPTY, 2), "sam": reader_state_word(PRESENT, 3)}) == [CARD_IN]


def test_a_thai_card_in_any_reader_is_a_card_at_the_first_poll() -> None:
    assert SlotsUnderTest().update({"slot": reader_state_word(EMPTY, 0), "other": reader_state_word(PRESENT, 1)}) == [
        CARD_IN
    ]


def test_the_only_reader_has_no_permanent_card() -> None:
    tracked = SlotsUnderTest("a")
    assert tracked.update({"a": reader_state_word(PRESENT, 1)}) == [CARD_IN]
    assert tracked.queried_readers == []


def test_a_second_card_is_identified_again() -> None:
    tracked = SlotsUnderTest("antenna")
    tracked.update({"slot": reader_state_word(PRESENT, 1), "antenna": reader_state_word(EMPTY, 0)})
    assert tracked.update({"slot": reader_state_word(PRESENT, 1), "antenna": reader_state_word(PRESENT, 1)}) == [
        UNKNOWN_SLOT,
        CARD_IN,
    ]
    # The first card is removed: without UNKNOWN the citizen's data would stay on the screen because of a bus ticket.
    assert tracked.update({"slot": reader_state_word(EMPTY, 2), "antenna": reader_state_word(PRESENT, 1)}) == [
        UNKNOWN_SLOT,
        CARD_IN,
    ]
    assert tracked.update({"slot": reader_state_word(EMPTY, 2), "antenna": reader_state_word(EMPTY, 2)}) == [SLOT_EMPTY]


def test_an_unplugged_reader_removes_its_card() -> None:
    tracked = SlotsUnderTest()
    tracked.update({"a": reader_state_word(PRESENT, 1), "b": reader_state_word(PRESENT, 1)})
    assert tracked.update({"b": reader_state_word(PRESENT, 1)}) == [UNKNOWN_SLOT, CARD_IN]
    assert tracked.update({}) == [NO_READER]
    assert tracked.update({"c": reader_state_word(EMPTY, 0)}) == [SLOT_EMPTY]


def test_after_a_restart_of_the_service_the_card_is_unknown() -> None:
    tracked = SlotsUnderTest()
    tracked.update({"a": reader_state_word(PRESENT, 1)})
    assert tracked.slots.reset_after_service_loss() == []
    assert tracked.update({"a": reader_state_word(PRESENT, 1)}) == [UNKNOWN_SLOT, CARD_IN]
    assert tracked.slots.reset_after_service_loss(CardReaderStatus.NO_SERVICE) == [CardReaderStatus.NO_SERVICE]
    assert tracked.slots.reset_after_service_loss(CardReaderStatus.NO_SERVICE) == []
    assert tracked.update({"a": reader_state_word(PRESENT, 1)}) == [CARD_IN]
    assert tracked.slots.reset_after_service_loss() == []
    assert tracked.update({"a": reader_state_word(EMPTY, 0)}) == [SLOT_EMPTY]


def test_a_reader_that_returns_with_its_card_does_not_report_a_new_card() -> None:
    """One of two readers is unplugged and plugged in again: the slot counted as empty, but this card never left."""
    tracked = SlotsUnderTest()
    tracked.update({"a": reader_state_word(PRESENT, 1), "b": reader_state_word(EMPTY, 0)})
    assert tracked.update({"b": reader_state_word(EMPTY, 0)}) == [SLOT_EMPTY]
    assert tracked.update({"a": reader_state_word(PRESENT, 1), "b": reader_state_word(EMPTY, 0)}) == [
        UNKNOWN_SLOT,
        CARD_IN,
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans()), max_size=25))
def test_after_an_empty_slot_no_earlier_card_is_reported_as_new(turns: list[tuple[int, int, bool, bool]]) -> None:
    """Cards are inserted and removed in two readers, one of which is unplugged and plugged in again; pcscd restarts."""
    tracked = SlotsUnderTest()
    counts, now = [0, 0], [0, 0]  # event counts of the readers; the card in each, 0 is none
    last_card, last, known = 0, SLOT_EMPTY, set[int]()
    for first, second, unplugged, restarted in turns:
        for at, moved in enumerate((first, second)):
            for _ in range(moved):
                last_card += 1
                now[at] = 0 if now[at] else last_card
            counts[at] = int(bool(now[at])) if restarted else counts[at] + moved
        if restarted:
            tracked.slots.reset_after_service_loss()
        states = {str(at): reader_state_word(PRESENT if card else EMPTY, counts[at]) for at, card in enumerate(now)}
        if unplugged:
            del states["0"]
        for status in tracked.update(states):
            if status is CARD_IN and last is SLOT_EMPTY:
                present_cards = {card for at, card in enumerate(now) if card and str(at) in states}
                assert not present_cards & known
            last = status
        known |= {card for card in now if card}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=25))
def test_with_two_readers_a_replaced_card_is_always_reported(turns: list[tuple[int, int, bool]]) -> None:
    """Cards are inserted and removed in two readers; sometimes pcscd restarts and counts from zero."""
    tracked = SlotsUnderTest()
    counts = [0, 0]
    before: CardReaderStatus | None = None
    present_cards: set[tuple[int, int]] = set()
    for first, second, restarted in turns:
        counts = [first % 2, second % 2] if restarted else [counts[0] + first, counts[1] + second]
        if restarted:
            tracked.slots.reset_after_service_loss()
        statuses = tracked.update(
            {str(at): reader_state_word(PRESENT if count % 2 else EMPTY, count) for at, count in enumerate(counts)}
        )
        now = CARD_IN if any(count % 2 for count in counts) else SLOT_EMPTY
        lies = {(at, count) for at, count in enumerate(counts) if count % 2}
        if statuses:
            assert statuses[-1] is now
            assert statuses[0] is not before
            assert all(one is not other for one, other in pairwise(statuses))
        else:
            assert now is before
            assert lies == present_cards
            assert not (restarted and lies)
        before, present_cards = now, lies
