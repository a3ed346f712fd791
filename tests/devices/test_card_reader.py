"""The card reader's driver through the real pcscd, with a card program behind the virtual reader."""

import time
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from drivers.card_reader.pcsc import PcscCardReader
from drivers.card_reader.port import CardReadError, PersonName
from drivers.card_reader.status import CardFault, CardReaderStatus
from simulators.bench import Bench
from simulators.profiles import PROFILES
from tests.devices.conftest import wait_until


@pytest.fixture(autouse=True)
def _slots_seen_empty(bench: Bench) -> None:
    """pcscd looks into the slots every 0.4 s: wait until it has seen the last test's card go."""
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.EMPTY)


class Watching:
    """A watch on its own thread, and what it told."""

    def __init__(self) -> None:
        self.told: list[CardReaderStatus] = []
        self.stop = Event()
        self.thread = Thread(target=PcscCardReader().watch, args=(self.told.append, self.stop))
        self.thread.start()

    def wait_for(self, status: CardReaderStatus) -> None:
        wait_until(lambda: self.told[-1:] == [status])


@pytest.fixture
def watching(bench: Bench) -> Iterator[Watching]:
    watch = Watching()
    watch.wait_for(CardReaderStatus.EMPTY)
    yield watch
    watch.stop.set()
    watch.thread.join(2)
    assert not watch.thread.is_alive()


def insert(bench: Bench, name: str, **how: int) -> None:
    """Insert and wait until pcscd has seen it: it looks every 0.4 s."""
    bench.card_insert(name, **how)
    wait_until(lambda: PcscCardReader().status() in (CardReaderStatus.CARD_PRESENT, CardReaderStatus.CARD_MUTE))


def fault_of(reader: PcscCardReader) -> CardFault:
    with pytest.raises(CardReadError) as raised:
        reader.read_citizen()
    return raised.value.fault


@pytest.mark.parametrize(("name", "apdus"), [("boonma", 8), ("somchai", 9), ("bangkok", 4)])
def test_each_family_of_cards_is_read_in_three_reads(bench: Bench, name: str, apdus: int) -> None:
    inserted = bench.card_insert(name)
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    card = PcscCardReader().read_citizen()
    on_chip = PROFILES[name]
    assert card.citizen_id == on_chip.citizen_id
    assert card.name == PersonName(*on_chip.name_th.split("#"))
    assert (card.birth_date, card.sex, card.card_version) == (on_chip.birth_date, on_chip.sex, "0003")
    assert card.address.raw.split() == on_chip.address.replace("#", " ").split()
    # SELECT and three reads; 61xx doubles them, and the old family says once that it wants the other P2.
    assert inserted.apdus == apdus


def test_the_places_of_the_address_are_told_apart(bench: Bench) -> None:
    insert(bench, "bangkok")
    address = PcscCardReader().read_citizen().address
    assert (address.tambon, address.amphoe, address.province) == ("คลองตัน", "คลองเตย", "กรุงเทพมหานคร")


def test_only_the_number_is_read_to_tell_persons_apart(bench: Bench) -> None:
    insert(bench, "boonma")
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_nothing_of_a_person_is_in_a_repr(bench: Bench) -> None:
    insert(bench, "boonma")
    card = PcscCardReader().read_citizen()
    assert "บุญมา" not in repr(card)
    assert card.citizen_id not in repr(card)


def test_a_card_pulled_while_being_read(bench: Bench) -> None:
    insert(bench, "boonma", pulled_after=4)
    assert fault_of(PcscCardReader()) is CardFault.PULLED_OUT
    insert(bench, "boonma")
    assert PcscCardReader().read_citizen().citizen_id == PROFILES["boonma"].citizen_id


def test_another_kind_of_card(bench: Bench) -> None:
    insert(bench, "foreign-card")
    assert fault_of(PcscCardReader()) is CardFault.NOT_THAI_ID


def test_a_card_the_wrong_way_round(bench: Bench, watching: Watching) -> None:
    bench.card_insert("upside-down")
    watching.wait_for(CardReaderStatus.CARD_MUTE)
    assert fault_of(PcscCardReader()) is CardFault.MUTE
    bench.card_insert("boonma")
    watching.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_an_empty_slot_is_told_within_a_second(bench: Bench) -> None:
    began = time.monotonic()
    assert fault_of(PcscCardReader()) is CardFault.NO_CARD
    assert time.monotonic() - began < 1.5


def test_no_reader_of_the_wanted_name(bench: Bench) -> None:
    reader = PcscCardReader(reader="no such reader")
    assert reader.status() is CardReaderStatus.NO_READER
    assert fault_of(reader) is CardFault.NO_READER


def test_of_two_readers_the_one_with_the_thai_card_counts(bench: Bench) -> None:
    bench.card_insert("foreign-card", slot=0)
    bench.card_insert("somchai", slot=1)
    reader = PcscCardReader()
    wait_until(lambda: reader.status() is CardReaderStatus.CARD_PRESENT)
    time.sleep(0.5)  # until pcscd has seen the second slot too
    assert reader.read_citizen_id() == PROFILES["somchai"].citizen_id


def test_cards_come_go_and_are_swapped(bench: Bench, watching: Watching) -> None:
    bench.card_insert("boonma")
    watching.wait_for(CardReaderStatus.CARD_PRESENT)
    first = PcscCardReader().read_citizen_id()
    bench.card_remove()
    watching.wait_for(CardReaderStatus.EMPTY)
    bench.card_insert("bangkok")
    watching.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() != first
    bench.card_remove()
    watching.wait_for(CardReaderStatus.EMPTY)
    present, empty = CardReaderStatus.CARD_PRESENT, CardReaderStatus.EMPTY
    assert watching.told == [empty, present, empty, present, empty]


def test_the_watch_outlives_pcscd(bench: Bench, watching: Watching) -> None:
    assert bench.pcscd
    bench.pcscd.stop()
    watching.wait_for(CardReaderStatus.NO_SERVICE)
    assert fault_of(PcscCardReader()) is CardFault.NO_READER
    bench.pcscd.start()
    watching.wait_for(CardReaderStatus.EMPTY)
    bench.card_insert("boonma")
    watching.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_a_quick_restart_of_pcscd_goes_unnoticed_but_for_the_card(bench: Bench, watching: Watching) -> None:
    assert bench.pcscd
    bench.pcscd.stop()
    bench.pcscd.start()
    bench.card_insert("boonma")
    watching.wait_for(CardReaderStatus.CARD_PRESENT)
