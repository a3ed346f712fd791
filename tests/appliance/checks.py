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

from tests.appliance.appliance import CHECKOUT, CHECKOUT_IN_ROOT, PROXY_ENV, RUNTIME_DIR, Appliance
from tests.appliance.local_centre import LocalCentre
from tests.appliance.tools import ApplianceTestError, log, run_command, wait_for

UI_UNIT = "damrongdham-kiosk-ui.service"
FORWARDER_UNIT = "damrongdham-kiosk-forwarder.service"
EXPECTED_DEVICE_STATES = {"card_reader": "empty", "printer": "ready", "scanner": "ready"}
WATCHDOG_S = 15  # WatchdogSec of the interface's unit
FAULT_UNIT = "damrongdham-kiosk-fault.service"
GOOD_UNIT = "damrongdham-kiosk-confirm-release.service"
PANEL_FILE = "/run/damrongdham-kiosk-fault/panel"  # in place of a framebuffer
PANEL_SIZE = (1080, 1920)
FIRST_PICTURE_WINDOW_S = 6
RETRY_S = 20  # in place of five minutes
HELPERS = "/usr/local/lib/damrongdham-kiosk/provision"
TEST_ONLY_PACKAGES = ("grim", "vsmartcard-vpcd")  # a look at the screen; a card reader to plug in
SANE_CONFIG_DIR = "/etc/trial-sane"
TOUCH_MAP = f"{RUNTIME_DIR}/touch-map.json"  # what can be tapped, for a finger that is a program
INTERFACE_DROP_IN = """\
[Service]
Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1
Environment=SANE_CONFIG_DIR={sane}
ExecStart=
ExecStart=/usr/bin/cage {options} -- /opt/damrongdham-kiosk/venv/bin/kiosk run --touch-map {touch_map}
"""
# The root is a directory on this machine's disk: its ballast is the small one. There is no framebuffer, and no time.
DROP_INS = {
    FORWARDER_UNIT: "[Service]\nExecStart=\nExecStart=/opt/damrongdham-kiosk/venv/bin/kiosk forward\n",
    FAULT_UNIT: f"[Service]\nExecStart=\nExecStart=/usr/bin/python3 -I {HELPERS}/fault_page.py --retry {RETRY_S} "
    f"--panel-file {PANEL_FILE} --size {PANEL_SIZE[0]}x{PANEL_SIZE[1]}\n",
    GOOD_UNIT: f"[Service]\nExecStart=\nExecStart=/usr/bin/python3 -I {HELPERS}/releases.py confirm 5\n",
}
# Debian 12's cage hands a full-screen window straight to the display, past the picture that grim takes; turned by 90°
# (`-r`, which later versions no longer have) it composes. So one trial is in portrait, the other in landscape.
CAGE_OPTIONS = {"bookworm": "-d -r"}


def read_compare_code(asking: "subprocess.Popen[str]") -> str:
    """The code `kiosk enrol` shows while it waits. Raises ApplianceTestError when it ends without one."""
    said = ""
    for line in asking.stdout or ():
        said += line
        if code := re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", line):
            return code[0]
    raise ApplianceTestError(f"kiosk enrol showed no code to compare:\n{said}")


def request(site_simulator: "subprocess.Popen[str]", line: str) -> str:
    """One line to the hall, one back. Raises ApplianceTestError when it ended."""
    if site_simulator.stdin and site_simulator.stdout:
        if line:
            site_simulator.stdin.write(line + "\n")
            site_simulator.stdin.flush()
        if answer := site_simulator.stdout.readline().strip():
            return answer
    raise ApplianceTestError(f"the hall ended: {site_simulator.communicate()[1][-1500:]}")


def fills_panel(picture: Image.Image) -> bool:
    """Nothing of it is black at an edge."""
    width, height = picture.size
    edges = [(0, 0, width, 2), (0, height - 2, width, height), (0, 0, 2, height), (width - 2, 0, width, height)]
    return all(picture.crop(edge).getbbox() for edge in edges)


