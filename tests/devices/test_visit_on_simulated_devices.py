"""A visit without pixels: journey, runner, drivers and outbox, at whose far ends the simulated devices sit."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import zxingcpp
from PIL import Image

from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import events
from journey.faults import Fault
from journey.state import (
    CardPhase,
    Hall,
    Journey,
    LookUpPhase,
    Minted,
    Overlay,
    PrintPhase,
    Screen,
    Surroundings,
    Visit,
)
from kiosk_app.device_factory import printer_of, scanner_of
from kiosk_app.outbox import Enrolment
from kiosk_app.outbox.device_successes import last_successes
from kiosk_app.outbox.reports import KioskReport
from kiosk_app.runner.effect_runner import Runner
from kiosk_app.runner.outbox_service import Keeper
from kiosk_app.runner.ports import Devices
from kiosk_app.runner.services import services
from kiosk_app.settings import Settings, parse
from ocr import pixels
from protocol import keys
from protocol.encoding import to_base64
from protocol.messages import TrackAnswer
from protocol.topics import Topic
from protocol.tracking_code import code_from_url
from simulators.card_profiles import PROFILES
from simulators.sample_letters import three_page_letter
from simulators.simulated_devices import Bench
from tests.devices.conftest import wait_until

URL = "https://track.example.go.th"


class Hallway:
    """A running kiosk without a window, and what it needs to be driven through a visit."""

    def __init__(self, runner: Runner, keeper: Keeper, bench: Bench) -> None:
        self.runner, self.keeper, self.bench = runner, keeper, bench

    def until(self, true: Callable[[], object], seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"never happened; {self.runner.journey!r}"
            self.runner.tick()
            time.sleep(0.01)

    def sends(self, *happenings: events.Event) -> None:
        for event in happenings:
            self.runner.send(event)

    @property
    def visit(self) -> Visit:
        assert self.runner.journey.visit is not None
        return self.runner.journey.visit

    @property
    def minted(self) -> Minted:
        assert self.visit.minted is not None
        return self.visit.minted

    def sees(self, screen: Screen) -> bool:
        return self.runner.journey.screen is screen

    def puts_in(self, card: str) -> None:
        """Into a slot that the kiosk has seen empty: a card it finds there may be an earlier person's."""
        self.until(lambda: self.runner.journey.around.card_reader is CardReaderStatus.EMPTY)
        self.bench.card_insert(card)

    def goes_on_to(self, screen: Screen) -> None:
        while not self.sees(screen):
            before = self.runner.journey.screen
            self.sends(events.Next())
            assert self.runner.journey.screen is not before

    def saves(self) -> None:
        self.goes_on_to(Screen.REVIEW)
        self.sends(events.Confirm())
        self.until(lambda: self.sees(Screen.RECEIPT))

    def prints(self) -> PrintVerdict | None:
        self.until(lambda: self.runner.journey.around.printer is not PrinterStatus.UNKNOWN)
        self.sends(events.Painted(Screen.RECEIPT))
        self.until(lambda: self.visit.print_phase is PrintPhase.DONE)
        return self.visit.print_verdict


@pytest.fixture
def settings(bench: Bench, tmp_path: Path) -> Settings:
    state = tmp_path / "state"
    state.mkdir()
    return parse(
        {
            "kiosk": {"area": "400101", "hall_th": "ศาลากลาง", "hall_en": "Hall"},
            "printer": {"connection": f"network:127.0.0.1:{bench.printer_port}"},
            "scanner": {"device": bench.scanner_device},
            "paths": {"state": str(state), "runtime": str(tmp_path)},
        }
    )


@pytest.fixture
def hallway(bench: Bench, settings: Settings) -> Iterator[Hallway]:
    signing, sealing, receipts = keys.new_signing_key(), keys.new_sealing_key(), keys.new_signing_key()
    Enrolment(
        enrolment_id=uuid4(),
        kiosk_id="KKN07",
        series="A",
        centre_url=URL,
        public_url=URL,
        sealing_key=to_base64(keys.public_bytes(sealing)),
        receipt_key=to_base64(keys.public_bytes(receipts)),
        signing_key=keys.fingerprint(keys.public_bytes(signing)),
    ).save(settings.paths.state)
    keeper = Keeper(settings.paths.state, settings.paths.runtime)
    hall = Hall(kiosk_id="KKN07", area="400101", public_url=URL, idle_seconds=1e6)

    def look_up(code: str, language: str) -> TrackAnswer:
        raise ConnectionError

    runner = Runner(
        Journey(hall=hall, around=Surroundings(enrolled=True)),
        Devices(
            PcscCardReader(),
            printer_of(settings),
            scanner_of(settings),
        ),
        services(settings, keeper, lambda: hall, look_up, lambda devices, unwritten: ()),
        lambda: None,
    )
    hallway = Hallway(runner, keeper, bench)
    runner.start()
    yield hallway
    runner.stop()
    keeper.close()


