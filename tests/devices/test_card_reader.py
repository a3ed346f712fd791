"""The card reader's driver through the real pcscd, with a card program behind the virtual reader."""

import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread

import pytest

from drivers.card_reader import slot_watcher
from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.ports.card_reader import CardFault, CardReadError, CardReaderStatus, CitizenCard, PersonName
from simulators.card_in_slot import CardInSlot
from simulators.card_profiles import PROFILES, CardKind, CardProfile
from simulators.ccid_reader import CcidReader
from simulators.id_card import MAX_PHOTO_BYTES, IdCard, render_portrait
from simulators.simulated_devices import SimulatedDevices
from tests.bench.hotplug import run_cycles
from tests.devices.conftest import finishes_within
from tests.waiting import TIMEOUT_S, wait_until
from thai.id_number import CitizenId

pytestmark = pytest.mark.usefixtures("empty_card_slots")


class WatchRecorder:
    """A watch on its own thread, and the statuses it reported."""

    def __init__(self) -> None:
        self.events: list[CardReaderStatus] = []
        self.stop = Event()
        self.thread = Thread(target=PcscCardReader().watch, args=(self.events.append, self.stop), daemon=True)
        self.thread.start()

    def end(self) -> None:
        self.stop.set()
        self.thread.join(TIMEOUT_S)
        assert not self.thread.is_alive()

    def wait_for(self, status: CardReaderStatus) -> None:
        wait_until(lambda: self.events[-1:] == [status])


@pytest.fixture
def watch_recorder(simulated_devices: SimulatedDevices) -> Iterator[WatchRecorder]:
    watch = WatchRecorder()
    watch.wait_for(CardReaderStatus.EMPTY)
    yield watch
    watch.end()


def insert(simulated_devices: SimulatedDevices, card: str | CardProfile, **options: int) -> CardInSlot:
    """Insert a card and wait until pcscd, which polls every 0.4 s, has seen it."""
    inserted = simulated_devices.insert_card(card, **options)
    wait_until(lambda: PcscCardReader().status() in (CardReaderStatus.CARD_PRESENT, CardReaderStatus.CARD_MUTE))
    return inserted


def read_number(reader: PcscCardReader) -> CitizenId | None:
    with suppress(CardReadError):
        return reader.read_citizen_id()
    return None


def read_fault(reader: PcscCardReader) -> CardFault:
    with pytest.raises(CardReadError) as raised:
        reader.read_citizen()
    return raised.value.fault


def read(
    simulated_devices: SimulatedDevices, card: str | CardProfile, **options: int
) -> tuple[CitizenCard, CardInSlot]:
    inserted = insert(simulated_devices, card, **options)
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
def test_each_family_of_cards_is_read_in_the_fewest_exchanges(
    simulated_devices: SimulatedDevices, name: str, apdus: int
) -> None:
    card, inserted = read(simulated_devices, name)
    on_chip = PROFILES[name]
    assert card.citizen_id == on_chip.citizen_id
    assert card.name == PersonName(*on_chip.name_th.split("#"))
    assert (card.birth_date, card.sex, card.card_version) == (on_chip.birth_date, on_chip.sex, "0003")
    assert card.address.raw.split() == on_chip.address.replace("#", " ").split()
    assert inserted.apdu_count == apdus
    # Only the citizen fields were read: not the English name, the request number, the expiry date, the photo.
    assert inserted.card.reads == [(0x0000, 0x75), (0x00D9, 9), (0x1579, 160)]


SAMPLE_CARD = PROFILES["boonma"]
AWKWARD_CARDS = {
    "an ATR that hints wrongly": replace(
        SAMPLE_CARD, kind=CardKind.OLD, wrong_p2_status_word=b"\x6d\x00", drops_data_on_wrong_p2=True
    ),
    "64 bytes at a time": replace(SAMPLE_CARD, kind=CardKind.CHUNKED),
    "100 bytes a read": replace(SAMPLE_CARD, kind=CardKind.TRUNCATING),
}


@pytest.mark.parametrize("card", AWKWARD_CARDS)
def test_cards_with_unusual_responses_are_read(simulated_devices: SimulatedDevices, card: str) -> None:
    """Their contents are tested in tests/unit/drivers/test_odd_cards.py."""
    citizen, _ = read(simulated_devices, AWKWARD_CARDS[card])
    assert citizen.citizen_id == SAMPLE_CARD.citizen_id
    assert citizen.name == PersonName("นาง", "บุญมา", "", "ใจดี")
    assert citizen.address.area == "400115"


