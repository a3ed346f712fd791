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
from tests.appliance.checks import Trial, ask
from tests.appliance.local_centre import Centre
from tests.appliance.recovery_checks import Failing
from tests.appliance.tools import TrialError, say


@contextmanager
def open_hall(appliance: Appliance, directory: Path) -> Iterator["subprocess.Popen[str]"]:
    """The devices' far ends and the citizen, at the loopback of the appliance's network."""
    directory.mkdir()
    hall = subprocess.Popen(
        appliance.outside(sys.executable, "-m", "tests.appliance.site_simulator", directory),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    )
    try:
        ask(hall, "")
        yield hall
    finally:
        hall.terminate()
        hall.communicate(timeout=30)


def _installed(trial: Trial, release: str) -> None:
    """provision/install on that root, however it finds it."""
    trial.told(release)
    trial.refused_without_network()
    say(f"{release}: a bare machine that runs")
    with trial.appliance.booted(trial.output / "console-install.txt", network=True):
        trial.installed()
    trial.repaired()
    trial.surround()


def try_release(release: str) -> None:
    """Everything, for one release. Raises TrialError."""
    output = CHECKOUT / "appliance-output" / release
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    work = Path(tempfile.mkdtemp(prefix=f"appliance-{release}-", dir=os.environ.get("APPLIANCE_ROOTS", "/var/tmp")))  # noqa: S108
    appliance = Appliance(work / "root")
    trial = Trial(appliance, output)
    started = time.monotonic()
    try:
        say(f"{release}: a bare root")
        appliance.make(release)
        trial.saw(f"mmdebstrap: {time.monotonic() - started:.0f} s")
        _installed(trial, release)
        say(f"{release}: boot")
        with ExitStack() as stack:
            stack.enter_context(appliance.booted(output / "console.txt"))
            since = time.monotonic()
            try:
                trial.came_up()
                trial.installs_again_without_network()
                trial.looked_at("not-enrolled")
                centre = stack.enter_context(Centre(work).serving(appliance))
                trial.enrolled(centre)
                hall = stack.enter_context(open_hall(appliance, work / "devices"))
                trial.furnished(work / "devices")
                trial.looked_at("attract")
                trial.examined()
                trial.visited(hall, centre)
                trial.watched(since)
                trial.first_picture()
                Failing(trial).everything()
                trial.tidy()
            finally:
                journal = appliance.inside("journalctl", "--no-pager", "--output=short-monotonic")
                (output / "journal.txt").write_text(journal, encoding="utf-8")
    finally:
        appliance.forget_groups()
        if os.environ.get("APPLIANCE_KEEP"):
            say(f"the root is left in {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)
    say(f"{release}: {len(trial.seen)} of {len(trial.seen)} held, {time.monotonic() - started:.0f} s; see {output}")


RELEASES = ("bookworm", "trixie")


def main(releases: list[str]) -> int:
    if os.geteuid() != 0:
        say("The trial makes and boots a Debian of its own, which only root may: sudo ./run appliance")
        return 2
    if strange := set(releases) - set(RELEASES):
        say(f"There is no trial of {', '.join(sorted(strange))}; there are {', '.join(RELEASES)}.")
        return 2
    for release in releases or RELEASES:
        try:
            try_release(release)
        except (TrialError, subprocess.SubprocessError) as error:
            say(f"{release}: FAILED. {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
