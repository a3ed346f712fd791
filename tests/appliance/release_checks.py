"""Checks of releases that the centre requests: installed by the update of the night, on trial, taken back, reported.

They run while kiosk and centre know each other and the devices answer. Versions end in a number, so that the versions
of `update_checks` are newer.
"""

import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.appliance.appliance import CHECKOUT, Appliance
from tests.appliance.changed_package import break_interface, change_module, version_of
from tests.appliance.checks import ApplianceChecks, request
from tests.appliance.install_checks import CONFIRM_S, DEVICE_WAIT_S, FORWARDER_UNIT, UI_UNIT
from tests.appliance.local_centre import LocalCentre
from tests.appliance.stick import Stick
from tests.appliance.tools import ApplianceTestError, CheckReport, wait_for

PREFIX = "/opt/damrongdham-kiosk"
PACKAGE = "damrongdham-kiosk"
SETTINGS_FILE = "etc/damrongdham-kiosk/kiosk.toml"
UPDATE_UNIT = "damrongdham-kiosk-update.service"
ACTIVATE_UNIT = "damrongdham-kiosk-activate.service"
SMALL_DISK_BYTES = "100M"  # instead of the package's directory: too small for its 500 MB
UPDATE_TIMEOUT_S = 900  # an update that is refused goes on with those of Debian
POLL_S = 0.02


def extend_schema(tree: Path) -> None:
    """The store gets a column and a table, as by a later release."""
    migration = """
def v2(db: Database) -> None:
    db.execute("ALTER TABLE submissions ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'")
    db.table("colours").create({"name": str}, pk="name")


MIGRATIONS = (v1, v2)"""
    change_module(tree, "kiosk_app/outbox/schema.py", lambda text: text.replace("\nMIGRATIONS = (v1,)", migration))


def break_printer(tree: Path) -> None:
    """The release takes the printer for one that does not exist."""
    change_module(
        tree,
        "drivers/receipt_printer/printer_factory.py",
        lambda text: text.replace('if connection == "none":', "if connection:"),
    )


