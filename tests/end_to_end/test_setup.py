"""A new kiosk: from its first picture through every page of the set-up, by taps, to the welcome of citizens."""

import json
import os
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from journey.language import translate
from journey.setup.pages import PAGES_BY_NAME, PageKind
from kiosk_app.outbox import Enrolment
from kiosk_app.settings import load
from kiosk_app.setup.actions import SetupActions
from kiosk_app.setup.clock import ClockSetup
from kiosk_app.setup.enrolment import EnrolmentChild
from kiosk_app.setup.gate import Gate
from kiosk_app.setup.network import NetworkSetup
from kiosk_app.setup.service import serve
from kiosk_app.setup.stick_answers import StickAnswers
from kiosk_app.setup.touch_matrix import TouchCalibration
from kiosk_app.setup_progress import PROGRESS_FILE
from simulators import demo
from simulators.demo_environment import DemoEnvironment, ManagedProcess, find_program, wait_until
from simulators.sample_letters import render_letter_page
from simulators.touch_robot import TouchRobot
from simulators.virtual_display import VirtualDisplay
from tests.machine_programs import Machine
from tests.migrated_directory import migrated_directory

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]
SIZE = 540, 960
PIN = "471108"
COMPARE_CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


@contextmanager
def setup_service(environment: DemoEnvironment) -> Iterator[EnrolmentChild]:
    """The set-up service of the kiosk; only the programs that would change this machine are replaced. Yields its
    enrolment."""
    directory, machine = environment.directory, Machine()
    for name in ("state", "setup", "machine"):
        (directory / name).mkdir(exist_ok=True)
    settings = directory / "kiosk.toml"
    enrol = ("env", f"DAMRONGDHAM_KIOSK_SETTINGS={settings}", find_program("kiosk"), "enrol")
    actions = SetupActions(
        directory / "state",
        settings,
        Gate(directory / "state", directory / "setup"),
        network=NetworkSetup(directory / "machine", machine.run),
        clock=ClockSetup(directory / "machine", machine.run),
        enrolment=EnrolmentChild(enrol),
        touch=TouchCalibration(directory / "machine" / "touch-calibration.env", machine.run),
        stick=StickAnswers(directory / "state", directory / "setup", "SN-1"),
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(directory / "setup" / "socket"))
        listener.listen()
        thread = threading.Thread(target=serve, args=(listener, actions, frozenset({os.geteuid()})), daemon=True)
        thread.start()
        try:
            yield actions.enrolment
        finally:
            actions.enrolment.stop()


class Technician:
    """Taps through the set-up. The page is known from the progress that the service keeps."""

    def __init__(self, robot: TouchRobot, environment: DemoEnvironment) -> None:
        self.robot, self.environment = robot, environment

    @property
    def page(self) -> str:
        try:
            progress = json.loads((self.environment.directory / "state" / PROGRESS_FILE).read_text("utf-8"))
        except FileNotFoundError:
            return "welcome"
        return str(progress["page"])

    def expect(self, page: str) -> None:
        wait_until(lambda: self.page == page, f"the set-up shows {page}")

    def pass_page(self, page: str, answer: str = "") -> None:
        """Choose, type, or have the task of the page succeed; then go on."""
        self.expect(page)
        kind = PAGES_BY_NAME[page].kind
        if kind is PageKind.CHOICE:
            self.robot.tap(f"option.{answer}", within_s=60)
            return
        if kind is PageKind.TEXT and answer:
            self.robot.wait_for_target("answer")
            self.robot.type_text(answer)
        if kind is PageKind.TRIAL:
            if not PAGES_BY_NAME[page].starts_by_itself:
                self.try_device()
            self.wait_for_button("Next")
        self.robot.tap("next")

    def try_device(self) -> None:
        self.robot.tap("next")

    def wait_for_button(self, text: str) -> None:
        """Wait until the filled button has this text, which depends on the result of a task."""
        wanted = translate(text, "th")

        def is_shown() -> bool:
            button = self.robot.read_screen().targets.get("next")
            return button is not None and button.text == wanted

        wait_until(is_shown, f"the button of {self.page} is {wanted}")

    def skip(self, page: str) -> None:
        self.expect(page)
        self.robot.tap("secondary")


