"""Many readers' state words become one slot's events: each once, in order."""

from collections.abc import Collection, Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smartcard import scard

from drivers.card_reader.pcsc_reader import service_status
from drivers.card_reader.slot_tracker import Slots, slot_status
from drivers.card_reader.winscard import PcscError
from drivers.ports.card_reader import CardReaderStatus

EMPTY, PRESENT = scard.SCARD_STATE_EMPTY, scard.SCARD_STATE_PRESENT
MUTE = scard.SCARD_STATE_PRESENT | scard.SCARD_STATE_MUTE
OUT, IN, DUMB = CardReaderStatus.EMPTY, CardReaderStatus.CARD_PRESENT, CardReaderStatus.CARD_MUTE
NO_READER = CardReaderStatus.NO_READER
UNSEEN = CardReaderStatus.UNKNOWN  # a card is in that may be the one from before: nobody saw the slot empty


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([], CardReaderStatus.NO_READER),
        ([EMPTY], OUT),
        ([EMPTY, PRESENT], IN),
        ([MUTE], DUMB),
        ([MUTE, PRESENT | scard.SCARD_STATE_INUSE], IN),
        ([MUTE, EMPTY], DUMB),
        ([scard.SCARD_STATE_UNAVAILABLE], NO_READER),
        ([scard.SCARD_STATE_UNAVAILABLE, EMPTY], OUT),
        ([0], CardReaderStatus.UNKNOWN),
    ],
)
def test_several_readers_are_one_slot(states: list[int], status: CardReaderStatus) -> None:
    assert slot_status(states) is status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (0x8010001D, CardReaderStatus.NO_SERVICE),
        (0x8010001E, CardReaderStatus.NO_SERVICE),
        (0x8010006A, CardReaderStatus.NOT_ALLOWED),  # what Debian 13's pcscd says at the end of an SSH line
        (0x80100013, CardReaderStatus.UNKNOWN),
    ],
)
def test_what_an_error_of_the_service_means(code: int, status: CardReaderStatus) -> None:
    assert service_status(PcscError(code)) is status


def word(state: int, moves: int) -> int:
    return state | moves << 16


class Looking:
    """Slots, and the readers whose card is not ours."""

    def __init__(self, *foreign: str) -> None:
        self.slots = Slots()
        self.foreign = foreign
        self.asked: list[str] = []

    def see(self, states: Mapping[str, int], mute: Collection[str] = ()) -> list[CardReaderStatus]:
        return self.slots.see(states, self._is_ours, mute)

    def _is_ours(self, reader: str) -> bool:
        self.asked.append(reader)
        return reader not in self.foreign


def test_the_first_look_tells_what_is_found() -> None:
    assert Looking().see({"a": word(PRESENT, 7)}) == [IN]
    assert Looking().see({"a": word(EMPTY, 7)}) == [OUT]
    assert Looking().see({}) == [NO_READER]


def test_nothing_new_is_not_told() -> None:
    looking = Looking()
    looking.see({"a": word(PRESENT, 1)})
    assert looking.see({"a": word(PRESENT | scard.SCARD_STATE_INUSE, 1)}) == []


def test_a_card_swapped_between_two_looks_is_out_and_in() -> None:
    looking = Looking()
    looking.see({"a": word(PRESENT, 1)})
    assert looking.see({"a": word(PRESENT, 3)}) == [OUT, IN]
    assert looking.see({"a": word(MUTE, 5)}) == [OUT, DUMB]
    assert looking.see({"a": word(MUTE, 7)}) == [OUT, DUMB]
    assert looking.see({"a": word(EMPTY, 8)}) == [OUT]
    assert looking.see({"a": word(EMPTY, 10)}) == [IN, OUT]
    assert looking.see({"a": word(EMPTY, 12)}, mute=["a"]) == [DUMB, OUT]
    assert looking.see({"a": word(PRESENT, 13)}, mute=["a"]) == [IN]
    assert looking.see({"a": word(EMPTY, 14)}) == [OUT]


def test_a_count_that_begins_anew_tells_only_what_is() -> None:
    looking = Looking()
    looking.see({"a": word(EMPTY, 900)})
    assert looking.see({"a": word(PRESENT, 1)}) == [IN]


@given(st.lists(st.integers(0, 4), max_size=30))
def test_whenever_one_looks_every_event_is_told_once_and_in_order(missed: list[int]) -> None:
    """`missed` is how often the card came or went between one look and the next."""
    looking = Looking()
    count = 0
    told = looking.see({"a": word(EMPTY, count)})
    for moves in missed:
        count += moves
        told += looking.see({"a": word(PRESENT if count % 2 else EMPTY, count)})
    assert told == [IN if turn % 2 else OUT for turn in range(count + 1)]


def test_the_count_goes_round() -> None:
    looking = Looking()
    looking.see({"a": word(PRESENT, 0xFFFF)})
    assert looking.see({"a": word(PRESENT, 1)}) == [OUT, IN]


