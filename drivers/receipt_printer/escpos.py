"""A receipt printer that speaks ESC/POS, and the truth about what it printed.

python-escpos writes the command bytes; the line, the status and the verdict are ours, because its own status calls
take "no answer" for "plenty of paper", read stale bytes, and its devices never reopen.

A job: status, the whole job, then GS r as a barrier: it waits in the printer's buffer behind the job, so its answer
says that everything before it came out. Then status again. Whatever stops a job in between, the printer's buffer is
cleared before the fault is told, else the next roll would begin with somebody's code.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from escpos.capabilities import Profile
from escpos.printer import Dummy
from PIL import Image

from drivers.change_log import ChangeLog
from drivers.receipt_printer.port import PrintResult
from drivers.receipt_printer.raster import QUADRUPLE, Block, Feed, black_of, pieces
from drivers.receipt_printer.status import PrinterStatus, PrintVerdict
from drivers.receipt_printer.status_bytes import QUERIES, is_barrier, is_realtime, query, status_from
from drivers.receipt_printer.transport import PrinterGone, PrinterStalled, Transport, open_transport

logger = logging.getLogger(__name__)

ASB_OFF: Final = b"\x1d\x61\x00"  # GS a 0: no status unasked
BARRIER: Final = b"\x1d\x72\x01"  # GS r 1
CLEAR: Final = bytes((0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8))  # DLE DC4 8: clear receive and print buffers
CLEARED: Final = b"\x37\x25\x00"  # and its answer
CUT: Final = b"\x1d\x56\x42\x00"  # GS V 66 0: feed to the knife, cut
RECOVER: Final = b"\x10\x05\x02"  # DLE ENQ 2: leave a recoverable error with buffers cleared; not answered

ANSWER_S: Final = 0.6  # real-time answers take milliseconds; slow USB bridges some hundreds
STALL_S: Final = 2.0  # no byte taken and no answer given for so long: it hangs
ASK_AGAIN_S: Final = 0.4
SLOWEST_MM_PER_S: Final = 40.0  # the slowest 58 mm mechanism on sale, with dense paper
REMEMBERED_JOBS: Final = 64


def dots_per_inch(width_dots: int) -> int:
    """512 dots are the 180 dpi mechanisms of 80 mm, the others have 8 dots a millimetre."""
    return 180 if width_dots == 512 else 203


def job_bytes(image: Image.Image, *, cut: bool = True) -> bytes:
    """One job: initialise, `image` at full paper width as raster, feed and cut. The barrier is not part of it."""
    black = black_of(image)
    dpi = dots_per_inch(image.width)
    writer = Dummy(profile=paper_profile(image.width))
    writer.hw("INIT")
    # ESC J counts in motion units that differ by model; GS P makes one unit one dot.
    writer._raw(ASB_OFF + bytes((0x1D, 0x50, dpi, dpi)))
    for piece in pieces(black):
        match piece:
            case Feed(rows):
                whole, rest = divmod(rows, 255)
                writer._raw(b"\x1b\x4a\xff" * whole + (bytes((0x1B, 0x4A, rest)) if rest else b""))
            case Block(bits, mode):
                doubled = mode == QUADRUPLE
                writer.image(
                    Image.fromarray(~bits),
                    high_density_vertical=not doubled,
                    high_density_horizontal=not doubled,
                    impl="bitImageRaster",
                    fragment_height=len(bits),
                    center=False,
                )
    if cut:
        writer.cut(feed=False)  # GS V 66 0: feeds to the knife by itself
    return bytes(writer.output)


def paper_profile(width_dots: int) -> Profile:
    """python-escpos's profile of a plain printer `width_dots` wide; without a width it warns and guesses."""
    profile = Profile()
    width = {"pixels": width_dots, "mm": round(width_dots * 25.4 / dots_per_inch(width_dots))}
    profile.profile_data = {**profile.profile_data, "media": {"width": width}}
    return profile


@dataclass(frozen=True)
class Left:
    """What an aborted job may have left behind."""

    buffer: bool = False  # bytes that a new roll would bring to light
    away: bool = False  # the printer was unreachable since: that is how being switched off and on looks from here
    paper: bool = False  # a torn piece of paper under the knife


