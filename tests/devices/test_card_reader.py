"""The card reader's driver through the real pcscd, with a card program behind the virtual reader."""

import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread

import pytest

from drivers.card_reader import pcsc_reader
from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.ports.card_reader import CardFault, CardReadError, CardReaderStatus, CitizenCard, PersonName
from simulators.card_in_slot import CardInSlot
from simulators.card_profiles import PROFILES, CardKind, CardProfile
from simulators.ccid_reader import CcidReader
from simulators.id_card import LONGEST_PHOTO, IdCard
from simulators.sample_portrait import portrait
from simulators.simulated_devices import Bench
from tests.bench.hotplug import cycles
from tests.devices.conftest import PATIENCE_S, given_up_by_itself, wait_until
from thai.id_number import CitizenId

pytestmark = pytest.mark.usefixtures("empty_slots")


class Watching:
    """A watch on its own thread, and what it told."""

    def __init__(self) -> None:
        self.told: list[CardReaderStatus] = []
        self.stop = Event()
        self.thread = Thread(target=PcscCardReader().watch, args=(self.told.append, self.stop), daemon=True)
        self.thread.start()

    def end(self) -> None:
        self.stop.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()

    def wait_for(self, status: CardReaderStatus) -> None:
        wait_until(lambda: self.told[-1:] == [status])


@pytest.fixture
def watching(bench: Bench) -> Iterator[Watching]:
    watch = Watching()
    watch.wait_for(CardReaderStatus.EMPTY)
    yield watch
    watch.end()


def insert(bench: Bench, card: str | CardProfile, **how: int) -> CardInSlot:
    """Insert and wait until pcscd has seen it: it looks every 0.4 s."""
    inserted = bench.card_insert(card, **how)
    wait_until(lambda: PcscCardReader().status() in (CardReaderStatus.CARD_PRESENT, CardReaderStatus.CARD_MUTE))
    return inserted


def number_in(reader: PcscCardReader) -> CitizenId | None:
    with suppress(CardReadError):
        return reader.read_citizen_id()
    return None


def fault_of(reader: PcscCardReader) -> CardFault:
    with pytest.raises(CardReadError) as raised:
        reader.read_citizen()
    return raised.value.fault


def read(bench: Bench, card: str | CardProfile, **how: int) -> tuple[CitizenCard, CardInSlot]:
    inserted = insert(bench, card, **how)
    return PcscCardReader().read_citizen(), inserted


@pytest.mark.parametrize(
    ("name", "apdus"),
    [
        ("boonma", 7),  # SELECT, three reads, each with its GET RESPONSE
        ("somchai", 7),  # the same with P2=1 from the start: the ATR hints at it
        ("bangkok", 4),  # data at once
        ("expired", 7),  # 6Cxx: each read twice
    ],
)
def test_each_family_of_cards_is_read_in_the_fewest_exchanges(bench: Bench, name: str, apdus: int) -> None:
    card, inserted = read(bench, name)
    on_chip = PROFILES[name]
    assert card.citizen_id == on_chip.citizen_id
    assert card.name == PersonName(*on_chip.name_th.split("#"))
    assert (card.birth_date, card.sex, card.card_version) == (on_chip.birth_date, on_chip.sex, "0003")
    assert card.address.raw.split() == on_chip.address.replace("#", " ").split()
    assert inserted.apdus == apdus
    # Nothing beside the whitelist was read: not the English name, the request number, the expiry date, the photo.
    assert inserted.card.reads == [(0x0000, 0x75), (0x00D9, 9), (0x1579, 160)]


SOMEBODY = PROFILES["boonma"]
AWKWARD_CARDS = {
    "an ATR that hints wrongly": replace(SOMEBODY, kind=CardKind.OLD, refusal=b"\x6d\x00", forgets=True),
    "64 bytes at a time": replace(SOMEBODY, kind=CardKind.PIECEMEAL),
    "100 bytes a read": replace(SOMEBODY, kind=CardKind.CLIPPING),
}


@pytest.mark.parametrize("card", AWKWARD_CARDS)
def test_awkward_cards_are_read_like_the_others(bench: Bench, card: str) -> None:
    """What is odd about their contents is tried in tests/unit/drivers/test_odd_cards.py."""
    citizen, _ = read(bench, AWKWARD_CARDS[card])
    assert citizen.citizen_id == SOMEBODY.citizen_id
    assert citizen.name == PersonName("นาง", "บุญมา", "", "ใจดี")
    assert citizen.address.area == "400115"


def test_a_number_that_fails_its_check_is_nobodys(bench: Bench) -> None:
    insert(bench, replace(SOMEBODY, citizen_id="9000000000010"))
    assert fault_of(PcscCardReader()) is CardFault.BAD_CONTENT


