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

from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from drivers.receipt_printer.print_job import ending, job_bytes, millimetres
from drivers.receipt_printer.printer_session import Dialogue
from drivers.receipt_printer.state_store import PrinterMemory
from drivers.receipt_printer.status_bytes import QUERIES
from drivers.receipt_printer.transport import PrinterGone, open_transport
from drivers.status_log import ChangeLog

logger = logging.getLogger(__name__)

SLOWEST_MM_PER_S: Final = 40.0  # the slowest 58 mm mechanism on sale, with dense paper
REMEMBERED_JOBS: Final = 64


@dataclass(frozen=True)
class Left:
    """What an aborted job may have left behind."""

    buffer: bool = False  # bytes that a new roll would bring to light
    away: bool = False  # the printer was unreachable since: that is how being switched off and on looks from here
    paper: bool = False  # a torn piece of paper under the knife


class EscposPrinter:
    """The ReceiptPrinter port on an ESC/POS printer.

    `connection`: see transport.open_transport. `queries`: the n of DLE EOT that this model answers truly; some clones
    lie in one of them. `cut`: whether it has a knife. `memory`: what outlives this program.
    """

    def __init__(
        self,
        connection: str,
        width_dots: int,
        *,
        queries: Sequence[int] = QUERIES,
        cut: bool = True,
        memory: PrinterMemory | None = None,
    ) -> None:
        self._connection = connection
        self._width_dots = width_dots
        self._queries = tuple(queries)
        self._cut = cut
        self._memory = memory or PrinterMemory()
        # A program that died within a job may have left the rest in the printer: cleared before the first word. Where
        # it is not known that one did, a printer that cannot clear is taken as if it had been switched on with us;
        # else each start would end in its fault.
        self._left = Left(
            buffer=True, away=not self._memory.job_open or self._memory.booted_since, paper=self._memory.job_open
        )
        self._talks = False  # whether it has ever answered; silence means something else from then on
        self._passes_barriers = False  # whether it has ever answered GS r
        self._done: OrderedDict[str, PrintResult] = OrderedDict()
        self._log = ChangeLog(logger, "receipt printer")

    @property
    def width_dots(self) -> int:
        """Printable width: 384 (58 mm), 512 or 576 (80 mm)."""
        return self._width_dots

    def status(self) -> PrinterStatus:
        """Ask now. Never raises."""
        try:
            with open_transport(self._connection) as line:
                status = self._state(Dialogue(line, self._queries))
        except PrinterGone as gone:
            status = self._gone(gone)
        self._log.tell(status)
        return status

    def print_bitmap(self, job_id: str, image: Image.Image) -> PrintResult:
        """Print one 1-bit image of full paper width and cut. Never raises.

        A job_id that came out, or may have, is not printed again: the remembered answer is returned. One that was not
        printed may be tried again.
        """
        if job_id in self._done:
            return self._done[job_id]
        try:
            with open_transport(self._connection) as line:
                result = self._print(Dialogue(line, self._queries), image)
        except PrinterGone as gone:
            result = PrintResult(PrintVerdict.NOT_PRINTED, self._gone(gone))
        self._log.tell(result.status)
        if result.verdict is not PrintVerdict.NOT_PRINTED:
            self._done[job_id] = result
            while len(self._done) > REMEMBERED_JOBS:
                self._done.popitem(last=False)
        return result

    def _gone(self, gone: PrinterGone) -> PrinterStatus:
        if gone.status is PrinterStatus.ABSENT:
            self._left = replace(self._left, away=True)
        return gone.status

    def _state(self, printer: Dialogue) -> PrinterStatus:
        """The printer's state, old data included; a torn piece of paper is dropped as soon as that can be done."""
        status = printer.status()
        if self._left.buffer:
            cleared = printer.clear(status)
            self._learn(printer)
            if not cleared and not self._left.away:
                return PrinterStatus.HOLDS_OLD_DATA
            if not cleared and not status.can_print:
                return status  # its fault first; what it holds is looked at again when that is mended
            # A cable pulled out and put back looks like power off and on, but the buffer is still full. Then whoever
            # answers barriers, or anything at all, otherwise does not answer now: it waits for the rest of a picture.
            if not cleared and (self._passes_barriers or (self._talks and status is PrinterStatus.UNKNOWN)):
                return PrinterStatus.HOLDS_OLD_DATA
            self._left = replace(self._left, buffer=False)
        self._learn(printer)
        if self._left.paper and status.can_print:
            dropped = printer.takes(ending(self._width_dots, cut=self._cut))
            self._left = replace(self._left, paper=not dropped)
        if not self._left.paper:
            self._memory.job_ended()
        return self._memory.judged(status)

    def _learn(self, printer: Dialogue) -> None:
        self._talks = self._talks or printer.answered
        self._passes_barriers = self._passes_barriers or printer.passed

    def _print(self, printer: Dialogue, image: Image.Image) -> PrintResult:
        before = self._state(printer)
        if not before.can_print:
            return PrintResult(PrintVerdict.NOT_PRINTED, before)
        job, paper_mm = job_bytes(image, cut=self._cut), millimetres(image)
        self._memory.job_begins(paper_mm)
        self._left = Left(buffer=True, paper=True)  # so it is until the job is seen to have come out
        taken = False
        try:
            taken = printer.takes(job)
            passed = taken and printer.pass_barrier(paper_mm / SLOWEST_MM_PER_S)
            return self._verdict(printer, taken=taken, passed=passed)
        except PrinterGone as gone:
            # Once it has all of the job, a printer goes on without its cable: nobody can tell from here.
            verdict = PrintVerdict.PROBABLY_PRINTED if taken else PrintVerdict.NOT_PRINTED
            return PrintResult(verdict, self._gone(gone))

    def _verdict(self, printer: Dialogue, *, taken: bool, passed: bool) -> PrintResult:
        after = printer.status()
        self._learn(printer)
        # Paper may end on the cut of a whole receipt: the barrier was behind it, so it came out.
        if passed and (after.has_paper or after is PrinterStatus.PAPER_OUT):
            return self._came_out(PrintVerdict.PRINTED, after)
        # It printed but has another fault now; or it is content but does not know GS r; or it never says anything.
        if passed or (taken and (after.has_paper or not self._talks)):
            return self._came_out(PrintVerdict.PROBABLY_PRINTED, after)
        verdict = PrintVerdict.NOT_PRINTED
        if taken and after is PrinterStatus.UNKNOWN:  # it fell silent: nobody can tell how far it came
            verdict = PrintVerdict.PROBABLY_PRINTED
        if not printer.clear(after):
            return PrintResult(verdict, PrinterStatus.HOLDS_OLD_DATA)
        self._left = Left(paper=True)
        return PrintResult(verdict, self._memory.judged(after))

    def _came_out(self, verdict: PrintVerdict, after: PrinterStatus) -> PrintResult:
        self._left = Left()
        self._memory.job_ended()
        return PrintResult(verdict, self._memory.judged(after))