class EscposPrinter:
    """The ReceiptPrinter port on an ESC/POS printer.

    `connection`: 'network:HOST[:PORT]', 'usb:/dev/usb/lp0' or 'serial:/dev/ttyUSB0[:BAUD]'. `queries`: the n of DLE EOT
    that this model answers truly; some clones lie in one of them.
    """

    def __init__(self, connection: str, width_dots: int, *, queries: Sequence[int] = QUERIES, cut: bool = True) -> None:
        self._connection = connection
        self._width_dots = width_dots
        self._queries = tuple(queries)
        self._cut = cut
        # A program that crashed within a job may have left the rest in the printer: cleared before the first word. One
        # that cannot clear is taken as if it had been switched on with us; else each start would end in its fault.
        self._left = Left(buffer=True, away=True)
        self._talks = False  # whether it has ever answered; silence means something else from then on
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
                status = self._state(line)
        except PrinterGone:
            status = self._gone()
        self._log.tell(status)
        return status

    def print_bitmap(self, job_id: str, image: Image.Image) -> PrintResult:
        """Print one 1-bit image of full paper width and cut. Never raises.

        A job_id that came out, or may have, is not printed again: the remembered answer is returned. One that was not
        printed may be tried again.
        """
        if job_id in self._done:
            return self._done[job_id]
        job = job_bytes(image, cut=self._cut)
        paper_s = image.height / dots_per_inch(image.width) * 25.4 / SLOWEST_MM_PER_S
        try:
            with open_transport(self._connection) as line:
                result = self._run(line, job, paper_s)
        except PrinterGone:
            result = PrintResult(PrintVerdict.NOT_PRINTED, self._gone())
        self._log.tell(result.status)
        if result.verdict is not PrintVerdict.NOT_PRINTED:
            self._done[job_id] = result
            while len(self._done) > REMEMBERED_JOBS:
                self._done.popitem(last=False)
        return result

    def _gone(self) -> PrinterStatus:
        self._left = replace(self._left, away=True)
        return PrinterStatus.ABSENT

    def _state(self, line: Transport) -> PrinterStatus:
        """The printer's state, old data included."""
        status = self._ask(line)
        if self._left.buffer and not self._is_cleared(line, status) and not self._left.away:
            return PrinterStatus.HOLDS_OLD_DATA
        self._left = Left(paper=self._left.paper)
        return status

    def _ask(self, line: Transport) -> PrinterStatus:
        """Ask by DLE EOT, one byte each; after the first silence the rest is not waited for."""
        line.drain()
        answers: dict[int, int] = {}
        for n in self._queries:
            try:
                line.write_all(query(n), ANSWER_S)
            except PrinterStalled:
                break
            byte = self._await(line, ANSWER_S)
            if byte is None:
                break
            answers[n] = byte
            self._talks = True
        return status_from(answers, self._queries)

    @staticmethod
    def _await(line: Transport, wait_s: float) -> int | None:
        """The next byte that can be a real-time answer; what else comes is skipped."""
        deadline = time.monotonic() + wait_s
        while data := line.read(deadline):
            for byte in data:
                if is_realtime(byte):
                    return byte
        return None

    def _run(self, line: Transport, job: bytes, paper_s: float) -> PrintResult:
        before = self._state(line)
        if not before.can_print:
            return PrintResult(PrintVerdict.NOT_PRINTED, before)
        opening = CUT if self._left.paper and self._cut else b""
        self._left = Left(buffer=True, paper=True)  # so it is until the job is seen to have come out
        try:
            line.write_all(opening + job + BARRIER, STALL_S)
            taken = True
            passed = self._pass_barrier(line, paper_s)
        except PrinterStalled:
            taken = passed = False
        after = self._ask(line)
        # Paper may end on the cut of a whole receipt: the barrier was behind it, so it came out.
        content = after in (PrinterStatus.READY, PrinterStatus.PAPER_NEAR_END)
        if passed and (content or after is PrinterStatus.PAPER_OUT):
            self._left = Left()
            return PrintResult(PrintVerdict.PRINTED, after)
        # It printed but has another fault now; or it is content but does not know GS r; or it never says anything.
        if passed or (taken and (content or not self._talks)):
            self._left = Left()
            return PrintResult(PrintVerdict.PROBABLY_PRINTED, after)
        verdict = PrintVerdict.NOT_PRINTED
        if taken and after is PrinterStatus.UNKNOWN:  # it fell silent: nobody can tell how far it came
            verdict = PrintVerdict.PROBABLY_PRINTED
        if not self._is_cleared(line, after):
            return PrintResult(verdict, PrinterStatus.HOLDS_OLD_DATA)
        self._left = Left(paper=True)
        return PrintResult(verdict, after)

    def _pass_barrier(self, line: Transport, paper_s: float) -> bool:
        """Wait until the job has come out. False when the printer reports a fault, hangs, or never answers GS r."""
        end = time.monotonic() + STALL_S + paper_s
        heard = asked = time.monotonic()
        while (now := time.monotonic()) < end and now - heard < STALL_S:
            for byte in line.read(min(end, asked + ASK_AGAIN_S)):
                if is_realtime(byte):
                    heard = time.monotonic()
                    if byte & 0x08:  # went offline within the job
                        return False
                elif is_barrier(byte):
                    return True
            if time.monotonic() >= asked + ASK_AGAIN_S:
                line.write_all(query(1), ANSWER_S)
                asked = time.monotonic()
        return False

    def _is_cleared(self, line: Transport, status: PrinterStatus) -> bool:
        """Clear what an aborted job left in the buffer; whether the printer showed that nothing is left."""
        try:
            line.write_all(CLEAR, ANSWER_S)
            deadline = time.monotonic() + ANSWER_S
            answer = b""
            while data := line.read(deadline):
                answer += data
                if CLEARED in answer:
                    return True
            line.write_all(RECOVER, ANSWER_S)
            if status not in (PrinterStatus.READY, PrinterStatus.PAPER_NEAR_END):
                return False
            # An online printer works its buffer off in order: if a barrier passes now, nothing lies before it.
            line.write_all(BARRIER, ANSWER_S)
            return self._pass_barrier(line, 0.0)
        except PrinterStalled:
            return False
