"""The checks, in the order of a technician's first day."""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from provision.trial.appliance import CHECKOUT, INSIDE, Appliance
from provision.trial.centre import Centre
from provision.trial.tools import TrialError, say, wait_for

UI = "damrongdham-kiosk-ui.service"
FORWARDER = "damrongdham-kiosk-forwarder.service"
WATCHDOG_S = 15  # WatchdogSec of the interface's unit
TRIAL_ONLY = ("grim", "vsmartcard-vpcd")  # a look at the screen; a card reader to plug in
HEADLESS = """\
[Service]
Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1
"""


def read_compare_code(asking: "subprocess.Popen[str]") -> str:
    """The code `kiosk enrol` shows while it waits. Raises TrialError when it ends without one."""
    said = ""
    for line in asking.stdout or ():
        said += line
        if code := re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", line):
            return code[0]
    raise TrialError(f"kiosk enrol showed no code to compare:\n{said}")


class Trial:
    """Each check says what it saw; the first that fails ends the trial."""

    def __init__(self, appliance: Appliance, output: Path) -> None:
        self.appliance = appliance
        self.output = output
        self.seen: list[str] = []

    def saw(self, text: str) -> None:
        self.seen.append(text)
        say(f"  ok  {text}")

    def require(self, holds: bool, text: str) -> None:
        if not holds:
            raise TrialError(f"not so: {text}")
        self.saw(text)

    def installed(self) -> None:
        started = time.monotonic()
        said = self.appliance.before_boot(f"{INSIDE}/provision/install")
        self.saw(f"provision/install on the bare root: {time.monotonic() - started:.0f} s")
        (self.output / "install.txt").write_text(said, encoding="utf-8")
        root = self.appliance.root
        self.require(not (root / "usr/bin/gcc").exists(), "the compiler went again")
        site = next((root / "opt/damrongdham-kiosk/releases").glob("*/lib/python3*/site-packages"))
        self.require(
            not (site / "simulators").exists() and not (site / "central").exists(), "no simulators, no central service"
        )
        units = sorted(
            path.name for path in (CHECKOUT / "systemd").glob("*.[sp]*") if path.suffix in {".service", ".path"}
        )
        self.appliance.before_boot(
            "systemd-analyze", "verify", "--man=no", *(f"/etc/systemd/system/{unit}" for unit in units)
        )
        self.saw("systemd-analyze verify: nothing to say about the units in place")

    def surround(self) -> None:
        """What the trial adds: a screen without glass, a reader to plug a card into, this kiosk's settings."""
        self.appliance.before_boot(
            "sh", "-c", f"apt-get -q update && apt-get -qy install --no-install-recommends {' '.join(TRIAL_ONLY)}"
        )
        drop_in = self.appliance.root / f"etc/systemd/system/{UI}.d/trial.conf"
        drop_in.parent.mkdir(parents=True)
        drop_in.write_text(HEADLESS, encoding="utf-8")

    def came_up(self) -> None:
        state = self.appliance.inside("systemctl", "is-system-running")
        self.require(state.strip() == "running", "after boot systemd says: running")
        self.require(
            self.appliance.unit(UI, "ActiveState") == "active", "the interface is active: its first picture was painted"
        )
        self.require(self.appliance.unit(FORWARDER, "ActiveState") == "inactive", "delivery waits for the enrolment")

    def installs_again_without_network(self) -> None:
        started = time.monotonic()
        self.appliance.inside(f"{INSIDE}/provision/install")
        self.require(self.appliance.unit(UI, "NRestarts") == "0", "the interface was left running by it")
        self.saw(f"provision/install again, without network: {time.monotonic() - started:.0f} s")

    def enrolled(self, centre: "Centre") -> None:
        asking = subprocess.Popen(
            self.appliance.command("kiosk", "enrol", centre.url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            centre.approve(read_compare_code(asking))
            asking.communicate(timeout=60)
        finally:
            asking.kill()
            asking.wait()
        self.require(asking.returncode == 0, "kiosk enrol: an officer compared the code and approved")
        wait_for("delivery starts", lambda: self.appliance.unit(FORWARDER, "ActiveState") == "active", 30)
        self.saw("delivery started by itself")
        key = "/var/lib/damrongdham-kiosk/kiosk-signing.key"
        readers = [user for user in ("dk-ui", "dk-forwarder") if self.appliance.succeeds("cat", key, user=user)]
        self.require(not readers, "the signing key on the disk is readable by root only")

    def examined(self) -> None:
        done = subprocess.run(
            self.appliance.command("kiosk", "doctor", "--json"), capture_output=True, text=True, timeout=60, check=False
        )
        report = json.loads(done.stdout)
        (self.output / "doctor.json").write_text(
            json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        self.saw(f"kiosk doctor --json: exit status {done.returncode}")

    def looked_at(self) -> None:
        picture = self.appliance.screenshot(self.output / "attract.png")
        colours = picture.getcolors(1 << 24) or []
        most = max(count for count, _ in colours) / (picture.width * picture.height)
        self.require(
            len(colours) > 50 and most < 0.98, f"the screen shows a picture: {picture.size}, {len(colours)} colours"
        )

    def watched(self, since: float) -> None:
        time.sleep(max(0.0, since + 2 * WATCHDOG_S - time.monotonic()))
        self.require(
            self.appliance.unit(UI, "NRestarts") == "0", f"the watchdog was fed for more than {2 * WATCHDOG_S} s"
        )
        os.kill(self.appliance.interface(), signal.SIGSTOP)
        started = time.monotonic()
        wait_for(
            "the frozen interface is restarted", lambda: self.appliance.unit(UI, "NRestarts") == "1", 3 * WATCHDOG_S
        )
        wait_for("it is active again", lambda: self.appliance.unit(UI, "ActiveState") == "active", 60)
        self.saw(f"a frozen interface was back after {time.monotonic() - started:.0f} s")
        picture = self.appliance.screenshot(self.output / "after-watchdog.png")
        self.require(len(picture.getcolors(1 << 24) or []) > 50, "and shows a picture")

    def tidy(self) -> None:
        failed = self.appliance.inside("systemctl", "list-units", "--failed", "--plain", "--no-legend").strip()
        self.require(not failed, "no unit failed")