def test_a_card_that_always_lies_in_another_reader_is_furniture() -> None:
    looking = Looking("sam")
    assert looking.see({"slot": word(EMPTY, 0), "sam": word(PRESENT, 1)}) == [OUT]
    assert looking.see({"slot": word(PRESENT, 1), "sam": word(PRESENT, 1)}) == [IN]
    assert looking.see({"slot": word(EMPTY, 2), "sam": word(PRESENT, 1)}) == [OUT]
    assert looking.asked == ["sam"]
    # It is taken out and no longer furniture: what comes in its place counts.
    assert looking.see({"slot": word(EMPTY, 2), "sam": word(EMPTY, 2)}) == []
    assert looking.see({"slot": word(EMPTY, 2), "sam": word(PRESENT, 3)}) == [IN]


def test_our_card_in_any_reader_when_found_is_a_card() -> None:
    assert Looking().see({"slot": word(EMPTY, 0), "other": word(PRESENT, 1)}) == [IN]


def test_the_only_reader_has_no_furniture() -> None:
    looking = Looking("a")
    assert looking.see({"a": word(PRESENT, 1)}) == [IN]
    assert looking.asked == []


def test_a_second_card_makes_one_look_again_whose_it_is() -> None:
    looking = Looking("antenna")
    looking.see({"slot": word(PRESENT, 1), "antenna": word(EMPTY, 0)})
    assert looking.see({"slot": word(PRESENT, 1), "antenna": word(PRESENT, 1)}) == [UNSEEN, IN]
    # The first one goes: without this the citizen's data would stay on the screen because of a bus ticket.
    assert looking.see({"slot": word(EMPTY, 2), "antenna": word(PRESENT, 1)}) == [UNSEEN, IN]
    assert looking.see({"slot": word(EMPTY, 2), "antenna": word(EMPTY, 2)}) == [OUT]


def test_a_reader_that_goes_takes_its_card_along() -> None:
    looking = Looking()
    looking.see({"a": word(PRESENT, 1), "b": word(PRESENT, 1)})
    assert looking.see({"b": word(PRESENT, 1)}) == [UNSEEN, IN]
    assert looking.see({}) == [NO_READER]
    assert looking.see({"c": word(EMPTY, 0)}) == [OUT]


def test_after_a_restart_it_may_be_anybodys_card() -> None:
    looking = Looking()
    looking.see({"a": word(PRESENT, 1)})
    assert looking.slots.lost() == []
    assert looking.see({"a": word(PRESENT, 1)}) == [UNSEEN, IN]
    assert looking.slots.lost(CardReaderStatus.NO_SERVICE) == [CardReaderStatus.NO_SERVICE]
    assert looking.slots.lost(CardReaderStatus.NO_SERVICE) == []
    assert looking.see({"a": word(PRESENT, 1)}) == [IN]
    assert looking.slots.lost() == []
    assert looking.see({"a": word(EMPTY, 0)}) == [OUT]


def test_a_reader_that_comes_back_with_its_card_shows_no_new_one() -> None:
    """Unplugged and plugged in again beside another reader: the slot as a whole was empty, this card never left."""
    looking = Looking()
    looking.see({"a": word(PRESENT, 1), "b": word(EMPTY, 0)})
    assert looking.see({"b": word(EMPTY, 0)}) == [OUT]
    assert looking.see({"a": word(PRESENT, 1), "b": word(EMPTY, 0)}) == [UNSEEN, IN]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans()), max_size=25))
def test_empty_before_in_means_that_no_card_in_now_was_in_before(turns: list[tuple[int, int, bool, bool]]) -> None:
    """Cards come and go in two readers, one of which is unplugged and plugged in again; pcscd restarts."""
    looking = Looking()
    counts, now = [0, 0], [0, 0]  # what the readers count; which card lies in each, 0 is none
    fresh, last, known = 0, OUT, set[int]()
    for first, second, unplugged, restarted in turns:
        for at, moved in enumerate((first, second)):
            for _ in range(moved):
                fresh += 1
                now[at] = 0 if now[at] else fresh
            counts[at] = int(bool(now[at])) if restarted else counts[at] + moved
        if restarted:
            looking.slots.lost()
        states = {str(at): word(PRESENT if card else EMPTY, counts[at]) for at, card in enumerate(now)}
        if unplugged:
            del states["0"]
        for status in looking.see(states):
            if status is IN and last is OUT:
                lying = {card for at, card in enumerate(now) if card and str(at) in states}
                assert not lying & known
            last = status
        known |= {card for card in now if card}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=25))
def test_with_two_readers_no_card_takes_anothers_place_unnoticed(turns: list[tuple[int, int, bool]]) -> None:
    """Cards come and go in two readers; now and then pcscd restarts and counts anew."""
    looking = Looking()
    counts = [0, 0]
    before: CardReaderStatus | None = None
    lying: set[tuple[int, int]] = set()
    for first, second, restarted in turns:
        counts = [first % 2, second % 2] if restarted else [counts[0] + first, counts[1] + second]
        if restarted:
            looking.slots.lost()
        told = looking.see({str(at): word(PRESENT if count % 2 else EMPTY, count) for at, count in enumerate(counts)})
        now = IN if any(count % 2 for count in counts) else OUT
        lies = {(at, count) for at, count in enumerate(counts) if count % 2}
        if told:
            assert told[-1] is now
            assert told[0] is not before
            assert all(one is not other for one, other in pairwise(told))
        else:
            assert now is before
            assert lies == lying
            assert not (restarted and lies)
        before, lying = now, lies
