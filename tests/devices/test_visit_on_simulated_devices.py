"""A visit without a window: journey, runner, drivers and outbox with the simulated devices behind them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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
from journey.screens import Screen
from journey.state import (
    CardPhase,
    Environment,
    Journey,
    KioskProfile,
    LookUpPhase,
    Overlay,
    PrintPhase,
    SavedSubmission,
    Visit,
)
from kiosk_app.device_factory import create_devices
from kiosk_app.outbox import Enrolment
from kiosk_app.outbox.device_successes import read_last_successes
from kiosk_app.outbox.reports import KioskReport
from kiosk_app.runner.appliance import KioskAppliance
from kiosk_app.runner.centre_link import CentreLink
from kiosk_app.runner.effect_runner import EffectRunner
from kiosk_app.runner.outbox_service import OutboxService
from kiosk_app.runner.page_images import ConfinedPageImages
from kiosk_app.runner.ports import Devices, Services
from kiosk_app.settings import Settings, parse
from ocr import pixels
from protocol import keys
from protocol.encoding import to_base64
from protocol.messages import TrackingResponse
from protocol.topics import Topic
from protocol.tracking_code import code_from_url
from simulators.card_profiles import PROFILES
from simulators.sample_letters import render_three_page_letter
from simulators.simulated_devices import SimulatedDevices
from tests.waiting import wait_until

URL = "https://track.example.go.th"


class VisitDriver:
    """A running kiosk without a window, with methods to drive a visit."""

    def __init__(
        self, runner: EffectRunner, outbox_service: OutboxService, simulated_devices: SimulatedDevices
    ) -> None:
        self.runner, self.outbox_service, self.simulated_devices = runner, outbox_service, simulated_devices

    def run_until(self, condition: Callable[[], object], seconds: float = 30.0) -> None:
        def check_or_tick() -> bool:
            if condition():
                return True
            self.runner.tick()
            return False

        wait_until(check_or_tick, seconds, problem=f"{self.runner.journey!r}")

    def send_events(self, *new_events: events.Event) -> None:
        for event in new_events:
            self.runner.send(event)

    @property
    def visit(self) -> Visit:
        assert self.runner.journey.visit is not None
        return self.runner.journey.visit

    @property
    def saved(self) -> SavedSubmission:
        assert self.visit.saved is not None
        return self.visit.saved

    def is_on(self, screen: Screen) -> bool:
        return self.runner.journey.screen is screen

    def insert_card(self, card: str) -> None:
        """Insert a card after the kiosk has seen the slot empty: otherwise it counts as left behind."""
        self.run_until(lambda: self.runner.journey.environment.card_reader is CardReaderStatus.EMPTY)
        self.simulated_devices.insert_card(card)

    def advance_to(self, screen: Screen) -> None:
        while not self.is_on(screen):
            before = self.runner.journey.screen
            self.send_events(events.Next())
            assert self.runner.journey.screen is not before

    def confirm(self) -> None:
        self.advance_to(Screen.REVIEW)
        self.send_events(events.SubmitComplaint())
        self.run_until(lambda: self.is_on(Screen.RECEIPT))

    def wait_for_print(self) -> PrintVerdict | None:
        self.run_until(lambda: self.runner.journey.environment.printer is not PrinterStatus.UNKNOWN)
        self.send_events(events.ScreenShown(Screen.RECEIPT))
        self.run_until(lambda: self.visit.print_phase is PrintPhase.DONE)
        return self.visit.print_verdict


@pytest.fixture
def settings(simulated_devices: SimulatedDevices, tmp_path: Path) -> Settings:
    state = tmp_path / "state"
    state.mkdir()
    return parse(
        {
            "kiosk": {"area": "400101", "centre_name_th": "ศาลากลาง", "centre_name_en": "Hall"},
            "printer": {"connection": f"network:127.0.0.1:{simulated_devices.printer_port}"},
            "scanner": {"device": simulated_devices.scanner_device},
            "paths": {"state": str(state), "runtime": str(tmp_path)},
        }
    )


class HealthyAppliance(KioskAppliance):
    """A kiosk that is in service although it was never enrolled."""

    def read_environment(self) -> events.EnvironmentChanged:
        return events.EnvironmentChanged(enrolled=True)


def centre_link(settings: Settings) -> CentreLink:
    """A centre that cannot be reached."""

    def look_up(code: str, language: str) -> TrackingResponse:
        raise ConnectionError

    def rate(code: str, stars: tuple[tuple[str, int], ...], language: str) -> TrackingResponse:
        raise ConnectionError

    return CentreLink(settings.paths.state, look_up, rate, lambda devices, report_error: ())


@pytest.fixture
def driver(simulated_devices: SimulatedDevices, settings: Settings) -> Iterator[VisitDriver]:
    signing, sealing, receipts = keys.new_signing_key(), keys.new_sealing_key(), keys.new_signing_key()
    Enrolment(
        enrolment_id=uuid4(),
        kiosk_id="KKN07",
        series="A",
        centre_url=URL,
        public_url=URL,
        sealing_key=to_base64(keys.public_key_bytes(sealing)),
        receipt_key=to_base64(keys.public_key_bytes(receipts)),
        signing_key=keys.fingerprint(keys.public_key_bytes(signing)),
    ).save(settings.paths.state)
    outbox_service = OutboxService(settings.paths.state, settings.paths.runtime)
    kiosk = KioskProfile(kiosk_id="KKN07", area="400101", public_url=URL, idle_seconds=1e6)

    devices = create_devices(settings)
    runner = EffectRunner(
        Journey(kiosk=kiosk, environment=Environment(enrolled=True)),
        devices,
        Services(
            store=outbox_service,
            centre=centre_link(settings),
            images=ConfinedPageImages(),
            appliance=KioskAppliance(settings, outbox_service, devices),
        ),
        lambda: None,
    )
    driver = VisitDriver(runner, outbox_service, simulated_devices)
    runner.start()
    yield driver
    runner.stop()
    outbox_service.close()


def test_a_visit_with_card_and_typed_complaint_prints_a_receipt(driver: VisitDriver) -> None:
    driver.insert_card("boonma")
    driver.run_until(lambda: driver.is_on(Screen.NOTICE))
    driver.send_events(events.AcceptNotice(time.time()))
    driver.run_until(lambda: driver.visit.card_phase is CardPhase.READ)
    card = driver.visit.draft.card
    assert card is not None
    assert card.citizen_id == PROFILES["boonma"].citizen_id
    assert len(driver.visit.draft.area) == 6
    driver.advance_to(Screen.TOPIC)
    driver.send_events(events.ChooseTopic(Topic.UTILITIES))
    driver.advance_to(Screen.STORY)
    driver.send_events(events.WriteText("text", "ไฟฟ้าดับทุกคืน"))
    driver.confirm()
    _, outbox = driver.outbox_service.open_outbox()
    assert [row.case_number for row in outbox.pending()] == [driver.saved.number]
    receipt_files = len(driver.simulated_devices.receipt_files())
    assert driver.wait_for_print() is PrintVerdict.PRINTED
    driver.run_until(lambda: len(driver.simulated_devices.receipt_files()) == receipt_files + 1)
    with Image.open(driver.simulated_devices.receipt_files()[-1]) as paper:
        formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        (code,) = zxingcpp.read_barcodes(paper.convert("L"), formats=formats)
    assert code_from_url(code.text) == driver.saved.code
    submission_id = driver.saved.submission_id
    driver.send_events(events.Finish())
    driver.run_until(lambda: outbox.read(submission_id).receipt_confirmed)
    driver.send_events(events.Finish())
    assert driver.outbox_service.read_receipt_note() is None


def test_another_persons_card_inserted_quickly_shows_nothing_of_the_first(
    driver: VisitDriver, settings: Settings
) -> None:
    driver.insert_card("boonma")
    driver.run_until(lambda: driver.is_on(Screen.NOTICE))
    driver.send_events(events.AcceptNotice(time.time()))
    driver.run_until(lambda: driver.visit.card_phase is CardPhase.READ)
    driver.run_until(lambda: "card_reader" in read_last_successes(settings.paths.state))
    driver.simulated_devices.remove_card()
    driver.insert_card("bangkok")
    driver.run_until(lambda: driver.runner.journey.overlay is Overlay.OTHER_CARD)
    assert driver.visit.personal_data_hidden
    driver.simulated_devices.remove_card()
    driver.insert_card("boonma")
    driver.run_until(lambda: driver.runner.journey.overlay is None)
    assert not driver.visit.personal_data_hidden


def test_a_card_left_in_the_slot_is_not_read_for_the_next_citizen(driver: VisitDriver) -> None:
    driver.insert_card("boonma")
    driver.run_until(lambda: driver.is_on(Screen.NOTICE))
    driver.send_events(events.AcceptNotice(time.time()))
    driver.run_until(lambda: driver.visit.card_phase is CardPhase.READ)
    driver.send_events(events.StartOver())
    assert driver.is_on(Screen.ATTRACT)
    driver.send_events(events.BeginVisit(), events.AcceptNotice(time.time()))
    assert driver.visit.card_fault is Fault.CARD_LEFT_BEHIND
    assert driver.visit.draft.card is None
    driver.simulated_devices.remove_card()
    driver.run_until(lambda: driver.visit.card_phase is CardPhase.WAITING)
    driver.insert_card("somchai")
    driver.run_until(lambda: driver.visit.card_phase is CardPhase.READ)
    card = driver.visit.draft.card
    assert card is not None
    assert card.citizen_id == PROFILES["somchai"].citizen_id


def test_a_card_in_the_slot_at_the_start_begins_no_visit(
    simulated_devices: SimulatedDevices, settings: Settings
) -> None:
    simulated_devices.insert_card("boonma")
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.CARD_PRESENT)
    outbox_service = OutboxService(settings.paths.state, settings.paths.runtime)
    environment = Environment(enrolled=True)
    journey = Journey(environment=environment)

    devices = Devices(PcscCardReader())
    services = Services(
        store=outbox_service,
        centre=centre_link(settings),
        images=ConfinedPageImages(),
        appliance=HealthyAppliance(settings, outbox_service, devices),
    )
    driver = VisitDriver(EffectRunner(journey, devices, services, lambda: None), outbox_service, simulated_devices)
    driver.runner.start()
    try:
        driver.run_until(lambda: driver.runner.journey.environment.card_left_behind)
        assert driver.is_on(Screen.ATTRACT)
        simulated_devices.remove_card()
        driver.run_until(lambda: driver.runner.journey.environment.card_reader is CardReaderStatus.EMPTY)
        simulated_devices.insert_card("somchai")
        driver.run_until(lambda: driver.is_on(Screen.NOTICE))
    finally:
        driver.runner.stop()


def test_a_letter_is_scanned_recognised_and_sealed(driver: VisitDriver) -> None:
    driver.simulated_devices.load_scanner(render_three_page_letter()[:1])
    driver.send_events(
        events.BeginVisit(),
        events.AcceptNotice(time.time()),
        events.ContinueWithoutCard(),
        events.ChooseTopic(Topic.LAND),
    )
    driver.advance_to(Screen.STORY)
    driver.send_events(events.SwitchToScan(), events.ScanPage())
    driver.run_until(lambda: driver.visit.draft.pages)
    driver.run_until(lambda: driver.visit.draft.pages[0].lines is not None, 120)
    page = driver.visit.draft.pages[0]
    assert "ขอนแก่น" in page.current_text
    assert driver.runner.pages.picture(page.page_id).startswith(b"\xff\xd8")
    pixels.check(driver.runner.pages.preview(page.page_id))  # no picture that the interface would have to decode
    driver.confirm()
    _, outbox = driver.outbox_service.open_outbox()
    (row,) = outbox.pending()
    assert len(outbox.read(row.submission_id).parts) == 1


def test_a_paper_jam_is_shown_and_typing_stays_possible(driver: VisitDriver) -> None:
    driver.simulated_devices.load_scanner(render_three_page_letter()[:1])
    driver.simulated_devices.execute_command(["scanner", "jam"])
    driver.send_events(
        events.BeginVisit(),
        events.AcceptNotice(time.time()),
        events.ContinueWithoutCard(),
        events.ChooseTopic(Topic.LAND),
    )
    driver.advance_to(Screen.STORY)
    driver.send_events(events.SwitchToScan(), events.ScanPage())
    driver.run_until(lambda: driver.visit.scan_fault is not None)
    assert driver.visit.scan_fault is Fault.SCANNER_JAM
    driver.send_events(events.SwitchToTyping(), events.WriteText("text", "ที่ดิน"))
    driver.confirm()


@pytest.mark.parametrize(
    ("trouble", "fault"),
    [
        ("jam", Fault.SCANNER_JAM),
        ("cover", Fault.SCANNER_COVER_OPEN),
        ("unplugged", Fault.SCANNER_ABSENT),
    ],
)
def test_a_repaired_scanner_clears_its_fault_from_the_page(driver: VisitDriver, trouble: str, fault: Fault) -> None:
    driver.send_events(
        events.BeginVisit(),
        events.AcceptNotice(time.time()),
        events.ContinueWithoutCard(),
        events.ChooseTopic(Topic.LAND),
    )
    driver.advance_to(Screen.STORY)
    driver.simulated_devices.execute_command(["scanner", trouble])
    driver.send_events(events.SwitchToScan(), events.ScanPage())
    driver.run_until(lambda: driver.visit.scan_fault is fault)
    stays = time.monotonic() + 3.0
    driver.run_until(lambda: time.monotonic() > stays)
    assert driver.visit.scan_fault is fault, "not before it is repaired"
    driver.simulated_devices.execute_command(["scanner", "ok"])
    repaired = time.monotonic()
    driver.run_until(lambda: driver.visit.scan_fault is None)
    assert time.monotonic() - repaired < 3.0


def test_without_receipt_paper_the_code_stays_on_the_screen(driver: VisitDriver) -> None:
    driver.simulated_devices.execute_command(["printer", "paper-out"])
    driver.run_until(lambda: driver.runner.journey.environment.printer is PrinterStatus.PAPER_OUT)
    driver.send_events(
        events.BeginVisit(),
        events.AcceptNotice(time.time()),
        events.ContinueWithoutCard(),
        events.ChooseTopic(Topic.LAND),
    )
    driver.advance_to(Screen.STORY)
    driver.send_events(events.WriteText("text", "ที่ดิน"))
    driver.confirm()
    assert driver.wait_for_print() is PrintVerdict.NOT_PRINTED
    assert driver.saved.code
    driver.simulated_devices.execute_command(["printer", "ok"])
    driver.run_until(lambda: driver.runner.journey.environment.printer is PrinterStatus.READY)
    driver.send_events(events.ReprintReceipt())
    driver.run_until(lambda: driver.visit.print_verdict is PrintVerdict.PRINTED)


def test_a_receipt_on_the_scanner_is_looked_up(driver: VisitDriver) -> None:
    driver.send_events(
        events.BeginVisit(),
        events.AcceptNotice(time.time()),
        events.ContinueWithoutCard(),
        events.ChooseTopic(Topic.LAND),
    )
    driver.advance_to(Screen.STORY)
    driver.send_events(events.WriteText("text", "ที่ดิน"))
    driver.confirm()
    assert driver.wait_for_print() is PrintVerdict.PRINTED
    driver.send_events(events.Finish(), events.Finish())
    with Image.open(driver.simulated_devices.receipt_files()[-1]) as paper:
        page = Image.new("L", (1654, 2339), 255)
        page.paste(paper.convert("L"), (300, 200))
    driver.simulated_devices.load_scanner([page])
    driver.send_events(events.OpenTracking(), events.ScanReceiptCode())
    # The code is read and looked up, and no centre responds here.
    driver.run_until(lambda: driver.visit.look_up_phase is LookUpPhase.NO_RESPONSE)


def test_the_report_for_the_heartbeat_is_written(driver: VisitDriver, settings: Settings) -> None:
    driver.run_until(lambda: driver.runner.journey.environment.scanner is ScannerStatus.READY)
    driver.send_events(events.RequestStaff())
    driver.run_until(lambda: (report := KioskReport.read(settings.paths.state)) is not None and report.staff_called)
    report = KioskReport.read(settings.paths.state)
    assert report is not None
    assert set(report.devices) == {"card_reader", "printer", "scanner"}


def kiosk(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    file = settings.paths.runtime / "kiosk.toml"
    file.write_text(
        f'[printer]\nconnection = "{settings.printer.connection}"\n'
        f'[scanner]\ndevice = "{settings.scanner.device}"\noptions = {list(settings.scanner.options)}\n'
        f'[paths]\nstate = "{settings.paths.state}"\nruntime = "{settings.paths.runtime}"\n',
        encoding="utf-8",
    )
    command: list[str | Path] = [Path(sys.executable).with_name("kiosk"), *words]
    environment = {**os.environ, "DAMRONGDHAM_KIOSK_SETTINGS": str(file)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_card_command_masks_personal_data(simulated_devices: SimulatedDevices, settings: Settings) -> None:
    empty = kiosk(settings, "card", "--json")
    assert (empty.returncode, json.loads(empty.stdout)) == (1, {"fault": "no_card"})
    simulated_devices.insert_card("boonma")
    covered = kiosk(settings, "card", "--json")
    assert covered.returncode == 0
    assert PROFILES["boonma"].citizen_id not in covered.stdout
    assert json.loads(covered.stdout)["citizen_id"].endswith(PROFILES["boonma"].citizen_id[-4:])
    full = kiosk(settings, "card", "--json", "--full")
    assert json.loads(full.stdout)["citizen_id"] == PROFILES["boonma"].citizen_id


def test_the_scan_and_print_commands_use_the_devices(
    simulated_devices: SimulatedDevices, settings: Settings, tmp_path: Path
) -> None:
    simulated_devices.load_scanner(render_three_page_letter()[:1])
    scanned = kiosk(settings, "scan", str(tmp_path / "page.png"))
    assert (scanned.returncode, scanned.stderr.count(" pixels")) == (0, 1)
    with Image.open(tmp_path / "page.png") as page:
        assert page.size == render_three_page_letter()[0].size
    receipt_files = len(simulated_devices.receipt_files())
    printed = kiosk(settings, "print-test")
    assert (printed.returncode, printed.stderr.strip()) == (0, "printed; the printer is ready")
    assert len(simulated_devices.receipt_files()) == receipt_files + 1


def test_the_doctor_polls_the_devices_while_no_interface_runs(
    simulated_devices: SimulatedDevices, settings: Settings
) -> None:
    simulated_devices.execute_command(["printer", "cover-open"])
    report = json.loads(kiosk(settings, "doctor", "--json").stdout)
    assert report["devices_from"] == "asked"
    assert report["devices"] == {"card_reader": "empty", "printer": "cover_open", "scanner": "ready"}
