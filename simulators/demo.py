"""The demonstration: a citizen's visit from the card to the case on the phone, on the real parts.

With a display it opens the kiosk's window beside simulated devices and a local central service, and says what to try.
Without one it plays two visits in the real window on a virtual screen, with real taps, and leaves in demo-output/ a
picture of every screen, the paper, and the tracking page as a phone shows it.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from simulators.control_server import ControlServer, default_socket_path
from simulators.demo_environment import (
    DemoEnvironment,
    DemoEnvironmentError,
    ManagedProcess,
    fetch_tracking_status,
    find_program,
    wait_until,
)
from simulators.desk_client import DeskError
from simulators.phone_browser import Phone, PhoneError, scan_qr
from simulators.sample_letters import render_three_page_letter
from simulators.simulated_devices import SimulatorError
from simulators.touch_robot import TargetNotFoundError, TouchRobot
from simulators.virtual_display import VirtualDisplay

WIDTH, HEIGHT = 1080, 1920
COMPLAINT = "ถนนหน้าหมู่บ้านชำรุด เป็นหลุมลึก รถล้มหลายคัน ขอให้ช่วยซ่อม"
LOCATION_NOTE = "หน้าวัด หมู่ 7"


class DemoPlayer:
    """One performance: a demo environment, a robot at its kiosk, and the pictures taken on the way."""

    def __init__(
        self,
        environment: DemoEnvironment,
        robot: TouchRobot,
        output_directory: Path,
        on_progress: Callable[[str], None],
    ) -> None:
        self.environment = environment
        self._robot = robot
        self._output_directory = output_directory
        self._on_progress = on_progress
        self._screenshot_count = 0

    def save_screenshot(self, name: str) -> None:
        """Take a picture of the glass, once what was asked for has been drawn."""
        time.sleep(0.4)
        self._screenshot_count += 1
        self._robot.screenshot().save(self._output_directory / f"{self._screenshot_count:02}-{name}.png")

    def _is_slot_empty(self) -> bool:
        """As the kiosk reports it: a card that is in before that is taken for one left behind."""
        try:
            report = json.loads((self.environment.directory / "state" / "interface" / "status.json").read_bytes())
        except (OSError, ValueError):
            return False
        return bool(report["devices"].get("card_reader") == "empty")

    def play_typed_complaint(self) -> str:
        """A visit with an ID card and a typed complaint. Gives the tracking URL of its paper."""
        robot, devices = self._robot, self.environment.devices
        robot.wait_for_screen("attract", within_s=60)
        self.save_screenshot("attract")
        self._on_progress("a citizen puts in an ID card")
        wait_until(self._is_slot_empty, "the kiosk sees that the slot is empty")
        devices.insert_card("boonma")
        robot.wait_for_screen("notice")
        self.save_screenshot("notice")
        robot.tap("accept")
        robot.wait_for_screen("identify")
        robot.wait_for_target("next")
        self.save_screenshot("identify")
        self._on_progress("the card is read; the citizen goes on")
        robot.tap("next")
        robot.wait_for_screen("topic")
        self.save_screenshot("topic")
        robot.tap("topic.utilities")
        robot.wait_for_screen("place")
        self._on_progress("the place is filled in from the card; the citizen adds where exactly")
        robot.type_text(LOCATION_NOTE)
        self.save_screenshot("place")
        robot.tap("next")
        robot.wait_for_screen("tell")
        self._on_progress(f"the citizen writes on the screen's own keyboard: {COMPLAINT}")
        robot.type_text(COMPLAINT)
        self.save_screenshot("tell")
        robot.tap("next")
        return self._submit_and_collect_receipt("typed", card=True)

    def play_scanned_letter(self) -> str:
        """A visit without card and with a letter of three pages. Gives the tracking URL of its paper."""
        robot, devices = self._robot, self.environment.devices
        robot.wait_for_screen("attract")
        self._on_progress("a second citizen touches the screen, and has no card")
        robot.tap("begin")
        robot.wait_for_screen("notice")
        robot.tap("accept")
        robot.wait_for_screen("identify")
        self.save_screenshot("identify-waiting")
        robot.tap("without_card")
        robot.wait_for_screen("topic")
        robot.tap("topic.unsure")
        robot.wait_for_screen("place")
        robot.tap("next")
        robot.wait_for_screen("tell")
        robot.tap("tab.scan")
        robot.wait_for_screen("scan")
        self.save_screenshot("scan-how")
        self._on_progress("three pages are laid in and scanned")
        with tempfile.TemporaryDirectory(prefix="dk-letter-") as place:
            files = []
            for number, page in enumerate(render_three_page_letter(), start=1):
                files.append(Path(place) / f"page-{number}.ppm")
                page.convert("RGB").save(files[-1])
            devices.load_scanner(files)
            for number in range(1, len(files) + 1):
                robot.tap("scan")
                robot.wait_for_target("turn" if number == 1 else f"page.{number}", within_s=60)
        self._on_progress("the pages are recognised")
        robot.wait_for_target("edit_text", within_s=180)
        self.save_screenshot("scan")
        robot.tap("next")
        return self._submit_and_collect_receipt("scanned", card=False)

    def _submit_and_collect_receipt(self, name: str, *, card: bool) -> str:
        robot, devices = self._robot, self.environment.devices
        receipt_files = len(devices.receipt_files())
        robot.wait_for_screen("review")
        self.save_screenshot(f"review-{name}")
        robot.tap("send")
        robot.wait_for_screen("receipt")
        self._on_progress("saved, sealed; code, number and QR are on the screen")
        wait_until(lambda: len(devices.receipt_files()) > receipt_files, "the receipt is printed")
        robot.wait_for_target("print_again")
        self.save_screenshot(f"receipt-{name}")
        paper = devices.receipt_files()[-1]
        shutil.copy(paper, self._output_directory / f"paper-{name}.png")
        with Image.open(paper) as printed:
            url = scan_qr(printed)
        self._on_progress(f"the paper's QR code reads {url}")
        if card:
            devices.remove_card()
        robot.tap("finish")
        robot.wait_for_screen("farewell")
        self.save_screenshot(f"farewell-{name}")
        robot.wait_for_screen("attract", within_s=30)
        return url

    def open_tracking_page(self, url: str, phone: Phone, name: str) -> str:
        """Wait for the centre to have the case, then open the paper's URL on a phone. Gives its sentence."""
        code = url.partition("#")[2]
        wait_until(lambda: bool(fetch_tracking_status(self.environment.url, code)["found"]), "the centre has the case")
        phone.open(url)
        phone.save_screenshot(self._output_directory / f"phone-{name}.png")
        self._on_progress(f"the phone says: {phone.status_sentence()}")
        return phone.status_sentence()

    def change_status_at_desk(self, url: str, phone: Phone) -> None:
        """An officer takes the case up, and the citizen's page says so."""
        case = str(fetch_tracking_status(self.environment.url, url.partition("#")[2])["case_number"])
        before = phone.status_sentence()
        self.environment.desk.set_case_status(case, "checking")
        self._on_progress(f"at the desk an officer takes up case {case}")
        if self.open_tracking_page(url, phone, "moved") == before:
            raise DemoEnvironmentError("The tracking page did not change when the officer moved the case.")


