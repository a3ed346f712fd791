"""What stands around the appliance in its hall: the devices' far ends, and a citizen.

A process of its own, because it lives in the appliance's network (`nsenter --net`): `python -m tests.appliance.site_simulator
DIRECTORY`. It says `ready`, then obeys stdin, with one line for a line: `visit DISPLAY TOUCH_MAP` plays a visit with a
card and a typed complaint and gives the tracking code on the paper; `track CENTRE CODE` gives the case's number. The
end of input ends it.
"""

import shutil
import sys
import time
from pathlib import Path

from PIL import Image

from simulators.demo_environment import tracked, wait_until
from simulators.phone_browser import scan_qr
from simulators.simulated_devices import Bench
from simulators.touch_robot import Finger

VPCD_PORT = 35963  # of the virtual reader that Debian's vsmartcard-vpcd puts behind the appliance's own pcscd
REACH_S = 0.5
SLOT_S = 5.0  # the kiosk has to see the slot empty first: a card it finds there is not read; pcscd starts in 1 s


def reach(finger: Finger, screen: str, name: str) -> None:
    """Tap what has this name on this screen, no sooner than a hand can: the picture may still be settling."""
    finger.wait_for(screen)
    finger.wait_for_spot(name)
    time.sleep(REACH_S)
    finger.tap(name)


def visit(bench: Bench, finger: Finger) -> str:
    """A citizen's visit, from the card in the slot to the paper in the hand. Returns the tracking code in its QR."""
    finger.wait_for("attract")
    time.sleep(SLOT_S)
    bench.card_insert("boonma")
    reach(finger, "notice", "accept")
    reach(finger, "identify", "next")
    reach(finger, "topic", "topic.utilities")
    reach(finger, "place", "next")
    finger.wait_for("tell")
    finger.type("ไฟฟ้าดับทุกคืน")
    reach(finger, "tell", "next")
    reach(finger, "review", "send")
    finger.wait_for("receipt")
    wait_until(lambda: bool(bench.papers()), "the receipt is printed")
    with Image.open(bench.papers()[-1]) as paper:
        code = scan_qr(paper).partition("#")[2]
    bench.card_remove()
    reach(finger, "receipt", "finish")
    finger.wait_for("attract")
    return code


def main(directory: Path) -> None:
    """Put the devices up, tell how the kiosk reaches them, and obey."""
    with Bench(directory, reader_port=VPCD_PORT) as bench:
        (directory / "devices.toml").write_text(bench.settings, encoding="utf-8")
        shutil.copytree(bench.scanner.environment["SANE_CONFIG_DIR"], directory / "sane")
        print("ready", flush=True)
        for line in sys.stdin:
            match line.split():
                case ["visit", display, touch_map]:
                    print(visit(bench, Finger(display, Path(touch_map))), flush=True)
                case ["track", centre, code]:
                    print(tracked(centre, code)["case_number"], flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
