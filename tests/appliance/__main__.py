"""Tests the packages: installation in a fresh Debian, boot, enrolment, a visit, freezes, recovery, updates and removal.

    ./run appliance [bookworm] [trixie] [centre] [centre-trixie]
    ./run appliance series [series-trixie]

The packages of this checkout are built, signed with a key of the test and placed in the root like a technician's stick.
mmdebstrap makes the root from the mirrors of this machine's apt. systemd-nspawn boots it with a private network that
reaches nothing. The central service and the far ends of the devices' protocols run outside, from this checkout, on that
network's loopback. Only the display differs from a real kiosk: cage draws to its headless backend. Needs root. Pictures
and reports are written to appliance-output/RELEASE/.

`centre` follows docs/centre.md in a fresh Debian 12, `centre-trixie` in a fresh Debian 13. `series` installs twenty
kiosks from one stick, one after the other, and measures each.

Environment: APPLIANCE_ROOTS (directory of the roots, default /var/tmp), APPLIANCE_KEEP=1 (keep the root afterwards),
APPLIANCE_DEBS (a directory that caches downloaded packages), APPLIANCE_BASES (a directory that keeps bare roots),
APPLIANCE_PACKAGES (a repository of `./run packages`, whose packages are tested instead of new ones), APPLIANCE_SERIES
(how many kiosks a series has).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from provision.packaging.debian_root import BuildError, remove_root
from tests.appliance.appliance import CHECKOUT, Appliance
from tests.appliance.centre_installation import run_centre_for_release
from tests.appliance.checks import ApplianceChecks, request
from tests.appliance.command_checks import CommandChecks
from tests.appliance.install_checks import InstallChecks
from tests.appliance.local_centre import LocalCentre
from tests.appliance.lockdown_checks import LockdownChecks
from tests.appliance.recovery_checks import RecoveryChecks
from tests.appliance.release_checks import ReleaseChecks
from tests.appliance.series import run_series
from tests.appliance.stick import Stick
from tests.appliance.tools import ApplianceTestError, CheckReport, log
from tests.appliance.update_checks import UpdateChecks


@contextmanager
def start_site_simulator(appliance: Appliance, directory: Path) -> Iterator["subprocess.Popen[str]"]:
    """The devices' far ends and the citizen, on the loopback of the appliance's network."""
    directory.mkdir()
    site_simulator = subprocess.Popen(
        appliance.command_in_network(sys.executable, "-m", "tests.appliance.site_simulator", directory),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    )
    try:
        request(site_simulator, "")
        yield site_simulator
    finally:
        site_simulator.terminate()
        site_simulator.communicate(timeout=30)


def run_for_release(release: str) -> None:
    """All checks for one release. Raises ApplianceTestError."""
    output = CHECKOUT / "appliance-output" / release
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    work = Path(tempfile.mkdtemp(prefix=f"appliance-{release}-", dir=os.environ.get("APPLIANCE_ROOTS", "/var/tmp")))
    appliance = Appliance(work / "root")
    report = CheckReport(output)
    stick = Stick(work, release)
    install_checks = InstallChecks(appliance, report)
    checks = ApplianceChecks(appliance, report)
    started = time.monotonic()
    try:
        log(f"{release}: the package")
        package = stick.build_package("damrongdham-kiosk")
        stick.publish(package)
        log(f"{release}: a bare root")
        appliance.bootstrap(release)
        appliance.insert_stick(stick.directory)
        report.record_pass(f"mmdebstrap: {time.monotonic() - started:.0f} s")
        install_checks.write_unit_overrides(release)
        install_checks.check_install_without_network()
        log(f"{release}: a bare machine that runs")
        with appliance.boot(output / "console-install.txt", network=True):
            install_checks.check_what_would_change()
            install_checks.check_install()
            install_checks.check_nothing_would_change()
            install_checks.check_documents()
            install_checks.check_confined_update()
        install_checks.check_interrupted_install()
        install_checks.install_test_packages()
        log(f"{release}: boot")
        with ExitStack() as stack:
            stack.enter_context(appliance.boot(output / "console.txt"))
            booted_at = time.monotonic()
            try:
                checks.check_startup()
                install_checks.check_reinstall_without_network()
                checks.check_stable_screen("not-enrolled")
                LockdownChecks(appliance, report).run_all()
                centre = stack.enter_context(LocalCentre(work).serve(appliance))
                checks.check_enrolment(centre)
                site_simulator = stack.enter_context(start_site_simulator(appliance, work / "devices"))
                checks.configure_devices(work / "devices")
                checks.check_stable_screen("attract")
                checks.check_doctor()
                checks.check_visit(site_simulator, centre)
                checks.check_watchdog(booted_at)
                checks.check_first_picture()
                RecoveryChecks(appliance, report).run_all()
                checks.check_no_failed_units()
                CommandChecks(appliance, report, centre).run_all()
                ReleaseChecks(appliance, report, stick, centre, site_simulator).run_all(package)
                UpdateChecks(appliance, report, stick).run_all(package)
            finally:
                journal = appliance.run_in_root("journalctl", "--no-pager", "--output=short-monotonic")
                (output / "journal.txt").write_text(journal, encoding="utf-8")
    finally:
        stick.close()
        appliance.remove_cgroups()
        if os.environ.get("APPLIANCE_KEEP"):
            log(f"the root is kept in {work}")
        else:
            remove_root(work)
    log(f"{release}: {len(report.passed_checks)} checks passed, {time.monotonic() - started:.0f} s; see {output}")


RELEASES = ("bookworm", "trixie")
CENTRES = {"centre": "bookworm", "centre-trixie": "trixie"}
SERIES = {"series": "bookworm", "series-trixie": "trixie"}


def main(releases: list[str]) -> int:
    if os.geteuid() != 0:
        log("The test makes and boots a Debian root, which only root may do: sudo ./run appliance")
        return 2
    standard = (*RELEASES, *CENTRES)
    if unknown := set(releases) - {*standard, *SERIES}:
        log(f"Unknown release: {', '.join(sorted(unknown))}; known: {', '.join((*standard, *SERIES))}.")
        return 2
    for release in releases or standard:
        try:
            if release in SERIES:
                run_series(SERIES[release])
            elif release in CENTRES:
                run_centre_for_release(CENTRES[release])
            else:
                run_for_release(release)
        except (ApplianceTestError, BuildError, subprocess.SubprocessError) as error:
            log(f"{release}: FAILED. {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
