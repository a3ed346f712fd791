"""A series of installations from one stick, each on a bare Debian of its own, as by a technician with many kiosks.

Measured is the time from `provision/install` to the first frame of the set-up, with Debian's packages from a mirror.
"""

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from provision.packaging.debian_root import remove_root
from tests.appliance.appliance import CHECKOUT, INSTALL_COMMAND, PROXY_ENV, Appliance
from tests.appliance.install_checks import UI_UNIT, InstallChecks
from tests.appliance.stick import Stick
from tests.appliance.tools import CheckReport, log, wait_for

DEFAULT_COUNT = 20
MAX_FRAME_WAIT_S = 120


def run_series(release: str) -> None:
    """Install APPLIANCE_SERIES kiosks, 20 without it. Raises ApplianceTestError at the first that fails."""
    count = int(os.environ.get("APPLIANCE_SERIES", DEFAULT_COUNT))
    output = CHECKOUT / "appliance-output" / f"series-{release}"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    work = Path(tempfile.mkdtemp(prefix=f"series-{release}-", dir=os.environ.get("APPLIANCE_ROOTS", "/var/tmp")))
    stick = Stick(work, release)
    durations_s: list[float] = []
    try:
        stick.publish(stick.build_package("damrongdham-kiosk"))
        for number in range(1, count + 1):
            appliance = Appliance(work / "root")
            report = CheckReport(output)
            try:
                durations_s.append(_install(appliance, report, stick, release))
            finally:
                appliance.remove_cgroups()
                remove_root(work / "root")
            log(f"kiosk {number} of {count}: {durations_s[-1]:.0f} s until the first frame")
    finally:
        stick.close()
        remove_root(work)
    lines = [f"{len(durations_s)} kiosks from one stick, {release}: seconds until the first frame of the set-up"]
    lines += [f"median {statistics.median(durations_s):.0f}, longest {max(durations_s):.0f}"]
    lines += [" ".join(f"{duration:.0f}" for duration in durations_s)]
    (output / "series.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for line in lines:
        log(line)


def _install(appliance: Appliance, report: CheckReport, stick: Stick, release: str) -> float:
    """Install one kiosk, and again: the second run changes nothing. Returns the seconds of the first."""
    appliance.bootstrap(release)
    appliance.insert_stick(stick.directory)
    InstallChecks(appliance, report).write_unit_overrides(release)
    with appliance.boot(report.output / "console.txt", network=True):
        started = time.monotonic()
        appliance.run_in_root(*INSTALL_COMMAND, timeout=1800, **PROXY_ENV)
        wait_for(
            "the first frame",
            lambda: appliance.unit_property(UI_UNIT, "ActiveState") == "active",
            MAX_FRAME_WAIT_S,
        )
        duration_s = time.monotonic() - started
        again = appliance.run_in_root(*INSTALL_COMMAND, timeout=300, **PROXY_ENV)
        report.expect("Nothing was to be done" in again, "a second run has nothing to do")
    return duration_s
