"""What stands around the appliance in its hall: the devices' far ends, and a citizen.

A process of its own, because it lives in the appliance's network (`nsenter --net`):
`python -m tests.appliance.site_simulator DIRECTORY`. It says `ready`, then obeys stdin, with one line for a line:
`visit DISPLAY TOUCH_MAP` plays a visit with a card and a typed complaint and gives the tracking code on the paper;
`track CENTRE CODE` gives the case's number. The end of input ends it.
"""

import shutil
import sys
import time
from pathlib import Path

from PIL import Image

from simulators.demo_environment import fetch_tracking_status, wait_until
from simulators.phone_browser import scan_qr
from simulators.simulated_devices import SimulatedDevices
from simulators.touch_robot import TouchRobot

VPCD_PORT = 35963  # of the virtual reader that Debian's vsmartcard-vpcd puts behind the appliance's own pcscd
TOUCH_DELAY_S = 0.5
EMPTY_SLOT_SETTLE_S = (
    5.0  # the kiosk has to see the slot empty first: a card it finds there is not read; pcscd starts in 1 s
)


def tap_on_screen(robot: TouchRobot, screen: str, name: str) -> None:
    """Tap what has this name on this screen, no sooner than a hand can: the picture may still be settling."""
    robot.wait_for_screen(screen)
    robot.wait_for_target(name)
    time.sleep(TOUCH_DELAY_S)
    robot.tap(name)


def play_visit(devices: SimulatedDevices, robot: TouchRobot) -> str:
    """A citizen's visit, from the card in the slot to the paper in the hand. Returns the tracking code in its QR."""
    robot.wait_for_screen("attract")
    time.sleep(EMPTY_SLOT_SETTLE_S)
    devices.insert_card("boonma")
    tap_on_screen(robot, "notice", "accept")
    tap_on_screen(robot, "identify", "next")
    tap_on_screen(robot, "topic", "topic.utilities")
    tap_on_screen(robot, "place", "next")
    robot.wait_for_screen("tell")
    robot.type_text("ไฟฟ้าดับทุกคืน")
    tap_on_screen(robot, "tell", "next")
    tap_on_screen(robot, "review", "send")
    robot.wait_for_screen("receipt")
    wait_until(lambda: bool(devices.receipt_files()), "the receipt is printed")
    with Image.open(devices.receipt_files()[-1]) as paper:
        code = scan_qr(paper).partition("#")[2]
    devices.remove_card()
    tap_on_screen(robot, "receipt", "finish")
    robot.wait_for_screen("attract")
    return code


def main(directory: Path) -> None:
    """Put the devices up, tell how the kiosk reaches them, and obey."""
    with SimulatedDevices(directory, reader_port=VPCD_PORT) as devices:
        (directory / "devices.toml").write_text(devices.settings, encoding="utf-8")
        shutil.copytree(devices.scanner.environment["SANE_CONFIG_DIR"], directory / "sane")
        print("ready", flush=True)
        for line in sys.stdin:
            match line.split():
                case ["visit", display, touch_map]:
                    print(play_visit(devices, TouchRobot(display, Path(touch_map))), flush=True)
                case ["track", centre, code]:
                    print(fetch_tracking_status(centre, code)["case_number"], flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
