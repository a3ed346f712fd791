"""A pseudo-terminal connected to the simulated printer, like a serial port or the kernel's usblp device."""

import os
import pty
import select
import socket
import sys
import time
import tty
from threading import Event, Thread
from typing import Self

_POLL_S = 0.05
_PACED_CHUNK_BYTES = 64  # far less than a second of the slowest connection, so that the pace is even


class PrinterTerminal:
    """Carries bytes both ways between the terminal `name` and the printer at the TCP `port`.

    `bytes_per_s` limits the speed towards the printer, as on a serial port; 0 means no limit.
    """

    def __init__(self, port: int, bytes_per_s: float = 0.0) -> None:
        self._bytes_per_s = bytes_per_s
        self._near_fd, self._far_fd = pty.openpty()
        tty.setraw(self._far_fd)
        self.name = os.ttyname(self._far_fd)
        self.last_byte_at = 0.0  # when a byte last reached the printer, by time.perf_counter
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._closing = Event()
        self._bytes_left = sys.maxsize
        self._thread = Thread(target=self._carry)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def break_after(self, byte_count: int) -> None:
        """Break the connection after this many bytes to the printer."""
        self._bytes_left = byte_count

    def close(self) -> None:
        """Break the connection and wait for the thread."""
        self._closing.set()
        self._thread.join()
        os.close(self._far_fd)

    def _carry(self) -> None:
        chunk_bytes = _PACED_CHUNK_BYTES if self._bytes_per_s else 1024
        carried_at = time.perf_counter()  # when the slow connection has sent everything so far
        while not self._closing.is_set() and self._bytes_left > 0:
            for ready in select.select([self._near_fd, self._socket.fileno()], [], [], _POLL_S)[0]:
                if ready == self._socket.fileno():
                    os.write(self._near_fd, self._socket.recv(4096))
                    continue
                data = os.read(self._near_fd, min(chunk_bytes, self._bytes_left))
                self._bytes_left -= len(data)
                if self._bytes_per_s:
                    carried_at = max(carried_at, time.perf_counter()) + len(data) / self._bytes_per_s
                    time.sleep(max(0.0, carried_at - time.perf_counter()))
                self._socket.sendall(data)
                self.last_byte_at = time.perf_counter()
        os.close(self._near_fd)
        self._socket.close()
