"""What stands on the screen when the interface does not start, and how the kiosk comes back by itself."""

import subprocess
import time
from pathlib import Path

from PIL import Image

from tests.appliance.appliance import CHECKOUT_IN_ROOT, RUNTIME_DIR, Appliance
from tests.appliance.checks import FAULT_UNIT, PANEL_FILE, PANEL_SIZE, RETRY_S, UI_UNIT, ApplianceChecks
from tests.appliance.tools import ApplianceTestError, wait_for

PREFIX = "/opt/damrongdham-kiosk"
SETTINGS_FILE = "/etc/damrongdham-kiosk/kiosk.toml"
CRASH_LOOP_TIMEOUT_S = 90  # eight starts of a program that ends at once, with a second between them
VISIT_DURATION_S = 8
HOLD_VISIT_LOCK_SCRIPT = f"""
import fcntl, time
mark = open("{RUNTIME_DIR}/visit", "w")
fcntl.flock(mark, fcntl.LOCK_EX)
print("visit", flush=True)
time.sleep({VISIT_DURATION_S})
"""


class RecoveryChecks:
    """Each breaks something, looks at the screen, mends it, and waits."""

    def __init__(self, checks: ApplianceChecks) -> None:
        self._checks = checks

    @property
    def _appliance(self) -> Appliance:
        return self._checks.appliance

    def _path_in_root(self, path: str) -> Path:
        return self._appliance.root / path.lstrip("/")

    def _check_fault_page(self, name: str, code: str, seconds: float) -> None:
        """The crash loop ends in a page that says which it is."""
        panel = Path(f"/proc/{self._appliance.leader}/root{PANEL_FILE}")
        wait_for("the fault page stands", lambda: self._unit_state(FAULT_UNIT) == "active" and panel.exists(), seconds)
        self._checks.expect(
            self._unit_state(UI_UNIT) == "failed", f"{name}: the interface is not tried again and again"
        )
        time.sleep(1)
        picture = Image.frombytes("RGB", PANEL_SIZE, panel.read_bytes(), "raw", "BGRX")
        picture.save(self._checks.output / f"{name}.png")
        self._checks.expect(len(picture.getcolors(1 << 24) or []) > 50, f"{name}: a page stands on the panel, {code}")

    def _unit_state(self, unit: str) -> str:
        return self._appliance.unit_property(unit, "ActiveState")

    def _check_recovery(self, seconds: float, text: str) -> None:
        wait_for("the interface is back", lambda: self._unit_state(UI_UNIT) == "active", seconds)
        self._checks.expect(self._unit_state(FAULT_UNIT) == "inactive", text)

    def _check_doctor(self) -> str:
        command = self._appliance.command_in_root("kiosk", "doctor", "--language", "en")
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr

    def run_all(self) -> None:
        """All of it, one after the other."""
        self.check_invalid_settings()
        self.check_crash_loop()
        self.check_broken_release()

    def check_invalid_settings(self) -> None:
        """A technician writes a word where a number belongs."""
        file = self._path_in_root(SETTINGS_FILE)
        right = file.read_text("utf-8")
        file.write_text(right.replace("idle_seconds = 60.0", 'idle_seconds = "soon"'), encoding="utf-8")
        self._appliance.run_in_root("systemctl", "--no-block", "restart", UI_UNIT)
        self._check_fault_page("fault-settings", "K-15", 30)
        self._checks.expect("kiosk.idle_seconds" in self._check_doctor(), "kiosk doctor names the key")
        file.write_text(right, encoding="utf-8")
        self._check_recovery(RETRY_S - 5, "mended, the kiosk comes back at once and by itself")

    def check_crash_loop(self) -> None:
        """Half of a library is gone, as after a bad disk."""
        kivy = self._break_library("kivy")
        aside = kivy.with_name("kivy-aside")
        kivy.rename(aside)
        self._appliance.run_in_root("systemctl", "--no-block", "restart", UI_UNIT)
        self._check_fault_page("fault-program", "K-16", CRASH_LOOP_TIMEOUT_S)
        self._checks.expect("K-16" in self._check_doctor(), "kiosk doctor names K-16")
        aside.rename(kivy)
        self._check_recovery(RETRY_S + 30, "tried again by itself, the kiosk comes back")

    def _break_library(self, name: str) -> Path:
        release = Path(self._appliance.run_in_root("readlink", f"{PREFIX}/venv").strip()).name
        return next(self._path_in_root(f"{PREFIX}/releases/{release}").glob(f"lib/python3*/site-packages/{name}"))

    def check_broken_release(self) -> None:
        """An update comes during a visit, and its release paints no picture."""
        good = self._appliance.run_in_root("readlink", f"{PREFIX}/venv").strip()
        wait_for(
            "this release is known to be good",
            lambda: self._appliance.succeeds_in_root("test", "-L", f"{PREFIX}/good"),
            30,
        )
        source = self._path_in_root(f"{CHECKOUT_IN_ROOT}/kiosk_app/app.py")
        source.write_text(source.read_text("utf-8") + "\nraise SystemExit(1)\n", encoding="utf-8")
        name = self._appliance.run_in_root(f"{CHECKOUT_IN_ROOT}/provision/install", "--release").strip()
        bad = f"{PREFIX}/releases/{name}"
        # As it would have been built, which needs the network that is not here.
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
            self._appliance.run_in_root(f"{CHECKOUT_IN_ROOT}/provision/install", timeout=300)
        except ApplianceTestError as error:
            said = str(error)
        else:
            raise ApplianceTestError("provision/install was content with a release that paints nothing")
        finally:
            visit.wait()
        took = time.monotonic() - started
        self._checks.expect("a visit runs" in said and took >= VISIT_DURATION_S, "no update begins during a visit")
        self._checks.expect("went back" in said, f"a release without a first picture is gone back from, {took:.0f} s")
        self._check_recovery(60, "the last good release stands on the screen")
        now = self._appliance.run_in_root("readlink", f"{PREFIX}/venv").strip()
        self._checks.expect(
            now == good and not (self._path_in_root(bad) / "complete").exists(), "the bad one is not used again"
        )
