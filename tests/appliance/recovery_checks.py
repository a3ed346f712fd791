"""Checks of the fault page when the interface does not start, and of the recovery without a person."""

import subprocess
import time
from pathlib import Path

from PIL import Image

from tests.appliance.appliance import CHECKOUT_IN_ROOT, INSTALL_COMMAND, RUNTIME_DIR, Appliance
from tests.appliance.install_checks import DISPLAY_FILE, DISPLAY_SIZE, FAULT_UNIT, RETRY_S, UI_UNIT
from tests.appliance.tools import ApplianceTestError, CheckReport, wait_for

PREFIX = "/opt/damrongdham-kiosk"
SETTINGS_FILE = "/etc/damrongdham-kiosk/kiosk.toml"
CRASH_LOOP_TIMEOUT_S = 90  # eight starts of a program that ends at once, with a second between them
VISIT_DURATION_S = 8
HOLD_VISIT_LOCK_SCRIPT = f"""
import fcntl, time
lock_file = open("{RUNTIME_DIR}/visit", "w")
fcntl.flock(lock_file, fcntl.LOCK_EX)
print("visit", flush=True)
time.sleep({VISIT_DURATION_S})
"""


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
        self._report.expect(len(picture.getcolors(1 << 24) or []) > 50, f"{name}: a page is on the display, {code}")

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
        self.check_broken_release()

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

    def check_broken_release(self) -> None:
        """An update arrives during a visit, and its release draws no picture."""
        good = self._appliance.run_in_root("readlink", f"{PREFIX}/venv").strip()
        wait_for(
            "this release is confirmed",
            lambda: self._appliance.succeeds_in_root("test", "-L", f"{PREFIX}/good"),
            30,
        )
        source = self._path_in_root(f"{CHECKOUT_IN_ROOT}/kiosk_app/app.py")
        source.write_text(source.read_text("utf-8") + "\nraise SystemExit(1)\n", encoding="utf-8")
        name = self._appliance.run_in_root(f"{CHECKOUT_IN_ROOT}/provision/install", "--release").strip()
        bad = f"{PREFIX}/releases/{name}"
        # A copy, because building needs a network, which is missing here.
        self._appliance.run_in_root("sh", "-c", f"cp -a {good} {bad} && sed -i '1s|{good}|{bad}|' {bad}/bin/kiosk")
        broken = next(self._path_in_root(bad).glob("lib/python3*/site-packages/kiosk_app/app.py"))
        broken.write_text(source.read_text("utf-8"), encoding="utf-8")
        visit = subprocess.Popen(
            self._appliance.command_in_root("/usr/bin/python3", "-c", HOLD_VISIT_LOCK_SCRIPT, user="dk-ui"),
            stdout=subprocess.PIPE,
        )
        started = time.monotonic()
        if visit.stdout:
            visit.stdout.readline()
        try:
            self._appliance.run_in_root(*INSTALL_COMMAND, timeout=300)
        except ApplianceTestError as error:
            output = str(error)
        else:
            raise ApplianceTestError("provision/install accepted a release that draws nothing")
        finally:
            visit.wait()
        duration_s = time.monotonic() - started
        self._report.expect(
            "a visit runs" in output and duration_s >= VISIT_DURATION_S, "no update begins during a visit"
        )
        self._report.expect(
            "was rolled back" in output, f"a release without a first picture is rolled back, {duration_s:.0f} s"
        )
        self._check_recovery(60, "the last confirmed release is on the screen")
        now = self._appliance.run_in_root("readlink", f"{PREFIX}/venv").strip()
        self._report.expect(
            now == good and not (self._path_in_root(bad) / "complete").exists(), "the broken one is not used again"
        )
