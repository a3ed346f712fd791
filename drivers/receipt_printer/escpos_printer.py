"""A receipt printer that speaks ESC/POS, and the truth about what it printed.

A job: status, the whole job, then GS r as a barrier: it waits in the printer's buffer behind the job, so its answer
says that everything before it came out. Then status again. Whatever stops a job in between, the printer's buffer is
cleared before the fault is told, else the next roll would begin with somebody's code.
"""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

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
    """What an aborted job may have left behind."""

    buffer: bool = False  # bytes that a new roll would bring to light
    was_unreachable: bool = False  # since then: that is how being switched off and on looks from here
    paper: bool = False  # a torn piece of paper under the knife


class EscposPrinter:
    """The ReceiptPrinter port on an ESC/POS printer.

    `connection`: see transport.open_transport. `queries`: the n of DLE EOT that this model answers truly; some clones
    lie in one of them. `cut`: whether it has a knife. `state_store`: what outlives this program.
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
        # A program that died within a job may have left the rest in the printer: cleared before the first word. Where
        # it is not known that one did, a printer that cannot clear is taken as if it had been switched on with us;
        # else each start would end in its fault.
        self._residue = JobResidue(
            buffer=True,
            was_unreachable=not self._state_store.has_open_job or self._state_store.has_rebooted_since_job,
            paper=self._state_store.has_open_job,
        )
        self._has_ever_answered = False  # whether it has ever answered; silence means something else from then on
        self._supports_barrier = False  # whether it has ever answered GS r
        self._finished_jobs: OrderedDict[str, PrintResult] = OrderedDict()
        self._log = ChangeLog(logger, "receipt printer")

    @property
    def width_dots(self) -> int:
        """Printable width, one of PAPER_WIDTHS_DOTS."""
        return self._width_dots

    def status(self) -> PrinterStatus:
        """Ask now. Never raises."""
        try:
            with open_transport(self._connection) as line:
                status = self._recover_and_check(PrinterSession(line, self._queries))
        except PrinterUnreachableError as gone:
            status = self._status_unreachable(gone)
        self._log.log_if_changed(status)
        return status

    def print_bitmap(self, job_id: str, image: Image.Image) -> PrintResult:
        """Print one 1-bit image of full paper width and cut. Never raises.

        A job_id that came out, or may have, is not printed again: the remembered answer is returned. One that was not
        printed may be tried again.
        """
        if job_id in self._finished_jobs:
            return self._finished_jobs[job_id]
        try:
            with open_transport(self._connection) as line:
                result = self._print(PrinterSession(line, self._queries), image)
        except PrinterUnreachableError as gone:
            result = PrintResult(PrintVerdict.NOT_PRINTED, self._status_unreachable(gone))
        self._log.log_if_changed(result.status)
        if result.verdict is not PrintVerdict.NOT_PRINTED:
            self._finished_jobs[job_id] = result
            while len(self._finished_jobs) > MAX_REMEMBERED_JOBS:
                self._finished_jobs.popitem(last=False)
        return result

    def _status_unreachable(self, gone: PrinterUnreachableError) -> PrinterStatus:
        if gone.status is PrinterStatus.ABSENT:
            self._residue = replace(self._residue, was_unreachable=True)
        return gone.status

    def _recover_and_check(self, session: PrinterSession) -> PrinterStatus:
        """The printer's state, old data included; a torn piece of paper is dropped as soon as that can be done."""
        status = session.status()
        if self._residue.buffer:
            cleared = session.clear_buffer(status)
            self._update_capabilities(session)
            if not cleared and not self._residue.was_unreachable:
                return PrinterStatus.HOLDS_OLD_DATA
            if not cleared and not status.can_print:
                return status  # its fault first; what it holds is looked at again when that is mended
            # A cable pulled out and put back looks like power off and on, but the buffer is still full. Then whoever
            # answers barriers, or anything at all, otherwise does not answer now: it waits for the rest of a picture.
            if not cleared and (
                self._supports_barrier or (self._has_ever_answered and status is PrinterStatus.UNKNOWN)
            ):
                return PrinterStatus.HOLDS_OLD_DATA
            self._residue = replace(self._residue, buffer=False)
        self._update_capabilities(session)
        if self._residue.paper and status.can_print:
            dropped = session.try_send(end_of_receipt_bytes(self._width_dots, cut=self._cut))
            self._residue = replace(self._residue, paper=not dropped)
        if not self._residue.paper:
            self._state_store.record_job_ended()
        return self._state_store.apply_roll_count(status)

    def _update_capabilities(self, session: PrinterSession) -> None:
        self._has_ever_answered = self._has_ever_answered or session.has_answered
        self._supports_barrier = self._supports_barrier or session.has_passed_barrier

    def _print(self, session: PrinterSession, image: Image.Image) -> PrintResult:
        before = self._recover_and_check(session)
        if not before.can_print:
            return PrintResult(PrintVerdict.NOT_PRINTED, before)
        job, paper_mm = build_job(image, cut=self._cut), paper_length_mm(image)
        self._state_store.record_job_started(paper_mm)
        self._residue = JobResidue(buffer=True, paper=True)  # so it is until the job is seen to have come out
        is_sent = False
        try:
            is_sent = session.try_send(job)
            passed = is_sent and session.wait_for_barrier(paper_mm / MIN_SPEED_MM_PER_S)
            return self._judge_job(session, is_sent=is_sent, passed=passed)
        except PrinterUnreachableError as gone:
            # Once it has all of the job, a printer goes on without its cable: nobody can tell from here.
            verdict = PrintVerdict.PROBABLY_PRINTED if is_sent else PrintVerdict.NOT_PRINTED
            return PrintResult(verdict, self._status_unreachable(gone))

    def _judge_job(self, session: PrinterSession, *, is_sent: bool, passed: bool) -> PrintResult:
        after = session.status()
        self._update_capabilities(session)
        # Paper may end on the cut of a whole receipt: the barrier was behind it, so it came out.
        if passed and (after.has_paper or after is PrinterStatus.PAPER_OUT):
            return self._complete_job(PrintVerdict.PRINTED, after)
        # It printed but has another fault now; or it is content but does not know GS r; or it never says anything.
        if passed or (is_sent and (after.has_paper or not self._has_ever_answered)):
            return self._complete_job(PrintVerdict.PROBABLY_PRINTED, after)
        verdict = PrintVerdict.NOT_PRINTED
        if is_sent and after is PrinterStatus.UNKNOWN:  # it fell silent: nobody can tell how far it came
            verdict = PrintVerdict.PROBABLY_PRINTED
        if not session.clear_buffer(after):
            return PrintResult(verdict, PrinterStatus.HOLDS_OLD_DATA)
        self._residue = JobResidue(paper=True)
        return PrintResult(verdict, self._state_store.apply_roll_count(after))

    def _complete_job(self, verdict: PrintVerdict, after: PrinterStatus) -> PrintResult:
        self._residue = JobResidue()
        self._state_store.record_job_ended()
        return PrintResult(verdict, self._state_store.apply_roll_count(after))
