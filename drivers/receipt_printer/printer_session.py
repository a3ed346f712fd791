"""What is asked of an ESC/POS printer on an open line, and how its answers are told apart.

python-escpos's own status calls take "no answer" for "plenty of paper" and read stale bytes. Here an answer is believed
only if its bits can be one, if nothing else on the line is rubbish, and if no earlier question is still unanswered.
"""

import time
from collections.abc import Sequence
from typing import Final

from drivers.ports.receipt_printer import PrinterStatus
from drivers.receipt_printer.status_bytes import is_barrier, is_realtime, is_rubbish, query, status_from
from drivers.receipt_printer.transport import PrinterStalled, Transport

BARRIER: Final = b"\x1d\x72\x01"  # GS r 1
CLEAR: Final = bytes((0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8))  # DLE DC4 8: clear receive and print buffers
CLEARED: Final = b"\x37\x25\x00"  # and its answer
RECOVER: Final = b"\x10\x05\x02"  # DLE ENQ 2: leave a recoverable error with buffers cleared; not answered

ANSWER_S: Final = 0.6  # real-time answers take milliseconds; slow USB bridges some hundreds
STALL_S: Final = 2.0  # no byte taken and no answer given for so long: it hangs
# A whole job, however steadily it trickles: a receipt of 576 dots is 44 kB, 91 s at 4,800 baud.
JOB_S: Final = 100.0
ASK_AGAIN_S: Final = 0.4
# Unasked status of 4 bytes at each change, XON and XOFF, an answer every 0.4 s of a job: less than 2 kB. A printer that
# sends more floods the line, and nothing it says is believed.
MOST_HEARD: Final = 16_384
MOST_BESIDE: Final = 64  # bytes in one read where one byte answers: a few unasked states at most
QUIET_S: Final = 0.2  # after a barrier: one that an aborted job left behind is answered right before or after it


class Dialogue:
    """One conversation on `line`. `queries`: the n of DLE EOT that this model answers truly. Raises PrinterGone."""

    def __init__(self, line: Transport, queries: Sequence[int]) -> None:
        self._line = line
        self._queries = queries
        self._owed = 0  # questions whose answers have not come
        self._heard = False  # whether it has said anything at all
        self._said = 0  # bytes it has said in this conversation
        self._there = 0.0  # when what was sent has arrived, by time.monotonic()
        self.answered = False  # whether it has said anything that can be an answer
        self.passed = False  # whether it has answered a barrier

    def takes(self, data: bytes) -> bool:
        """Send `data`; False when the printer takes nothing of it for two seconds, or trickles for ever."""
        try:
            self._line.write_all(data, STALL_S, JOB_S)
        except PrinterStalled:
            return False
        self._there = max(self._there, time.monotonic() + self._line.on_the_way_s(len(data)))
        return True

    def status(self) -> PrinterStatus:
        """Ask by DLE EOT, one byte each; after the first silence the rest is not waited for."""
        self._settle()
        answers: dict[int, int] = {}
        for n in () if self._floods() else self._queries:
            try:
                self._ask(n)
            except PrinterStalled:
                break
            byte = self._answer()
            if byte is None or self._floods():
                break
            answers[n] = byte
            self.answered = True
        return status_from(answers, self._queries)

    def pass_barrier(self, paper_s: float) -> bool:
        """Send GS r and wait until it is answered: then everything before it came out. False when the printer reports
        a fault, hangs, or never answers GS r. `paper_s`: how long the paper may take to come out."""
        if not self.takes(BARRIER):
            return False
        try:
            asked = time.monotonic()
            heard = max(asked, self._there)  # before, it cannot answer
            end = heard + STALL_S + paper_s
            while (now := time.monotonic()) < end and now - heard < STALL_S and not self._floods():
                for byte in self._hear(min(end, asked + ASK_AGAIN_S)):
                    if is_realtime(byte):
                        heard = time.monotonic()
                        if byte & 0x08:  # went offline within the job
                            return False
                    elif is_barrier(byte):
                        self.passed = True
                        return True
                if time.monotonic() >= asked + ASK_AGAIN_S:
                    self._ask(1)
                    asked = time.monotonic()
        except PrinterStalled:
            pass
        return False

    def clear(self, status: PrinterStatus) -> bool:
        """Clear what an aborted job left in the buffer; whether the printer, now in `status`, showed that nothing is
        left."""
        try:
            self._line.write_all(CLEAR, ANSWER_S)
            deadline = time.monotonic() + ANSWER_S
            answer = b""
            while data := self._hear(deadline):
                answer += data
                if CLEARED in answer:
                    return True
            self._line.write_all(RECOVER, ANSWER_S)
        except PrinterStalled:
            return False
        # An online printer works its buffer off in order: if a barrier passes now, nothing lies before it.
        if not status.has_paper or not self.pass_barrier(0.0):
            return False
        while self._hear(time.monotonic() + QUIET_S):
            pass
        return True

    def _ask(self, n: int) -> None:
        self._line.write_all(query(n), ANSWER_S)
        self._owed += 1

    def _floods(self) -> bool:
        return self._said > MOST_HEARD

    def _hear(self, deadline: float) -> bytes:
        """What it sends until then; nothing from a printer that floods the line, so that every loop here ends."""
        if self._floods():
            return b""
        data = self._line.read(deadline)
        self._said += len(data)
        self._heard = self._heard or bool(data)
        self._owed = max(0, self._owed - sum(map(is_realtime, data)))
        return data

    def _settle(self) -> None:
        """Throw away what lies unread, and wait for answers still owed, so that none is taken for another's."""
        self._hear(0.0)
        deadline = time.monotonic() + ANSWER_S
        while self._owed and self._heard and self._hear(deadline):
            pass
        while self._hear(0.0):
            pass
        self._owed = 0

    def _answer(self) -> int | None:
        """The answer to what was just asked; other bytes are skipped, unless they are rubbish."""
        deadline = time.monotonic() + ANSWER_S
        while data := self._hear(deadline):
            if is_rubbish(data) or len(data) > MOST_BESIDE:
                return None
            for byte in data:
                if is_realtime(byte):
                    return byte
        return None
