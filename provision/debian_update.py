"""Debian's security updates: once a night, or by day when the nights have not been enough (decision 0219).

/var/lib/damrongdham-kiosk-update/security-updates.json    what is known of them; the interface's health check reads
                                                           `counted_from` (kiosk_app/health/update_checks.py)
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from provision.apt_commands import complete_interrupted_update, debian_sources, last_line, read_lists, run
from provision.release_trial import write_durably

RECORD = Path("/var/lib/damrongdham-kiosk-update/security-updates.json")
OVERDUE_AFTER = timedelta(days=7)
DAY_PAUSE = timedelta(hours=3)  # three or four attempts in the opening hours of a hall


@dataclass(frozen=True)
class UpdateRecord:
    """`counted_from` is when the last update succeeded; before the first one, when this kiosk looked for it first.
    `night` names the night of the last update, `tried_by_day_at` is the last attempt by day. Times are ISO."""

    counted_from: str
    night: str = ""
    tried_by_day_at: str = ""


class DebianUpdate:
    """`now` is the time at this turn, with its time zone."""

    def __init__(self, now: datetime, record_file: Path | None = None) -> None:
        self._now = now
        self._file = record_file or RECORD
        self._record = self._read_record()

    def is_overdue(self) -> bool:
        """Whether no update has succeeded for a week."""
        return self._now - moment_of(self._record.counted_from) >= OVERDUE_AFTER

    def begin_by_day(self) -> bool:
        """Whether an attempt by day may begin now: the last one was three hours ago. Recorded."""
        tried_at = moment_of(self._record.tried_by_day_at)
        if abs(self._now - tried_at) < DAY_PAUSE:  # abs: the clock may have been set back
            return False
        self._write(replace(self._record, tried_by_day_at=_text(self._now)))
        return True

    def update(self, night: str) -> None:
        """Complete an interrupted update, and install Debian's security updates unless this night has succeeded.
        `night` names it."""
        complete_interrupted_update()
        if self._record.night == night:
            return
        # Removes interrupted downloads of versions that no source offers any more. What is offered stays: over a slow
        # line the download of a release continues in the next night.
        run("apt-get", "-qq", "autoclean")
        with debian_sources() as options:
            lists_status, lists_output = read_lists(*options)
        # Also with old lists: an update of another night may wait.
        status, output = run("unattended-upgrade")
        if lists_status or status:
            print(f"Debian's security updates failed: {last_line(lists_output if lists_status else output)}")
            return
        print("Debian's security updates: done")
        self._write(replace(self._record, counted_from=_text(self._now), night=night))

    def _read_record(self) -> UpdateRecord:
        try:
            record = UpdateRecord(**json.loads(self._file.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            record = UpdateRecord("")
        counted_from = moment_of(record.counted_from)
        if counted_from == NEVER or counted_from > self._now:  # the clock was ahead, which would hide what is overdue
            record = replace(record, counted_from=_text(self._now))
            self._write(record)
        return record

    def _write(self, record: UpdateRecord) -> None:
        self._record = record
        with suppress(OSError):  # a full disk: the update goes on, and is not counted
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_durably(self._file, asdict(record))


NEVER = datetime.min.replace(tzinfo=UTC)


def moment_of(text: str) -> datetime:
    """The moment in an ISO time; NEVER for anything else."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return NEVER
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