def test_a_number_with_a_wrong_check_digit_is_rejected(simulated_devices: SimulatedDevices) -> None:
    insert(simulated_devices, replace(SAMPLE_CARD, citizen_id="9000000000010"))
    assert read_fault(PcscCardReader()) is CardFault.BAD_CONTENT


def test_an_old_slow_card_is_read(simulated_devices: SimulatedDevices) -> None:
    began = time.monotonic()
    card, _ = read(simulated_devices, "somchai", bits_per_s=10_700)
    assert card.citizen_id == PROFILES["somchai"].citizen_id
    assert time.monotonic() - began > 0.35  # 350 bytes take 0.39 s: the connection was slow


def test_the_photo_is_read_after_the_identity_and_only_on_request(simulated_devices: SimulatedDevices) -> None:
    card, inserted = read(simulated_devices, "boonma")
    events: list[float] = []
    photo = PcscCardReader().read_photo(card.citizen_id, events.append, Event())
    assert photo == render_portrait(MAX_PHOTO_BYTES)
    assert events == sorted(events)
    assert events[-1] == 1.0
    assert max(length for _, length in inserted.card.reads) <= 255


def test_a_cancelled_photo_read_stops(simulated_devices: SimulatedDevices) -> None:
    card, inserted = read(simulated_devices, "boonma", bits_per_s=10_700)
    unwanted = Event()
    before = len(inserted.card.reads)
    assert PcscCardReader().read_photo(card.citizen_id, lambda _: unwanted.set(), unwanted) == b""
    assert len(inserted.card.reads) == before + 3  # the citizen id, the length, one piece


def test_another_persons_photo_is_not_read(simulated_devices: SimulatedDevices) -> None:
    insert(simulated_devices, "boonma")
    with pytest.raises(CardReadError) as raised:
        PcscCardReader().read_photo(CitizenId(PROFILES["somchai"].citizen_id), lambda _: None, Event())
    assert raised.value.fault is CardFault.PULLED_OUT


def test_an_invalid_photo_is_bad_content(simulated_devices: SimulatedDevices) -> None:
    insert(simulated_devices, replace(SAMPLE_CARD, raw={0x017B: b"  "}))
    with pytest.raises(CardReadError) as raised:
        PcscCardReader().read_photo(CitizenId(SAMPLE_CARD.citizen_id), lambda _: None, Event())
    assert raised.value.fault is CardFault.BAD_CONTENT


def test_the_levels_of_the_address_are_distinguished(simulated_devices: SimulatedDevices) -> None:
    insert(simulated_devices, "bangkok")
    address = PcscCardReader().read_citizen().address
    assert (address.tambon, address.amphoe, address.province) == ("คลองตัน", "คลองเตย", "กรุงเทพมหานคร")


def test_only_the_citizen_id_is_read_to_compare_persons(simulated_devices: SimulatedDevices) -> None:
    insert(simulated_devices, "boonma")
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_no_repr_contains_personal_data(simulated_devices: SimulatedDevices) -> None:
    insert(simulated_devices, "boonma")
    card = PcscCardReader().read_citizen()
    assert "บุญมา" not in repr(card)
    assert card.citizen_id not in repr(card)


@pytest.mark.parametrize("apdus", range(7))
def test_a_card_swapped_during_a_read_never_mixes_two_persons(simulated_devices: SimulatedDevices, apdus: int) -> None:
    """The read gives the second card's complete data or an error, never data of the first card."""
    removed_card = insert(simulated_devices, "boonma", remove_after_apdus=apdus)
    outcomes: list[CitizenCard | CardFault] = []

    def reading() -> None:
        try:
            outcomes.append(PcscCardReader().read_citizen())
        except CardReadError as error:
            outcomes.append(error.fault)

    thread = Thread(target=reading)
    thread.start()
    wait_until(lambda: removed_card.is_removed)
    simulated_devices.insert_card("bangkok")
    thread.join(TIMEOUT_S)
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    assert outcomes[0] in (CardFault.PULLED_OUT, PcscCardReader().read_citizen())
    assert removed_card.apdu_count == apdus


def test_a_card_removed_during_a_read_is_a_pulled_out_fault(simulated_devices: SimulatedDevices) -> None:
    insert(simulated_devices, "boonma", remove_after_apdus=3)
    assert read_fault(PcscCardReader()) is CardFault.PULLED_OUT


@pytest.mark.parametrize("card", ["foreign-card", "blank-card", "transit-card"])
def test_a_card_of_another_kind_is_not_a_thai_id_card(simulated_devices: SimulatedDevices, card: str) -> None:
    insert(simulated_devices, card)
    assert read_fault(PcscCardReader()) is CardFault.NOT_THAI_ID


