"""Puts the release of the installed package damrongdham-central into service. The package runs it after unpacking.

The new release is made beside the running one. It migrates the database, which the running one still understands
(decision 0054), then web and worker restart; systemd holds the socket meanwhile, so nobody is refused. A release that
is not ready within 90 s is taken back, and the package is left unconfigured: `dpkg --configure -a` tries again.
"""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from provision.releases import Releases

PREFIX = Path("/opt/damrongdham-central")
ENVIRONMENT = Path("/etc/damrongdham-central.env")
COMMAND = "/usr/bin/central"
SERVICES = ("damrongdham-central.service", "damrongdham-central-worker.service")
READY_URL = "http://127.0.0.1:8080/readyz"
READY_TIMEOUT_S = 90.0
BOOTED = Path("/run/systemd/system")  # exists where systemd runs
JOURNAL = "see journalctl -u damrongdham-central"


def is_ready(seconds: float) -> bool:
    """Whether the service answers that it is ready, within `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(READY_URL, timeout=20):
                return True
        except OSError:
            time.sleep(1)
    return False


def restart() -> bool:
    """Restart web and worker; whether both are well afterwards."""
    return (
        _systemctl("restart", *SERVICES) and is_ready(READY_TIMEOUT_S) and _systemctl("--quiet", "is-active", *SERVICES)
    )


def _systemctl(*arguments: str) -> bool:
    return subprocess.run(["systemctl", *arguments], check=False).returncode == 0


def main(prefix: Path = PREFIX) -> int:
    """The exit status: 0 when the release is in use."""
    releases = Releases(prefix)
    in_use, good, name = releases.linked_release("venv"), releases.linked_release("good"), releases.packaged_release()
    releases.add_packaged_release()
    if not (ENVIRONMENT.exists() and BOOTED.is_dir()):
        releases.set_link("good", name)  # no release has served that could be returned to
        releases.activate(name)
        return 0
    if in_use == good == name:
        return 0
    # Already in use, but not confirmed: this program was interrupted.
    before = next((release for release in (in_use, good) if release not in ("", name)), "")
    program = str(prefix / "releases" / name / "bin" / "central")
    migration = subprocess.run([COMMAND, "migrate"], env={**os.environ, "CENTRAL_PROGRAM": program}, check=False)
    if migration.returncode:
        left = f"{in_use} stays in use" if in_use else "no release is in use"
        print(f"Release {name} cannot migrate the database; {left}.", file=sys.stderr)
        return 1
    if before:
        releases.set_link("good", before)  # the one to return to is not deleted
    releases.activate(name)
    if restart():
        releases.set_link("good", name)
        return 0
    if not before:
        print(f"Release {name} is not ready after its start, and there is none before it; {JOURNAL}.", file=sys.stderr)
        return 1
    releases.set_link("venv", before)
    state = "runs again" if restart() else f"is not ready either; {JOURNAL}"
    print(f"Release {name} is not ready after its start; {before} {state}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
