"""The demonstration: a citizen's visit from the card to the case on the phone, with the real programs.

With a display it opens the kiosk's window beside simulated devices and a local central service, and prints what to try.
Without one it plays three visits in the real window on a virtual display, with real taps, and saves in demo-output/ a
picture of every screen, the receipts, and the tracking page as a phone shows it, and a conversation on LINE as text.
"""

import argparse
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

from PIL import Image

from ocr.confined import confine
from simulators.case_story.case_story import StoryError
from simulators.case_story.play import play_story
from simulators.control_server import ControlServer, default_socket_path
from simulators.demo_environment import (
    DemoEnvironment,
    DemoEnvironmentError,
    ManagedProcess,
    fetch_tracking_status,
    find_program,
    wait_until,
)
from simulators.demo_gateways import DemoGateways
from simulators.desk_client import DeskError
from simulators.phone_browser import Phone, PhoneError, scan_qr
from simulators.sample_letters import THAI_NUMERAL_LETTER, strip_layout_marks
from simulators.simulated_devices import SimulatorError
from simulators.touch_robot import TargetNotFoundError, TouchRobot
from simulators.virtual_display import VirtualDisplay
from simulators.visit_script import VisitScript, is_slot_empty

WIDTH, HEIGHT = 1080, 1920
_THAI_DIGIT = re.compile("[๐-๙]")
DRAW_TIME_S = 0.4  # until the screen shows the last change
COMPLAINT = "ถนนหน้าหมู่บ้านชำรุด เป็นหลุมลึก รถล้มหลายคัน ขอให้ช่วยซ่อม"
LOCATION_NOTE = "หน้าวัด หมู่ 7"
MAX_WRONG_DIGITS = 0.03  # share: the budget for typefaces that look like Sarabun


class DemoPlayer:
    """One demonstration: a demo environment, a robot at its kiosk, and the pictures that are taken."""

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
        self._script = VisitScript(
            robot,
            environment.devices,
            wait_for_empty_slot=self._wait_for_empty_slot,
            on_screen=self.save_screenshot,
            on_progress=on_progress,
        )

    def save_screenshot(self, name: str) -> None:
        """Take a picture of the screen after it has been drawn."""
        time.sleep(DRAW_TIME_S)
        self._screenshot_count += 1
        self._robot.screenshot().save(self._output_directory / f"{self._screenshot_count:02}-{name}.png")

    def _wait_for_empty_slot(self) -> None:
        state_directory = self.environment.directory / "state"
        wait_until(lambda: is_slot_empty(state_directory), "the kiosk reports an empty card slot")

    def play_typed_complaint(self) -> str:
        """Play a visit with an ID card and a typed complaint; returns the tracking URL on its receipt."""
        return self._save_receipt(self._script.play_typed_complaint(COMPLAINT, LOCATION_NOTE), "typed")

    def play_scanned_letter(self) -> str:
        """Play a visit without card and with a letter of three pages; returns the tracking URL on its receipt."""
        return self._save_receipt(self._script.play_scanned_letter(), "scanned")

    def play_letter_in_thai_numerals(self) -> str:
        """Play a visit whose letter is in Thai numerals and offers two entries; returns the tracking URL on its
        receipt."""
        return self._save_receipt(self._script.play_letter_with_offers(), "numerals")

    def check_numerals(self, url: str) -> None:
        """Compare the Thai digits that the centre has of this case's letter with those on the page. Raises
        DemoEnvironmentError when more are wrong than the budget allows."""
        case = str(fetch_tracking_status(self.environment.url, url.partition("#")[2])["case_number"])
        written = thai_digits(strip_layout_marks(THAI_NUMERAL_LETTER))
        read = thai_digits("".join(self.environment.desk.letter_texts(case)))
        blocks = SequenceMatcher(None, written, read, autojunk=False).get_matching_blocks()
        wrong = max(len(written), len(read)) - sum(block.size for block in blocks)
        self._on_progress(f"of {len(written)} Thai digits in the letter, {wrong} arrived wrong")
        if wrong > MAX_WRONG_DIGITS * len(written):
            raise DemoEnvironmentError(f"The letter has the digits {written}; the centre has {read}.")

    def _save_receipt(self, receipt: Image.Image, name: str) -> str:
        receipt.save(self._output_directory / f"paper-{name}.png")
        url = scan_qr(receipt)
        self._on_progress(f"the QR code on the receipt contains {url}")
        return url

    def open_tracking_page(self, url: str, phone: Phone, name: str) -> str:
        """Wait until the centre has the case and open the receipt's URL on a phone; returns the status sentence of the
        page."""
        code = url.partition("#")[2]
        wait_until(lambda: bool(fetch_tracking_status(self.environment.url, code)["found"]), "the centre has the case")
        phone.open(url)
        phone.save_screenshot(self._output_directory / f"phone-{name}.png")
        self._on_progress(f"the phone shows: {phone.status_sentence()}")
        return phone.status_sentence()

    def take_case_at_desk(self, url: str, phone: Phone) -> None:
        """An officer takes the case, and the citizen's page shows it."""
        case = str(fetch_tracking_status(self.environment.url, url.partition("#")[2])["case_number"])
        before = phone.status_sentence()
        self.environment.desk.save_step(case, "take")
        self._on_progress(f"at the desk an officer takes case {case}")
        if self.open_tracking_page(url, phone, "moved") == before:
            raise DemoEnvironmentError("The tracking page did not change when the officer took the case.")


