"""Checks of updates from a stick, without a network: during a visit, by a broken release; and of the removal."""

import time
from pathlib import Path

from tests.appliance.appliance import INSTALL_COMMAND, STICK, Appliance
from tests.appliance.changed_package import break_interface
from tests.appliance.install_checks import FAULT_UNIT, FORWARDER_UNIT, UI_UNIT
from tests.appliance.stick import Stick
from tests.appliance.tools import ApplianceTestError, CheckReport, wait_for
from tests.appliance.visit import running_visit

PACKAGE = "damrongdham-kiosk"
PREFIX = "/opt/damrongdham-kiosk"
STATE = "/var/lib/damrongdham-kiosk"
VISIT_DURATION_S = 8


class UpdateChecks:
    """Updates of a kiosk that works, then its removal."""

    def __init__(self, appliance: Appliance, report: CheckReport, stick: Stick) -> None:
        self._appliance = appliance
        self._report = report
        self._stick = stick

    def run_all(self, package: Path) -> None:
        """All checks, one after the other."""
        self.check_killed_install(self._stick.later_version(package, "a"))
        self.check_update_during_visit(self._stick.later_version(package, "b"))
        self.check_broken_release(self._stick.later_version(package, "c", break_interface))
        self.check_removal()

    def _run_install(self, *arguments: str) -> str:
        """provision/install on the stick. Returns its output, also when it fails."""
        try:
            return self._appliance.run_in_root(*INSTALL_COMMAND, *arguments, timeout=400)
        except ApplianceTestError as error:
            return f"FAILED {error}"

    def _release(self, link: str) -> str:
        return Path(self._appliance.run_in_root("readlink", f"{PREFIX}/{link}").strip()).name

    def _wait_until_confirmed(self) -> None:
        wait_for("this release is confirmed", lambda: self._release("good") == self._release("venv"), 60)

    def check_killed_install(self, later: Path) -> None:
        """provision/install is killed with apt and dpkg while a package is half unpacked, and run again."""
        before = self._release("venv")
        self._stick.publish(later)
        self._appliance.insert_stick(self._stick.directory)
        unit = "install-from-stick.service"
        self._appliance.run_in_root("systemd-run", "--collect", f"--unit={unit}", *INSTALL_COMMAND)
        wait_for("dpkg unpacks", lambda: self._appliance.package_state(PACKAGE) == "half-installed", 300)
        self._appliance.run_in_root("systemctl", "kill", "--signal=KILL", unit)
        self._report.expect(self._release("venv") == before, "a killed provision/install leaves the release in use")
        output = self._run_install()
        self._report.expect(
            "FAILED" not in output and self._release("venv").endswith("+a"), f"run again, it completes {output[-300:]}"
        )

    def check_update_during_visit(self, later: Path) -> None:
        """The package is installed while a visit runs; the release is used when the visit has ended."""
        before = self._release("venv")
        self._wait_until_confirmed()
        self._stick.publish(later)
        self._appliance.insert_stick(self._stick.directory)
        enrolment = self._appliance.run_in_root("sha256sum", f"{STATE}/enrolment.json")
        with running_visit(self._appliance, VISIT_DURATION_S):
            started = time.monotonic()
            interface = self._appliance.interface_pid()
            output = self._run_install()
            duration_s = time.monotonic() - started
        version = self._release("venv")
        self._report.expect("FAILED" not in output, f"an update from the stick without a network, {duration_s:.0f} s")
        self._report.expect(version.endswith("+b"), f"it is in use: {version}")
        self._report.expect(duration_s >= VISIT_DURATION_S, "the visit was not interrupted")
        self._report.expect(self._appliance.interface_pid() != interface, "the interface runs in the new release")
        self._report.expect(self._release("good") == before, "the release before it is kept")
        library = f"{PREFIX}/releases/{before}/lib"
        self._appliance.run_in_root("sh", "-c", f"find {library} -name app.py | grep -q .")
        same = enrolment == self._appliance.run_in_root("sha256sum", f"{STATE}/enrolment.json")
        self._report.expect(same, "the enrolment is the same")
        self._wait_until_confirmed()
        self._report.record_pass("after a while it is confirmed")

    def check_broken_release(self, broken: Path) -> None:
        """An update whose release draws no picture."""
        good = self._release("venv")
        self._stick.publish(broken)
        self._appliance.insert_stick(self._stick.directory)
        started = time.monotonic()
        output = self._run_install("--now")
        self._report.expect(
            "FAILED" in output and "was rolled back" in output,
            f"a release without a first picture is rolled back, {time.monotonic() - started:.0f} s",
        )
        self._wait_for_interface()
        self._report.expect(self._release("venv") == good, "the last confirmed release is on the screen")
        again = self._run_install()
        self._report.expect(
            "does not work on this kiosk" in again and self._release("venv") == good, "the broken one is not used again"
        )
        self._wait_for_interface()

    def _wait_for_interface(self) -> None:
        wait_for("the interface runs", lambda: self._appliance.unit_property(UI_UNIT, "ActiveState") == "active", 60)
        self._report.expect(
            self._appliance.unit_property(FAULT_UNIT, "ActiveState") == "inactive", "and there is no fault page"
        )

    def check_removal(self) -> None:
        """Complaints on the kiosk are kept or destroyed by name only; a kept state is used again."""
        self._appliance.run_in_root("systemctl", "stop", FORWARDER_UNIT, UI_UNIT)
        # As after a fault of the disk: the damaged store was set aside, and may have complaints.
        aside = (
            f"mv {STATE}/outbox {STATE}/outbox-away && mkdir {STATE}/outbox && touch {STATE}/outbox/damaged-outbox.db"
        )
        self._appliance.run_in_root("sh", "-c", aside)
        refused = self._run_install("--uninstall")
        self._report.expect(
            "choose --keep-outbox or --shred-outbox" in refused, "undelivered complaints need an explicit choice"
        )
        self._appliance.run_in_root("sh", "-c", f"rm -r {STATE}/outbox && mv {STATE}/outbox-away {STATE}/outbox")
        before = self._appliance.run_in_root("sha256sum", f"{STATE}/enrolment.json", f"{STATE}/kiosk-signing.key")
        output = self._run_install("--uninstall", "--keep-outbox")
        self._report.expect("The kiosk is removed" in output, "--uninstall --keep-outbox")
        self._check_nothing_left(f"{PREFIX} /etc/damrongdham-kiosk /usr/bin/kiosk /usr/lib/damrongdham-kiosk")
        same = before == self._appliance.run_in_root(
            "sha256sum", f"{STATE}/enrolment.json", f"{STATE}/kiosk-signing.key"
        )
        self._report.expect(same, "enrolment and key are kept")
        self._appliance.run_in_root("sh", "-c", f"rm {STICK}/pool/*/*+c_*.deb")
        for broken in self._stick.directory.glob("pool/*/*+c_*.deb"):
            broken.unlink()
        self._stick.publish()
        self._appliance.insert_stick(self._stick.directory)
        output = self._run_install()
        self._report.expect("FAILED" not in output, "it is installed again from the stick")
        wait_for("delivery runs", lambda: self._appliance.unit_property(FORWARDER_UNIT, "ActiveState") == "active", 30)
        self._report.record_pass("and is still enrolled: delivery runs")
        output = self._run_install("--uninstall", "--shred-outbox")
        self._report.expect("The kiosk is removed" in output, "--uninstall --shred-outbox")
        self._check_nothing_left(
            f"{PREFIX} {STATE} /etc/damrongdham-kiosk /usr/bin/kiosk /etc/apt/sources.list.d/damrongdham.sources"
        )

    def _check_nothing_left(self, paths: str) -> None:
        left = self._appliance.run_in_root("sh", "-c", f"ls -d {paths} 2>/dev/null || true").split()
        listing = "systemctl list-unit-files --no-legend 'damrongdham-kiosk-*' || true"  # status 1 without one
        units = self._appliance.run_in_root("sh", "-c", listing)
        self._report.expect(not left and not units.strip(), f"nothing of it is left {left} {units}")