def test_card_typed_complaint_paper(hallway: Hallway) -> None:
    hallway.puts_in("boonma")
    hallway.until(lambda: hallway.sees(Screen.NOTICE))
    hallway.sends(events.AcceptNotice(time.time()))
    hallway.until(lambda: hallway.visit.card_phase is CardPhase.READ)
    card = hallway.visit.draft.card
    assert card is not None
    assert card.citizen_id == PROFILES["boonma"].citizen_id
    assert len(hallway.visit.draft.area) == 6
    hallway.goes_on_to(Screen.TOPIC)
    hallway.sends(events.ChooseTopic(Topic.UTILITIES))
    hallway.goes_on_to(Screen.TELL)
    hallway.sends(events.WriteText("ไฟฟ้าดับทุกคืน"))
    hallway.saves()
    _, outbox = hallway.keeper.outbox()
    assert [row.case_number for row in outbox.pending()] == [hallway.minted.number]
    papers = len(hallway.bench.papers())
    assert hallway.prints() is PrintVerdict.PRINTED
    hallway.until(lambda: len(hallway.bench.papers()) == papers + 1)
    with Image.open(hallway.bench.papers()[-1]) as paper:
        (code,) = zxingcpp.read_barcodes(paper.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert code_from_url(code.text) == hallway.minted.code
    submission_id = hallway.minted.submission_id
    hallway.sends(events.Finish())
    hallway.until(lambda: outbox.read(submission_id).receipt_confirmed)
    hallway.sends(events.Finish())
    assert hallway.keeper.read_note() is None


def test_another_persons_card_put_in_quickly_sees_nothing_of_the_first(hallway: Hallway, settings: Settings) -> None:
    hallway.puts_in("boonma")
    hallway.until(lambda: hallway.sees(Screen.NOTICE))
    hallway.sends(events.AcceptNotice(time.time()))
    hallway.until(lambda: hallway.visit.card_phase is CardPhase.READ)
    hallway.until(lambda: "card_reader" in last_successes(settings.paths.state))
    hallway.bench.card_remove()
    hallway.puts_in("bangkok")
    hallway.until(lambda: hallway.runner.journey.overlay is Overlay.OTHER_CARD)
    assert hallway.visit.covered
    hallway.bench.card_remove()
    hallway.puts_in("boonma")
    hallway.until(lambda: hallway.runner.journey.overlay is None)
    assert not hallway.visit.covered


def test_a_card_left_in_the_slot_is_not_the_next_persons(hallway: Hallway) -> None:
    hallway.puts_in("boonma")
    hallway.until(lambda: hallway.sees(Screen.NOTICE))
    hallway.sends(events.AcceptNotice(time.time()))
    hallway.until(lambda: hallway.visit.card_phase is CardPhase.READ)
    hallway.sends(events.StartOver())
    assert hallway.sees(Screen.ATTRACT)
    hallway.sends(events.Begin(), events.AcceptNotice(time.time()))
    assert hallway.visit.card_fault is Fault.CARD_LEFT_BEHIND
    assert hallway.visit.draft.card is None
    hallway.bench.card_remove()
    hallway.until(lambda: hallway.visit.card_phase is CardPhase.WAITING)
    hallway.puts_in("somchai")
    hallway.until(lambda: hallway.visit.card_phase is CardPhase.READ)
    card = hallway.visit.draft.card
    assert card is not None
    assert card.citizen_id == PROFILES["somchai"].citizen_id


def test_a_card_in_the_slot_when_the_interface_starts_opens_nothing(bench: Bench, settings: Settings) -> None:
    bench.card_insert("boonma")
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    keeper = Keeper(settings.paths.state, settings.paths.runtime)
    around = Surroundings(enrolled=True)
    journey = Journey(around=around)

    def look_up(code: str, language: str) -> TrackAnswer:
        raise ConnectionError

    usual = services(settings, keeper, lambda: journey.hall, look_up, lambda devices, unwritten: ())
    well = replace(usual, look_around=lambda: events.HealthChanged(enrolled=True))
    hallway = Hallway(Runner(journey, Devices(PcscCardReader()), well, lambda: None), keeper, bench)
    hallway.runner.start()
    try:
        hallway.until(lambda: hallway.runner.journey.around.card_left_behind)
        assert hallway.sees(Screen.ATTRACT)
        bench.card_remove()
        hallway.until(lambda: hallway.runner.journey.around.card_reader is CardReaderStatus.EMPTY)
        bench.card_insert("somchai")
        hallway.until(lambda: hallway.sees(Screen.NOTICE))
    finally:
        hallway.runner.stop()


def test_a_letter_is_scanned_read_and_sealed(hallway: Hallway) -> None:
    hallway.bench.scanner_load(three_page_letter()[:1])
    hallway.sends(
        events.Begin(), events.AcceptNotice(time.time()), events.WithoutCard(), events.ChooseTopic(Topic.LAND)
    )
    hallway.goes_on_to(Screen.TELL)
    hallway.sends(events.TellByScan(), events.ScanPage())
    hallway.until(lambda: hallway.visit.draft.pages)
    hallway.until(lambda: hallway.visit.draft.pages[0].lines is not None, 120)
    page = hallway.visit.draft.pages[0]
    assert "ขอนแก่น" in page.current_text
    assert hallway.runner.pages.picture(page.page_id).startswith(b"\xff\xd8")
    pixels.check(hallway.runner.pages.preview(page.page_id))  # nothing that the interface would have to decode
    hallway.saves()
    _, outbox = hallway.keeper.outbox()
    (row,) = outbox.pending()
    assert len(outbox.read(row.submission_id).parts) == 1


def test_a_jam_is_told_and_typing_goes_on(hallway: Hallway) -> None:
    hallway.bench.scanner_load(three_page_letter()[:1])
    hallway.bench.steer(["scanner", "jam"])
    hallway.sends(
        events.Begin(), events.AcceptNotice(time.time()), events.WithoutCard(), events.ChooseTopic(Topic.LAND)
    )
    hallway.goes_on_to(Screen.TELL)
    hallway.sends(events.TellByScan(), events.ScanPage())
    hallway.until(lambda: hallway.visit.scan_fault is not None)
    assert hallway.visit.scan_fault is Fault.SCANNER_JAM
    hallway.sends(events.TellByTyping(), events.WriteText("ที่ดิน"))
    hallway.saves()


@pytest.mark.parametrize(
    ("trouble", "fault"),
    [
        ("jam", Fault.SCANNER_JAM),
        ("cover", Fault.SCANNER_COVER_OPEN),
        ("unplugged", Fault.SCANNER_ABSENT),
    ],
)
def test_a_scanner_that_was_mended_takes_its_fault_from_the_page(hallway: Hallway, trouble: str, fault: Fault) -> None:
    hallway.sends(
        events.Begin(), events.AcceptNotice(time.time()), events.WithoutCard(), events.ChooseTopic(Topic.LAND)
    )
    hallway.goes_on_to(Screen.TELL)
    hallway.bench.steer(["scanner", trouble])
    hallway.sends(events.TellByScan(), events.ScanPage())
    hallway.until(lambda: hallway.visit.scan_fault is fault)
    stays = time.monotonic() + 3.0
    hallway.until(lambda: time.monotonic() > stays)
    assert hallway.visit.scan_fault is fault, "not before it is mended"
    hallway.bench.steer(["scanner", "ok"])
    mended = time.monotonic()
    hallway.until(lambda: hallway.visit.scan_fault is None)
    assert time.monotonic() - mended < 3.0


def test_without_paper_the_code_stays_on_the_screen(hallway: Hallway) -> None:
    hallway.bench.steer(["printer", "paper-out"])
    hallway.until(lambda: hallway.runner.journey.around.printer is PrinterStatus.PAPER_OUT)
    hallway.sends(
        events.Begin(), events.AcceptNotice(time.time()), events.WithoutCard(), events.ChooseTopic(Topic.LAND)
    )
    hallway.goes_on_to(Screen.TELL)
    hallway.sends(events.WriteText("ที่ดิน"))
    hallway.saves()
    assert hallway.prints() is PrintVerdict.NOT_PRINTED
    assert hallway.minted.code
    hallway.bench.steer(["printer", "ok"])
    hallway.until(lambda: hallway.runner.journey.around.printer is PrinterStatus.READY)
    hallway.sends(events.PrintAgain())
    hallway.until(lambda: hallway.visit.print_verdict is PrintVerdict.PRINTED)


def test_a_receipt_on_the_scanner_is_looked_up(hallway: Hallway) -> None:
    hallway.sends(
        events.Begin(), events.AcceptNotice(time.time()), events.WithoutCard(), events.ChooseTopic(Topic.LAND)
    )
    hallway.goes_on_to(Screen.TELL)
    hallway.sends(events.WriteText("ที่ดิน"))
    hallway.saves()
    assert hallway.prints() is PrintVerdict.PRINTED
    hallway.sends(events.Finish(), events.Finish())
    with Image.open(hallway.bench.papers()[-1]) as paper:
        page = Image.new("L", (1654, 2339), 255)
        page.paste(paper.convert("L"), (300, 200))
    hallway.bench.scanner_load([page])
    hallway.sends(events.OpenTrack(), events.ReadCodeFromPaper())
    hallway.until(lambda: hallway.visit.look_up is LookUpPhase.NO_ANSWER)  # read, asked, and nobody answers here


def test_the_heartbeats_report_is_left(hallway: Hallway, settings: Settings) -> None:
    hallway.until(lambda: hallway.runner.journey.around.scanner is ScannerStatus.READY)
    hallway.sends(events.AskStaff())
    hallway.until(lambda: (told := KioskReport.read(settings.paths.state)) is not None and told.staff_called)
    told = KioskReport.read(settings.paths.state)
    assert told is not None
    assert set(told.devices) == {"card_reader", "printer", "scanner"}


def kiosk(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    file = settings.paths.runtime / "kiosk.toml"
    file.write_text(
        f'[printer]\nconnection = "{settings.printer.connection}"\n'
        f'[scanner]\ndevice = "{settings.scanner.device}"\noptions = {list(settings.scanner.options)}\n'
        f'[paths]\nstate = "{settings.paths.state}"\nruntime = "{settings.paths.runtime}"\n',
        encoding="utf-8",
    )
    command = [Path(sys.executable).with_name("kiosk"), *words]
    environment = {**os.environ, "DAMRONGDHAM_KIOSK_SETTINGS": str(file)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_card_command_covers_the_person(bench: Bench, settings: Settings) -> None:
    empty = kiosk(settings, "card", "--json")
    assert (empty.returncode, json.loads(empty.stdout)) == (1, {"fault": "no_card"})
    bench.card_insert("boonma")
    covered = kiosk(settings, "card", "--json")
    assert covered.returncode == 0
    assert PROFILES["boonma"].citizen_id not in covered.stdout
    assert json.loads(covered.stdout)["citizen_id"].endswith(PROFILES["boonma"].citizen_id[-4:])
    full = kiosk(settings, "card", "--json", "--full")
    assert json.loads(full.stdout)["citizen_id"] == PROFILES["boonma"].citizen_id


def test_the_scan_and_print_commands(bench: Bench, settings: Settings, tmp_path: Path) -> None:
    bench.scanner_load(three_page_letter()[:1])
    scanned = kiosk(settings, "scan", str(tmp_path / "page.png"))
    assert (scanned.returncode, scanned.stderr.count(" pixels")) == (0, 1)
    with Image.open(tmp_path / "page.png") as page:
        assert page.size == three_page_letter()[0].size
    papers = len(bench.papers())
    printed = kiosk(settings, "print-test")
    assert (printed.returncode, printed.stderr.strip()) == (0, "printed; the printer is ready")
    assert len(bench.papers()) == papers + 1


def test_the_doctor_asks_the_devices_where_no_interface_runs(bench: Bench, settings: Settings) -> None:
    bench.steer(["printer", "cover-open"])
    found = json.loads(kiosk(settings, "doctor", "--json").stdout)
    assert found["devices_from"] == "asked"
    assert found["devices"] == {"card_reader": "empty", "printer": "cover_open", "scanner": "ready"}
