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
from simulators.demo_environment import Process, Town, tracked, wait_until
from simulators.phone_browser import Phone, scan_qr
from simulators.touch_robot import Finger
from simulators.virtual_display import VirtualDisplay
from thai.id_number import masked

pytestmark = pytest.mark.timeout(420)


class Stage:
    """A town with its window open, and somebody to play in it."""

    def __init__(self, town: Town, window: Process, play: demo.Play, finger: Finger) -> None:
        self.town = town
        self.window = window
        self.play = play
        self.finger = finger


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    place, pictures = tmp_path_factory.mktemp("town"), tmp_path_factory.mktemp("pictures")
    with VirtualDisplay(demo.WIDTH, demo.HEIGHT) as display, Town(place) as town:
        window = demo.open_window(town, display.name, (demo.WIDTH, demo.HEIGHT))
        finger = Finger(display.name, demo.touch_map(town))
        yield Stage(town, window, demo.Play(town, finger, pictures, lambda line: None), finger)


@pytest.fixture(scope="module")
def typed_url(stage: Stage) -> str:
    return stage.play.card_and_typed_complaint()


def test_the_printed_code_opens_the_case_and_shows_what_the_desk_does(stage: Stage, typed_url: str) -> None:
    assert typed_url.startswith(f"{stage.town.url}/t#")
    with Phone() as phone:
        first = stage.play.follow(typed_url, phone, "typed")
        assert "รอเจ้าหน้าที่รับเรื่อง" in phone.text()
        assert "บุญมา" not in phone.text(), "no personal data on the public page"
        stage.play.move_at_the_desk(typed_url, phone)
        assert phone.sentence() != first
        assert "กำลังตรวจสอบคำร้อง" in phone.text()
        assert re.search(r"25[67]\d", phone.text()), "dates stand in the Buddhist era"


def test_the_first_picture_is_laid_out_for_the_window_s_own_size(stage: Stage) -> None:
    """A page laid out for another size is built of crumbs; each button of attract is at least a finger wide."""
    stage.finger.wait_for("attract")
    told = json.loads(demo.touch_map(stage.town).read_text(encoding="utf-8"))
    sizes = {item["name"]: (item["width"], item["height"]) for item in told["touchables"]}
    assert sizes["begin"][0] > 0.8 * demo.WIDTH, sizes
    assert sizes["begin"][1] > 0.08 * demo.HEIGHT, sizes
    assert min(min(size) for size in sizes.values()) > 0.06 * demo.WIDTH, sizes


def test_the_desk_has_what_the_citizen_told(stage: Stage, typed_url: str) -> None:
    number = str(tracked(stage.town.url, typed_url.partition("#")[2])["case_number"])
    page = stage.town.officer.case(number)
    assert demo.COMPLAINT in page
    assert demo.SPOT in page
    assert "บุญมา" not in page, "the person stays covered until asked for with a reason"


def test_nothing_readable_is_left_in_the_kiosk(stage: Stage, typed_url: str) -> None:
    wait_until(lambda: _waiting(stage.town) == 0, "the outbox is empty")
    card = PROFILES["boonma"]
    code = typed_url.partition("#")[2]
    secrets = ["บุญมา", card.citizen_id, demo.COMPLAINT, demo.SPOT, code, code.replace("-", "")]
    places = [stage.town.directory / name for name in ("state", "runtime", "logs", "kiosk.toml")]
    for place in places:
        for file in [place, *place.rglob("*")]:
            if file.is_file():
                content = file.read_bytes()
                assert not [secret for secret in secrets if secret.encode() in content], f"readable in {file.name}"
    assert masked(card.citizen_id) != card.citizen_id


def test_a_letter_of_three_pages_is_scanned_read_and_delivered_without_a_card(stage: Stage, typed_url: str) -> None:
    url = stage.play.scanned_letter()
    assert url != typed_url
    wait_until(lambda: bool(tracked(stage.town.url, url.partition("#")[2])["found"]), "the centre has the letter")
    number = str(tracked(stage.town.url, url.partition("#")[2])["case_number"])
    page = stage.town.officer.case(number)
    assert page.count(f"/desk/cases/{number}/pages/") >= 3
    assert "น้ำประปา" in page, "the recognised text travels beside the pictures"