class ApplianceChecks:
    """Each check says what it saw; the first that fails ends the trial."""

    def __init__(self, appliance: Appliance, output: Path) -> None:
        self.appliance = appliance
        self.output = output
        self.passed_checks: list[str] = []

    def record_pass(self, text: str) -> None:
        self.passed_checks.append(text)
        log(f"  ok  {text}")

    def expect(self, holds: bool, text: str) -> None:
        if not holds:
            raise ApplianceTestError(f"not so: {text}")
        self.record_pass(text)

    def write_unit_overrides(self, release: str) -> None:
        """What the trial tells the units beforehand: a screen without glass, a panel that is a file."""
        interface = INTERFACE_DROP_IN.format(
            options=CAGE_OPTIONS.get(release, "-d"), sane=SANE_CONFIG_DIR, touch_map=TOUCH_MAP
        )
        for unit, text in {UI_UNIT: interface, **DROP_INS}.items():
            drop_in = self.appliance.root / f"etc/systemd/system/{unit}.d/trial.conf"
            drop_in.parent.mkdir(parents=True)
            drop_in.write_text(text, encoding="utf-8")

    def check_install_without_network(self) -> None:
        """The first thing that fails is the thing that is told."""
        try:
            self.appliance.run_offline(f"{CHECKOUT_IN_ROOT}/provision/install", network=False)
        except ApplianceTestError as error:
            self.expect(
                "reading the lists" in str(error) and "to install" not in str(error), "no network is told as such"
            )
        else:
            raise ApplianceTestError("provision/install came through without network")

    def check_install(self) -> None:
        """On a bare machine that runs, and runs on: nothing of it needs another start."""
        started = time.monotonic()
        said = self.appliance.run_in_root(f"{CHECKOUT_IN_ROOT}/provision/install", timeout=1200, **PROXY_ENV)
        self.record_pass(f"provision/install on the bare, running root: {time.monotonic() - started:.0f} s")
        (self.output / "install.txt").write_text(said, encoding="utf-8")
        root = self.appliance.root
        self.expect(not (root / "usr/bin/gcc").exists(), "the compiler went again")
        site = next((root / "opt/damrongdham-kiosk/releases").glob("*/lib/python3*/site-packages"))
        self.expect(
            not (site / "simulators").exists() and not (site / "central").exists(), "no simulators, no central service"
        )
        units = sorted(
            path.name for path in (CHECKOUT / "systemd").glob("*.[sp]*") if path.suffix in {".service", ".path"}
        )
        self.appliance.run_in_root(
            "systemd-analyze", "verify", "--man=no", *(f"/etc/systemd/system/{unit}" for unit in units)
        )
        self.record_pass("systemd-analyze verify: nothing to say about the units in place")
        for unit, most in ((UI_UNIT, 20), (FORWARDER_UNIT, 15), (FAULT_UNIT, 20), (GOOD_UNIT, 20)):  # tenths
            file = f"/etc/systemd/system/{unit}"
            self.appliance.run_in_root("systemd-analyze", "security", "--offline=true", f"--threshold={most}", file)
        self.record_pass("systemd-analyze security: interface at most 2.0, delivery 1.5, as this release measures")
        self.expect(
            self.appliance.unit_property(UI_UNIT, "ActiveState") == "active",
            "the interface stands without another start",
        )
        ours = self.appliance.unit_property(UI_UNIT, "MainPID")
        self.expect(
            self.appliance.succeeds_in_root(
                "pkcheck", "--action-id", "org.freedesktop.login1.reboot", "--process", ours
            ),
            "dbus and polkit came up, and polkit knows the kiosk's rule",
        )

    def check_interrupted_install(self) -> None:
        """An update on a machine whose dpkg was interrupted, and whose last installation left its build tools."""
        broken = (
            "apt-get -q update && apt-get -qy download hello && dpkg --unpack hello_*.deb && rm hello_*.deb && "
            "dpkg --purge --force-depends alsa-utils && dpkg-query -s hello >/var/lib/dpkg/updates/0001 && "
            "echo hello >/opt/damrongdham-kiosk/build-tools"
        )
        self.appliance.run_offline("sh", "-c", f"cd /root && {broken}")
        said = self.appliance.run_offline(f"{CHECKOUT_IN_ROOT}/provision/install")
        self.expect("finishing what was interrupted" in said, "an interrupted dpkg is brought to its end")
        self.appliance.run_offline("sh", "-c", 'test -z "$(dpkg --audit)" && test -e /usr/bin/aplay')
        self.expect(not (self.appliance.root / "usr/bin/hello").exists(), "build tools of an interrupted run went")

    def install_test_packages(self) -> None:
        """What the trial adds: a look at the screen, a reader to plug a card into."""
        self.appliance.run_offline(
            "sh",
            "-c",
            f"apt-get -q update && apt-get -qy install --no-install-recommends {' '.join(TEST_ONLY_PACKAGES)}",
        )

    def check_startup(self) -> None:
        wait_for("the interface paints", lambda: self.appliance.unit_property(UI_UNIT, "ActiveState") == "active", 60)
        self.record_pass("the interface is active: its first picture was painted")
        wait_for("systemd says: running", lambda: self.appliance.succeeds_in_root("systemctl", "is-system-running"), 30)
        self.expect(
            self.appliance.unit_property(FORWARDER_UNIT, "ActiveState") == "inactive",
            "delivery waits for the enrolment",
        )

    def check_reinstall_without_network(self) -> None:
        started = time.monotonic()
        self.appliance.run_in_root(f"{CHECKOUT_IN_ROOT}/provision/install")
        self.expect(self.appliance.unit_property(UI_UNIT, "NRestarts") == "0", "the interface was left running by it")
        self.record_pass(f"provision/install again, without network: {time.monotonic() - started:.0f} s")

    def check_enrolment(self, centre: "LocalCentre") -> None:
        asking = subprocess.Popen(
            self.appliance.command_in_root("kiosk", "enrol", centre.url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            centre.approve_enrolment(read_compare_code(asking))
            asking.communicate(timeout=60)
        finally:
            asking.kill()
            asking.wait()
        self.expect(asking.returncode == 0, "kiosk enrol: an officer typed the code and so approved")
        wait_for("delivery starts", lambda: self.appliance.unit_property(FORWARDER_UNIT, "ActiveState") == "active", 30)
        self.record_pass("delivery started by itself")
        key = "/var/lib/damrongdham-kiosk/kiosk-signing.key"
        readers = [user for user in ("dk-ui", "dk-forwarder") if self.appliance.succeeds_in_root("cat", key, user=user)]
        self.expect(not readers, "the signing key on the disk is readable by root only")
        planted = f"{Path(key).parent}/planted"
        planters = [
            user for user in ("dk-ui", "dk-forwarder") if self.appliance.succeeds_in_root("touch", planted, user=user)
        ]
        self.expect(not planters, "neither user can put a file beside the enrolment")

    def configure_devices(self, devices: Path) -> None:
        """The technician writes kiosk.toml and plugs the devices in."""
        settings = self.appliance.root / "etc/damrongdham-kiosk/kiosk.toml"
        example = settings.read_text("utf-8")
        head = "".join(section for section in re.split(r"(?m)^(?=(?:#.*\n)*\[)", example) if "[kiosk]" in section)
        settings.write_text(head + "\n" + (devices / "devices.toml").read_text("utf-8"), encoding="utf-8")
        shutil.copytree(devices / "sane", self.appliance.root / SANE_CONFIG_DIR.lstrip("/"))
        self.appliance.run_in_root("kiosk", "settings")
        self.appliance.run_in_root("systemctl", "restart", UI_UNIT)
        self.record_pass("kiosk.toml names the devices; the interface came back with them")

    def check_visit(self, site_simulator: "subprocess.Popen[str]", centre: LocalCentre) -> None:
        """A whole visit by touch, and its complaint at the centre."""
        # The X server in cage listens to its own user only; the finger is this machine's root.
        user = self.appliance.run_in_root("id", "--user", "dk-ui").strip()
        lent = ("setpriv", f"--reuid={user}", "--clear-groups", "env", "DISPLAY=:0", "xhost", "+si:localuser:root")
        run_command(*self.appliance.command_in_network(*lent))
        code = request(site_simulator, f"visit :0 /proc/{self.appliance.leader}/root{TOUCH_MAP}")
        self.record_pass("a visit by touch: card read, complaint typed, receipt printed")
        wait_for("the outbox is empty", lambda: self.outbox_count() == 0, 60)
        self.record_pass(
            f"the kiosk forgot what the centre has as case {request(site_simulator, f'track {centre.url} {code}')}"
        )

    def outbox_count(self) -> int:
        return int(json.loads(self.appliance.run_in_root("kiosk", "outbox", "status", "--json"))["waiting"])

    def check_doctor(self) -> None:
        """Every device answers; what is left to say is that there is no time server here and no PIN."""
        wait_for("the devices answer", lambda: self.run_doctor()["devices"] == EXPECTED_DEVICE_STATES, 60)
        report = self.run_doctor()
        (self.output / "doctor.json").write_text(
            json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        grave = [found for check in report["checks"] for found in check["findings"] if found["severity"] != "note"]
        self.expect([found["code"] for found in grave] == ["N-02"], "kiosk doctor: only the clock is not set")

    def run_doctor(self) -> dict[str, Any]:
        command = self.appliance.command_in_root("kiosk", "doctor", "--json")
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return dict(json.loads(done.stdout))

    def check_stable_screen(self, name: str) -> None:
        """What stands on the glass once it stands still. A picture that does not reach every edge is none."""
        file = self.output / f"{name}.png"
        before = self.appliance.screenshot(file)
        for _ in range(20):
            time.sleep(1)
            picture = self.appliance.screenshot(file)
            if picture == before and fills_panel(picture):
                width, height = picture.size
                colours = len(picture.getcolors(1 << 24) or [])
                self.expect(colours > 50, f"{name}: the screen shows a picture, {width} × {height}, {colours} colours")
                return
            before = picture
        raise ApplianceTestError(f"no whole picture stands on the screen; see {file}")

    def check_first_picture(self) -> None:
        """However early one looks, a picture reaches every edge."""
        self.appliance.run_in_root("systemctl", "--no-block", "restart", UI_UNIT)
        file, seen = self.output / "first-picture.png", 0
        until = time.monotonic() + FIRST_PICTURE_WINDOW_S
        while time.monotonic() < until:
            try:
                picture = self.appliance.screenshot(file)
            except (ApplianceTestError, subprocess.CalledProcessError):  # there is no compositor yet, or no longer
                continue
            if picture.getbbox() is None:
                continue
            if not fills_panel(picture):
                raise ApplianceTestError(f"a picture was shown that does not fill the panel; see {file}")
            seen += 1
        self.expect(seen > 0, f"the picture fills the panel from the first frame on, {seen} looks")

    def check_watchdog(self, since: float) -> None:
        time.sleep(max(0.0, since + 2 * WATCHDOG_S - time.monotonic()))
        self.expect(
            self.appliance.unit_property(UI_UNIT, "NRestarts") == "0",
            f"the watchdog was fed for more than {2 * WATCHDOG_S} s",
        )
        frozen = self.appliance.interface_pid()
        Path(f"/proc/{frozen}/root/dev/shm/page").touch()  # as of a letter that is being fed
        os.kill(frozen, signal.SIGSTOP)
        started = time.monotonic()
        wait_for(
            "the frozen interface is restarted",
            lambda: self.appliance.unit_property(UI_UNIT, "NRestarts") == "1",
            3 * WATCHDOG_S,
        )
        wait_for("it is active again", lambda: self.appliance.unit_property(UI_UNIT, "ActiveState") == "active", 60)
        self.record_pass(f"a frozen interface was back after {time.monotonic() - started:.0f} s")
        memories = [Path(f"/proc/{of}/root/dev/shm") for of in (self.appliance.interface_pid(), self.appliance.leader)]
        self.expect(
            all(memory.is_dir() and not (memory / "page").exists() for memory in memories),
            "nothing of a letter that was under way is left in memory",
        )
        self.check_stable_screen("after-watchdog")

    def check_no_failed_units(self) -> None:
        failed = self.appliance.run_in_root("systemctl", "list-units", "--failed", "--plain", "--no-legend").strip()
        self.expect(not failed, "no unit failed")
        self.expect(self.appliance.unit_property(FORWARDER_UNIT, "NRestarts") == "0", "delivery ran through")
