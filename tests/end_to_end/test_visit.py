"""A citizen's visit from the card to the case on the phone, on the real parts: the demonstration, looked at closely."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from PIL import Image

from kiosk_app.outbox.reports import KioskReport
from simulators import demo
from simulators.card_profiles import PROFILES
from simulators.demo_environment import DemoEnvironment, ManagedProcess, fetch_tracking_status, wait_until
from simulators.phone_browser import Phone, scan_qr
from simulators.touch_robot import TouchRobot
from simulators.virtual_display import VirtualDisplay
from thai.id_number import mask

pytestmark = pytest.mark.timeout(420)


class DemoSession:
    """A town with its window open, and somebody to play in it."""

    def __init__(
        self, town: DemoEnvironment, window: ManagedProcess, demo_script: demo.DemoPlayer, finger: TouchRobot
    ) -> None:
        self.town = town
        self.window = window
        self.demo_script = demo_script
        self.finger = finger


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSession]:
    place, pictures = tmp_path_factory.mktemp("town"), tmp_path_factory.mktemp("pictures")
    with VirtualDisplay(demo.WIDTH, demo.HEIGHT) as display, DemoEnvironment(place) as town:
        window = demo.start_kiosk_window(town, display.name, (demo.WIDTH, demo.HEIGHT))
        finger = TouchRobot(display.name, demo.touch_map_path(town))
        yield DemoSession(town, window, demo.DemoPlayer(town, finger, pictures, lambda line: None), finger)


@pytest.fixture(scope="module")
def typed_url(session: DemoSession) -> str:
    return session.demo_script.play_typed_complaint()


def test_the_printed_code_opens_the_case_and_shows_what_the_desk_does(session: DemoSession, typed_url: str) -> None:
    assert typed_url.startswith(f"{session.town.url}/t#")
    with Phone() as phone:
        first = session.demo_script.open_tracking_page(typed_url, phone, "typed")
        assert "รอเจ้าหน้าที่รับเรื่อง" in phone.page_text()
        assert "บุญมา" not in phone.page_text(), "no personal data on the public page"
        session.demo_script.change_status_at_desk(typed_url, phone)
        assert phone.status_sentence() != first
        assert "กำลังตรวจสอบคำร้อง" in phone.page_text()
        assert re.search(r"25[67]\d", phone.page_text()), "dates stand in the Buddhist era"


def test_the_first_picture_is_laid_out_for_the_window_s_own_size(session: DemoSession) -> None:
    """A page laid out for another size is built of crumbs; each button of attract is at least a finger wide."""
    session.finger.wait_for_screen("attract")
    told = json.loads(demo.touch_map_path(session.town).read_text(encoding="utf-8"))
    sizes = {item["name"]: (item["width"], item["height"]) for item in told["targets"]}
    assert sizes["begin"][0] > 0.8 * demo.WIDTH, sizes
    assert sizes["begin"][1] > 0.08 * demo.HEIGHT, sizes
    assert min(min(size) for size in sizes.values()) > 0.06 * demo.WIDTH, sizes


def test_the_desk_has_what_the_citizen_told(session: DemoSession, typed_url: str) -> None:
    number = str(fetch_tracking_status(session.town.url, typed_url.partition("#")[2])["case_number"])
    page = session.town.desk.case_page(number)
    assert demo.COMPLAINT in page
    assert demo.LOCATION_NOTE in page
    assert "บุญมา" not in page, "the person stays covered until asked for with a reason"


def test_nothing_readable_is_left_in_the_kiosk(session: DemoSession, typed_url: str) -> None:
    wait_until(lambda: _pending_rows(session.town) == 0, "the outbox is empty")
    card = PROFILES["boonma"]
    code = typed_url.partition("#")[2]
    secrets = ["บุญมา", card.citizen_id, demo.COMPLAINT, demo.LOCATION_NOTE, code, code.replace("-", "")]
    places = [session.town.directory / name for name in ("state", "runtime", "logs", "kiosk.toml")]
    for place in places:
        for file in [place, *place.rglob("*")]:
            if file.is_file():
                content = file.read_bytes()
                assert not [secret for secret in secrets if secret.encode() in content], f"readable in {file.name}"
    assert mask(card.citizen_id) != card.citizen_id


def test_a_letter_of_three_pages_is_scanned_read_and_delivered_without_a_card(
    session: DemoSession, typed_url: str
) -> None:
    url = session.demo_script.play_scanned_letter()
    assert url != typed_url
    wait_until(
        lambda: bool(fetch_tracking_status(session.town.url, url.partition("#")[2])["found"]),
        "the centre has the letter",
    )
    number = str(fetch_tracking_status(session.town.url, url.partition("#")[2])["case_number"])
    page = session.town.desk.case_page(number)
    assert page.count(f"/desk/cases/{number}/pages/") >= 3
    assert "น้ำประปา" in page, "the recognised text travels beside the pictures"


def test_with_the_centre_gone_the_visit_is_the_same_and_arrives_later(session: DemoSession, typed_url: str) -> None:
    finger, simulated_devices, town = session.finger, session.town.devices, session.town
    town.stop_centre()
    with pytest.raises(requests.ConnectionError):
        fetch_tracking_status(town.url, "7KQ2-M9XD-4TBVS")
    finger.wait_for_screen("attract")
    receipt_files = len(simulated_devices.receipt_files())
    for name in ("begin", "accept", "without_card", "topic.land"):
        finger.tap(name)
    finger.wait_for_screen("place")
    finger.tap("next")
    finger.wait_for_screen("tell")
    finger.type_text("ที่ดิน")
    finger.tap("next")
    finger.wait_for_screen("review")
    finger.tap("send")
    finger.wait_for_screen("receipt")
    wait_until(lambda: len(simulated_devices.receipt_files()) > receipt_files, "the receipt is printed without network")
    finger.tap("finish")
    finger.wait_for_screen("farewell")
    finger.tap("finish")
    with Image.open(simulated_devices.receipt_files()[-1]) as paper:
        code = scan_qr(paper).partition("#")[2]
    town.restart_centre()
    wait_until(
        lambda: bool(fetch_tracking_status(town.url, code)["found"]), "it arrives when the centre is back", within_s=120
    )


def test_a_card_upside_down_and_paper_out_are_said_and_stop_nobody(session: DemoSession, typed_url: str) -> None:
    finger, simulated_devices = session.finger, session.town.devices
    finger.wait_for_screen("attract")
    simulated_devices.execute_command(["printer", "paper-out"])
    finger.wait_for_target("notice.P-02")
    simulated_devices.execute_command(["printer", "ok"])
    wait_until(lambda: "notice.P-02" not in finger.read_screen().targets, "the notice leaves when paper is in")
    finger.tap("begin")
    finger.tap("accept")
    finger.wait_for_screen("identify")
    simulated_devices.insert_card("upside-down")
    wait_until(lambda: _card_slot_status(session.town) == "card_mute", "the card is known to be mute")
    assert "next" not in finger.read_screen().targets  # no identity from it
    finger.tap("without_card")
    finger.wait_for_screen("topic")
    simulated_devices.remove_card()
    wait_until(lambda: _card_slot_status(session.town) == "empty", "the slot is known to be empty")
    finger.tap("topic.land")
    finger.wait_for_screen("place")
    finger.tap("start_over")
    finger.wait_for_screen("place", overlay="start_over")
    finger.tap("end")
    finger.wait_for_screen("attract")


def _card_slot_status(town: DemoEnvironment) -> str:
    """What the kiosk knows of the card reader's slot."""
    report = KioskReport.read(town.directory / "state")
    return report.devices["card_reader"] if report else ""


