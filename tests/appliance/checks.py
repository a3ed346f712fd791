"""Checks of the booted appliance: start, enrolment, devices, a visit, the watchdog."""

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

from tests.appliance.appliance import Appliance
from tests.appliance.install_checks import (
    FORWARDER_UNIT,
    SANE_CONFIG_DIR,
    TOUCH_MAP,
    UI_UNIT,
)
from tests.appliance.local_centre import LocalCentre
from tests.appliance.tools import ApplianceTestError, CheckReport, run_command, wait_for

EXPECTED_DEVICE_STATES = {"card_reader": "empty", "printer": "ready", "scanner": "ready"}
WATCHDOG_S = 15  # WatchdogSec of the interface's unit
FIRST_PICTURE_WINDOW_S = 6
MAX_FIRST_PICTURE_S = 60


def read_compare_code(enrolling: "subprocess.Popen[str]") -> str:
    """The code that `kiosk enrol` shows while it waits. Raises ApplianceTestError when it ends without one."""
    output = ""
    for line in enrolling.stdout or ():
        output += line
        if code := re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", line):
            return code[0]
    raise ApplianceTestError(f"kiosk enrol showed no compare code:\n{output}")


def request(site_simulator: "subprocess.Popen[str]", line: str) -> str:
    """Send one line to the site simulator; its response. Raises ApplianceTestError when it has ended."""
    if site_simulator.stdin and site_simulator.stdout:
        if line:
            site_simulator.stdin.write(line + "\n")
            site_simulator.stdin.flush()
        if response := site_simulator.stdout.readline().strip():
            return response
    raise ApplianceTestError(f"the site simulator ended: {site_simulator.communicate()[1][-1500:]}")


def fills_display(picture: Image.Image) -> bool:
    """Whether no edge of the picture is black."""
    width, height = picture.size
    edges = [(0, 0, width, 2), (0, height - 2, width, height), (0, 0, 2, height), (width - 2, 0, width, height)]
    return all(picture.crop(edge).getbbox() for edge in edges)