def test_a_card_inserted_the_wrong_way_round_is_reported(
    simulated_devices: SimulatedDevices, watch_recorder: WatchRecorder
) -> None:
    simulated_devices.insert_card("upside-down")
    watch_recorder.wait_for(CardReaderStatus.CARD_MUTE)
    assert read_fault(PcscCardReader()) is CardFault.MUTE
    simulated_devices.insert_card("boonma")
    watch_recorder.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_an_empty_slot_is_reported_long_before_the_timeout(simulated_devices: SimulatedDevices) -> None:
    with finishes_within():
        assert read_fault(PcscCardReader(settle_timeout_s=60)) is CardFault.NO_CARD


def test_a_missing_configured_reader_is_reported(simulated_devices: SimulatedDevices) -> None:
    reader = PcscCardReader(reader="no such reader")
    assert reader.status() is CardReaderStatus.NO_READER
    assert read_fault(reader) is CardFault.NO_READER


def test_with_two_readers_the_one_with_the_thai_card_is_used(simulated_devices: SimulatedDevices) -> None:
    simulated_devices.insert_card("foreign-card", slot=0)
    simulated_devices.insert_card("somchai", slot=1)
    wait_until(lambda: read_number(PcscCardReader()) == PROFILES["somchai"].citizen_id)


def test_with_two_thai_cards_none_is_read(simulated_devices: SimulatedDevices) -> None:
    """The card that was left behind must not identify the person who inserted the other."""
    insert(simulated_devices, "boonma", slot=0)
    simulated_devices.insert_card("somchai", slot=1)
    wait_until(lambda: read_number(PcscCardReader()) is None)
    assert read_fault(PcscCardReader()) is CardFault.UNREADABLE
    simulated_devices.remove_card(slot=0)
    wait_until(lambda: read_number(PcscCardReader()) == PROFILES["somchai"].citizen_id)


def test_inserted_removed_and_swapped_cards_are_reported(
    simulated_devices: SimulatedDevices, watch_recorder: WatchRecorder
) -> None:
    simulated_devices.insert_card("boonma")
    watch_recorder.wait_for(CardReaderStatus.CARD_PRESENT)
    first = PcscCardReader().read_citizen_id()
    simulated_devices.remove_card()
    watch_recorder.wait_for(CardReaderStatus.EMPTY)
    simulated_devices.insert_card("bangkok")
    watch_recorder.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() != first
    simulated_devices.remove_card()
    watch_recorder.wait_for(CardReaderStatus.EMPTY)
    present, empty = CardReaderStatus.CARD_PRESENT, CardReaderStatus.EMPTY
    assert watch_recorder.events == [empty, present, empty, present, empty]


def test_the_watch_continues_after_a_restart_of_pcscd(
    simulated_devices: SimulatedDevices, watch_recorder: WatchRecorder
) -> None:
    assert simulated_devices.pcscd
    simulated_devices.pcscd.stop()
    watch_recorder.wait_for(CardReaderStatus.NO_SERVICE)
    assert read_fault(PcscCardReader()) is CardFault.NO_READER
    simulated_devices.pcscd.start()
    watch_recorder.wait_for(CardReaderStatus.EMPTY)
    simulated_devices.insert_card("boonma")
    watch_recorder.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_pcscd_may_start_after_the_kiosk(simulated_devices: SimulatedDevices) -> None:
    assert simulated_devices.pcscd
    simulated_devices.pcscd.stop()
    watch = WatchRecorder()
    watch.wait_for(CardReaderStatus.NO_SERVICE)
    simulated_devices.pcscd.start()
    watch.wait_for(CardReaderStatus.EMPTY)
    watch.end()
    assert watch.events == [CardReaderStatus.NO_SERVICE, CardReaderStatus.EMPTY]


def test_a_quick_restart_of_pcscd_changes_only_the_card_status(
    simulated_devices: SimulatedDevices, watch_recorder: WatchRecorder
) -> None:
    assert simulated_devices.pcscd
    simulated_devices.pcscd.stop()
    simulated_devices.pcscd.start()
    simulated_devices.insert_card("boonma")
    watch_recorder.wait_for(CardReaderStatus.CARD_PRESENT)


