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

from simulators.control_server import Control, default_path
from simulators.demo_environment import Process, Town, TownError, program, tracked, wait_until
from simulators.desk_client import DeskError
from simulators.phone_browser import Phone, PhoneError, scan_qr
from simulators.sample_letters import three_page_letter
from simulators.simulated_devices import BenchError
from simulators.touch_robot import Finger, NotThereError
from simulators.virtual_display import VirtualDisplay

WIDTH, HEIGHT = 1080, 1920
COMPLAINT = "ถนนหน้าหมู่บ้านชำรุด เป็นหลุมลึก รถล้มหลายคัน ขอให้ช่วยซ่อม"
SPOT = "หน้าวัด หมู่ 7"


class Play:
    """One performance: a town, a finger on its kiosk, and the pictures taken on the way."""

    def __init__(self, town: Town, finger: Finger, pictures: Path, tell: Callable[[str], None]) -> None:
        self.town = town
        self._finger = finger
        self._pictures = pictures
        self._tell = tell
        self._taken = 0

    def look(self, name: str) -> None:
        """Take a picture of the glass, once what was asked for has been drawn."""
        time.sleep(0.4)
        self._taken += 1
        self._finger.picture().save(self._pictures / f"{self._taken:02}-{name}.png")

    def _slot_is_empty(self) -> bool:
        """As the kiosk reports it: a card that is in before that is taken for one left behind."""
        try:
            report = json.loads((self.town.directory / "state" / "interface" / "status.json").read_bytes())
        except (OSError, ValueError):
            return False
        return bool(report["devices"].get("card_reader") == "empty")

    def card_and_typed_complaint(self) -> str:
        """A visit with an ID card and a typed complaint. Gives the tracking URL of its paper."""
        finger, bench = self._finger, self.town.bench
        finger.wait_for("attract", within_s=60)
        self.look("attract")
        self._tell("a citizen puts in an ID card")
        wait_until(self._slot_is_empty, "the kiosk sees that the slot is empty")
        bench.card_insert("boonma")
        finger.wait_for("notice")
        self.look("notice")
        finger.tap("accept")
        finger.wait_for("identify")
        finger.wait_for_spot("next")
        self.look("identify")
        self._tell("the card is read; the citizen goes on")
        finger.tap("next")
        finger.wait_for("topic")
        self.look("topic")
        finger.tap("topic.utilities")
        finger.wait_for("place")
        self._tell("the place is filled in from the card; the citizen adds where exactly")
        finger.type(SPOT)
        self.look("place")
        finger.tap("next")
        finger.wait_for("tell")
        self._tell(f"the citizen writes on the screen's own keyboard: {COMPLAINT}")
        finger.type(COMPLAINT)
        self.look("tell")
        finger.tap("next")
        return self._send_and_take_the_paper("typed", card=True)

    def scanned_letter(self) -> str:
        """A visit without card and with a letter of three pages. Gives the tracking URL of its paper."""
        finger, bench = self._finger, self.town.bench
        finger.wait_for("attract")
        self._tell("a second citizen touches the screen, and has no card")
        finger.tap("begin")
        finger.wait_for("notice")
        finger.tap("accept")
        finger.wait_for("identify")
        self.look("identify-waiting")
        finger.tap("without_card")
        finger.wait_for("topic")
        finger.tap("topic.unsure")
        finger.wait_for("place")
        finger.tap("next")
        finger.wait_for("tell")
        finger.tap("tab.scan")
        finger.wait_for("scan")
        self.look("scan-how")
        self._tell("three pages are laid in and scanned")
        with tempfile.TemporaryDirectory(prefix="dk-letter-") as place:
            files = []
            for number, page in enumerate(three_page_letter(), start=1):
                files.append(Path(place) / f"page-{number}.ppm")
                page.convert("RGB").save(files[-1])
            bench.scanner_load(files)
            for number in range(1, len(files) + 1):
                finger.tap("scan")
                finger.wait_for_spot("turn" if number == 1 else f"page.{number}", within_s=60)
        self._tell("the pages are recognised")
        finger.wait_for_spot("edit_text", within_s=180)
        self.look("scan")
        finger.tap("next")
        return self._send_and_take_the_paper("scanned", card=False)

    def _send_and_take_the_paper(self, name: str, *, card: bool) -> str:
        finger, bench = self._finger, self.town.bench
        papers = len(bench.papers())
        finger.wait_for("review")
        self.look(f"review-{name}")
        finger.tap("send")
        finger.wait_for("receipt")
        self._tell("saved, sealed; code, number and QR are on the screen")
        wait_until(lambda: len(bench.papers()) > papers, "the receipt is printed")
        finger.wait_for_spot("print_again")
        self.look(f"receipt-{name}")
        paper = bench.papers()[-1]
        shutil.copy(paper, self._pictures / f"paper-{name}.png")
        with Image.open(paper) as printed:
            url = scan_qr(printed)
        self._tell(f"the paper's QR code reads {url}")
        if card:
            bench.card_remove()
        finger.tap("finish")
        finger.wait_for("farewell")
        self.look(f"farewell-{name}")
        finger.wait_for("attract", within_s=30)
        return url

    def follow(self, url: str, phone: Phone, name: str) -> str:
        """Wait for the centre to have the case, then open the paper's URL on a phone. Gives its sentence."""
        code = url.partition("#")[2]
        wait_until(lambda: bool(tracked(self.town.url, code)["found"]), "the centre has the case")
        phone.open(url)
        phone.picture(self._pictures / f"phone-{name}.png")
        self._tell(f"the phone says: {phone.sentence()}")
        return phone.sentence()

    def move_at_the_desk(self, url: str, phone: Phone) -> None:
        """An officer takes the case up, and the citizen's page says so."""
        case = str(tracked(self.town.url, url.partition("#")[2])["case_number"])
        before = phone.sentence()
        self.town.officer.move(case, "checking")
        self._tell(f"at the desk an officer takes up case {case}")
        if self.follow(url, phone, "moved") == before:
            raise TownError("The tracking page did not change when the officer moved the case.")