class ApplianceChecks:
    """The checks of a booted appliance, in the order of a technician's first day."""

    def __init__(self, appliance: Appliance, report: CheckReport) -> None:
        self.appliance = appliance
        self.report = report

    def check_startup(self) -> None:
        wait_for(
            "the interface draws its first picture",
            lambda: self.appliance.unit_property(UI_UNIT, "ActiveState") == "active",
            60,
        )
        self.report.record_pass("the interface is active: its first picture was drawn")
        wait_for(
            "systemd reports: running", lambda: self.appliance.succeeds_in_root("systemctl", "is-system-running"), 30
        )
        self.report.expect(
            self.appliance.unit_property(FORWARDER_UNIT, "ActiveState") == "inactive",
            "the forwarder waits for the enrolment",
        )

    def check_enrolment(self, centre: LocalCentre) -> None:
        enrolling = subprocess.Popen(
            self.appliance.command_in_root("kiosk", "enrol", centre.url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            centre.approve_enrolment(read_compare_code(enrolling))
            enrolling.communicate(timeout=60)
        finally:
            enrolling.kill()
            enrolling.wait()
        self.report.expect(enrolling.returncode == 0, "kiosk enrol: an officer typed the code and approved")
        reads_address = ("grep", "--quiet", centre.url, "/etc/damrongdham-kiosk/kiosk.toml")
        self.report.expect(
            self.appliance.succeeds_in_root(*reads_address, user="dk-forwarder"),
            "kiosk.toml has the address of the centre, and the forwarder can read it",
        )
        wait_for(
            "the forwarder starts", lambda: self.appliance.unit_property(FORWARDER_UNIT, "ActiveState") == "active", 30
        )
        self.report.record_pass("the forwarder started by itself")
        key = "/var/lib/damrongdham-kiosk/kiosk-signing.key"
        readers = [user for user in ("dk-ui", "dk-forwarder") if self.appliance.succeeds_in_root("cat", key, user=user)]
        self.report.expect(not readers, "the signing key on the disk is readable by root only")
        planted = f"{Path(key).parent}/planted"
        writers = [
            user for user in ("dk-ui", "dk-forwarder") if self.appliance.succeeds_in_root("touch", planted, user=user)
        ]
        self.report.expect(not writers, "neither user can create a file beside the enrolment")

    def configure_devices(self, devices: Path) -> None:
        """Write kiosk.toml and connect the devices, like a technician."""
        settings = self.appliance.root / "etc/damrongdham-kiosk/kiosk.toml"
        example = settings.read_text("utf-8")
        head = "".join(section for section in re.split(r"(?m)^(?=(?:#.*\n)*\[)", example) if "[kiosk]" in section)
        settings.write_text(head + "\n" + (devices / "devices.toml").read_text("utf-8"), encoding="utf-8")
        shutil.copytree(devices / "sane", self.appliance.root / SANE_CONFIG_DIR.lstrip("/"))
        self.appliance.run_in_root("kiosk", "settings")
        self.appliance.run_in_root("systemctl", "restart", UI_UNIT)
        self.report.record_pass("kiosk.toml has the devices; the interface restarted with them")

    def play_visit(self, site_simulator: "subprocess.Popen[str]") -> str:
        """A whole visit by touch; the tracking code on its receipt."""
        # The X server in cage accepts its own user only; the touch robot runs as this machine's root.
        user = self.appliance.run_in_root("id", "--user", "dk-ui").strip()
        allow_root = (
            "setpriv",
            f"--reuid={user}",
            "--clear-groups",
            "env",
            "DISPLAY=:0",
            "xhost",
            "+si:localuser:root",
        )
        run_command(*self.appliance.command_in_network(*allow_root))
        return request(site_simulator, f"visit :0 /proc/{self.appliance.leader}/root{TOUCH_MAP}")

    def check_visit(self, site_simulator: "subprocess.Popen[str]", centre: LocalCentre) -> None:
        """A visit, and its case at the centre."""
        code = self.play_visit(site_simulator)
        self.report.record_pass("a visit by touch: card read, complaint typed, receipt printed")
        wait_for("the outbox is empty", lambda: self.outbox_count() == 0, 60)
        self.report.record_pass(
            f"the kiosk deleted what the centre has as case {request(site_simulator, f'track {centre.url} {code}')}"
        )

    def outbox_count(self) -> int:
        return int(json.loads(self.appliance.run_in_root("kiosk", "outbox", "status", "--json"))["waiting"])

    def check_doctor(self) -> None:
        """Every device responds; the remaining findings are that there is no time server and no PIN."""
        wait_for("the devices respond", lambda: self.run_doctor()["devices"] == EXPECTED_DEVICE_STATES, 60)
        report = self.run_doctor()
        (self.report.output / "doctor.json").write_text(
            json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        findings = [finding for check in report["checks"] for finding in check["findings"]]
        serious = [finding["code"] for finding in findings if finding["severity"] != "note"]
        self.report.expect(serious == ["N-02"], "kiosk doctor: only the clock is not set")

    def run_doctor(self) -> dict[str, Any]:
        command = self.appliance.command_in_root("kiosk", "doctor", "--json")
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return dict(json.loads(result.stdout))

    def check_stable_screen(self, name: str) -> None:
        """The screen shows a picture that fills it and does not change."""
        file = self.report.output / f"{name}.png"
        before = self.appliance.screenshot(file)
        for _ in range(20):
            time.sleep(1)
            picture = self.appliance.screenshot(file)
            if picture == before and fills_display(picture):
                width, height = picture.size
                colours = len(picture.getcolors(1 << 24) or [])
                self.report.expect(
                    colours > 50, f"{name}: the screen shows a picture, {width} × {height}, {colours} colours"
                )
                return
            before = picture
        raise ApplianceTestError(f"the screen shows no stable, whole picture; see {file}")

    def check_first_picture(self) -> None:
        """Every picture fills the screen, from the first frame on."""
        self.appliance.run_in_root("systemctl", "--no-block", "restart", UI_UNIT)
        file, picture_count = self.report.output / "first-picture.png", 0
        started = time.monotonic()
        until = started + FIRST_PICTURE_WINDOW_S
        # A busy machine needs longer for the first picture than the window.
        while time.monotonic() < until or (not picture_count and time.monotonic() < started + MAX_FIRST_PICTURE_S):
            try:
                picture = self.appliance.screenshot(file)
            except (
                ApplianceTestError,
                subprocess.CalledProcessError,
            ):  # the compositor does not run
                continue
            if picture.getbbox() is None:
                continue
            if not fills_display(picture):
                raise ApplianceTestError(f"a picture was shown that does not fill the screen; see {file}")
            picture_count += 1
        self.report.expect(
            picture_count > 0, f"the picture fills the screen from the first frame on, {picture_count} pictures"
        )

    def check_watchdog(self, since: float) -> None:
        time.sleep(max(0.0, since + 2 * WATCHDOG_S - time.monotonic()))
        self.report.expect(
            self.appliance.unit_property(UI_UNIT, "NRestarts") == "0",
            f"the watchdog was notified for more than {2 * WATCHDOG_S} s",
        )
        frozen_pid = self.appliance.interface_pid()
        Path(f"/proc/{frozen_pid}/root/dev/shm/page").touch()  # as of a letter that is being scanned
        os.kill(frozen_pid, signal.SIGSTOP)
        started = time.monotonic()
        wait_for(
            "the frozen interface is restarted",
            lambda: self.appliance.unit_property(UI_UNIT, "NRestarts") == "1",
            3 * WATCHDOG_S,
        )
        wait_for("it is active again", lambda: self.appliance.unit_property(UI_UNIT, "ActiveState") == "active", 60)
        self.report.record_pass(f"a frozen interface was restarted after {time.monotonic() - started:.0f} s")
        memories = [
            Path(f"/proc/{pid}/root/dev/shm") for pid in (self.appliance.interface_pid(), self.appliance.leader)
        ]
        self.report.expect(
            all(memory.is_dir() and not (memory / "page").exists() for memory in memories),
            "nothing of a letter that was being scanned is left in memory",
        )
        self.check_stable_screen("after-watchdog")

    def check_no_failed_units(self) -> None:
        failed = self.appliance.run_in_root("systemctl", "list-units", "--failed", "--plain", "--no-legend").strip()
        self.report.expect(not failed, "no unit failed")
        self.report.expect(
            self.appliance.unit_property(FORWARDER_UNIT, "NRestarts") == "0", "the forwarder never restarted"
        )