def test_a_slow_restart_of_pcscd_with_a_card_is_reported(
    simulated_devices: SimulatedDevices, watch_recorder: WatchRecorder
) -> None:
    assert simulated_devices.pcscd
    simulated_devices.insert_card("boonma")
    watch_recorder.wait_for(CardReaderStatus.CARD_PRESENT)
    simulated_devices.pcscd.signal(signal.SIGKILL)
    watch_recorder.wait_for(CardReaderStatus.NO_SERVICE)
    simulated_devices.pcscd.stop()
    time.sleep(1.0)
    simulated_devices.pcscd.start()
    simulated_devices.insert_card("boonma")  # the virtual reader lost its connection to pcscd
    watch_recorder.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_a_quick_restart_of_pcscd_does_not_make_the_card_new(
    simulated_devices: SimulatedDevices, ccid: CcidReader
) -> None:
    assert simulated_devices.pcscd
    ccid.insert(IdCard(PROFILES["boonma"]))
    watch = WatchRecorder()
    watch.wait_for(CardReaderStatus.CARD_PRESENT)
    simulated_devices.pcscd.signal(signal.SIGKILL)
    simulated_devices.pcscd.stop()
    simulated_devices.pcscd.start()
    wait_until(lambda: len(watch.events) > 1 and watch.events[-1] is CardReaderStatus.CARD_PRESENT)
    watch.end()
    assert CardReaderStatus.EMPTY not in watch.events[watch.events.index(CardReaderStatus.CARD_PRESENT) :]


def test_a_hanging_pcscd_and_its_return_are_reported(
    simulated_devices: SimulatedDevices, watch_recorder: WatchRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert simulated_devices.pcscd
    monkeypatch.setattr(slot_watcher, "HANG_TIMEOUT_S", 1.0)
    simulated_devices.pcscd.signal(signal.SIGSTOP)
    try:
        watch_recorder.wait_for(CardReaderStatus.NO_SERVICE)
    finally:
        simulated_devices.pcscd.signal(signal.SIGCONT)
    watch_recorder.wait_for(CardReaderStatus.EMPTY)
    simulated_devices.insert_card("boonma")
    watch_recorder.wait_for(CardReaderStatus.CARD_PRESENT)
    assert watch_recorder.events == [
        CardReaderStatus.EMPTY,
        CardReaderStatus.NO_SERVICE,
        CardReaderStatus.EMPTY,
        CardReaderStatus.CARD_PRESENT,
    ]


def test_a_watch_can_be_stopped_while_pcscd_hangs(simulated_devices: SimulatedDevices) -> None:
    assert simulated_devices.pcscd
    watch = WatchRecorder()
    watch.wait_for(CardReaderStatus.EMPTY)
    simulated_devices.pcscd.signal(signal.SIGSTOP)
    try:
        time.sleep(0.5)
        watch.stop.set()
        watch.thread.join(TIMEOUT_S)
        assert not watch.thread.is_alive()
    finally:
        simulated_devices.pcscd.signal(signal.SIGCONT)


def test_each_insertion_and_removal_is_reported_once_without_leaks(simulated_devices: SimulatedDevices) -> None:
    """The long form, 500 times, is `./run bench hotplug`."""
    leftover = run_cycles(simulated_devices, 3)
    assert leftover.wrong_events == []
    # A file that was just being closed at the first count makes the difference negative.
    assert leftover.leaked_files <= 0
    assert leftover.leaked_threads <= 0


@pytest.fixture
def ccid(simulated_devices: SimulatedDevices) -> Iterator[CcidReader]:
    """A second reader besides the virtual one, served by libccid's own driver."""
    assert simulated_devices.pcscd
    with CcidReader() as reader:
        simulated_devices.pcscd.stop()
        simulated_devices.pcscd.attach_serial_reader(reader.device)
        simulated_devices.pcscd.start()
        yield reader
        simulated_devices.pcscd.stop()
        simulated_devices.pcscd.attach_serial_reader(None)
        simulated_devices.pcscd.has_virtual_reader = True
        simulated_devices.pcscd.start()


def test_a_card_in_a_ccid_reader_is_read(ccid: CcidReader) -> None:
    """The real driver exchanges T=0 TPDUs after it has negotiated the speed in the card's ATR."""
    for name in ("boonma", "somchai", "expired"):
        ccid.insert(IdCard(PROFILES[name]))
        wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
        assert PcscCardReader().read_citizen().citizen_id == PROFILES[name].citizen_id
        ccid.remove()
        wait_until(lambda: PcscCardReader().status() is CardReaderStatus.EMPTY)


def test_a_card_powered_during_insertion_is_powered_again(ccid: CcidReader) -> None:
    watch = WatchRecorder()
    watch.wait_for(CardReaderStatus.EMPTY)
    # pcscd powers it within 0.4 s, too early: the card is mute
    ccid.insert(IdCard(PROFILES["boonma"]), contact_settle_s=0.6)
    watch.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id
    watch.end()
    assert watch.events == [CardReaderStatus.EMPTY, CardReaderStatus.CARD_PRESENT]


def test_a_card_that_loses_contact_must_be_inserted_again(ccid: CcidReader) -> None:
    ccid.insert(IdCard(PROFILES["boonma"]))
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id
    ccid.interrupt_contacts()
    assert read_fault(PcscCardReader()) is CardFault.PULLED_OUT
    ccid.remove()
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.EMPTY)
    ccid.insert(IdCard(PROFILES["boonma"]))
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id


