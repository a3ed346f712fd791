"""Decides whether the set-up service may change anything: until the set-up is finished, and while a technician has
opened it by the PIN."""

import json
import time
from pathlib import Path

from journey.pin import pin_matches
from kiosk_app.setup.requests import Reply
from kiosk_app.setup_progress import read_progress
from machine.safe_files import read_file, replace_file_atomically

OPEN_S = 45 * 60.0  # a technician who re-does every step needs less
MAX_FAILURES = 5  # then each further PIN waits for a minute longer
LOCK_S = 60.0
_FILE = "gate.json"
_MAX_BYTES = 1024


class Gate:
    """`runtime_dir` is memory that is lost at a boot: a restart closes the gate. Times are seconds since the boot."""

    def __init__(self, state_dir: Path, runtime_dir: Path) -> None:
        self._state_dir = state_dir
        self._file = runtime_dir / _FILE

    def is_open(self) -> bool:
        """Whether requests are carried out now."""
        return not read_progress(self._state_dir).is_finished or _boot_time() < self._read()["open_until"]

    def is_reopened(self) -> bool:
        """Whether the set-up was finished before."""
        return read_progress(self._state_dir).is_finished

    def open(self, pin: str, pin_hash: str) -> Reply:
        """Open for the right PIN. Wrong ones are counted, and after every fifth one no PIN is accepted for a time."""
        state, now = self._read(), _boot_time()
        if now < state["locked_until"]:
            return Reply(passed=False, sentence="pin.locked")
        if not pin_matches(pin, pin_hash):
            state["failures"] += 1
            locks, rest = divmod(int(state["failures"]), MAX_FAILURES)
            if rest == 0:
                state["locked_until"] = now + locks * LOCK_S
            self._write(state)
            return Reply(passed=False, sentence="pin.wrong")
        self._write({"open_until": now + OPEN_S, "failures": 0, "locked_until": 0})
        return Reply(passed=True, sentence="setup.opened")

    def close(self) -> None:
        """Accept nothing more."""
        self._write(self._read() | {"open_until": 0})

    def _read(self) -> dict[str, float]:
        try:
            state = json.loads(read_file(self._file, _MAX_BYTES))
            return {name: float(state[name]) for name in ("open_until", "failures", "locked_until")}
        except (OSError, ValueError, KeyError, TypeError):
            return {"open_until": 0, "failures": 0, "locked_until": 0}

    def _write(self, state: dict[str, float]) -> None:
        replace_file_atomically(self._file, json.dumps(state).encode(), 0o600, durable=False)


def _boot_time() -> float:
    """Not the wall clock, which the set-up itself changes."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
