"""The outbox in a running interface: opened once the kiosk is enrolled, reopened after another enrolment."""

import logging
import threading
from pathlib import Path
from uuid import UUID

from journey.complaint.draft import Draft
from journey.complaint.submission_builder import build_submission
from journey.faults import Fault
from journey.state import SavedSubmission
from kiosk_app.outbox import Enrolment, Outbox, OutboxBrokenError, OutboxError, OutboxFullError, clock, receipt_note
from kiosk_app.outbox.receipt_note import ReceiptNote
from kiosk_app.outbox.state_directory import outbox_directory
from kiosk_app.runner.ports import SaveError
from kiosk_app.runner.workers import describe_error_without_data
from protocol.submission import Submission

log = logging.getLogger(__name__)


class OutboxService:
    """Saves visits and checks whether the next one could be saved. All methods except those for the receipt
    note block: call them on a worker."""

    def __init__(self, state_dir: Path, runtime: Path) -> None:
        self._state = state_dir
        self._runtime = runtime
        self._lock = threading.Lock()
        self._enrolment: Enrolment | None = None
        self._outbox: Outbox | None = None
        self._last_logged = ""  # the latest logged reason why no visit may begin

    def open_outbox(self) -> tuple[Enrolment, Outbox]:
        """The open outbox and the enrolment it saves under. Raises OutboxError; OutboxBrokenError when not enrolled."""
        with self._lock:
            enrolment = Enrolment.load(self._state)
            if enrolment is None:
                raise OutboxBrokenError("This kiosk is not enrolled at a centre")
            if self._outbox is None or enrolment != self._enrolment:
                if self._outbox is not None:
                    self._outbox.close()
                    self._outbox = None
                self._outbox = Outbox.open(outbox_directory(self._state), enrolment)
                self._enrolment = enrolment
            return enrolment, self._outbox

    def close(self) -> None:
        """Close the outbox."""
        with self._lock:
            if self._outbox is not None:
                self._outbox.close()
                self._outbox = None

    def load_enrolment(self) -> Enrolment | None:
        """The enrolment on disk; None when there is none or it cannot be read."""
        try:
            return Enrolment.load(self._state)
        except OutboxError as error:
            log.error("%s", error)
            return None

    def storage_fault(self) -> Fault | None:
        """The fault of enrolment or store that blocks new visits, or None. Never raises: a check that
        fails means a broken store."""
        if self.load_enrolment() is None:
            return Fault.NOT_ENROLLED
        try:
            self.open_outbox()[1].check()
        except OutboxFullError as error:
            self._log_once(error)
            return Fault.STORE_FULL
        except Exception as error:
            self._log_once(error)
            return Fault.STORE_BROKEN
        self._last_logged = ""
        return None

    def _log_once(self, error: Exception) -> None:
        """Log a reason once, not at every check: on a full disk the log itself may have filled it."""
        reason = str(error) if isinstance(error, OutboxError) else describe_error_without_data(error)
        if reason != self._last_logged:
            self._last_logged = reason
            log.error("no new visit may begin: %s", reason)

    def save(self, draft: Draft, language: str, pictures: tuple[bytes, ...]) -> SavedSubmission:
        """Assign codes, seal and commit. Raises SaveError; nothing of the visit is then on the disk."""
        confirmed_at = clock.now()

        def compose(submission_id: UUID, tracking_code: str, case_number: str) -> Submission:
            return build_submission(
                draft,
                submission_id=submission_id,
                tracking_code=tracking_code,
                case_number=case_number,
                language=language,
                clock_quality=confirmed_at.quality,
            )

        try:
            row = self.open_outbox()[1].save(compose, pictures, confirmed_at)
        except OutboxFullError as error:
            raise SaveError(Fault.STORE_FULL) from error
        except OutboxError as error:
            log.error("%s", error)
            raise SaveError(Fault.STORE_BROKEN) from error
        return SavedSubmission(row.submission_id, row.code, row.number, confirmed_at.wall.timestamp(), len(pictures))

    def confirm_receipt(self, submission_id: str, confirmed: bool) -> None:
        """Record in the row whether the citizen has code and number. Raises OutboxError."""
        self.open_outbox()[1].confirm_receipt(submission_id, confirmed)

    def save_receipt_note(self, note: ReceiptNote) -> None:
        """Write the receipt note, from which a restarted interface shows the receipt again. Raises OSError."""
        receipt_note.save_note(self._runtime, note)

    def erase_receipt_note(self) -> None:
        """Overwrite and remove the note."""
        receipt_note.erase(self._runtime)

    def read_receipt_note(self) -> ReceiptNote | None:
        """The receipt of a visit that a restart interrupted within the last two minutes."""
        return receipt_note.load_note(self._runtime)