def start_window(environment: DemoEnvironment, display: str) -> ManagedProcess:
    """The interface, started as systemd does on a machine with the set-up service."""
    alsa = environment.directory / "alsa.conf"
    alsa.write_text("pcm.!default { type null }\n", encoding="utf-8")
    demo.touch_map_path(environment).unlink(missing_ok=True)
    variables = {
        "DAMRONGDHAM_KIOSK_SETUP_SOCKET": str(environment.directory / "setup" / "socket"),
        "ALSA_CONFIG_PATH": str(alsa),
        "DISPLAY": display,
        "LIBGL_ALWAYS_SOFTWARE": "1",
    }
    command = ["kiosk", "run", "--windowed", "--size", f"{SIZE[0]}x{SIZE[1]}", "--touch-map"]
    return environment.start_process("window", [*command, str(demo.touch_map_path(environment))], variables)


def is_turned(robot: TouchRobot, degrees: int) -> bool:
    return bool(json.loads(robot.read_touch_map())["rotation"] == degrees)


def test_a_blank_kiosk_is_set_up_by_taps_and_welcomes_citizens(tmp_path: Path) -> None:
    shutil.copytree(migrated_directory(), tmp_path / "central")
    with (
        VirtualDisplay(*SIZE) as display,
        DemoEnvironment(tmp_path, is_blank=True) as environment,
        setup_service(environment) as enrolment,
    ):
        devices = environment.devices
        window = start_window(environment, display.name)
        robot = TouchRobot(display.name, demo.touch_map_path(environment))
        technician = Technician(robot, environment)
        robot.wait_for_screen("setup", within_s=60)
        technician.pass_page("welcome")
        technician.expect("screen.rotation")
        for degrees in (90, 180, 270, 0, 90, 180):  # it stays upside down, so that all later taps are turned, too
            robot.tap("turn")
            wait_until(partial(is_turned, robot, degrees), f"the picture is turned by {degrees} degrees")
        technician.pass_page("screen.rotation")
        technician.skip("stick.try")
        technician.pass_page("network.kind", "keep")
        technician.pass_page("network.proxy")
        technician.pass_page("network.try")
        technician.pass_page("clock.kind", "usual")
        technician.pass_page("clock.try")
        technician.expect("centre.url")
        robot.tap("clear.answer")
        technician.pass_page("centre.url", environment.url)
        technician.pass_page("centre.try")
        technician.pass_page("hall.kiosk_id", "KKN12")
        technician.pass_page("hall.name_th", "ศาลากลาง")
        technician.pass_page("hall.name_en", "Hall")
        technician.pass_page("hall.area", "4001")
        technician.pass_page("hall.phone")
        technician.pass_page("hall.save")
        technician.expect("screen.width")
        robot.tap("width.10")
        robot.tap("next")
        technician.pass_page("screen.save")
        technician.skip("screen.touch")
        technician.pass_page("reader.present", "yes")
        technician.expect("reader.try")
        technician.try_device()
        technician.wait_for_button("Try again")  # there is no card yet
        devices.insert_card("boonma")
        technician.pass_page("reader.try")
        technician.pass_page("scanner.device", devices.scanner_device)
        devices.load_scanner([render_letter_page("ทดสอบ")])
        technician.pass_page("scanner.try")
        technician.pass_page("printer.connection", "network")
        technician.pass_page("printer.address", f"127.0.0.1:{devices.printer_port}")
        technician.pass_page("printer.width", "576")
        technician.pass_page("printer.try")
        technician.pass_page("sound.present", "yes")
        technician.expect("sound.try")
        technician.try_device()
        technician.wait_for_button("Works")  # the technician's ear decides
        robot.tap("next")
        technician.wait_for_button("Next")
        robot.tap("next")
        technician.pass_page("devices.save")
        technician.pass_page("pin.new", PIN)
        technician.pass_page("pin.again", PIN)
        technician.pass_page("pin.save")
        technician.expect("enrol.try")
        wait_until(lambda: bool(COMPARE_CODE.fullmatch(enrolment.news(0).detail)), "the screen shows a compare code")
        environment.desk.approve_enrolment(enrolment.news(0).detail)
        technician.pass_page("enrol.try")
        technician.pass_page("key.show")
        technician.expect("end")
        devices.remove_all_cards()
        robot.tap("next")
        window.wait()  # systemd would start it again
        start_window(environment, display.name)
        robot.wait_for_screen("attract", within_s=60)
        robot.tap("begin")
        robot.wait_for_screen("notice")
        enrolled = Enrolment.load(tmp_path / "state")
        assert enrolled is not None
        assert enrolled.kiosk_id == "KKN12"
        settings = load(tmp_path / "kiosk.toml")
        assert (settings.kiosk.centre_name_th, settings.kiosk.area, settings.kiosk.phone) == ("ศาลากลาง", "4001", "")
        assert (settings.screen.width_mm, settings.screen.rotation) == (278, 180)
        assert settings.scanner.device == devices.scanner_device
        assert PIN not in (tmp_path / "kiosk.toml").read_text("utf-8")