class ReleaseChecks:
    """Each check publishes a release on the stick, requests it, and runs the update of the night."""

    def __init__(
        self,
        appliance: Appliance,
        report: CheckReport,
        stick: Stick,
        centre: LocalCentre,
        site_simulator: "subprocess.Popen[str]",
    ) -> None:
        self._appliance = appliance
        self._report = report
        self._stick = stick
        self._centre = centre
        self._site_simulator = site_simulator
        self._checks = ApplianceChecks(appliance, report)

    def run_all(self, package: Path) -> None:
        """All checks, one after the other."""
        self.check_visit_during_update(self._stick.later_version(package, "1"))
        refused = self._stick.later_version(package, "2")
        self.check_bad_signature(refused)
        self.check_changed_package(refused)
        self.check_full_disk(refused)
        self.check_killed_update(refused)
        self.check_crashing_release(self._stick.later_version(package, "3", break_interface))
        self.check_silent_device(self._stick.later_version(package, "4", break_printer))
        self.check_waiting_complaints(self._stick.later_version(package, "5", extend_schema))
        self.check_older_centre()

    # --- what the checks do ------------------------------------------------------------------------------------------

    def _release(self, link: str = "venv") -> str:
        return Path(self._appliance.run_in_root("readlink", f"{PREFIX}/{link}").strip()).name

    def _offer(self, package: Path) -> str:
        """Put the package on the stick, and the stick into the kiosk. Returns its version."""
        self._stick.publish(package)
        self._appliance.insert_stick(self._stick.directory)
        return version_of(package)

    def _request(self, version: str) -> None:
        """The centre requests a version, and the kiosk has the request."""
        self._centre.request_release(version)
        self._appliance.run_in_root("systemctl", "restart", FORWARDER_UNIT)  # a heartbeat now, not within a minute
        wait_for("the kiosk has the request", lambda: version in self._requested(), 60)

    def _requested(self) -> str:
        try:
            return self._appliance.run_in_root("kiosk", "requested-release")
        except ApplianceTestError:
            return ""

    def _run_update(self) -> None:
        self._appliance.run_in_root("systemctl", "start", UPDATE_UNIT, timeout=UPDATE_TIMEOUT_S)

    def _wait_until_used(self, version: str) -> None:
        wait_for(f"{version} is used", lambda: self._release() == version, 90)
        self._wait_for_interface()
        wait_for(f"{version} is confirmed", lambda: self._release("good") == version, CONFIRM_S + 60)

    def _wait_for_interface(self) -> None:
        wait_for("the interface runs", lambda: self._appliance.unit_property(UI_UNIT, "ActiveState") == "active", 60)

    def _wait_until_reported(self, reason: str, version: str) -> None:
        """The centre knows why a release failed."""
        self._appliance.run_in_root("systemctl", "restart", FORWARDER_UNIT)

        def is_reported() -> bool:
            release = self._centre.read_state()["release"]
            return (release["reason"], release["failed"]) == (reason, version)

        wait_for(f"the centre is told: {reason}", is_reported, 60)

    # --- the checks ---------------------------------------------------------------------------------------------------

    def check_visit_during_update(self, package: Path) -> None:
        """A visit begins while apt works: it ends in the release in which it began, and nothing of it is lost. On a
        busy machine apt works for longer than a visit: then the next visit follows."""
        version, before = self._offer(package), self._release()
        self._request(version)
        codes: list[str] = []
        interface = self._appliance.interface_pid()

        def visit_until_installed() -> None:
            codes.append(self._checks.play_visit(self._site_simulator))
            while self._package_state() != "installed":
                codes.append(self._checks.play_visit(self._site_simulator))

        visit = threading.Thread(target=visit_until_installed)
        self._appliance.run_in_root("systemctl", "start", "--no-block", UPDATE_UNIT)
        wait_for("dpkg unpacks", lambda: self._package_state() == "half-installed", 120)
        wait_for("it has unpacked", lambda: self._package_state() != "half-installed", UPDATE_TIMEOUT_S)
        visit.start()
        wait_for("the package is installed", lambda: self._package_state() == "installed", UPDATE_TIMEOUT_S)
        is_running_on = visit.is_alive() and self._release() == before
        visit.join()
        self._report.expect(is_running_on, "a requested release waits for a visit that began during its installation")
        self._report.expect(bool(codes), "the visit ended with its receipt")
        self._wait_until_used(version)
        self._report.expect(self._appliance.interface_pid() != interface, f"then it is used: {version}")
        wait_for("the outbox is empty", lambda: self._checks.outbox_count() == 0, 60)
        number = request(self._site_simulator, f"track {self._centre.url} {codes[0]}")
        self._report.record_pass(f"the centre has the visit's complaint as {number}")
        running = self._appliance.run_in_root("sh", "-c", "cat /proc/[0-9]*/comm 2>/dev/null || true").split()
        left = sorted({"gpg", "gpg-agent", "keyboxd", "dirmngr", "gpgv"} & set(running))
        self._report.expect(not left, f"no program of the signature check is left {left}")

    def check_bad_signature(self, package: Path) -> None:
        """An index that a stranger has signed."""
        self._stick.publish(package)
        self._stick.sign_by_stranger()
        self._appliance.insert_stick(self._stick.directory)
        self._check_refused(version_of(package), "signature", "an index that another key has signed is refused")

    def check_changed_package(self, package: Path) -> None:
        """One byte of the package is changed; the index is the right one."""
        self._stick.publish(package)
        self._stick.change_package(package)
        self._appliance.insert_stick(self._stick.directory)
        self._check_refused(version_of(package), "package", "a package with one other byte is refused")

    def _check_refused(self, version: str, reason: str, text: str) -> None:
        before, interface = self._release(), self._appliance.interface_pid()
        self._request(version)
        self._run_update()
        self._wait_until_reported(reason, version)
        self._report.expect(self._release() == before, f"{text}, and the centre is told")
        self._report.expect(self._appliance.interface_pid() == interface, "the interface runs on")

    def check_full_disk(self, package: Path) -> None:
        """dpkg fills the disk. The installed package stays whole."""
        version, before = self._offer(package), self._release()
        small_disk = f"mount -t tmpfs -o size={SMALL_DISK_BYTES} none {PREFIX}/package"
        # The unit starts only where a package is installed.
        self._appliance.run_in_root("sh", "-ec", f"{small_disk} && echo {before} >{PREFIX}/package/name")
        try:
            self._check_refused(version, "disk_full", "an update on a full disk is given up")
        finally:
            self._appliance.run_in_root("umount", f"{PREFIX}/package")
        self._report.expect(self._package_state() == "installed", "the package before it is whole")

    def check_killed_update(self, package: Path) -> None:
        """The update is killed while dpkg unpacks, and again while it configures; the next night completes it."""
        version, before = self._offer(package), self._release()
        for state in ("half-installed", "half-configured"):
            self._kill_update(state)
            for unit in (UI_UNIT, ACTIVATE_UNIT):  # as at a boot
                self._appliance.run_in_root("systemctl", "restart", unit)
            self._wait_for_interface()
            used = self._release()
            expected = {before} if state == "half-installed" else {before, version}
            self._report.expect(used in expected, f"killed while the package is {state}: {used} is on the screen")
        self._wait_until_used(used)  # no update begins while a release is on trial
        self._run_update()
        self._wait_until_used(version)
        self._report.expect(self._package_state() == "installed", "the next turn completes the update")
        broken = self._appliance.run_in_root("sh", "-c", f"dpkg --audit; dpkg --verify {PACKAGE}").strip()
        self._report.expect(not broken, f"dpkg finds nothing that is missing or changed {broken[-200:]}")

    def _kill_update(self, state: str) -> None:
        self._appliance.run_in_root("systemctl", "start", "--no-block", UPDATE_UNIT)
        until = time.monotonic() + UPDATE_TIMEOUT_S
        while self._package_state() != state:
            if time.monotonic() > until:
                raise ApplianceTestError(f"the package was never {state}")
            time.sleep(POLL_S)
        self._appliance.run_in_root("systemctl", "kill", "--signal=KILL", UPDATE_UNIT)
        wait_for(
            "the update has ended",
            lambda: self._appliance.unit_property(UPDATE_UNIT, "ActiveState") in ("failed", "inactive"),
            30,
        )

    def _package_state(self) -> str:
        return self._appliance.package_state(PACKAGE)

    def check_crashing_release(self, package: Path) -> None:
        """A release whose commands all answer `--help`, but whose interface crashes."""
        good = self._release()
        version = self._offer(package)
        self._request(version)
        started = time.monotonic()
        self._run_update()
        wait_for("it was tried", lambda: version in self._failed_release(), 90)
        self._wait_for_interface()
        duration_s = time.monotonic() - started
        self._report.expect(
            (self._release(), self._release("good")) == (good, good),
            f"a release that crashes after its --help is replaced at its next start, {duration_s:.0f} s",
        )
        self._wait_until_reported("crash", version)
        self._report.record_pass("the last good release is kept, and the centre is told")
        self._run_update()
        self._report.expect(self._release() == good, "the next night does not try it again")

    def _failed_release(self) -> str:
        return self._appliance.run_in_root("sh", "-c", f"cat {PREFIX}/failed-release.json 2>/dev/null || true")

    def check_silent_device(self, package: Path) -> None:
        """A release that shows everything, but has lost a device: nobody marks it as good."""
        good = self._release()
        version = self._offer(package)
        self._request(version)
        self._run_update()
        wait_for("it is used", lambda: self._release() == version, 90)
        self._appliance.run_in_root("systemctl", "restart", FORWARDER_UNIT)
        wait_for("the centre sees a trial", lambda: bool(self._centre.read_state()["release"]["is_on_trial"]), 60)
        self._report.record_pass("the centre sees that the release is not confirmed")
        wait_for("it goes back", lambda: self._release() == good, DEVICE_WAIT_S + 60)
        self._wait_for_interface()
        self._wait_until_reported("devices", version)
        self._report.record_pass(
            f"a release that lost a device goes back after {DEVICE_WAIT_S} s (a kiosk: 10 minutes)"
        )

    def check_waiting_complaints(self, package: Path) -> None:
        """N-1, N with a larger schema, N-1 again, while no centre answers: every complaint arrives once."""
        good = self._release()
        version = self._offer(package)
        self._request(version)
        cases = self._centre.read_state()["cases"]
        with self._centre.unreachable(self._appliance):
            self._visit_offline(1, "a complaint waits")
            self._run_update()
            self._wait_until_used(version)
            self._visit_offline(2, "it waits on in the release with the larger schema, with a second one")
            self._appliance.run_in_root(
                *("apt-get", "-qq", "--yes", "--allow-downgrades", "install", f"{PACKAGE}={good}"),
                timeout=UPDATE_TIMEOUT_S,
                DEBIAN_FRONTEND="noninteractive",
            )
            self._wait_until_used(good)
            self._visit_offline(3, "and in the release before, with a third one")
        wait_for("everything is delivered", lambda: self._checks.outbox_count() == 0, 120)
        arrived = self._centre.read_state()["cases"] - cases
        self._report.expect(arrived == 3, f"the centre has all of them, each once: {arrived}")

    def _visit_offline(self, waiting: int, text: str) -> None:
        self._checks.play_visit(self._site_simulator)
        self._report.expect(self._checks.outbox_count() == waiting, f"{text}: {waiting}")

    def check_older_centre(self) -> None:
        """The centre has gone back to a version without release plans: it gets complaints, and requests nothing."""
        settings = self._appliance.root / SETTINGS_FILE
        before = settings.read_text("utf-8")
        release = self._release()
        self._request(f"{release}+6")  # one that is nowhere
        port = self._centre.url.rpartition(":")[2]
        older = subprocess.Popen(
            self._appliance.command_in_network(sys.executable, "-m", "tests.appliance.older_centre", port),
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
        )
        try:
            address = older.stdout.readline().strip() if older.stdout else ""
            settings.write_text(f'{before}\n[centre]\nurl = "{address}"\n', encoding="utf-8")
            self._appliance.run_in_root("systemctl", "restart", FORWARDER_UNIT)
            wait_for("the request is forgotten", lambda: self._requested().strip() == "{}", 90)
            cases = self._centre.read_state()["cases"]
            self._checks.play_visit(self._site_simulator)
            wait_for("the outbox is empty", lambda: self._checks.outbox_count() == 0, 60)
            self._report.expect(
                self._centre.read_state()["cases"] == cases + 1,
                "an older centre gets complaints and requests no release",
            )
            self._run_update()
            self._report.expect(self._release() == release, "and no update is tried")
        finally:
            older.terminate()
            older.wait(30)
            settings.write_text(before, encoding="utf-8")
            self._appliance.run_in_root("systemctl", "restart", FORWARDER_UNIT)
