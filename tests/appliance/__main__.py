"""Try the appliance for real: provision/install in a fresh Debian, booted, enrolled, looked at, frozen and recovered.

    ./run appliance [bookworm] [trixie]

The root is made by mmdebstrap from the mirrors this machine's own apt uses, and booted by systemd-nspawn with a network
of its own that reaches nothing. What an appliance has around it stays outside and comes in over that network's
loopback: the central service and the far ends of the devices' protocols run from this checkout. Only the display
differs from a real kiosk: cage draws to its headless backend. Needs root. Pictures and reports go to
appliance-output/RELEASE/.

Environment: APPLIANCE_ROOTS (where roots are made, default /var/tmp), APPLIANCE_KEEP=1 (leave the root for a look),
APPLIANCE_DEBS (a directory that keeps downloaded packages between trials).
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

from tests.appliance.appliance import CHECKOUT, Appliance
from tests.appliance.checks import ApplianceChecks, request
from tests.appliance.local_centre import LocalCentre
from tests.appliance.recovery_checks import RecoveryChecks
from tests.appliance.tools import ApplianceTestError, log


@contextmanager
def start_site_simulator(appliance: Appliance, directory: Path) -> Iterator["subprocess.Popen[str]"]:
    """The devices' far ends and the citizen, at the loopback of the appliance's network."""
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


def install_on_bare_root(checks: ApplianceChecks, release: str) -> None:
    """provision/install on that root, however it finds it."""
    checks.write_unit_overrides(release)
    checks.check_install_without_network()
    log(f"{release}: a bare machine that runs")
    with checks.appliance.boot(checks.output / "console-install.txt", network=True):
        checks.check_install()
    checks.check_interrupted_install()
    checks.install_test_packages()


def run_for_release(release: str) -> None:
    """Everything, for one release. Raises ApplianceTestError."""
    output = CHECKOUT / "appliance-output" / release
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    work = Path(tempfile.mkdtemp(prefix=f"appliance-{release}-", dir=os.environ.get("APPLIANCE_ROOTS", "/var/tmp")))
    appliance = Appliance(work / "root")
    checks = ApplianceChecks(appliance, output)
    started = time.monotonic()
    try:
        log(f"{release}: a bare root")
        appliance.bootstrap(release)
        checks.record_pass(f"mmdebstrap: {time.monotonic() - started:.0f} s")
        install_on_bare_root(checks, release)
        log(f"{release}: boot")
        with ExitStack() as stack:
            stack.enter_context(appliance.boot(output / "console.txt"))
            since = time.monotonic()
            try:
                checks.check_startup()
                checks.check_reinstall_without_network()
                checks.check_stable_screen("not-enrolled")
                centre = stack.enter_context(LocalCentre(work).serve(appliance))
                checks.check_enrolment(centre)
                site_simulator = stack.enter_context(start_site_simulator(appliance, work / "devices"))
                checks.configure_devices(work / "devices")
                checks.check_stable_screen("attract")
                checks.check_doctor()
                checks.check_visit(site_simulator, centre)
                checks.check_watchdog(since)
                checks.check_first_picture()
                RecoveryChecks(checks).run_all()
                checks.check_no_failed_units()
            finally:
                journal = appliance.run_in_root("journalctl", "--no-pager", "--output=short-monotonic")
                (output / "journal.txt").write_text(journal, encoding="utf-8")
    finally:
        appliance.remove_cgroups()
        if os.environ.get("APPLIANCE_KEEP"):
            log(f"the root is left in {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)
    passed = len(checks.passed_checks)
    log(f"{release}: {passed} of {passed} held, {time.monotonic() - started:.0f} s; see {output}")


RELEASES = ("bookworm", "trixie")


def main(releases: list[str]) -> int:
    if os.geteuid() != 0:
        log("The trial makes and boots a Debian of its own, which only root may: sudo ./run appliance")
        return 2
    if strange := set(releases) - set(RELEASES):
        log(f"There is no trial of {', '.join(sorted(strange))}; there are {', '.join(RELEASES)}.")
        return 2
    for release in releases or RELEASES:
        try:
            run_for_release(release)
        except (ApplianceTestError, subprocess.SubprocessError) as error:
            log(f"{release}: FAILED. {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