def test_a_killed_window_loses_nothing_and_comes_back(session: DemoSession, typed_url: str) -> None:
    """SIGKILL on the receipt screen: restarted within two minutes, it shows the receipt again."""
    finger, town = session.finger, session.town
    finger.wait_for_screen("attract")
    for name in ("begin", "accept", "without_card", "topic.land"):
        finger.tap(name)
    finger.wait_for_screen("place")
    finger.tap("next")
    finger.wait_for_screen("tell")
    finger.type_text("ถนน")
    finger.tap("next")
    finger.wait_for_screen("review")
    finger.tap("send")
    finger.wait_for_screen("receipt")
    os.kill(session.window.pid, 9)
    wait_until(lambda: not session.window.is_running, "the window is gone")
    demo.touch_map_path(town).unlink()
    session.window = demo.start_kiosk_window(town, finger.display, (demo.WIDTH, demo.HEIGHT))
    finger.wait_for_screen("receipt")
    finger.tap("yes")
    finger.tap("finish")
    finger.wait_for_screen("attract", within_s=40)


def test_stopping_leaves_no_process_behind(tmp_path: Path) -> None:
    with DemoEnvironment(tmp_path) as town:
        marker = str(town.directory).encode()
        assert _processes_with(marker)
    wait_until(lambda: not _processes_with(marker), "every process of the town has ended", within_s=60)


def _processes_with(marker: bytes) -> list[str]:
    """Processes whose environment or command names the town's directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if marker in told and int(entry.name) != os.getpid():
            found.append(entry.name)
    return found


def _pending_rows(town: DemoEnvironment) -> int:
    return int(json.loads(town.run_command("kiosk", "outbox", "status", "--json"))["waiting"])
