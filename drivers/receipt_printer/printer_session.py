"""Queries an ESC/POS printer over an open transport and recognises its responses.

python-escpos's own status calls take a missing response for plenty of paper, and read stale bytes. Here a response is
accepted only if its bits are valid, no invalid bytes arrived with it, and no earlier query is still unanswered.
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
# DLE DC4 8: clear receive and print buffers, and its response
CLEAR_BUFFERS_COMMAND: Final = bytes((0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8))
CLEAR_BUFFERS_RESPONSE: Final = b"\x37\x25\x00"
RECOVER_COMMAND: Final = b"\x10\x05\x02"  # DLE ENQ 2: leave a recoverable error and clear the buffers; no response

RESPONSE_TIMEOUT_S: Final = 0.6  # real-time responses take milliseconds, hundreds of them over slow USB bridges
# A response that arrives after its timeout is waited for, so that it is not taken for the next query's. Each one has
# this time after the one before it.
LATE_RESPONSE_S: Final = 1.5
STALL_TIMEOUT_S: Final = 2.0  # a printer that neither accepts a byte nor sends a response for this long counts as hung
# Limit for a whole job, however slowly its bytes are accepted: a receipt of 576 dots is 44 kB, 91 s at 4,800 baud.
JOB_TIMEOUT_S: Final = 100.0
QUERY_INTERVAL_S: Final = 0.4
# Automatic status of 4 bytes at each change, XON and XOFF, a response every 0.4 s of a job: less than 2 kB. A printer
# that sends more is flooding, and none of its bytes is accepted.
MAX_RECEIVED_BYTES: Final = 16_384
MAX_UNSOLICITED_BYTES: Final = 64  # in one read where the response is one byte: a few automatic statuses at most
QUIET_PERIOD_S: Final = (
    0.2  # after a barrier: the response to a barrier of an aborted job arrives right before or after it
)


class PrinterSession:
    """One open conversation over `transport`. `queries`: the n of DLE EOT that this model answers correctly.

    Every method raises PrinterUnreachableError.
    """

    def __init__(self, transport: Transport, queries: Sequence[int]) -> None:
        self._transport = transport
        self._queries = queries
        self._pending_queries = 0  # queries without a response
        self._has_received = False  # any byte
        self._received_bytes = 0
        self._delivered_at = 0.0  # when all sent bytes have arrived, by time.monotonic()
        self.has_answered = False  # with a valid response
        self.has_passed_barrier = False

    def try_send(self, data: bytes) -> bool:
        """Send `data`; False when the printer accepts no byte for two seconds, or not all within JOB_TIMEOUT_S."""
        try:
            self._transport.write_all(data, STALL_TIMEOUT_S, JOB_TIMEOUT_S)
        except PrinterStalledError:
            return False
        self._delivered_at = max(self._delivered_at, time.monotonic() + self._transport.transit_time_s(len(data)))
        return True

    def status(self) -> PrinterStatus:
        """Query by DLE EOT, one response byte each; stops at the first missing response."""
        self._drain_input()
        responses: dict[int, int] = {}
        for n in () if self._is_flooding() else self._queries:
            try:
                self._send_query(n)
            except PrinterStalledError:
                break
            byte = self._read_response()
            if byte is None or self._is_flooding():
                break
            responses[n] = byte
            self.has_answered = True
        return status_from_responses(responses, self._queries)

    def wait_for_barrier(self, paper_s: float) -> bool:
        """Send GS r and wait for its response, which shows that everything before it is printed. False when the printer
        reports a fault, hangs, or does not know GS r. `paper_s`: seconds that printing may take."""
        if not self.try_send(BARRIER_COMMAND):
            return False
        try:
            queried_at = time.monotonic()
            responded_at = max(queried_at, self._delivered_at)  # no response can arrive before
            end = responded_at + STALL_TIMEOUT_S + paper_s
            while (now := time.monotonic()) < end and now - responded_at < STALL_TIMEOUT_S and not self._is_flooding():
                for byte in self._receive(min(end, queried_at + QUERY_INTERVAL_S)):
                    if is_realtime(byte):
                        responded_at = time.monotonic()
                        if byte & 0x08:  # went offline within the job
                            return False
                    elif is_barrier(byte):
                        self.has_passed_barrier = True
                        return True
                if time.monotonic() >= queried_at + QUERY_INTERVAL_S:
                    self._send_query(1)
                    queried_at = time.monotonic()
        except PrinterStalledError:
            pass
        return False

    def clear_buffer(self, status: PrinterStatus) -> bool:
        """Clear what an aborted job left in the buffer. `status`: the printer's status now. Returns whether the printer
        confirmed that the buffer is empty."""
        try:
            self._transport.write_all(CLEAR_BUFFERS_COMMAND, RESPONSE_TIMEOUT_S)
            deadline = time.monotonic() + RESPONSE_TIMEOUT_S
            received = b""
            while data := self._receive(deadline):
                received += data
                if CLEAR_BUFFERS_RESPONSE in received:
                    return True
            self._transport.write_all(RECOVER_COMMAND, RESPONSE_TIMEOUT_S)
        except PrinterStalledError:
            return False
        # An online printer processes its buffer in order: if a barrier passes now, nothing is before it.
        if not status.is_ready_to_print or not self.wait_for_barrier(0.0):
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
        """The bytes that arrive until `deadline`; none from a printer that is flooding, so that every loop ends."""
        if self._is_flooding():
            return b""
        data = self._transport.read(deadline)
        self._received_bytes += len(data)
        self._has_received = self._has_received or bool(data)
        self._pending_queries = max(0, self._pending_queries - sum(map(is_realtime, data)))
        return data

    def _drain_input(self) -> None:
        """Discard unread bytes and wait for pending responses, so that none is taken for another query's."""
        self._receive(0.0)
        while self._pending_queries and self._has_received and self._receive(time.monotonic() + LATE_RESPONSE_S):
            pass
        while self._receive(0.0):
            pass
        self._pending_queries = 0

    def _read_response(self) -> int | None:
        """The response to the last query. Other valid bytes are skipped; None after invalid ones."""
        deadline = time.monotonic() + RESPONSE_TIMEOUT_S
        while data := self._receive(deadline):
            if is_invalid_response(data) or len(data) > MAX_UNSOLICITED_BYTES:
                return None
            for byte in data:
                if is_realtime(byte):
                    return byte
        return None
