"""ESC/POS receipt printer driver that determines whether each job was printed.

A job is: status, the whole job, GS r as a barrier, status again. The barrier waits in the printer's buffer behind the
job, so its response shows that everything before it is printed. When a job is aborted, the buffer is cleared before the
fault is reported; otherwise the printer would print a citizen's tracking code at the start of the next roll.
"""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from PIL import Image

from drivers.ports.change_log import ChangeLog
from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from drivers.receipt_printer.print_job import build_job, end_of_receipt_bytes, paper_length_mm
from drivers.receipt_printer.printer_session import PrinterSession
from drivers.receipt_printer.state_store import PrinterStateStore
from drivers.receipt_printer.status_bytes import STATUS_QUERIES
from drivers.receipt_printer.transport import PrinterUnreachableError, open_transport

logger = logging.getLogger(__name__)

MIN_SPEED_MM_PER_S: Final = 40.0  # the slowest 58 mm mechanism on sale, with dense paper
MAX_REMEMBERED_JOBS: Final = 64


@dataclass(frozen=True)
class JobResidue:
    """What an aborted job may have left in the printer."""

    has_buffered_bytes: bool = False  # bytes that would be printed on a new roll
    was_unreachable: bool = False  # since that job: unplugged, or switched off and on, which empties the buffer
    has_torn_paper: bool = False  # a torn piece of paper under the cutter


class JobOutcome(NamedTuple):
    """The verdict on a job, and whether the job may have left bytes in the printer's buffer."""

    verdict: PrintVerdict
    left_residue: bool  # the buffer must be cleared


def judge_job(*, is_sent: bool, barrier_passed: bool, after: PrinterStatus, has_ever_answered: bool) -> JobOutcome:
    """The outcome of a job, by the first row that applies. `is_sent`: all bytes were accepted. `barrier_passed`: GS r
    was answered. `after`: the printer's status after the job. `has_ever_answered`: the printer has sent a valid
    response at least once.

    barrier passed  sent  after                       verdict           residue
    yes             yes   has paper, or paper out     printed           no   the paper may end on the cut
    yes             yes   another fault               probably printed  no
    no              yes   has paper                   probably printed  no   it does not know GS r
    no              yes   any, and it never answered  probably printed  no
    no              yes   unknown                     probably printed  yes  it stopped answering within the job
    no              any   any                         not printed       yes
    """
    if barrier_passed and (after.is_ready_to_print or after is PrinterStatus.PAPER_OUT):
        return JobOutcome(PrintVerdict.PRINTED, left_residue=False)
    if barrier_passed or (is_sent and (after.is_ready_to_print or not has_ever_answered)):
        return JobOutcome(PrintVerdict.PROBABLY_PRINTED, left_residue=False)
    if is_sent and after is PrinterStatus.UNKNOWN:
        return JobOutcome(PrintVerdict.PROBABLY_PRINTED, left_residue=True)
    return JobOutcome(PrintVerdict.NOT_PRINTED, left_residue=True)


