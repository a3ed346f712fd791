"""The trial of a new release: it is confirmed after a minute on the display, or the release before it runs again.

    begin               before each start of the interface: a trial that was interrupted ends here
    end                 after each end of the interface: a crash or a hang ends the trial (reads SERVICE_RESULT)
    confirm [SECONDS [WAIT]]  from the first frame on: confirm the release after a minute in which the devices answer

Runs on Debian's Python, because the release may be broken. The files are in /opt/damrongdham-kiosk:

    trial.json            the release on trial, until it is confirmed or has failed
    failed-release.json   the last release that failed, and why; the forwarder reports it to the centre

A trial survives one clean stop of the interface (a restart by a technician), but no crash, no hang and no power cut.
After a power cut the cause is unknown, so the release gets MAX_POWER_CUTS trials, one at each later boot.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from provision.releases import (
    INTERFACE_UNIT,
    MAX_VISIT_WAIT_S,
    PREFIX,
    SETTINGS_ERROR,
    Releases,
    render_fault_pages,
    sync_directory,
    wait_for_no_visit,
)

INTERFACE_REPORT = Path("/var/lib/damrongdham-kiosk/interface/status.json")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MAX_REPORT_BYTES = 1 << 20
MAX_REPORT_AGE_S = 90.0  # the interface writes its report each minute and at every change
CONFIRM_AFTER_S = 60.0  # a program may draw a picture and fail right after it
MAX_DEVICE_WAIT_S = 600.0
MAX_POWER_CUTS = 3
MAX_STARTS = 6  # of one trial, each ended without a failure
POLL_S = 1.0
# Values of the devices' status enums that say: no answer.
SILENT_STATUSES = frozenset({"unknown", "unresponsive", "absent", "no_service", "no_reader", "not_allowed", "failed"})


class FailureReason(Enum):
    """Why a release is not used. The values are part of the protocol: the centre names them (protocol.messages)."""

    SELF_TEST = "self_test"
    CRASH = "crash"
    HANG = "hang"
    NO_FRAME = "no_frame"  # the first frame did not appear in time
    CRASH_LOOP = "crash_loop"
    POWER_CUT = "power_cut"
    DEVICES = "devices"  # a device that answered before did not answer any more
    # Of an update whose release was never used (release_update.py):
    REPOSITORY = "repository"  # it cannot be read
    SIGNATURE = "signature"
    NOT_OFFERED = "not_offered"
    DISK_FULL = "disk_full"
    PACKAGE = "package"  # apt cannot install it

    @property
    def is_of_release(self) -> bool:
        """Whether the release itself failed: it is not tried again by itself."""
        return self.value in {"self_test", "crash", "hang", "no_frame", "crash_loop", "power_cut", "devices"}


@dataclass(frozen=True)
class Trial:
    """`previous` is the release to return to. `answering`: devices that answered before the update. `boot_id` is the
    boot in which the interface was started last; '' after a clean stop."""

    release: str
    previous: str
    answering: tuple[str, ...] = ()
    boot_id: str = ""
    starts: int = 0


@dataclass(frozen=True)
class FailedRelease:
    """`detail` is a short text for engineers. `count` is how often the release failed by this reason."""

    release: str
    reason: str
    detail: str = ""
    at: str = ""  # ISO time, by this machine's clock
    count: int = 1


class ReleaseTrial:
    """The trial under the directory of the releases. `boot_id` names the running boot."""

    def __init__(self, releases: Releases, boot_id: str | None = None) -> None:
        self._releases = releases
        self._file = releases.prefix / "trial.json"
        self._failed_file = releases.prefix / "failed-release.json"
        self._boot_id = boot_id if boot_id is not None else BOOT_ID.read_text("ascii").strip()

    # --- the record ---------------------------------------------------------------------------------------------------

    def current(self) -> Trial | None:
        """The trial of the release in use; None when it is confirmed, or was never on trial."""
        try:
            stored = json.loads(self._file.read_text("utf-8"))
            trial = Trial(**{**stored, "answering": tuple(stored["answering"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return trial if trial.release == self._releases.linked_release("venv") else None

    def last_failure(self) -> FailedRelease | None:
        """The last release that failed; None when there is none."""
        try:
            return FailedRelease(**json.loads(self._failed_file.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    # --- its steps ----------------------------------------------------------------------------------------------------

    def prepare(self, name: str, answering: Collection[str]) -> None:
        """Record the trial before `name` is used. On a kiosk without an earlier release there is no trial: nothing
        could run in its place."""
        previous = self._releases.linked_release("good") or self._releases.linked_release("venv")
        if previous and previous != name:
            write_durably(self._file, asdict(Trial(name, previous, tuple(sorted(answering)))))
        else:
            self._file.unlink(missing_ok=True)

    def begin(self) -> FailedRelease | None:
        """The interface is about to start. Ends a trial whose last start has no recorded end. Returns the failure, or
        None when the release in use may start."""
        trial = self.current()
        if trial is None:
            return None
        if trial.boot_id and trial.boot_id != self._boot_id:
            return self.fail(FailureReason.POWER_CUT)
        if trial.boot_id:  # the record of its end is missing: it was killed together with its unit's commands
            return self.fail(FailureReason.CRASH, "no end was recorded")
        if trial.starts >= MAX_STARTS:
            return self.fail(FailureReason.CRASH_LOOP, f"{trial.starts} starts")
        write_durably(self._file, asdict(replace(trial, boot_id=self._boot_id, starts=trial.starts + 1)))
        return None

    def end(self, result: str, exit_code: str = "", exit_status: str = "") -> FailedRelease | None:
        """The interface has ended with systemd's `result`, for example 'success', 'watchdog', 'exit-code'. Returns the
        failure, if it ends the trial."""
        trial = self.current()
        if trial is None:
            return None
        is_settings_error = result == "exit-code" and exit_status == str(SETTINGS_ERROR)  # a technician is editing it
        if result == "success" or is_settings_error:
            write_durably(self._file, asdict(replace(trial, boot_id="")))
            return None
        reason = {"watchdog": FailureReason.HANG, "timeout": FailureReason.NO_FRAME}.get(result, FailureReason.CRASH)
        return self.fail(reason, f"{exit_code} {exit_status}".strip() or result)

    def confirm(self, seconds: float, device_wait_s: float, report: Path = INTERFACE_REPORT) -> FailedRelease | None:
        """Wait until the interface has run for `seconds` in one piece while the devices of the trial answered, and
        confirm the release. When that takes longer than `device_wait_s`, the trial fails."""
        running, trial = self._releases.linked_release("venv"), self.current()
        required = set(trial.answering) if trial else set()
        started = since = time.monotonic()
        silent: set[str] = set()
        while time.monotonic() - since < seconds:
            time.sleep(min(POLL_S, seconds))
            if trial is None:
                continue
            answering = answering_devices(report, self._boot_id, started)
            silent = required - answering if answering is not None else {"interface"}
            if silent:
                since = time.monotonic()
                if since - started >= device_wait_s:
                    return self.fail(FailureReason.DEVICES, ", ".join(sorted(silent)))
        if running and running == self._releases.linked_release("venv"):
            self._releases.set_link("good", running)
            self._file.unlink(missing_ok=True)
        return None

    def fail(self, reason: FailureReason, detail: str = "") -> FailedRelease | None:
        """Return to the release before, and record why. Returns None when there is none to return to: the release in
        use stays."""
        bad = self._releases.linked_release("venv")
        failure = self._failure(bad, reason, detail)
        is_final = reason is not FailureReason.POWER_CUT or failure.count >= MAX_POWER_CUTS
        if not self._releases.roll_back(reject=is_final):
            return None
        write_durably(self._failed_file, asdict(failure))
        self._file.unlink(missing_ok=True)
        return failure

    def reject(self, name: str, reason: FailureReason, detail: str = "") -> None:
        """Record that a release that was never used does not work."""
        self.record(name, reason, detail)
        self._releases.reject(name)

    def record(self, name: str, reason: FailureReason, detail: str = "") -> None:
        """Record a failure for the centre."""
        write_durably(self._failed_file, asdict(self._failure(name, reason, detail)))

    def _failure(self, name: str, reason: FailureReason, detail: str) -> FailedRelease:
        before = self.last_failure()
        is_same = before is not None and (before.release, before.reason) == (name, reason.value)
        count = before.count + 1 if before is not None and is_same else 1
        return FailedRelease(name, reason.value, detail[:200], f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", count)


def answering_devices(report: Path, boot_id: str, not_before_s: float = 0.0) -> set[str] | None:
    """The devices that answer, by the interface's report; None when there is no report of this boot that was written
    after `not_before_s` (seconds of the monotonic clock) and in the last minute and a half."""
    stored = _read_report(report)
    written_s = stored.get("monotonic_ms", 0) / 1000
    is_recent = time.monotonic() - written_s <= MAX_REPORT_AGE_S and written_s >= not_before_s
    if stored.get("boot_id") != boot_id or not is_recent:
        return None
    devices = stored.get("devices")
    if not isinstance(devices, dict):
        return None
    return {str(name) for name, status in devices.items() if status not in SILENT_STATUSES}


def _read_report(report: Path) -> dict[str, Any]:
    """The interface's user owns the file: it is opened without following links or blocking."""
    try:
        descriptor = os.open(report, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            stored = json.loads(file.read(MAX_REPORT_BYTES))
    except (OSError, ValueError):
        return {}
    is_report = isinstance(stored, dict) and isinstance(stored.get("monotonic_ms", 0), int)
    return stored if is_report else {}


def write_durably(file: Path, content: dict[str, Any]) -> None:
    """Replace the file; it is on the disk when this returns, and readable by every user. Raises OSError."""
    temporary = file.with_name(f"{file.name}.new")
    with temporary.open("w", encoding="utf-8") as new:
        json.dump(content, new)
        new.flush()
        os.fchmod(new.fileno(), 0o644)
        os.fsync(new.fileno())
    temporary.replace(file)
    sync_directory(file.parent)


def main(arguments: list[str]) -> int:
    """Run one command; the exit status. A trial that cannot be recorded (a full disk) does not stop the interface."""
    releases = Releases(Path(os.environ.get("DAMRONGDHAM_PREFIX", PREFIX)))
    trial = ReleaseTrial(releases)
    failure = None
    try:
        match arguments:
            case ["begin"]:
                failure = trial.begin()
            case ["end"]:
                names = ("SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS")
                failure = trial.end(*(os.environ.get(name, "") for name in names))
            case ["confirm", *limits] if len(limits) <= 2:
                seconds, wait_s = [*map(float, limits), *(CONFIRM_AFTER_S, MAX_DEVICE_WAIT_S)[len(limits) :]]
                failure = trial.confirm(seconds, wait_s)
                if failure is None:
                    render_fault_pages(releases.prefix)
                else:
                    _restart_after_visit()
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except OSError as error:
        print(f"the trial of a release is not recorded: {error}", file=sys.stderr)
    if failure is not None:
        print(f"Release {failure.release} failed ({failure.reason} {failure.detail}): the one before it runs again.")
    return 0


def _restart_after_visit() -> None:
    """The interface of the failed release still runs."""
    wait_for_no_visit(MAX_VISIT_WAIT_S)
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(["systemctl", "--no-block", "restart", INTERFACE_UNIT], check=False, timeout=30)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
