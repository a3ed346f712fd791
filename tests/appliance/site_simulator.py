"""The site around the appliance: the devices' far ends, and a citizen.

A process of its own, because it runs in the appliance's network (`nsenter --net`):
`python -m tests.appliance.site_simulator DIRECTORY`. It prints `ready`, then answers each line of stdin with one line:
`visit DISPLAY TOUCH_MAP` plays a visit with a card and a typed complaint and prints the tracking code of the receipt;
`track CENTRE CODE` prints the case's number. It ends with its input.
"""

import shutil
import sys
import time
from pathlib import Path

from simulators.demo_environment import fetch_tracking_status
from simulators.phone_browser import scan_qr
from simulators.simulated_devices import SimulatedDevices
from simulators.touch_robot import TouchRobot
from simulators.visit_script import VisitScript

VPCD_PORT = 35963  # of the virtual reader that Debian's vsmartcard-vpcd adds to the appliance's own pcscd
TAP_DELAY_S = 0.5
# The kiosk must see the slot empty first, because a card that it finds there is not read; pcscd starts within 1 s.
EMPTY_SLOT_SETTLE_S = 5.0


def play_visit(devices: SimulatedDevices, robot: TouchRobot) -> str:
    """A citizen's visit from the card to the receipt; the tracking code in the receipt's QR code."""
    script = VisitScript(
        robot,
        devices,
        wait_for_empty_slot=lambda: time.sleep(EMPTY_SLOT_SETTLE_S),
        tap_delay_s=TAP_DELAY_S,
    )
    return scan_qr(script.play_typed_complaint("ไฟฟ้าดับทุกคืน")).partition("#")[2]


def main(directory: Path) -> None:
    """Start the devices, write how the kiosk reaches them, and execute the lines of stdin."""
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