def play(output: Path, tell: Callable[[str], None]) -> None:
    """Play both visits without a display. Raises what stopped it."""
    output.mkdir(parents=True, exist_ok=True)
    for old in output.glob("*.png"):
        old.unlink()
    with (
        tempfile.TemporaryDirectory(prefix="dk-demo-") as place,
        VirtualDisplay(WIDTH, HEIGHT) as display,
        Town(Path(place), tell) as town,
    ):
        kiosk = open_window(town, display.name, (WIDTH, HEIGHT))
        tell("kiosk: its window opens on a virtual screen")
        play = Play(town, Finger(display.name, touch_map(town)), output, tell)
        try:
            first = play.card_and_typed_complaint()
            with Phone() as phone:
                play.follow(first, phone, "typed")
                play.move_at_the_desk(first, phone)
                second = play.scanned_letter()
                play.follow(second, phone, "scanned")
        except Exception:
            play.look("stopped-here")
            if not kiosk.running:
                tell(f"the kiosk's window has ended: {kiosk.said()[-800:]}")
            raise


def touch_map(town: Town) -> Path:
    """Where the window of this town tells what can be tapped."""
    return town.directory / "touch-map.json"


def open_window(town: Town, display: str, size: tuple[int, int]) -> Process:
    """The kiosk's own window on that display, telling what can be tapped."""
    words = ["kiosk", "run", "--windowed", "--size", f"{size[0]}x{size[1]}", "--touch-map", str(touch_map(town))]
    return town.start("window", words, {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"})


def at_a_desk(tell: Callable[[str], None]) -> None:
    """Open the window on the display that is there, and serve until it is closed."""
    with (
        tempfile.TemporaryDirectory(prefix="dk-demo-") as place,
        Town(Path(place), tell) as town,
        Control(town.bench, default_path()),
    ):
        tell(f"the desk: {town.url}/desk/ as {town.officer.name}, password {town.officer.password}")
        tell(f"the panel beside the kiosk steers the devices; so does a second shell: {program('kiosk')} simulate …")
        tell("… card insert boonma      … card remove")
        tell("… scanner letter          … scanner jam")
        tell("… printer paper-out       … printer ok")
        tell(f"printed papers appear in {town.bench.paper_directory}")
        tell("close the window to end")
        town.start("window", ["kiosk", "run", "--windowed", "--dock"]).wait(within_s=None)


def main(arguments: list[str] | None = None) -> int:
    """Play or open; 0 only when everything worked."""
    parser = argparse.ArgumentParser(prog="kiosk demo", description="Show a visit from the card to the case.")
    parser.add_argument("--play", action="store_true", help="play it on a virtual screen even where there is a display")
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="where the pictures go")
    wish = parser.parse_args(arguments)
    started = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal leaves nothing running, as Ctrl-C does
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, signal.default_int_handler)

    def tell(line: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {line}", flush=True)

    try:
        if os.environ.get("DISPLAY") and not wish.play:
            at_a_desk(tell)
            return 0
        play(wish.output, tell)
    except (TownError, BenchError, DeskError, NotThereError, PhoneError) as error:
        print(f"The demonstration stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(
        "Worked: card read, complaint typed, letter scanned and recognised, both sealed, printed, delivered, tracked "
        f"by phone, and moved at the desk. Pictures are in {wish.output}/."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