def test_with_the_centre_gone_the_visit_is_the_same_and_arrives_later(stage: Stage, typed_url: str) -> None:
    finger, bench, town = stage.finger, stage.town.bench, stage.town
    town.close_centre()
    with pytest.raises(requests.ConnectionError):
        tracked(town.url, "7KQ2-M9XD-4TBVS")
    finger.wait_for("attract")
    papers = len(bench.papers())
    for name in ("begin", "accept", "without_card", "topic.land"):
        finger.tap(name)
    finger.wait_for("place")
    finger.tap("next")
    finger.wait_for("tell")
    finger.type("ที่ดิน")
    finger.tap("next")
    finger.wait_for("review")
    finger.tap("send")
    finger.wait_for("receipt")
    wait_until(lambda: len(bench.papers()) > papers, "the receipt is printed without network")
    finger.tap("finish")
    finger.wait_for("farewell")
    finger.tap("finish")
    with Image.open(bench.papers()[-1]) as paper:
        code = scan_qr(paper).partition("#")[2]
    town.reopen_centre()
    wait_until(lambda: bool(tracked(town.url, code)["found"]), "it arrives when the centre is back", within_s=120)


def test_a_card_upside_down_and_paper_out_are_said_and_stop_nobody(stage: Stage, typed_url: str) -> None:
    finger, bench = stage.finger, stage.town.bench
    finger.wait_for("attract")
    bench.steer(["printer", "paper-out"])
    finger.wait_for_spot("notice.P-02")
    bench.steer(["printer", "ok"])
    wait_until(lambda: "notice.P-02" not in finger.glass().spots, "the notice leaves when paper is in")
    finger.tap("begin")
    finger.tap("accept")
    finger.wait_for("identify")
    bench.card_insert("upside-down")
    wait_until(lambda: _slot(stage.town) == "card_mute", "the card is known to be mute")
    assert "next" not in finger.glass().spots  # no identity from it
    finger.tap("without_card")
    finger.wait_for("topic")
    bench.card_remove()
    wait_until(lambda: _slot(stage.town) == "empty", "the slot is known to be empty")
    finger.tap("topic.land")
    finger.wait_for("place")
    finger.tap("start_over")
    finger.wait_for("place", overlay="start_over")
    finger.tap("end")
    finger.wait_for("attract")


def _slot(town: Town) -> str:
    """What the kiosk knows of the card reader's slot."""
    report = KioskReport.read(town.directory / "state")
    return report.devices["card_reader"] if report else ""


def test_a_killed_window_loses_nothing_and_comes_back(stage: Stage, typed_url: str) -> None:
    """SIGKILL on the receipt screen: restarted within two minutes, it shows the receipt again."""
    finger, town = stage.finger, stage.town
    finger.wait_for("attract")
    for name in ("begin", "accept", "without_card", "topic.land"):
        finger.tap(name)
    finger.wait_for("place")
    finger.tap("next")
    finger.wait_for("tell")
    finger.type("ถนน")
    finger.tap("next")
    finger.wait_for("review")
    finger.tap("send")
    finger.wait_for("receipt")
    os.kill(stage.window.pid, 9)
    wait_until(lambda: not stage.window.running, "the window is gone")
    demo.touch_map(town).unlink()
    stage.window = demo.open_window(town, finger.display, (demo.WIDTH, demo.HEIGHT))
    finger.wait_for("receipt")
    finger.tap("yes")
    finger.tap("finish")
    finger.wait_for("attract", within_s=40)


def test_stopping_leaves_no_process_behind(tmp_path: Path) -> None:
    with Town(tmp_path) as town:
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


def _waiting(town: Town) -> int:
    return int(json.loads(town.command("kiosk", "outbox", "status", "--json"))["waiting"])
