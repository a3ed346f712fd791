"""The checks, in the order of a technician's first day."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from PIL import Image

from tests.appliance.appliance import CHECKOUT, INSIDE, PROXIES, RUNTIME, Appliance
from tests.appliance.local_centre import Centre
from tests.appliance.tools import TrialError, run, say, wait_for

UI = "damrongdham-kiosk-ui.service"
FORWARDER = "damrongdham-kiosk-forwarder.service"
ANSWERING = {"card_reader": "empty", "printer": "ready", "scanner": "ready"}
WATCHDOG_S = 15  # WatchdogSec of the interface's unit
FAULT = "damrongdham-kiosk-fault.service"
GOOD = "damrongdham-kiosk-good.service"
PANEL = "/run/damrongdham-kiosk-fault/panel"  # in place of a framebuffer
PANEL_SIZE = (1080, 1920)
FIRST_PICTURE_S = 6
RETRY_S = 20  # in place of five minutes
HELPERS = "/usr/local/lib/damrongdham-kiosk/provision"
TRIAL_ONLY = ("grim", "vsmartcard-vpcd")  # a look at the screen; a card reader to plug in
SANE_CONFIGURATION = "/etc/trial-sane"
TOUCH_MAP = f"{RUNTIME}/touch-map.json"  # what can be tapped, for a finger that is a program
DROP_IN = """\
[Service]
Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1
Environment=SANE_CONFIG_DIR={sane}
ExecStart=
ExecStart=/usr/bin/cage {options} -- /opt/damrongdham-kiosk/venv/bin/kiosk run --touch-map {touch_map}
"""
# The root is a directory on this machine's disk: its ballast is the small one. There is no framebuffer, and no time.
DROP_INS = {
    FORWARDER: "[Service]\nExecStart=\nExecStart=/opt/damrongdham-kiosk/venv/bin/kiosk forward\n",
    FAULT: f"[Service]\nExecStart=\nExecStart=/usr/bin/python3 -I {HELPERS}/fault_page.py --retry {RETRY_S} "
    f"--into {PANEL} --size {PANEL_SIZE[0]}x{PANEL_SIZE[1]}\n",
    GOOD: f"[Service]\nExecStart=\nExecStart=/usr/bin/python3 -I {HELPERS}/releases.py good 5\n",
}
# Debian 12's cage hands a full-screen window straight to the display, past the picture that grim takes; turned by 90°
# (`-r`, which later versions no longer have) it composes. So one trial is in portrait, the other in landscape.
CAGE_OPTIONS = {"bookworm": "-d -r"}


def read_compare_code(asking: "subprocess.Popen[str]") -> str:
    """The code `kiosk enrol` shows while it waits. Raises TrialError when it ends without one."""
    said = ""
    for line in asking.stdout or ():
        said += line
        if code := re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", line):
            return code[0]
    raise TrialError(f"kiosk enrol showed no code to compare:\n{said}")


def ask(hall: "subprocess.Popen[str]", line: str) -> str:
    """One line to the hall, one back. Raises TrialError when it ended."""
    if hall.stdin and hall.stdout:
        if line:
            hall.stdin.write(line + "\n")
            hall.stdin.flush()
        if answer := hall.stdout.readline().strip():
            return answer
    raise TrialError(f"the hall ended: {hall.communicate()[1][-1500:]}")


def reaches_every_edge(picture: Image.Image) -> bool:
    """Nothing of it is black at an edge."""
    width, height = picture.size
    edges = [(0, 0, width, 2), (0, height - 2, width, height), (0, 0, 2, height), (width - 2, 0, width, height)]
    return all(picture.crop(edge).getbbox() for edge in edges)


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

    def told(self, release: str) -> None:
        """What the trial tells the units beforehand: a screen without glass, a panel that is a file."""
        interface = DROP_IN.format(
            options=CAGE_OPTIONS.get(release, "-d"), sane=SANE_CONFIGURATION, touch_map=TOUCH_MAP
        )
        for unit, text in {UI: interface, **DROP_INS}.items():
            drop_in = self.appliance.root / f"etc/systemd/system/{unit}.d/trial.conf"
            drop_in.parent.mkdir(parents=True)
            drop_in.write_text(text, encoding="utf-8")

    def refused_without_network(self) -> None:
        """The first thing that fails is the thing that is told."""
        try:
            self.appliance.before_boot(f"{INSIDE}/provision/install", network=False)
        except TrialError as error:
            self.require(
                "reading the lists" in str(error) and "to install" not in str(error), "no network is told as such"
            )
        else:
            raise TrialError("provision/install came through without network")

    def installed(self) -> None:
        """On a bare machine that runs, and runs on: nothing of it needs another start."""
        started = time.monotonic()
        said = self.appliance.inside(f"{INSIDE}/provision/install", timeout=1200, **PROXIES)
        self.saw(f"provision/install on the bare, running root: {time.monotonic() - started:.0f} s")
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
        self.appliance.inside(
            "systemd-analyze", "verify", "--man=no", *(f"/etc/systemd/system/{unit}" for unit in units)
        )
        self.saw("systemd-analyze verify: nothing to say about the units in place")
        for unit, most in ((UI, 20), (FORWARDER, 15), (FAULT, 20), (GOOD, 20)):  # tenths
            file = f"/etc/systemd/system/{unit}"
            self.appliance.inside("systemd-analyze", "security", "--offline=true", f"--threshold={most}", file)
        self.saw("systemd-analyze security: interface at most 2.0, delivery 1.5, as this release measures")
        self.require(self.appliance.unit(UI, "ActiveState") == "active", "the interface stands without another start")
        ours = self.appliance.unit(UI, "MainPID")
        self.require(
            self.appliance.succeeds("pkcheck", "--action-id", "org.freedesktop.login1.reboot", "--process", ours),
            "dbus and polkit came up, and polkit knows the kiosk's rule",
        )

    def repaired(self) -> None:
        """An update on a machine whose dpkg was interrupted, and whose last installation left its build tools."""
        broken = (
            "apt-get -q update && apt-get -qy download hello && dpkg --unpack hello_*.deb && rm hello_*.deb && "
            "dpkg --purge --force-depends alsa-utils && dpkg-query -s hello >/var/lib/dpkg/updates/0001 && "
            "echo hello >/opt/damrongdham-kiosk/build-tools"
        )
        self.appliance.before_boot("sh", "-c", f"cd /root && {broken}")
        said = self.appliance.before_boot(f"{INSIDE}/provision/install")
        self.require("finishing what was interrupted" in said, "an interrupted dpkg is brought to its end")
        self.appliance.before_boot("sh", "-c", 'test -z "$(dpkg --audit)" && test -e /usr/bin/aplay')
        self.require(not (self.appliance.root / "usr/bin/hello").exists(), "build tools of an interrupted run went")

    def surround(self) -> None:
        """What the trial adds: a look at the screen, a reader to plug a card into."""
        self.appliance.before_boot(
            "sh", "-c", f"apt-get -q update && apt-get -qy install --no-install-recommends {' '.join(TRIAL_ONLY)}"
        )

    def came_up(self) -> None:
        wait_for("the interface paints", lambda: self.appliance.unit(UI, "ActiveState") == "active", 60)
        self.saw("the interface is active: its first picture was painted")
        wait_for("systemd says: running", lambda: self.appliance.succeeds("systemctl", "is-system-running"), 30)
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
        self.require(asking.returncode == 0, "kiosk enrol: an officer typed the code and so approved")
        wait_for("delivery starts", lambda: self.appliance.unit(FORWARDER, "ActiveState") == "active", 30)
        self.saw("delivery started by itself")
        key = "/var/lib/damrongdham-kiosk/kiosk-signing.key"
        readers = [user for user in ("dk-ui", "dk-forwarder") if self.appliance.succeeds("cat", key, user=user)]
        self.require(not readers, "the signing key on the disk is readable by root only")
        planted = f"{Path(key).parent}/planted"
        planters = [user for user in ("dk-ui", "dk-forwarder") if self.appliance.succeeds("touch", planted, user=user)]
        self.require(not planters, "neither user can put a file beside the enrolment")

    def furnished(self, devices: Path) -> None:
        """The technician writes kiosk.toml and plugs the devices in."""
        settings = self.appliance.root / "etc/damrongdham-kiosk/kiosk.toml"
        example = settings.read_text("utf-8")
        head = "".join(section for section in re.split(r"(?m)^(?=(?:#.*\n)*\[)", example) if "[kiosk]" in section)
        settings.write_text(head + "\n" + (devices / "devices.toml").read_text("utf-8"), encoding="utf-8")
        shutil.copytree(devices / "sane", self.appliance.root / SANE_CONFIGURATION.lstrip("/"))
        self.appliance.inside("kiosk", "settings")
        self.appliance.inside("systemctl", "restart", UI)
        self.saw("kiosk.toml names the devices; the interface came back with them")

    def visited(self, hall: "subprocess.Popen[str]", centre: Centre) -> None:
        """A whole visit by touch, and its complaint at the centre."""
        # The X server in cage listens to its own user only; the finger is this machine's root.
        user = self.appliance.inside("id", "--user", "dk-ui").strip()
        lent = ("setpriv", f"--reuid={user}", "--clear-groups", "env", "DISPLAY=:0", "xhost", "+si:localuser:root")
        run(*self.appliance.outside(*lent))
        code = ask(hall, f"visit :0 /proc/{self.appliance.leader}/root{TOUCH_MAP}")
        self.saw("a visit by touch: card read, complaint typed, receipt printed")
        wait_for("the outbox is empty", lambda: self.waiting() == 0, 60)
        self.saw(f"the kiosk forgot what the centre has as case {ask(hall, f'track {centre.url} {code}')}")

    def waiting(self) -> int:
        return int(json.loads(self.appliance.inside("kiosk", "outbox", "status", "--json"))["waiting"])

    def examined(self) -> None:
        """Every device answers; what is left to say is that there is no time server here and no PIN."""
        wait_for("the devices answer", lambda: self.doctor()["devices"] == ANSWERING, 60)
        report = self.doctor()
        (self.output / "doctor.json").write_text(
            json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        grave = [found for check in report["checks"] for found in check["findings"] if found["severity"] != "note"]
        self.require([found["code"] for found in grave] == ["N-02"], "kiosk doctor: only the clock is not set")

    def doctor(self) -> dict[str, Any]:
        command = self.appliance.command("kiosk", "doctor", "--json")
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return dict(json.loads(done.stdout))

    def looked_at(self, name: str) -> None:
        """What stands on the glass once it stands still. A picture that does not reach every edge is none."""
        file = self.output / f"{name}.png"
        before = self.appliance.screenshot(file)
        for _ in range(20):
            time.sleep(1)
            picture = self.appliance.screenshot(file)
            if picture == before and reaches_every_edge(picture):
                width, height = picture.size
                colours = len(picture.getcolors(1 << 24) or [])
                self.require(colours > 50, f"{name}: the screen shows a picture, {width} × {height}, {colours} colours")
                return
            before = picture
        raise TrialError(f"no whole picture stands on the screen; see {file}")

    def first_picture(self) -> None:
        """However early one looks, a picture reaches every edge."""
        self.appliance.inside("systemctl", "--no-block", "restart", UI)
        file, seen = self.output / "first-picture.png", 0
        until = time.monotonic() + FIRST_PICTURE_S
        while time.monotonic() < until:
            try:
                picture = self.appliance.screenshot(file)
            except (TrialError, subprocess.CalledProcessError):  # there is no compositor yet, or no longer
                continue
            if picture.getbbox() is None:
                continue
            if not reaches_every_edge(picture):
                raise TrialError(f"a picture was shown that does not fill the panel; see {file}")
            seen += 1
        self.require(seen > 0, f"the picture fills the panel from the first frame on, {seen} looks")

    def watched(self, since: float) -> None:
        time.sleep(max(0.0, since + 2 * WATCHDOG_S - time.monotonic()))
        self.require(
            self.appliance.unit(UI, "NRestarts") == "0", f"the watchdog was fed for more than {2 * WATCHDOG_S} s"
        )
        frozen = self.appliance.interface()
        Path(f"/proc/{frozen}/root/dev/shm/page").touch()  # as of a letter that is being fed
        os.kill(frozen, signal.SIGSTOP)
        started = time.monotonic()
        wait_for(
            "the frozen interface is restarted", lambda: self.appliance.unit(UI, "NRestarts") == "1", 3 * WATCHDOG_S
        )
        wait_for("it is active again", lambda: self.appliance.unit(UI, "ActiveState") == "active", 60)
        self.saw(f"a frozen interface was back after {time.monotonic() - started:.0f} s")
        memories = [Path(f"/proc/{of}/root/dev/shm") for of in (self.appliance.interface(), self.appliance.leader)]
        self.require(
            all(memory.is_dir() and not (memory / "page").exists() for memory in memories),
            "nothing of a letter that was under way is left in memory",
        )
        self.looked_at("after-watchdog")

    def tidy(self) -> None:
        failed = self.appliance.inside("systemctl", "list-units", "--failed", "--plain", "--no-legend").strip()
        self.require(not failed, "no unit failed")
        self.require(self.appliance.unit(FORWARDER, "NRestarts") == "0", "delivery ran through")