def test_an_old_card_on_its_slow_line(bench: Bench) -> None:
    began = time.monotonic()
    card, _ = read(bench, "somchai", bits_per_s=10_700)
    assert card.citizen_id == PROFILES["somchai"].citizen_id
    assert time.monotonic() - began > 0.35  # 350 bytes are 0.39 s: the line was indeed slow


def test_the_photo_comes_after_the_identity_and_only_when_asked_for(bench: Bench) -> None:
    card, inserted = read(bench, "boonma")
    told: list[float] = []
    photo = PcscCardReader().read_photo(card.citizen_id, told.append, Event())
    assert photo == portrait(LONGEST_PHOTO)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert max(length for _, length in inserted.card.reads) <= 255


def test_an_unwanted_photo_is_left_off(bench: Bench) -> None:
    card, inserted = read(bench, "boonma", bits_per_s=10_700)
    unwanted = Event()
    before = len(inserted.card.reads)
    assert PcscCardReader().read_photo(card.citizen_id, lambda _: unwanted.set(), unwanted) == b""
    assert len(inserted.card.reads) == before + 3  # whose it is, how long, one piece


def test_another_persons_photo_is_not_read(bench: Bench) -> None:
    insert(bench, "boonma")
    with pytest.raises(CardReadError) as raised:
        PcscCardReader().read_photo(CitizenId(PROFILES["somchai"].citizen_id), lambda _: None, Event())
    assert raised.value.fault is CardFault.PULLED_OUT


def test_what_is_no_photo_is_bad_content(bench: Bench) -> None:
    insert(bench, replace(SOMEBODY, raw={0x017B: b"  "}))
    with pytest.raises(CardReadError) as raised:
        PcscCardReader().read_photo(CitizenId(SOMEBODY.citizen_id), lambda _: None, Event())
    assert raised.value.fault is CardFault.BAD_CONTENT


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


@pytest.mark.parametrize("apdus", range(7))
def test_a_card_pulled_at_any_exchange_and_another_put_in_at_once(bench: Bench, apdus: int) -> None:
    """Whatever was read of the first card is nowhere in what the second one gives: that, whole, or nothing."""
    going = insert(bench, "boonma", pulled_after=apdus)
    outcomes: list[CitizenCard | CardFault] = []

    def reading() -> None:
        try:
            outcomes.append(PcscCardReader().read_citizen())
        except CardReadError as error:
            outcomes.append(error.fault)

    thread = Thread(target=reading)
    thread.start()
    wait_until(lambda: going.gone)
    bench.card_insert("bangkok")
    thread.join(PATIENCE_S)
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    assert outcomes[0] in (CardFault.PULLED_OUT, PcscCardReader().read_citizen())
    assert going.apdus == apdus


def test_a_card_pulled_while_being_read_and_gone(bench: Bench) -> None:
    insert(bench, "boonma", pulled_after=3)
    assert fault_of(PcscCardReader()) is CardFault.PULLED_OUT


@pytest.mark.parametrize("card", ["foreign-card", "blank-card", "transit-card"])
def test_another_kind_of_card(bench: Bench, card: str) -> None:
    insert(bench, card)
    assert fault_of(PcscCardReader()) is CardFault.NOT_THAI_ID


def test_a_card_the_wrong_way_round(bench: Bench, watching: Watching) -> None:
    bench.card_insert("upside-down")
    watching.wait_for(CardReaderStatus.CARD_MUTE)
    assert fault_of(PcscCardReader()) is CardFault.MUTE
    bench.card_insert("boonma")
    watching.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_an_empty_slot_is_told_long_before_patience_ends(bench: Bench) -> None:
    with given_up_by_itself():
        assert fault_of(PcscCardReader(patience_s=60)) is CardFault.NO_CARD


def test_no_reader_of_the_wanted_name(bench: Bench) -> None:
    reader = PcscCardReader(reader="no such reader")
    assert reader.status() is CardReaderStatus.NO_READER
    assert fault_of(reader) is CardFault.NO_READER


def test_of_two_readers_the_one_with_the_thai_card_counts(bench: Bench) -> None:
    bench.card_insert("foreign-card", slot=0)
    bench.card_insert("somchai", slot=1)
    wait_until(lambda: number_in(PcscCardReader()) == PROFILES["somchai"].citizen_id)