def play_headless(output: Path, on_progress: Callable[[str], None]) -> None:
    """Play both visits without a display. Raises what stopped it."""
    output.mkdir(parents=True, exist_ok=True)
    for old in output.glob("*.png"):
        old.unlink()
    with (
        tempfile.TemporaryDirectory(prefix="dk-demo-") as place,
        VirtualDisplay(WIDTH, HEIGHT) as display,
        DemoEnvironment(Path(place), on_progress) as environment,
    ):
        kiosk = start_kiosk_window(environment, display.name, (WIDTH, HEIGHT))
        on_progress("kiosk: its window opens on a virtual screen")
        player = DemoPlayer(environment, TouchRobot(display.name, touch_map_path(environment)), output, on_progress)
        try:
            first = player.play_typed_complaint()
            with Phone() as phone:
                player.open_tracking_page(first, phone, "typed")
                player.change_status_at_desk(first, phone)
                second = player.play_scanned_letter()
                player.open_tracking_page(second, phone, "scanned")
        except Exception:
            player.save_screenshot("stopped-here")
            if not kiosk.is_running:
                on_progress(f"the kiosk's window has ended: {kiosk.read_log()[-800:]}")
            raise


def touch_map_path(environment: DemoEnvironment) -> Path:
    """Where the window of this environment tells what can be tapped."""
    return environment.directory / "touch-map.json"


def start_kiosk_window(environment: DemoEnvironment, display: str, size: tuple[int, int]) -> ManagedProcess:
    """The kiosk's own window on that display, telling what can be tapped."""
    touch_map = str(touch_map_path(environment))
    words = ["kiosk", "run", "--windowed", "--size", f"{size[0]}x{size[1]}", "--touch-map", touch_map]
    return environment.start_process("window", words, {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"})


def run_in_window(on_progress: Callable[[str], None]) -> None:
    """Open the window on the display that is there, and serve until it is closed."""
    with (
        tempfile.TemporaryDirectory(prefix="dk-demo-") as place,
        DemoEnvironment(Path(place), on_progress) as environment,
        ControlServer(environment.devices, default_socket_path()),
    ):
        desk = environment.desk
        on_progress(f"the desk: {environment.url}/desk/ as {desk.name}, password {desk.password}")
        on_progress(
            f"the panel beside the kiosk steers the devices; so does a second shell: {find_program('kiosk')} simulate …"
        )
        on_progress("… card insert boonma      … card remove")
        on_progress("… scanner jam             … scanner load-sample-letter")
        on_progress("… printer paper-out       … printer ok")
        on_progress(f"printed papers appear in {environment.devices.receipt_directory}")
        on_progress("close the window to end")
        panel = [Path(sys.executable).name, "-m", "simulators.developer_panel"]
        environment.start_process("window", panel).wait(within_s=None)


def main(arguments: list[str] | None = None) -> int:
    """Play or open; 0 only when everything worked."""
    parser = argparse.ArgumentParser(prog="kiosk demo", description="Show a visit from the card to the case.")
    parser.add_argument(
        "--headless", action="store_true", help="play it on a virtual screen even where there is a display"
    )
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="where the pictures go")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal leaves nothing running, as Ctrl-C does
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, signal.default_int_handler)

    def on_progress(line: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {line}", flush=True)

    try:
        if os.environ.get("DISPLAY") and not options.headless:
            run_in_window(on_progress)
            return 0
        play_headless(options.output, on_progress)
    except (DemoEnvironmentError, SimulatorError, DeskError, TargetNotFoundError, PhoneError) as error:
        print(f"The demonstration stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(
        "Worked: card read, complaint typed, letter scanned and recognised, both sealed, printed, delivered, tracked "
        f"by phone, and moved at the desk. Pictures are in {options.output}/."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
