"""Puts the release of the installed package into service. systemd runs it after an update and at every boot.

It waits until apt has ended, because the interface takes over the console on which apt may run, and until no visit
runs. Then it stops the interface, changes the link `venv`, and starts the interface again: from here on the release is
on trial (release_trial.py). The file /run/damrongdham-kiosk-activate-now ends the wait for a visit.

Exit status: 0 when the release is in use, 1 when a visit runs for too long, 3 when the release does not work.
"""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from provision.release_trial import BOOT_ID, INTERFACE_REPORT, FailureReason, ReleaseTrial, answering_devices
from provision.releases import (
    INTERFACE_UNIT,
    MAX_VISIT_WAIT_S,
    PACKAGE,
    PREFIX,
    SETTINGS_ERROR,
    Releases,
    render_fault_pages,
    wait_for_no_visit,
)

STATE = Path("/var/lib/damrongdham-kiosk")
DPKG_LOCK = Path("/var/lib/dpkg/lock-frontend")
ACTIVATE_NOW = Path("/run/damrongdham-kiosk-activate-now")
STATE_LAYOUT = Path(__file__).with_name("state_layout.sh")
TMPFILES = "/usr/lib/tmpfiles.d/damrongdham-kiosk.conf"
STARTED_UNITS = (
    "damrongdham-kiosk-forwarder.service",
    "damrongdham-kiosk-enrolled.path",
    "damrongdham-kiosk-settings.path",
    "damrongdham-kiosk-commands.path",
    "damrongdham-kiosk-setup.socket",
    "damrongdham-kiosk-firewall.path",
    "damrongdham-kiosk-firewall.timer",
    "damrongdham-kiosk-disk.timer",
    "damrongdham-kiosk-update.timer",
)
CHECKED_COMMANDS = ("run", "forward", "enrol", "doctor")
COMMAND_TIMEOUT_S = 120.0
EXIT_VISIT, EXIT_REJECTED = 1, 3
POLL_S = 0.5


def wait_for_package_manager(lock_file: Path = DPKG_LOCK) -> None:
    """Wait until apt and dpkg have ended; both hold this lock (fcntl) while they run."""
    try:
        descriptor = os.open(lock_file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def wait_for_end_of_visit(now_file: Path = ACTIVATE_NOW, seconds: float = MAX_VISIT_WAIT_S) -> bool:
    """Wait until no visit runs or `now_file` exists; whether one of the two came true within `seconds`."""
    until = time.monotonic() + seconds
    while not now_file.exists():
        if wait_for_no_visit(POLL_S):
            return True
        if time.monotonic() >= until:
            return False
    return True


def find_fault(release: Path) -> str:
    """The fault that the release finds in itself: a command that cannot be imported, or what `kiosk self-test` reports.
    '' when there is none."""
    for arguments in (*((command, "--help") for command in CHECKED_COMMANDS), ("self-test",)):
        try:
            check = subprocess.run(
                [release / "bin/kiosk", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                timeout=COMMAND_TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{arguments[0]}: {type(error).__name__}"
        if check.returncode == SETTINGS_ERROR and _has_settings_error(release.parents[1] / "venv"):
            continue  # the release in use finds a mistake in kiosk.toml, too
        if check.returncode:
            last_line = (check.stderr.strip().splitlines() or [""])[-1]
            return f"{arguments[0]}: {last_line or f'exit status {check.returncode}'}"
    return ""


def _has_settings_error(release: Path) -> bool:
    """Whether this release finds a mistake in kiosk.toml."""
    try:
        check = subprocess.run([release / "bin/kiosk", "settings"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return check.returncode == SETTINGS_ERROR


def prepare_state() -> None:
    """Bring the state directory into the layout of the release, just before it starts: the one before may expect
    another."""
    if STATE.is_dir():
        subprocess.run(["sh", "-euc", '. "$0"; migrate_state_layout "$1"', STATE_LAYOUT, STATE], check=True)
    subprocess.run(["systemd-tmpfiles", "--create", TMPFILES], check=True)


def is_half_unpacked() -> bool:
    """Whether dpkg was interrupted while it replaced the package's files: some are of the old release, some of the new
    one. The next update unpacks the package again (release_update.py, provision/install)."""
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", PACKAGE]
    try:
        status = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return status.strip() == "half-installed"


def activate(releases: Releases, name: str, *, is_booted: bool) -> int:
    """Use the release `name` of the installed package; the exit status of this program."""
    if releases.is_rejected(name):
        print(
            f"Release {name} does not work on this kiosk and is not used. "
            "`apt reinstall damrongdham-kiosk` tries again."
        )
        return EXIT_REJECTED
    trial = ReleaseTrial(releases)
    releases.add_packaged_release()
    if fault := find_fault(releases.prefix / "releases" / name):
        trial.reject(name, FailureReason.SELF_TEST, fault)
        print(f"Release {name} cannot be started ({fault}); the one before it stays in use.")
        return EXIT_REJECTED
    answering = answering_devices(INTERFACE_REPORT, BOOT_ID.read_text("ascii").strip()) or set()
    if is_booted and not wait_for_end_of_visit():
        print("A visit runs. The release is activated when it has ended.")
        return EXIT_VISIT
    with releases.activation():
        if is_booted:
            systemctl("stop", INTERFACE_UNIT)
        try:
            prepare_state()
            trial.prepare(name, answering)
            os.sync()  # every file of the release is on the disk before the link names it
            releases.activate(name)
            render_fault_pages(releases.prefix)
        finally:  # after any error the interface must run again
            if is_booted:
                start()
    return 0


def start() -> None:
    """Apply what otherwise needs a restart of the machine, and start the units. The interface is not waited for: its
    start may roll back, which takes minutes."""
    systemctl("start", "dbus.socket", "dbus.service", "polkit.service")
    systemctl("reload", "dbus.service")
    systemctl("restart", "polkit.service")
    systemctl("try-restart", "pcscd.service")  # it decides at its start whether it uses polkit
    systemctl("reset-failed", INTERFACE_UNIT)
    systemctl("restart", *STARTED_UNITS)
    systemctl("start", INTERFACE_UNIT)


def systemctl(*arguments: str) -> None:
    """Queue a job; only a stop is waited for. A job that fails is in the journal."""
    no_block = () if arguments[0] in ("stop", "reset-failed") else ("--no-block",)
    subprocess.run(["systemctl", *no_block, *arguments], stdin=subprocess.DEVNULL, check=False)


def main(prefix: Path = PREFIX) -> int:
    """Activate the release of the installed package when another one is in use."""
    releases = Releases(prefix)
    is_booted = Path("/run/systemd/system").is_dir()
    if is_booted:
        wait_for_package_manager()
    name = releases.packaged_release()
    if not name or releases.linked_release("venv") == name:
        return 0
    if is_half_unpacked():
        print("The package is not completely unpacked; the release in use stays.")
        return 0
    try:
        return activate(releases, name, is_booted=is_booted)
    finally:
        if is_booted:
            ACTIVATE_NOW.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