def test_a_permanent_card_in_the_other_reader_is_ignored(simulated_devices: SimulatedDevices, ccid: CcidReader) -> None:
    """Two readers, one virtual with a permanent card: only cards in the other one count."""
    insert(simulated_devices, "transit-card")
    watch = WatchRecorder()
    watch.wait_for(CardReaderStatus.EMPTY)
    ccid.insert(IdCard(PROFILES["somchai"]))
    watch.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["somchai"].citizen_id
    ccid.remove()
    watch.wait_for(CardReaderStatus.EMPTY)
    watch.end()
    assert watch.events == [CardReaderStatus.EMPTY, CardReaderStatus.CARD_PRESENT, CardReaderStatus.EMPTY]


def test_a_transit_card_on_a_dual_reader_does_not_end_a_visit(
    simulated_devices: SimulatedDevices, ccid: CcidReader
) -> None:
    ccid.insert(IdCard(PROFILES["boonma"]))
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    watch = WatchRecorder()
    watch.wait_for(CardReaderStatus.CARD_PRESENT)
    simulated_devices.insert_card("transit-card")
    wait_until(lambda: len(watch.events) == 3)
    assert (
        PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id
    )  # the same person's card: the visit continues
    ccid.remove()
    wait_until(lambda: len(watch.events) == 5)
    # the citizen's card is out; the other one is not a Thai ID card
    assert read_fault(PcscCardReader()) is CardFault.NOT_THAI_ID
    watch.end()
    unseen, present = CardReaderStatus.UNKNOWN, CardReaderStatus.CARD_PRESENT
    assert watch.events == [present, unseen, present, unseen, present], "the two readers were never both empty"


def test_the_reader_named_in_the_settings_is_used(simulated_devices: SimulatedDevices, ccid: CcidReader) -> None:
    simulated_devices.insert_card("somchai")
    ccid.insert(IdCard(PROFILES["boonma"]))
    reader = PcscCardReader(reader="GemPC")
    wait_until(lambda: reader.status() is CardReaderStatus.CARD_PRESENT)
    assert reader.reader_names() == ["Gemalto GemPC Twin 00 00"]
    assert reader.read_citizen_id() == PROFILES["boonma"].citizen_id


def test_a_reader_can_be_replaced_by_another_model(simulated_devices: SimulatedDevices, ccid: CcidReader) -> None:
    assert simulated_devices.pcscd
    simulated_devices.pcscd.stop()
    simulated_devices.pcscd.has_virtual_reader = False
    simulated_devices.pcscd.start()
    watch = WatchRecorder()
    watch.wait_for(CardReaderStatus.EMPTY)
    ccid.unplug()
    watch.wait_for(CardReaderStatus.NO_READER)
    assert read_fault(PcscCardReader()) is CardFault.NO_READER
    simulated_devices.pcscd.stop()
    simulated_devices.pcscd.attach_serial_reader(None)
    simulated_devices.pcscd.has_virtual_reader = True
    simulated_devices.pcscd.start()
    watch.wait_for(CardReaderStatus.EMPTY)
    simulated_devices.insert_card("boonma")
    watch.wait_for(CardReaderStatus.CARD_PRESENT)
    assert PcscCardReader().read_citizen_id() == PROFILES["boonma"].citizen_id
    watch.end()


def test_a_service_without_reader_is_reported(
    simulated_devices: SimulatedDevices, watch_recorder: WatchRecorder
) -> None:
    assert simulated_devices.pcscd
    simulated_devices.pcscd.stop()
    simulated_devices.pcscd.has_virtual_reader = False
    try:
        simulated_devices.pcscd.start()
        watch_recorder.wait_for(CardReaderStatus.NO_READER)
        assert read_fault(PcscCardReader()) is CardFault.NO_READER
    finally:
        simulated_devices.pcscd.stop()
        simulated_devices.pcscd.has_virtual_reader = True
        simulated_devices.pcscd.start()
    watch_recorder.wait_for(CardReaderStatus.EMPTY)
