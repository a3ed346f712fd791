"""Installs the release that the centre requests, and Debian's security updates. systemd runs it every 20 minutes.

Only in the night window of the request (without one: 1 to 5 o'clock), only while no visit runs and no release is on
trial. apt checks the signature of the repository, whose address and key a technician has installed; a stick with a
newer release is another way (provision/install). damrongdham-kiosk-activate.service then uses the release.

    release-update [--any-time]

The request is signed by the centre; `kiosk requested-release` checks that. `requested.json` has the newest request that
was accepted: an older one is a recorded one, and is ignored.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from provision.release_trial import FailureReason, ReleaseTrial, write_durably
from provision.releases import PREFIX, VISIT_LOCK, Releases, wait_for_no_visit

PACKAGE = "damrongdham-kiosk"
SOURCES = Path("/etc/apt/sources.list.d/damrongdham.sources")
NIGHT_FILE = Path("/var/lib/damrongdham-kiosk-update/last-night")
REBOOT_REQUIRED = Path("/run/reboot-required")
LOCAL = timezone(timedelta(hours=7))  # Thailand; a kiosk's own time zone may not be set
DEFAULT_WINDOW = (1, 5)
MIN_FREE_BYTES = 1_500_000_000  # the package has 125 MB, unpacked 500 MB, beside the complaints' reserve
COMMAND_TIMEOUT_S = 60.0
APT_TIMEOUT_S = 3600.0
OUTPUT_LINES = 3
APT = ("apt-get", "-qq", "-o", "APT::Get::List-Cleanup=0", "-o", "Dpkg::Options::=--force-confold")
_BAD_SIGNATURE = re.compile(
    r"NO_PUBKEY|BADSIG|EXPKEYSIG|not signed|signature verification|signatures? (?:were|was|is|couldn't)", re.IGNORECASE
)
_NO_SPACE = re.compile(r"No space left|enough free space", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """What the centre requests. The window is in hours of the kiosk's day and may include midnight."""

    version: str
    from_hour: int
    until_hour: int
    requested_at: str


class UpdateError(Exception):
    """The release cannot be installed now; `reason` is reported to the centre."""

    def __init__(self, reason: FailureReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class ReleaseUpdate:
    """`command` runs apt and dpkg; tests replace the directory that has the programs. `now` is the local time."""

    def __init__(self, prefix: Path = PREFIX, sources: Path = SOURCES, visit_lock: Path = VISIT_LOCK) -> None:
        self.releases = Releases(prefix)
        self.trial = ReleaseTrial(self.releases)
        self._sources = sources
        self._visit_lock = visit_lock
        self._accepted_file = prefix / "requested.json"

    # --- the request --------------------------------------------------------------------------------------------------

    def read_request(self) -> Request | None:
        """The centre's request; None for none, an invalid one, or one that is older than the last."""
        program = self.releases.prefix / "venv/bin/kiosk"
        try:
            answer = subprocess.run(
                [program, "requested-release"], capture_output=True, timeout=COMMAND_TIMEOUT_S, check=True
            )
            request = Request(**json.loads(answer.stdout))
        except (OSError, subprocess.SubprocessError, ValueError, TypeError):
            return None
        last = ""
        with suppress(OSError, ValueError, KeyError):
            last = json.loads(self._accepted_file.read_text("utf-8"))["requested_at"]
        if last and _moment(request.requested_at) < _moment(last):
            print("A recorded request for a release is ignored.")
            return None
        if request.requested_at != last:
            write_durably(self._accepted_file, {"requested_at": request.requested_at})
        return request

    def is_due(self, request: Request) -> bool:
        """Whether the requested release is neither in use nor known to fail since the request."""
        if _is_version(self.releases.linked_release("venv"), request.version):
            return False
        failure = self.trial.last_failure()
        if failure is None or not _is_version(failure.release, request.version):
            return True
        if failure.reason not in {reason.value for reason in FailureReason if reason.is_of_release}:
            return True  # the next night may be better
        return bool(failure.at) and _moment(failure.at) < _moment(request.requested_at)

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
            self.trial.record(request.version, error.reason, str(error))
            raise
        return version

    def _install(self, request: Request) -> str:
        if shutil.disk_usage(self.releases.prefix).free < MIN_FREE_BYTES:
            raise UpdateError(FailureReason.DISK_FULL, f"less than {MIN_FREE_BYTES // 10**6} MB are free")
        complete_interrupted_update()
        own = ("-o", "Dir::Etc::sourceparts=-", "-o", f"Dir::Etc::sourcelist={self._sources}")
        status, output = run(*APT, *own, "-o", "APT::Update::Error-Mode=any", "update")
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

    # --- Debian -------------------------------------------------------------------------------------------------------

    def update_debian(self, night: str) -> None:
        """Complete an interrupted update, and install Debian's security updates, once a night. `night` names it."""
        complete_interrupted_update()
        with suppress(OSError):
            if NIGHT_FILE.read_text("ascii") == night:
                return
        run("apt-get", "-qq", "update")
        status, output = run("unattended-upgrade")
        print(f"Debian's security updates: {'done' if status == 0 else last_line(output)}")
        NIGHT_FILE.write_text(night, encoding="ascii")

    def reboot_if_required(self) -> None:
        """Restart the machine after an update of the kernel or of a library that everything uses."""
        if REBOOT_REQUIRED.exists() and self.is_idle():
            run("systemctl", "--no-block", "reboot")


def complete_interrupted_update() -> None:
    """Configure what a power cut left unpacked: apt refuses to work before that, and nobody is there to do it. Without
    such packages this takes 20 ms. A package that is only half unpacked stays so until it is installed again."""
    run("dpkg", "--force-confold", "--configure", "-a")


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


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def run(*command: str) -> tuple[int, str]:
    """The exit status and the output of a command. One that cannot be run has status 127."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            timeout=APT_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 127, f"{command[0]}: {type(error).__name__}"
    return result.returncode, result.stdout


def last_line(output: str) -> str:
    """The end of an output, for engineers."""
    return " ".join(" ".join(output.strip().splitlines()[-OUTPUT_LINES:]).split())[:200]


def main(arguments: list[str], update: ReleaseUpdate | None = None, now: datetime | None = None) -> int:
    """Do what is due now; the exit status."""
    if arguments not in ([], ["--any-time"]):
        print(__doc__, file=sys.stderr)
        return 2
    update, now = update or ReleaseUpdate(), now or datetime.now(LOCAL)
    request = update.read_request()
    window = (request.from_hour, request.until_hour) if request else DEFAULT_WINDOW
    if not (arguments or is_in_window(now, *window)) or not update.is_idle():
        return 0
    if request and update.is_due(request):
        try:
            print(f"Release {update.install(request)} is installed.")
        except UpdateError as error:
            print(f"Release {request.version} cannot be installed: {error}")
        return 0  # Debian's updates wait for the next turn: the activation of the release comes first
    update.update_debian(f"{now - timedelta(hours=window[0]):%Y-%m-%d}")
    update.reboot_if_required()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