class EscposPrinter:
    """The ReceiptPrinter port on an ESC/POS printer.

    `connection`: see transport.open_transport. `queries`: the n of DLE EOT that this model answers correctly; some
    clones answer one of them wrongly. `cut`: whether it has a cutter. `state_store`: the file with the used paper and
    the open job, which survives a restart of this program.
    """

    def __init__(
        self,
        connection: str,
        width_dots: int,
        *,
        queries: Sequence[int] = STATUS_QUERIES,
        cut: bool = True,
        state_store: PrinterStateStore | None = None,
    ) -> None:
        self._connection = connection
        self._width_dots = width_dots
        self._queries = tuple(queries)
        self._cut = cut
        self._state_store = state_store or PrinterStateStore()
        # A program that died within a job may have left the rest in the printer, so the buffer is cleared before the
        # first job. When no open job is recorded, a printer that cannot clear its buffer is assumed to have been
        # switched on together with the kiosk; otherwise every start would report a fault.
        self._residue = JobResidue(
            has_buffered_bytes=True,
            was_unreachable=not self._state_store.has_open_job or self._state_store.has_rebooted_since_job,
            has_torn_paper=self._state_store.has_open_job,
        )
        self._has_ever_answered = False  # once True, a missing response is a fault
        self._supports_barrier = False  # whether it has ever answered GS r
        self._finished_jobs: OrderedDict[str, PrintResult] = OrderedDict()
        self._log = ChangeLog(logger, "receipt printer")

    @property
    def width_dots(self) -> int:
        """Printable width, one of PAPER_WIDTHS_DOTS."""
        return self._width_dots

    def status(self) -> PrinterStatus:
        """Query the printer now. Never raises."""
        try:
            with open_transport(self._connection) as transport:
                status = self._recover_and_check(PrinterSession(transport, self._queries))
        except PrinterUnreachableError as error:
            status = self._status_unreachable(error)
        self._log.log_if_changed(status)
        return status

    def print_bitmap(self, job_id: str, image: Image.Image) -> PrintResult:
        """Print one 1-bit image of full paper width and cut. Never raises.

        A job_id that was printed, or may have been, is not printed again: the stored result is returned. A job_id that
        was not printed may be tried again.
        """
        if job_id in self._finished_jobs:
            return self._finished_jobs[job_id]
        try:
            with open_transport(self._connection) as transport:
                result = self._print(PrinterSession(transport, self._queries), image)
        except PrinterUnreachableError as error:
            result = PrintResult(PrintVerdict.NOT_PRINTED, self._status_unreachable(error))
        self._log.log_if_changed(result.status)
        if result.verdict is not PrintVerdict.NOT_PRINTED:
            self._finished_jobs[job_id] = result
            while len(self._finished_jobs) > MAX_REMEMBERED_JOBS:
                self._finished_jobs.popitem(last=False)
        return result

    def _status_unreachable(self, error: PrinterUnreachableError) -> PrinterStatus:
        if error.status is PrinterStatus.ABSENT:
            self._residue = replace(self._residue, was_unreachable=True)
        return error.status

    def _recover_and_check(self, session: PrinterSession) -> PrinterStatus:
        """Remove what an aborted job left, as far as possible now; returns the printer's status."""
        status = session.status()
        if self._residue.has_buffered_bytes and (blocking_status := self._clear_buffer(session, status)):
            return blocking_status
        self._update_capabilities(session)
        self._eject_torn_paper(session, status)
        return self._state_store.apply_roll_count(status)

    def _clear_buffer(self, session: PrinterSession, status: PrinterStatus) -> PrinterStatus | None:
        """Clear the buffer. Returns None when it is empty, otherwise the status that prevents printing.

        A printer that did not confirm clearing, but has been unreachable since the job, was probably switched off and
        on, and its buffer is empty. An unplugged cable looks the same, but leaves the buffer full: the printer then
        waits for the rest of a bitmap and does not answer. So HOLDS_OLD_DATA is returned for a printer that has
        answered a barrier before, or that has answered before and does not answer now.
        """
        is_cleared = session.clear_buffer(status)
        self._update_capabilities(session)
        if not is_cleared:
            if not self._residue.was_unreachable:
                return PrinterStatus.HOLDS_OLD_DATA
            if not status.can_print:
                return status  # report this fault first; the buffer is checked again after its repair
            if self._supports_barrier or (self._has_ever_answered and status is PrinterStatus.UNKNOWN):
                return PrinterStatus.HOLDS_OLD_DATA
        self._residue = replace(self._residue, has_buffered_bytes=False)
        return None

    def _eject_torn_paper(self, session: PrinterSession, status: PrinterStatus) -> None:
        """Cut off the paper of an aborted job as soon as the printer can print."""
        if self._residue.has_torn_paper and status.can_print:
            is_ejected = session.try_send(end_of_receipt_bytes(self._width_dots, cut=self._cut))
            self._residue = replace(self._residue, has_torn_paper=not is_ejected)
        if not self._residue.has_torn_paper:
            self._state_store.record_job_ended()

    def _update_capabilities(self, session: PrinterSession) -> None:
        self._has_ever_answered = self._has_ever_answered or session.has_answered
        self._supports_barrier = self._supports_barrier or session.has_passed_barrier

    def _print(self, session: PrinterSession, image: Image.Image) -> PrintResult:
        before = self._recover_and_check(session)
        if not before.can_print:
            return PrintResult(PrintVerdict.NOT_PRINTED, before)
        job, paper_mm = build_job(image, cut=self._cut), paper_length_mm(image)
        self._state_store.record_job_started(paper_mm)
        self._residue = JobResidue(has_buffered_bytes=True, has_torn_paper=True)  # until the job is known to be printed
        is_sent = False
        try:
            is_sent = session.try_send(job)
            barrier_passed = is_sent and session.wait_for_barrier(paper_mm / MIN_SPEED_MM_PER_S)
            return self._finish_job(session, is_sent=is_sent, barrier_passed=barrier_passed)
        except PrinterUnreachableError as error:
            # A printer that has the whole job prints it without its cable too, so the result is not known.
            verdict = PrintVerdict.PROBABLY_PRINTED if is_sent else PrintVerdict.NOT_PRINTED
            return PrintResult(verdict, self._status_unreachable(error))

    def _finish_job(self, session: PrinterSession, *, is_sent: bool, barrier_passed: bool) -> PrintResult:
        after = session.status()
        self._update_capabilities(session)
        outcome = judge_job(
            is_sent=is_sent, barrier_passed=barrier_passed, after=after, has_ever_answered=self._has_ever_answered
        )
        if not outcome.left_residue:
            self._residue = JobResidue()
            self._state_store.record_job_ended()
        elif session.clear_buffer(after):
            self._residue = JobResidue(has_torn_paper=True)
        else:
            return PrintResult(outcome.verdict, PrinterStatus.HOLDS_OLD_DATA)
        return PrintResult(outcome.verdict, self._state_store.apply_roll_count(after))
