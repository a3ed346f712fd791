"""Installs the release that the centre requests, and Debian's security updates. systemd runs it every 20 minutes.

In the night window of the request (without one: 1 to 5 o'clock), only while no visit runs and no release is on trial.
What has waited for a week is done by day, too: a kiosk may be switched off at night (decision 0219). apt checks the
signature of the repository, whose address and key a technician has installed; a stick with a newer release is another
way (provision/install). damrongdham-kiosk-activate.service then uses the release.

    release-update [--any-time]

The request is signed by the centre; `kiosk requested-release` checks that. `requested.json` has the newest request that
was accepted: an older one of the same enrolment is a recorded one, and is ignored.
"""

import json
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from provision.apt_commands import APT, complete_interrupted_update, last_line, read_lists, run
from provision.apt_network import configure_apt
from provision.debian_update import NEVER, OVERDUE_AFTER, DebianUpdate, moment_of
from provision.release_trial import FailureReason, ReleaseTrial, write_durably
from provision.releases import PACKAGE, PREFIX, VISIT_LOCK, Releases, wait_for_no_visit

SOURCES = Path("/etc/apt/sources.list.d/damrongdham.sources")
REBOOT_REQUIRED = Path("/run/reboot-required")
LOCAL = timezone(timedelta(hours=7))  # Thailand; a kiosk's own time zone may not be set
DEFAULT_WINDOW = (1, 5)
MIN_FREE_BYTES = 1_500_000_000  # the package has 125 MB, unpacked 500 MB, beside the complaints' reserve
COMMAND_TIMEOUT_S = 60.0
_BAD_SIGNATURE = re.compile(
    r"NO_PUBKEY|BADSIG|EXPKEYSIG|not signed|signature verification|signatures? (?:were|was|is|couldn't)", re.IGNORECASE
)
_NO_SPACE = re.compile(r"No space left|enough free space", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """What the centre requests. The window is in hours of the kiosk's day and may include midnight. `enrolment_id` is
    '' while a release is in use that does not state it."""

    version: str
    from_hour: int
    until_hour: int
    requested_at: str
    enrolment_id: str = ""


class UpdateError(Exception):
    """The release cannot be installed now; `reason` is reported to the centre."""

    def __init__(self, reason: FailureReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class ReleaseUpdate:
    """`prefix` has the releases, `sources` names the repository; `visit_lock` is held while a visit runs."""

    def __init__(self, prefix: Path = PREFIX, sources: Path = SOURCES, visit_lock: Path = VISIT_LOCK) -> None:
        self.releases = Releases(prefix)
        self.trial = ReleaseTrial(self.releases)
        self._sources = sources
        self._visit_lock = visit_lock
        self._accepted_file = prefix / "requested.json"

    # --- the request --------------------------------------------------------------------------------------------------

    def read_request(self, now: datetime) -> Request | None:
        """The centre's request; None for none, an invalid one, one that is older than the last, or one that cannot be
        remembered."""
        program = self.releases.prefix / "venv/bin/kiosk"
        try:
            answer = subprocess.run(
                [program, "requested-release"], capture_output=True, timeout=COMMAND_TIMEOUT_S, check=True
            )
            stated = json.loads(answer.stdout)
            # The release in use may be earlier or later than this program, and state less or more.
            request = Request(**{name: stated[name] for name in Request.__dataclass_fields__ if name in stated})
        except (OSError, subprocess.SubprocessError, ValueError, TypeError):
            return None
        accepted = self._read_accepted()
        enrolments = {request.enrolment_id, accepted.get("enrolment_id", "")} - {""}
        last = accepted.get("requested_at", "") if len(enrolments) <= 1 else ""
        if last and moment_of(request.requested_at) < moment_of(last):
            print("A recorded request for a release is ignored.")
            return None
        if request.requested_at != last:
            requested = {"enrolment_id": request.enrolment_id, "requested_at": request.requested_at}
            try:
                write_durably(self._accepted_file, {**requested, "accepted_at": now.isoformat()})
            except OSError as error:
                print(f"The request for a release waits: {error}")
                return None
        return request

    def _read_accepted(self) -> dict[str, str]:
        try:
            stored = json.loads(self._accepted_file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(name): str(value) for name, value in stored.items()} if isinstance(stored, dict) else {}

    def is_overdue(self, now: datetime) -> bool:
        """Whether the accepted request has waited for a week."""
        accepted_at = moment_of(self._read_accepted().get("accepted_at", ""))
        return accepted_at != NEVER and now - accepted_at >= OVERDUE_AFTER

    def is_due(self, request: Request) -> bool:
        """Whether the requested release is neither in use nor known to fail since the request."""
        if _is_version(self.releases.linked_release("venv"), request.version):
            return False
        failure = self.trial.last_failure()
        if failure is None or not _is_version(failure.release, request.version):
            return True
        if failure.reason not in {reason.value for reason in FailureReason if reason.is_of_release}:
            return True  # the next night may be better
        return bool(failure.at) and moment_of(failure.at) < moment_of(request.requested_at)

    def is_idle(self) -> bool:
        """Whether no visit runs, and no release is on trial."""
        return wait_for_no_visit(0, self._visit_lock) and self.trial.current() is None

    # --- installing ---------------------------------------------------------------------------------------------------

    def install(self, request: Request) -> str:
        """Install the package of the requested release; its version. A failure is recorded for the centre. Raises
        UpdateError."""
        try:
            version = self._install(request)
        except UpdateError as error:
            with suppress(OSError):  # of a full disk
                self.trial.record(request.version, error.reason, str(error))
            raise
        return version

    def _install(self, request: Request) -> str:
        self.releases.remove_unused()
        if self._is_disk_full():
            run("apt-get", "clean")  # downloads that were interrupted, or kept by an earlier release
        if self._is_disk_full():
            raise UpdateError(FailureReason.DISK_FULL, f"less than {MIN_FREE_BYTES // 10**6} MB are free")
        complete_interrupted_update()
        own = ("-o", "Dir::Etc::sourceparts=-", "-o", f"Dir::Etc::sourcelist={self._sources}")
        status, output = read_lists(*own)
        if status:
            is_bad = _BAD_SIGNATURE.search(output)
            raise UpdateError(FailureReason.SIGNATURE if is_bad else FailureReason.REPOSITORY, last_line(output))
        _, offered = run("apt-cache", "madison", PACKAGE)
        versions = [line.split("|")[1].strip() for line in offered.splitlines() if line.count("|") >= 2]
        version = next((each for each in versions if _is_version(each, request.version)), "")
        if not version:
            raise UpdateError(FailureReason.NOT_OFFERED, f"offered: {', '.join(versions[:3]) or 'nothing'}")
        again = ("--reinstall",) if self.releases.packaged_release() == version else ()
        options = ("--yes", "--no-install-recommends", "--allow-downgrades", *again)
        status, output = run(*APT, *options, "install", f"{PACKAGE}={version}")
        if status:
            is_full = _NO_SPACE.search(output)
            raise UpdateError(FailureReason.DISK_FULL if is_full else FailureReason.PACKAGE, last_line(output))
        return version

    def _is_disk_full(self) -> bool:
        return shutil.disk_usage(self.releases.prefix).free < MIN_FREE_BYTES

    def reboot_if_required(self) -> None:
        """Restart the machine after an update of the kernel or of a library that everything uses."""
        if REBOOT_REQUIRED.exists() and self.is_idle():
            run("systemctl", "--no-block", "reboot")


def is_in_window(now: datetime, from_hour: int, until_hour: int) -> bool:
    """Whether the hour is in the window. Equal hours are the whole day."""
    if from_hour == until_hour:
        return True
    if from_hour < until_hour:
        return from_hour <= now.hour < until_hour
    return now.hour >= from_hour or now.hour < until_hour


def _is_version(name: str, requested: str) -> bool:
    """Whether a package's version is the requested one, which may lack the name of the Debian release."""
    return name == requested or name.startswith(f"{requested}+deb")


def main(arguments: list[str], update: ReleaseUpdate | None = None, now: datetime | None = None) -> int:
    """Do what is due now; the exit status."""
    if arguments not in ([], ["--any-time"]):
        print(__doc__, file=sys.stderr)
        return 2
    update, now = update or ReleaseUpdate(), now or datetime.now(LOCAL)
    try:
        configure_apt()
    except OSError as error:
        print(f"apt's configuration of the network stays as it is: {error}")
    debian = DebianUpdate(now)
    request = update.read_request(now)
    window = (request.from_hour, request.until_hour) if request else DEFAULT_WINDOW
    is_night = bool(arguments) or is_in_window(now, *window)
    if not update.is_idle():
        return 0
    is_release_due = request is not None and update.is_due(request) and (is_night or update.is_overdue(now))
    is_debian_due = is_night or debian.is_overdue()
    if not is_night and not ((is_release_due or is_debian_due) and debian.begin_by_day()):
        return 0
    if request and is_release_due:
        try:
            print(f"Release {update.install(request)} is installed.")
            return 0  # Debian's updates wait for the next turn: the activation of the release comes first
        except UpdateError as error:
            print(f"Release {request.version} cannot be installed: {error}")
    if is_debian_due:
        debian.update(f"{now - timedelta(hours=window[0]):%Y-%m-%d}")
    if is_night:
        update.reboot_if_required()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
