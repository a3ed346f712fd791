"""What is asked of an ESC/POS printer on an open line, and how its answers are told apart.

python-escpos's own status calls take "no answer" for "plenty of paper" and read stale bytes. Here an answer is believed
only if its bits can be one, if nothing else on the line is rubbish, and if no earlier question is still unanswered.
"""

import time
from collections.abc import Sequence
from typing import Final

from drivers.ports.receipt_printer import PrinterStatus
from drivers.receipt_printer.status_bytes import (
    build_query,
    is_barrier,
    is_invalid_response,
    is_realtime,
    status_from_responses,
)
from drivers.receipt_printer.transport import PrinterStalledError, Transport

BARRIER_COMMAND: Final = b"\x1d\x72\x01"  # GS r 1
# DLE DC4 8: clear receive and print buffers
CLEAR_BUFFERS_COMMAND: Final = bytes((0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8))
CLEAR_BUFFERS_RESPONSE: Final = b"\x37\x25\x00"  # and its answer
RECOVER_COMMAND: Final = b"\x10\x05\x02"  # DLE ENQ 2: leave a recoverable error with buffers cleared; not answered

RESPONSE_TIMEOUT_S: Final = 0.6  # real-time answers take milliseconds; slow USB bridges some hundreds
STALL_TIMEOUT_S: Final = 2.0  # no byte taken and no answer given for so long: it hangs
# A whole job, however steadily it trickles: a receipt of 576 dots is 44 kB, 91 s at 4,800 baud.
JOB_TIMEOUT_S: Final = 100.0
QUERY_INTERVAL_S: Final = 0.4
# Unasked status of 4 bytes at each change, XON and XOFF, an answer every 0.4 s of a job: less than 2 kB. A printer that
# sends more floods the line, and nothing it says is believed.
MAX_RECEIVED_BYTES: Final = 16_384
MAX_UNSOLICITED_BYTES: Final = 64  # bytes in one read where one byte answers: a few unasked states at most
QUIET_PERIOD_S: Final = 0.2  # after a barrier: one that an aborted job left behind is answered right before or after it


class PrinterSession:
    """One conversation on `transport`. `queries`: the n of DLE EOT that this model answers truly.

    Raises PrinterUnreachableError.
    """

    def __init__(self, transport: Transport, queries: Sequence[int]) -> None:
        self._transport = transport
        self._queries = queries
        self._pending_queries = 0  # questions whose answers have not come
        self._has_received = False  # whether it has said anything at all
        self._received_bytes = 0  # bytes it has said in this conversation
        self._delivered_at = 0.0  # when what was sent has arrived, by time.monotonic()
        self.has_answered = False  # whether it has said anything that can be an answer
        self.has_passed_barrier = False  # whether it has answered a barrier

    def try_send(self, data: bytes) -> bool:
        """Send `data`; False when the printer takes nothing of it for two seconds, or trickles for ever."""
        try:
            self._transport.write_all(data, STALL_TIMEOUT_S, JOB_TIMEOUT_S)
        except PrinterStalledError:
            return False
        self._delivered_at = max(self._delivered_at, time.monotonic() + self._transport.transit_time_s(len(data)))
        return True

    def status(self) -> PrinterStatus:
        """Ask by DLE EOT, one byte each; after the first silence the rest is not waited for."""
        self._drain_input()
        answers: dict[int, int] = {}
        for n in () if self._is_flooding() else self._queries:
            try:
                self._send_query(n)
            except PrinterStalledError:
                break
            byte = self._read_response()
            if byte is None or self._is_flooding():
                break
            answers[n] = byte
            self.has_answered = True
        return status_from_responses(answers, self._queries)

    def wait_for_barrier(self, paper_s: float) -> bool:
        """Send GS r and wait until it is answered: then everything before it came out. False when the printer reports
        a fault, hangs, or never answers GS r. `paper_s`: how long the paper may take to come out."""
        if not self.try_send(BARRIER_COMMAND):
            return False
        try:
            asked = time.monotonic()
            heard = max(asked, self._delivered_at)  # before, it cannot answer
            end = heard + STALL_TIMEOUT_S + paper_s
            while (now := time.monotonic()) < end and now - heard < STALL_TIMEOUT_S and not self._is_flooding():
                for byte in self._receive(min(end, asked + QUERY_INTERVAL_S)):
                    if is_realtime(byte):
                        heard = time.monotonic()
                        if byte & 0x08:  # went offline within the job
                            return False
                    elif is_barrier(byte):
                        self.has_passed_barrier = True
                        return True
                if time.monotonic() >= asked + QUERY_INTERVAL_S:
                    self._send_query(1)
                    asked = time.monotonic()
        except PrinterStalledError:
            pass
        return False

    def clear_buffer(self, status: PrinterStatus) -> bool:
        """Clear what an aborted job left in the buffer; whether the printer, now in `status`, showed that nothing is
        left."""
        try:
            self._transport.write_all(CLEAR_BUFFERS_COMMAND, RESPONSE_TIMEOUT_S)
            deadline = time.monotonic() + RESPONSE_TIMEOUT_S
            answer = b""
            while data := self._receive(deadline):
                answer += data
                if CLEAR_BUFFERS_RESPONSE in answer:
                    return True
            self._transport.write_all(RECOVER_COMMAND, RESPONSE_TIMEOUT_S)
        except PrinterStalledError:
            return False
        # An online printer works its buffer off in order: if a barrier passes now, nothing lies before it.
        if not status.has_paper or not self.wait_for_barrier(0.0):
            return False
        while self._receive(time.monotonic() + QUIET_PERIOD_S):
            pass
        return True

    def _send_query(self, n: int) -> None:
        self._transport.write_all(build_query(n), RESPONSE_TIMEOUT_S)
        self._pending_queries += 1

    def _is_flooding(self) -> bool:
        return self._received_bytes > MAX_RECEIVED_BYTES

    def _receive(self, deadline: float) -> bytes:
        """What it sends until then; nothing from a printer that floods the line, so that every loop here ends."""
        if self._is_flooding():
            return b""
        data = self._transport.read(deadline)
        self._received_bytes += len(data)
        self._has_received = self._has_received or bool(data)
        self._pending_queries = max(0, self._pending_queries - sum(map(is_realtime, data)))
        return data

    def _drain_input(self) -> None:
        """Throw away what lies unread, and wait for answers still owed, so that none is taken for another's."""
        self._receive(0.0)
        deadline = time.monotonic() + RESPONSE_TIMEOUT_S
        while self._pending_queries and self._has_received and self._receive(deadline):
            pass
        while self._receive(0.0):
            pass
        self._pending_queries = 0

    def _read_response(self) -> int | None:
        """The answer to what was just asked; other bytes are skipped, unless they are rubbish."""
        deadline = time.monotonic() + RESPONSE_TIMEOUT_S
        while data := self._receive(deadline):
            if is_invalid_response(data) or len(data) > MAX_UNSOLICITED_BYTES:
                return None
            for byte in data:
                if is_realtime(byte):
                    return byte
        return None
