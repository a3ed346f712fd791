"""What must be known of a printer from one program to the next: how much of the roll is used, and whether a job of a
program that died may still be in it. A small file, no personal data; lost or damaged it is worth as much as none.
"""

import json
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from drivers.ports.receipt_printer import PrinterStatus
from machine.boot import boot_id
from machine.safe_files import read_file, replace_file_atomically

logger = logging.getLogger(__name__)

MAX_FILE_BYTES: Final = 4096  # bytes; the file has a hundred
NEAR_END_MM: Final = 2000.0  # some ten receipts, which is about what near-end sensors leave


@dataclass(frozen=True)
class PersistedState:
    """`job_open_since`: the boot in which a job was begun that is not known to have ended, else ''."""

    printed_mm: float = 0.0
    ran_out: bool = False
    job_open_since: str = ""


class PrinterStateStore:
    """`file`: where it is kept, None to keep it in this process only. `roll_mm`: length of a new roll, 0 for a printer
    that has a near-end sensor and needs no counting."""

    def __init__(self, file: Path | None = None, roll_mm: float = 0.0) -> None:
        self._file = file
        self._roll_mm = roll_mm
        self._saved = self._load()

    @property
    def has_open_job(self) -> bool:
        """Whether a job was begun and not ended, by this program or one before it."""
        return bool(self._saved.job_open_since)

    @property
    def has_rebooted_since_job(self) -> bool:
        """Whether the machine was started anew since that job, so that the printer was probably without power too."""
        return self._saved.job_open_since != boot_id()

    def record_job_started(self, millimetres: float) -> None:
        """`millimetres` of paper are about to be used."""
        mm = self._saved.printed_mm + millimetres if self._roll_mm else 0.0
        self._save(replace(self._saved, printed_mm=mm, job_open_since=boot_id()))

    def record_job_ended(self) -> None:
        """Nothing of a job is in the printer any more."""
        self._save(replace(self._saved, job_open_since=""))

    def record_new_roll(self) -> None:
        """A full roll was put in."""
        self._save(replace(self._saved, printed_mm=0.0, ran_out=False))

    def apply_roll_count(self, status: PrinterStatus) -> PrinterStatus:
        """`status` with the near end by count. A roll is taken to be new when paper is back after it had run out, or
        when the cover was opened while the count said that it would soon."""
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
                found = PersistedState(**json.loads(read_file(self._file, MAX_FILE_BYTES)))
                if [type(value) for value in asdict(found).values()] == [float, bool, str]:
                    return found
        return PersistedState()

    def _save(self, known: PersistedState) -> None:
        if known == self._saved:
            return
        self._saved = known
        if self._file is None:
            return
        try:
            replace_file_atomically(self._file, json.dumps(asdict(known)).encode(), 0o644, durable=False)
        except OSError as error:  # a technician's own user may not write here; printing goes on
            logger.debug("%s is not written: %s", self._file, error.strerror)
