"""Checks of the fault page when the interface does not start, and of the recovery without a person."""

import json
import subprocess
import time
from pathlib import Path

from PIL import Image

from provision.fault_page import FAULT_REPORT
from tests.appliance.appliance import Appliance
from tests.appliance.install_checks import DISPLAY_FILE, DISPLAY_SIZE, FAULT_UNIT, RETRY_S, UI_UNIT
from tests.appliance.tools import CheckReport, wait_for

PREFIX = "/opt/damrongdham-kiosk"
SETTINGS_FILE = "/etc/damrongdham-kiosk/kiosk.toml"
CRASH_LOOP_TIMEOUT_S = 90  # eight starts of a program that ends at once, with a second between them


class RecoveryChecks:
    """Each check breaks something, compares the screen, repairs it, and waits."""

    def __init__(self, appliance: Appliance, report: CheckReport) -> None:
        self._appliance = appliance
        self._report = report

    def _path_in_root(self, path: str) -> Path:
        return self._appliance.root / path.lstrip("/")

    def _check_fault_page(self, name: str, code: str, seconds: float) -> None:
        """The crash loop ends with a page that shows the staff code."""
        display = Path(f"/proc/{self._appliance.leader}/root{DISPLAY_FILE}")
        wait_for(
            "the fault page is shown", lambda: self._unit_state(FAULT_UNIT) == "active" and display.exists(), seconds
        )
        self._report.expect(
            self._unit_state(UI_UNIT) == "failed", f"{name}: the interface is not started again and again"
        )
        time.sleep(1)
        picture = Image.frombytes("RGB", DISPLAY_SIZE, display.read_bytes(), "raw", "BGRX")
        picture.save(self._report.output / f"{name}.png")
        self._report.expect(len(picture.getcolors(1 << 24) or []) > 50, f"{name}: a page is on the display")
        reported = json.loads(Path(f"/proc/{self._appliance.leader}/root{FAULT_REPORT}").read_text("utf-8"))["code"]
        self._report.expect(reported == code, f"{name}: its staff code is {code} ({reported})")

    def _unit_state(self, unit: str) -> str:
        return self._appliance.unit_property(unit, "ActiveState")

    def _check_recovery(self, seconds: float, text: str) -> None:
        wait_for("the interface runs again", lambda: self._unit_state(UI_UNIT) == "active", seconds)
        self._report.expect(self._unit_state(FAULT_UNIT) == "inactive", text)

    def _doctor_output(self) -> str:
        command = self._appliance.command_in_root("kiosk", "doctor", "--language", "en")
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return result.stdout + result.stderr

    def run_all(self) -> None:
        """All checks, one after the other."""
        self.check_invalid_settings()
        self.check_crash_loop()

    def check_invalid_settings(self) -> None:
        """A technician writes a word instead of a number."""
        file = self._path_in_root(SETTINGS_FILE)
        valid_text = file.read_text("utf-8")
        file.write_text(valid_text.replace("idle_seconds = 60.0", 'idle_seconds = "soon"'), encoding="utf-8")
        self._appliance.run_in_root("systemctl", "--no-block", "restart", UI_UNIT)
        self._check_fault_page("fault-settings", "K-15", 30)
        self._report.expect("kiosk.idle_seconds" in self._doctor_output(), "kiosk doctor names the key")
        file.write_text(valid_text, encoding="utf-8")
        self._check_recovery(RETRY_S - 5, "once repaired, the kiosk recovers at once and by itself")

    def check_crash_loop(self) -> None:
        """A library is missing, as after a disk failure."""
        kivy = self._library_directory("kivy")
        renamed = kivy.with_name("kivy-aside")
        kivy.rename(renamed)
        self._appliance.run_in_root("systemctl", "--no-block", "restart", UI_UNIT)
        self._check_fault_page("fault-program", "K-16", CRASH_LOOP_TIMEOUT_S)
        self._report.expect("K-16" in self._doctor_output(), "kiosk doctor names K-16")
        renamed.rename(kivy)
        self._check_recovery(RETRY_S + 30, "the kiosk tries again by itself and recovers")

    def _library_directory(self, name: str) -> Path:
        release = Path(self._appliance.run_in_root("readlink", f"{PREFIX}/venv").strip()).name
        return next(self._path_in_root(f"{PREFIX}/releases/{release}").glob(f"lib/python3*/site-packages/{name}"))
