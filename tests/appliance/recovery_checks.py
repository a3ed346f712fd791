"""What stands on the screen when the interface does not start, and how the kiosk comes back by itself."""

import subprocess
import time
from pathlib import Path

from PIL import Image

from tests.appliance.appliance import INSIDE, RUNTIME, Appliance
from tests.appliance.checks import FAULT, PANEL, PANEL_SIZE, RETRY_S, UI, Trial
from tests.appliance.tools import TrialError, wait_for

PREFIX = "/opt/damrongdham-kiosk"
SETTINGS = "/etc/damrongdham-kiosk/kiosk.toml"
LOOP_S = 90  # eight starts of a program that ends at once, with a second between them
VISIT_S = 8
VISIT = f"""
import fcntl, time
mark = open("{RUNTIME}/visit", "w")
fcntl.flock(mark, fcntl.LOCK_EX)
print("visit", flush=True)
time.sleep({VISIT_S})
"""


class Failing:
    """Each breaks something, looks at the screen, mends it, and waits."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    @property
    def _appliance(self) -> Appliance:
        return self._trial.appliance

    def _inside(self, path: str) -> Path:
        return self._appliance.root / path.lstrip("/")

    def _fault_page(self, name: str, code: str, seconds: float) -> None:
        """The crash loop ends in a page that says which it is."""
        panel = Path(f"/proc/{self._appliance.leader}/root{PANEL}")
        wait_for("the fault page stands", lambda: self._state(FAULT) == "active" and panel.exists(), seconds)
        self._trial.require(self._state(UI) == "failed", f"{name}: the interface is not tried again and again")
        time.sleep(1)
        picture = Image.frombytes("RGB", PANEL_SIZE, panel.read_bytes(), "raw", "BGRX")
        picture.save(self._trial.output / f"{name}.png")
        self._trial.require(len(picture.getcolors(1 << 24) or []) > 50, f"{name}: a page stands on the panel, {code}")

    def _state(self, unit: str) -> str:
        return self._appliance.unit(unit, "ActiveState")

    def _came_back(self, seconds: float, text: str) -> None:
        wait_for("the interface is back", lambda: self._state(UI) == "active", seconds)
        self._trial.require(self._state(FAULT) == "inactive", text)

    def _doctor(self) -> str:
        command = self._appliance.command("kiosk", "doctor", "--language", "en")
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr

    def everything(self) -> None:
        """All of it, one after the other."""
        self.settings_mistake()
        self.crash_loop()
        self.broken_release()

    def settings_mistake(self) -> None:
        """A technician writes a word where a number belongs."""
        file = self._inside(SETTINGS)
        right = file.read_text("utf-8")
        file.write_text(right.replace("idle_seconds = 60.0", 'idle_seconds = "soon"'), encoding="utf-8")
        self._appliance.inside("systemctl", "--no-block", "restart", UI)
        self._fault_page("fault-settings", "K-15", 30)
        self._trial.require("kiosk.idle_seconds" in self._doctor(), "kiosk doctor names the key")
        file.write_text(right, encoding="utf-8")
        self._came_back(RETRY_S - 5, "mended, the kiosk comes back at once and by itself")

    def crash_loop(self) -> None:
        """Half of a library is gone, as after a bad disk."""
        kivy = self._library("kivy")
        aside = kivy.with_name("kivy-aside")
        kivy.rename(aside)
        self._appliance.inside("systemctl", "--no-block", "restart", UI)
        self._fault_page("fault-program", "K-16", LOOP_S)
        self._trial.require("K-16" in self._doctor(), "kiosk doctor names K-16")
        aside.rename(kivy)
        self._came_back(RETRY_S + 30, "tried again by itself, the kiosk comes back")

    def _library(self, name: str) -> Path:
        release = Path(self._appliance.inside("readlink", f"{PREFIX}/venv").strip()).name
        return next(self._inside(f"{PREFIX}/releases/{release}").glob(f"lib/python3*/site-packages/{name}"))

    def broken_release(self) -> None:
        """An update comes during a visit, and its release paints no picture."""
        good = self._appliance.inside("readlink", f"{PREFIX}/venv").strip()
        wait_for(
            "this release is known to be good",
            lambda: self._appliance.succeeds("test", "-L", f"{PREFIX}/good"),
            30,
        )
        source = self._inside(f"{INSIDE}/kiosk_app/app.py")
        source.write_text(source.read_text("utf-8") + "\nraise SystemExit(1)\n", encoding="utf-8")
        name = self._appliance.inside(f"{INSIDE}/provision/install", "--release").strip()
        bad = f"{PREFIX}/releases/{name}"
        # As it would have been built, which needs the network that is not here.
        self._appliance.inside("sh", "-c", f"cp -a {good} {bad} && sed -i '1s|{good}|{bad}|' {bad}/bin/kiosk")
        broken = next(self._inside(bad).glob("lib/python3*/site-packages/kiosk_app/app.py"))
        broken.write_text(source.read_text("utf-8"), encoding="utf-8")
        visit = subprocess.Popen(
            self._appliance.command("/usr/bin/python3", "-c", VISIT, user="dk-ui"), stdout=subprocess.PIPE
        )
        started = time.monotonic()
        if visit.stdout:
            visit.stdout.readline()
        try:
            self._appliance.inside(f"{INSIDE}/provision/install", timeout=300)
        except TrialError as error:
            said = str(error)
        else:
            raise TrialError("provision/install was content with a release that paints nothing")
        finally:
            visit.wait()
        took = time.monotonic() - started
        self._trial.require("a visit runs" in said and took >= VISIT_S, "no update begins during a visit")
        self._trial.require("went back" in said, f"a release without a first picture is gone back from, {took:.0f} s")
        self._came_back(60, "the last good release stands on the screen")
        now = self._appliance.inside("readlink", f"{PREFIX}/venv").strip()
        self._trial.require(
            now == good and not (self._inside(bad) / "complete").exists(), "the bad one is not used again"
        )
