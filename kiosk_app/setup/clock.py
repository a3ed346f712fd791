"""The clock: by systemd-timesyncd with its own or a named server, or by hand."""

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from journey.setup.checks import CLOCK_FORMAT
from kiosk_app.setup.programs import ProgramResult, RunProgram, run_program
from kiosk_app.setup.requests import Reply, SetClock
from machine.safe_files import replace_file_atomically

TIMESYNCD_CONFIG = Path("/etc/systemd/timesyncd.conf.d")
_FILE = "damrongdham-kiosk.conf"
_THAILAND = timezone(timedelta(hours=7))
_QUICK_S = 15.0
_ANSWER_S = 20.0  # timesyncd asks at once; a slow line needs some seconds
_POLL_S = 1.0
_REFUSAL_S = 5.0
_REFUSAL_POLL_S = 0.2


class ClockSetup:
    """`config` and `run` are replaced by tests."""

    def __init__(self, config: Path = TIMESYNCD_CONFIG, run: RunProgram = run_program) -> None:
        self._config = config
        self._run = run

    def apply(self, wanted: SetClock, answer_s: float = _ANSWER_S) -> Reply:
        """Set the clock, or have it set within `answer_s` seconds."""
        if wanted.kind == "hand":
            return self._set_by_hand(wanted.time)
        try:
            self._config.mkdir(mode=0o755, parents=True, exist_ok=True)
            server = f"NTP={wanted.server}\n" if wanted.kind == "server" else ""
            replace_file_atomically(self._config / _FILE, f"[Time]\n{server}".encode(), 0o644)
        except OSError as error:
            return Reply(passed=False, sentence="clock.failed", detail=error.strerror or "")
        for arguments in (
            ["timedatectl", "set-ntp", "true"],
            ["systemctl", "restart", "systemd-timesyncd.service"],
        ):
            if (done := self._run(arguments, _QUICK_S)).status != 0:
                return Reply(passed=False, sentence="clock.failed", detail=done.last_error)
        until = time.monotonic() + answer_s
        while not self._is_synchronised():
            if time.monotonic() >= until:
                return Reply(passed=False, sentence="clock.unanswered")
            time.sleep(_POLL_S)
        return Reply(passed=True, sentence="clock.synchronised", detail=_now_in_thailand())

    def _is_synchronised(self) -> bool:
        shown = self._run(["timedatectl", "show", "--property=NTPSynchronized", "--value"], _QUICK_S)
        return shown.output.strip() == "yes"

    def _set_by_hand(self, text: str) -> Reply:
        """Set the clock. Afterwards time servers may correct it again, once the network has any."""
        try:
            moment = datetime.strptime(text, CLOCK_FORMAT).replace(tzinfo=_THAILAND).astimezone(UTC)
        except ValueError:
            return Reply(passed=False, sentence="service.refused")
        try:
            done = self._run(["timedatectl", "set-ntp", "false"], _QUICK_S)
            if done.status == 0:
                done = self._set_time(f"{moment:%Y-%m-%d %H:%M:%S} UTC")
        finally:  # without time servers the clock of a kiosk is wrong for good
            restarted = self._run(["timedatectl", "set-ntp", "true"], _QUICK_S)
        for result in (done, restarted):
            if result.status != 0:
                return Reply(passed=False, sentence="clock.failed", detail=result.last_error)
        return Reply(passed=True, sentence="clock.set", detail=_now_in_thailand())

    def _set_time(self, time_text: str) -> ProgramResult:
        """Set the time. `set-ntp false` answers before timesyncd has ended; until then timedated refuses."""
        until = time.monotonic() + _REFUSAL_S
        while True:
            done = self._run(["timedatectl", "set-time", time_text], _QUICK_S)
            if done.status == 0 or time.monotonic() >= until:
                return done
            time.sleep(_REFUSAL_POLL_S)


def _now_in_thailand() -> str:
    return f"{datetime.now(_THAILAND):{CLOCK_FORMAT}}"