def test_of_two_thai_cards_none_is_read(bench: Bench) -> None:
    """The one that was left behind must not speak for whoever put in the other."""
    insert(bench, "boonma", slot=0)
    bench.card_insert("somchai", slot=1)
    wait_until(lambda: number_in(PcscCardReader()) is None)
    assert fault_of(PcscCardReader()) is CardFault.UNREADABLE
    bench.card_remove(slot=0)
    wait_until(lambda: number_in(PcscCardReader()) == PROFILES["somchai"].citizen_id)


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


def test_a_pcscd_that_starts_after_the_kiosk(bench: Bench) -> None:
    assert bench.pcscd
    bench.pcscd.stop()
    watch = Watching()
    watch.wait_for(CardReaderStatus.NO_SERVICE)
    bench.pcscd.start()
    watch.wait_for(CardReaderStatus.EMPTY)
    watch.end()
    assert watch.told == [CardReaderStatus.NO_SERVICE, CardReaderStatus.EMPTY]


def test_a_quick_restart_of_pcscd_goes_unnoticed_but_for_the_card(bench: Bench, watching: Watching) -> None:
    assert bench.pcscd
    bench.pcscd.stop()
    bench.pcscd.start()
    bench.card_insert("boonma")
    watching.wait_for(CardReaderStatus.CARD_PRESENT)


def test_pcscd_killed_with_a_card_in_and_slow_to_come_back(bench: Bench, watching: Watching) -> None:
    assert bench.pcscd
    bench.card_insert("boonma")
    watching.wait_for(CardReaderStatus.CARD_PRESENT)
    bench.pcscd.signal(signal.SIGKILL)
    watching.wait_for(CardReaderStatus.NO_SERVICE)
    bench.pcscd.stop()
    time.sleep(1.0)
    bench.pcscd.start()
    bench.card_insert("boonma")  # the virtual reader lost its line with pcscd
    watching.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_after_a_quick_restart_of_pcscd_the_card_in_the_slot_is_not_taken_for_a_new_one(
    bench: Bench, ccid: CcidReader
) -> None:
    assert bench.pcscd
    ccid.insert(IdCard(PROFILES["boonma"]))
    watch = Watching()
    watch.wait_for(CardReaderStatus.CARD_PRESENT)
    bench.pcscd.signal(signal.SIGKILL)
    bench.pcscd.stop()
    bench.pcscd.start()
    wait_until(lambda: len(watch.told) > 1 and watch.told[-1] is CardReaderStatus.CARD_PRESENT)
    watch.end()
    assert CardReaderStatus.EMPTY not in watch.told[watch.told.index(CardReaderStatus.CARD_PRESENT) :]


def test_pcscd_that_hangs_is_told_and_so_is_its_return(
    bench: Bench, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.pcscd
    monkeypatch.setattr(pcsc_reader, "HANGS_S", 1.0)
    bench.pcscd.signal(signal.SIGSTOP)
    try:
        watching.wait_for(CardReaderStatus.NO_SERVICE)
    finally:
        bench.pcscd.signal(signal.SIGCONT)
    watching.wait_for(CardReaderStatus.EMPTY)
    bench.card_insert("boonma")
    watching.wait_for(CardReaderStatus.CARD_PRESENT)
    assert watching.told == [
        CardReaderStatus.EMPTY,
        CardReaderStatus.NO_SERVICE,
        CardReaderStatus.EMPTY,
        CardReaderStatus.CARD_PRESENT,
    ]


def test_a_watch_can_be_stopped_while_pcscd_hangs(bench: Bench) -> None:
    assert bench.pcscd
    watch = Watching()
    watch.wait_for(CardReaderStatus.EMPTY)
    bench.pcscd.signal(signal.SIGSTOP)
    try:
        time.sleep(0.5)
        watch.stop.set()
        watch.thread.join(PATIENCE_S)
        assert not watch.thread.is_alive()
    finally:
        bench.pcscd.signal(signal.SIGCONT)


def test_comings_and_goings_are_each_told_once_and_leave_nothing_behind(bench: Bench) -> None:
    """The long form, 500 times, is `./run bench hotplug`."""
    leftover = cycles(bench, 3)
    assert leftover.told_wrongly == []
    assert (leftover.handles, leftover.threads) == (0, 0)


@pytest.fixture
def ccid(bench: Bench) -> Iterator[CcidReader]:
    """A second reader of another make beside the virtual one, served by libccid's own driver."""
    assert bench.pcscd
    with CcidReader() as reader:
        bench.pcscd.stop()
        bench.pcscd.attach(reader.device)
        bench.pcscd.start()
        yield reader
        bench.pcscd.stop()
        bench.pcscd.attach(None)
        bench.pcscd.virtual = True
        bench.pcscd.start()


def test_a_card_in_a_reader_of_another_make(ccid: CcidReader) -> None:
    """Through the real driver: T=0 by TPDUs, after negotiating the speed of the card's ATR."""
    for name in ("boonma", "somchai", "expired"):
        ccid.insert(IdCard(PROFILES[name]))
        wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
        assert PcscCardReader().read_citizen().citizen_id == PROFILES[name].citizen_id
        ccid.remove()
        wait_until(lambda: PcscCardReader().status() is CardReaderStatus.EMPTY)


def test_a_card_powered_while_still_sliding_in_is_powered_anew(ccid: CcidReader) -> None:
    watch = Watching()
    watch.wait_for(CardReaderStatus.EMPTY)
    ccid.insert(IdCard(PROFILES["boonma"]), slides_s=0.6)  # pcscd powers it within 0.4 s: mute
    watch.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id
    watch.end()
    assert watch.told == [CardReaderStatus.EMPTY, CardReaderStatus.CARD_PRESENT]


def test_a_card_that_loses_its_contacts_is_asked_for_again(ccid: CcidReader) -> None:
    ccid.insert(IdCard(PROFILES["boonma"]))
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id
    ccid.jolt()
    assert fault_of(PcscCardReader()) is CardFault.PULLED_OUT
    ccid.remove()
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.EMPTY)
    ccid.insert(IdCard(PROFILES["boonma"]))
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_a_card_that_always_lies_in_the_other_reader_is_no_visitor(bench: Bench, ccid: CcidReader) -> None:
    """Two readers, one virtual and with a card of its own for good: only what comes into the other one counts."""
    insert(bench, "transit-card")
    watch = Watching()
    watch.wait_for(CardReaderStatus.EMPTY)
    ccid.insert(IdCard(PROFILES["somchai"]))
    watch.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["somchai"].citizen_id
    ccid.remove()
    watch.wait_for(CardReaderStatus.EMPTY)
    watch.end()
    assert watch.told == [CardReaderStatus.EMPTY, CardReaderStatus.CARD_PRESENT, CardReaderStatus.EMPTY]


