"""Printer state that survives a restart: how much of the roll is used and was ever printed, and whether a job of a
program that died may still be in the printer. A small file without personal data; a damaged file is treated as missing.
"""

import json
import logging
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from drivers.ports.receipt_printer import PrinterStatus
from machine.boot import boot_id
from machine.safe_files import read_file, replace_file_atomically

logger = logging.getLogger(__name__)

STATE_FILE: Final = "printer.json"  # in the interface's own directory
MAX_FILE_BYTES: Final = 4096  # the file has about 100
NEAR_END_MM: Final = 2000.0  # about ten receipts, as with near-end sensors


@dataclass(frozen=True)
class PersistedState:
    """`job_open_since`: the id of the boot in which a job began that is not known to have ended; otherwise ''.
    `roll_since`: when the first job on this roll began, in seconds since 1970; 0 before. The clock may be wrong."""

    printed_mm: float = 0.0  # on this roll
    ran_out: bool = False
    job_open_since: str = ""
    total_mm: float = 0.0
    jobs: int = 0
    roll_since: float = 0.0


class PrinterStateStore:
    """`file`: where the state is stored, None for this process only. `roll_mm`: length of a new roll, 0 for a printer
    with a near-end sensor."""

    def __init__(self, file: Path | None = None, roll_mm: float = 0.0) -> None:
        self._file = file
        self._roll_mm = roll_mm
        self._saved = self._load()

    @property
    def state(self) -> PersistedState:
        """As stored last."""
        return self._saved

    @property
    def has_open_job(self) -> bool:
        """Whether a job began and did not end, in this program or an earlier one."""
        return bool(self._saved.job_open_since)

    @property
    def has_rebooted_since_job(self) -> bool:
        """Whether the machine was started again since that job; the printer was then probably without power too."""
        return self._saved.job_open_since != boot_id()

    def record_job_started(self, millimetres: float) -> None:
        """Record that a job that uses `millimetres` of paper begins."""
        saved = self._saved
        mm = saved.printed_mm + millimetres if self._roll_mm else 0.0
        self._save(
            replace(
                saved,
                printed_mm=mm,
                job_open_since=boot_id(),
                total_mm=saved.total_mm + millimetres,
                jobs=saved.jobs + 1,
                roll_since=saved.roll_since or time.time(),
            )
        )

    def record_job_ended(self) -> None:
        """Record that no part of a job is left in the printer."""
        self._save(replace(self._saved, job_open_since=""))

    def record_new_roll(self) -> None:
        """Record that a full roll was inserted."""
        self._save(replace(self._saved, printed_mm=0.0, ran_out=False, roll_since=0.0))

    def apply_roll_count(self, status: PrinterStatus) -> PrinterStatus:
        """`status`; PAPER_NEAR_END in place of READY when less than NEAR_END_MM of paper is left by the count. The roll
        counts as new when paper is back after it ran out, or after the cover was opened near the end."""
        if not self._roll_mm:
            return status
        near_end = self._saved.printed_mm > self._roll_mm - NEAR_END_MM
        if status is PrinterStatus.PAPER_OUT or (status is PrinterStatus.COVER_OPEN and near_end):
            self._save(replace(self._saved, ran_out=True))
        elif status is PrinterStatus.READY and self._saved.ran_out:
            self.record_new_roll()
        elif status is PrinterStatus.READY and near_end:
            return PrinterStatus.PAPER_NEAR_END
        return status

    def _load(self) -> PersistedState:
        if self._file is not None:
            with suppress(OSError, ValueError, TypeError):
                state = PersistedState(**json.loads(read_file(self._file, MAX_FILE_BYTES)))
                if [type(value) for value in asdict(state).values()] == [float, bool, str, float, int, float]:
                    return state
        return PersistedState()

    def _save(self, state: PersistedState) -> None:
        if state == self._saved:
            return
        self._saved = state
        if self._file is None:
            return
        try:
            replace_file_atomically(self._file, json.dumps(asdict(state)).encode(), 0o644, durable=False)
        except OSError as error:  # a technician's own user may not write here; printing continues
            logger.debug("%s is not written: %s", self._file, error.strerror)