def thai_digits(text: str) -> str:
    """The Thai digits of a text."""
    return "".join(_THAI_DIGIT.findall(text))


def play_headless(output: Path, on_progress: Callable[[str], None]) -> None:
    """Play the visits on a virtual display. Raises the error of a step that failed."""
    output.mkdir(parents=True, exist_ok=True)
    for old in output.glob("*.png"):
        old.unlink()
    with (
        tempfile.TemporaryDirectory(prefix="dk-demo-") as directory,
        VirtualDisplay(WIDTH, HEIGHT) as display,
        DemoEnvironment(Path(directory), on_progress) as environment,
        DemoGateways(environment, on_progress) as gateways,
    ):
        kiosk = start_kiosk_window(environment, display.name, (WIDTH, HEIGHT))
        on_progress("kiosk: its window opens on a virtual display")
        player = DemoPlayer(environment, TouchRobot(display.name, touch_map_path(environment)), output, on_progress)
        try:
            case = gateways.play_line_conversation(output / "line-conversation.txt")
            environment.desk.save_step(case, "take")
            gateways.wait_for_line_notice(case)
            gateways.play_call_with_sms()
            first = player.play_typed_complaint()
            with Phone() as phone:
                player.open_tracking_page(first, phone, "typed")
                player.take_case_at_desk(first, phone)
                second = player.play_scanned_letter()
                player.open_tracking_page(second, phone, "scanned")
                third = player.play_letter_in_thai_numerals()
                player.open_tracking_page(third, phone, "numerals")
                player.check_numerals(third)
        except Exception:
            player.save_screenshot("stopped-here")
            if not kiosk.is_running:
                on_progress(f"the kiosk's window has ended: {kiosk.read_log()[-800:]}")
            raise
    on_progress("one case in the hands of eight people, in an invented province:")
    for name, effort in play_story(output, on_progress).items():
        on_progress(f"{name}: {effort}")


def touch_map_path(environment: DemoEnvironment) -> Path:
    """The file in which the window lists its touch targets."""
    return environment.directory / "touch-map.json"


def start_kiosk_window(environment: DemoEnvironment, display: str, size: tuple[int, int]) -> ManagedProcess:
    """The kiosk's window on that display, with a touch map."""
    touch_map = str(touch_map_path(environment))
    command = ["kiosk", "run", "--windowed", "--size", f"{size[0]}x{size[1]}", "--touch-map", touch_map]
    return environment.start_process("window", command, {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"})


def run_in_window(on_progress: Callable[[str], None]) -> None:
    """Open the window on the present display, and serve until it is closed."""
    with (
        tempfile.TemporaryDirectory(prefix="dk-demo-") as directory,
        DemoEnvironment(Path(directory), on_progress) as environment,
        DemoGateways(environment, on_progress),
        ControlServer(environment.devices, default_socket_path()),
    ):
        desk = environment.desk
        on_progress(f"the desk: {environment.url}/desk/ as {desk.name}, password {desk.password}")
        on_progress("SMS and LINE messages to citizens are printed here; an officer's step at the desk sends them")
        on_progress("the panel beside the kiosk controls the devices; so does a second shell with")
        on_progress(f"{find_program('kiosk')} simulate …")
        on_progress("… card insert boonma      … card remove")
        on_progress("… scanner jam             … scanner load-sample-letter")
        on_progress("… printer paper-out       … printer ok")
        on_progress("… scanner load-numeral-letter")
        on_progress(f"printed receipts appear in {environment.devices.receipt_directory}")
        on_progress("close the window to end")
        panel = [Path(sys.executable).name, "-m", "simulators.developer_panel"]
        environment.start_process("window", panel).wait(within_s=None)


def main(arguments: list[str] | None = None) -> int:
    """The command line; 0 only when everything worked."""
    parser = argparse.ArgumentParser(prog="kiosk demo", description="Show a visit from the card to the case.")
    parser.add_argument(
        "--headless", action="store_true", help="play on a virtual display even where there is a display"
    )
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="directory of the pictures")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal stops everything, as Ctrl-C does
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, signal.default_int_handler)

    def on_progress(line: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {line}", flush=True)

    try:
        if (missing := confine.find_missing_support()) is not None:  # every scan would show S-05
            raise DemoEnvironmentError(missing)
        if os.environ.get("DISPLAY") and not options.headless:
            run_in_window(on_progress)
            return 0
        play_headless(options.output, on_progress)
    except (DemoEnvironmentError, SimulatorError, DeskError, StoryError, TargetNotFoundError, PhoneError) as error:
        print(f"The demonstration stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(
        "Worked: card read, complaint typed, letters scanned and recognised, all sealed, printed, delivered, tracked "
        f"by phone, and moved at the desk. Pictures are in {options.output}/."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