def test_a_bus_card_laid_on_a_dual_reader_during_a_visit(bench: Bench, ccid: CcidReader) -> None:
    ccid.insert(IdCard(PROFILES["boonma"]))
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    watch = Watching()
    watch.wait_for(CardReaderStatus.CARD_PRESENT)
    bench.card_insert("transit-card")
    wait_until(lambda: len(watch.told) == 3)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id  # the same person's: she goes on
    ccid.remove()
    wait_until(lambda: len(watch.told) == 5)
    assert fault_of(PcscCardReader()) is CardFault.NOT_THAI_ID  # hers is out, whatever else lies there
    watch.end()
    unseen, present = CardReaderStatus.UNKNOWN, CardReaderStatus.CARD_PRESENT
    assert watch.told == [present, unseen, present, unseen, present], "the slot as a whole was never seen empty"


def test_the_reader_named_in_the_settings_is_the_one(bench: Bench, ccid: CcidReader) -> None:
    bench.card_insert("somchai")
    ccid.insert(IdCard(PROFILES["boonma"]))
    reader = PcscCardReader(reader="GemPC")
    wait_until(lambda: reader.status() is CardReaderStatus.CARD_PRESENT)
    assert reader.models() == ["Gemalto GemPC Twin 00 00"]
    assert reader.read_citizen_id() == PROFILES["boonma"].citizen_id


def test_a_reader_whose_cable_is_pulled_and_another_model_in_its_place(bench: Bench, ccid: CcidReader) -> None:
    assert bench.pcscd
    bench.pcscd.stop()
    bench.pcscd.virtual = False
    bench.pcscd.start()
    watch = Watching()
    watch.wait_for(CardReaderStatus.EMPTY)
    ccid.unplug()
    watch.wait_for(CardReaderStatus.NO_READER)
    assert fault_of(PcscCardReader()) is CardFault.NO_READER
    bench.pcscd.stop()
    bench.pcscd.attach(None)
    bench.pcscd.virtual = True
    bench.pcscd.start()
    watch.wait_for(CardReaderStatus.EMPTY)
    bench.card_insert("boonma")
    watch.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id
    watch.end()


def test_a_service_without_any_reader(bench: Bench, watching: Watching) -> None:
    assert bench.pcscd
    bench.pcscd.stop()
    bench.pcscd.virtual = False
    try:
        bench.pcscd.start()
        watching.wait_for(CardReaderStatus.NO_READER)
        assert fault_of(PcscCardReader()) is CardFault.NO_READER
    finally:
        bench.pcscd.stop()
        bench.pcscd.virtual = True
        bench.pcscd.start()
    watching.wait_for(CardReaderStatus.EMPTY)
