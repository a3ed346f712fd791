"""A citizen's visit as a script of real taps and simulated devices, for the demonstration and the appliance test."""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from simulators.demo_environment import wait_until
from simulators.sample_letters import THAI_NUMERAL_LETTER, add_skew, render_letter_page, render_three_page_letter
from simulators.simulated_devices import SimulatedDevices
from simulators.touch_robot import TouchRobot

CARD_PROFILE = "boonma"
START_TIMEOUT_S = 60.0
SCAN_TIMEOUT_S = 180.0  # a page takes 4 s, and a minute on a busy computer
RECOGNITION_TIMEOUT_S = 180.0
LETTER_SKEW_DEGREES = 1.2


class VisitScript:
    """Plays visits at one kiosk. `on_screen` gets the name of each step once its screen is complete; `on_progress` gets
    a sentence about it. `tap_delay_s`: how long after a target appears it is tapped."""

    def __init__(
        self,
        robot: TouchRobot,
        devices: SimulatedDevices,
        *,
        wait_for_empty_slot: Callable[[], None],
        on_screen: Callable[[str], None] = lambda _name: None,
        on_progress: Callable[[str], None] = lambda _sentence: None,
        tap_delay_s: float = 0.0,
    ) -> None:
        self._robot = robot
        self._devices = devices
        self._wait_for_empty_slot = wait_for_empty_slot
        self._on_screen = on_screen
        self._on_progress = on_progress
        self._tap_delay_s = tap_delay_s

    def play_typed_complaint(self, complaint: str, location_note: str = "") -> Image.Image:
        """Play a visit with an ID card and a typed complaint; returns the printed receipt. Raises
        TargetNotFoundError."""
        self._robot.wait_for_screen("attract", within_s=START_TIMEOUT_S)
        self._on_screen("attract")
        self._on_progress("a citizen inserts an ID card")
        self._wait_for_empty_slot()
        self._devices.insert_card(CARD_PROFILE)
        self._tap("notice", "accept", shown_as="notice")
        self._tap("identify", "next", shown_as="identify")
        self._on_progress("the card is read; the citizen continues")
        self._tap("topic", "topic.utilities", shown_as="topic")
        self._robot.wait_for_screen("place")
        if location_note:
            self._on_progress("the place is filled in from the card; the citizen adds where exactly")
            self._robot.type_text(location_note)
        self._tap("place", "next", shown_as="place")
        self._robot.wait_for_screen("tell")
        self._on_progress(f"the citizen types on the on-screen keyboard: {complaint}")
        self._robot.type_text(complaint)
        self._tap("tell", "next", shown_as="tell")
        return self._submit_and_take_receipt("typed", has_card=True)

    def play_scanned_letter(self) -> Image.Image:
        """Play a visit without card and with a letter of three pages; returns the printed receipt. Raises
        TargetNotFoundError."""
        self._on_progress("a second citizen, without a card, touches the screen")
        self._begin_letter(shown_as="identify-waiting")
        self._on_screen("scan-how")
        self._on_progress("three pages are scanned")
        self._scan_pages(render_three_page_letter())
        self._on_progress("the pages are recognised")
        self._robot.wait_for_target("edit_text", within_s=RECOGNITION_TIMEOUT_S)
        self._tap("scan", "next", shown_as="scan")
        return self._submit_and_take_receipt("scanned", has_card=False)

    def play_letter_with_offers(self) -> Image.Image:
        """Play a visit without card and with a letter in Thai numerals, whose subject and phone number are accepted;
        returns the printed receipt. Raises TargetNotFoundError."""
        self._on_progress("a third citizen brings a letter in Thai numerals, which lies askew on the scanner")
        self._begin_letter()
        self._scan_pages([add_skew(render_letter_page(THAI_NUMERAL_LETTER), LETTER_SKEW_DEGREES)])
        self._robot.wait_for_target("edit_text", within_s=RECOGNITION_TIMEOUT_S)
        self._tap("scan", "next", shown_as="scan-numerals")
        self._on_progress("the kiosk offers its subject and phone number; the citizen compares and accepts both")
        self._tap("review", "offer.text.1", shown_as="review-offers")
        self._tap("review", "offer.phone.1")
        return self._submit_and_take_receipt("numerals", has_card=False)

    def _begin_letter(self, *, shown_as: str = "") -> None:
        """Go from attract to the scan screen, without card. `shown_as`: the name of the step that asks for a card."""
        self._robot.wait_for_screen("attract")
        self._tap("attract", "begin")
        self._tap("notice", "accept")
        self._tap("identify", "without_card", shown_as=shown_as)
        self._tap("topic", "topic.unsure")
        self._tap("place", "next")
        self._tap("tell", "tab.scan")
        self._robot.wait_for_screen("scan")

    def _tap(self, screen: str, target: str, *, shown_as: str = "") -> None:
        """Tap a target on a screen. `shown_as`: the name of the step for `on_screen`."""
        self._robot.wait_for_screen(screen)
        self._robot.wait_for_target(target)
        if shown_as:
            self._on_screen(shown_as)
        time.sleep(self._tap_delay_s)
        self._robot.tap(target)

    def _scan_pages(self, pages: list[Image.Image]) -> None:
        with tempfile.TemporaryDirectory(prefix="dk-letter-") as directory:
            files = []
            for number, page in enumerate(pages, start=1):
                files.append(Path(directory) / f"page-{number}.ppm")
                page.convert("RGB").save(files[-1])
            self._devices.load_scanner(files)
            for number in range(1, len(files) + 1):
                self._robot.tap("scan")
                self._robot.wait_for_target("turn" if number == 1 else f"page.{number}", within_s=SCAN_TIMEOUT_S)

    def _submit_and_take_receipt(self, name: str, *, has_card: bool) -> Image.Image:
        printed_before = len(self._devices.receipt_files())
        self._tap("review", "send", shown_as=f"review-{name}")
        self._robot.wait_for_screen("receipt")
        self._on_progress("saved and sealed; code, number and QR code are on the screen")
        within_s = max(START_TIMEOUT_S, self._robot.wait_s)
        wait_until(lambda: len(self._devices.receipt_files()) > printed_before, "the receipt is printed", within_s)
        self._robot.wait_for_target("print_again")
        self._on_screen(f"receipt-{name}")
        with Image.open(self._devices.receipt_files()[-1]) as receipt:
            receipt.load()
        if has_card:
            self._devices.remove_card()
        self._tap("receipt", "finish")
        self._robot.wait_for_screen("farewell")
        self._on_screen(f"farewell-{name}")
        self._robot.wait_for_screen("attract")
        return receipt


def is_slot_empty(state_directory: Path) -> bool:
    """Whether the kiosk reports an empty card slot. A card that is inserted before counts as left behind."""
    try:
        report = json.loads((state_directory / "interface" / "status.json").read_bytes())
    except (OSError, ValueError):
        return False
    return bool(report["devices"].get("card_reader") == "empty")
