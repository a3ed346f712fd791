"""Connections with a deadline for the whole exchange, whatever the other end does.

A socket's time-outs count from one byte to the next: a peer that sends a byte now and then, or interim answers without
end, blocks the caller for ever. Here one deadline covers a whole exchange, from looking up the name to the last byte.

The system's look-up of a name cannot be interrupted, and has no time-out of its own in Python. With a name server that
does not answer it takes 10 s, with three of them 28 s, and again as long for each search domain. So a connection is
opened in a thread of its own, and the caller stops waiting for it at the deadline.
"""

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakSet

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from machine.deadline import DeadlineExceededError, call_with_deadline

# Of an answer before its body, interim answers (100 Continue) counted; an honest one has 1 kB.
MAX_HEAD_BYTES = 65_536


class Deadline:
    """The open connections of one line. Enter `enforce` for each exchange.

    One thread looks whether a deadline passes, and ends when it wakes between two exchanges. A timer for each exchange
    is a thread for each exchange: draining the outbox then took 1.3 times as long.
    """

    def __init__(self) -> None:
        self.has_expired = False  # in the exchange under way or the last one
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._lock = threading.Condition()
        self._expires_at: float | None = None  # of the exchange under way
        self._wakes_at: float | None = None  # when the thread looks next; None while there is none

    def open_socket(self, connect: Callable[[], socket.socket]) -> socket.socket:
        """The connection that `connect` opens, when it is there before the deadline. Raises TimeoutError, and what
        `connect` raises. A connection that comes later is closed."""
        seconds = (self._expires_at or 0.0) - time.monotonic()
        try:
            return call_with_deadline(seconds, connect, discard=socket.socket.close)
        except DeadlineExceededError:
            self._expire()
            raise

    def watch(self, sock: socket.socket) -> None:
        """Add a connection that was just opened, by a duplicate descriptor: TLS takes over the original."""
        with self._lock:
            if self.has_expired:
                _shut_down(sock)
            self._sockets.add(sock)

    @contextlib.contextmanager
    def enforce(self, seconds: float) -> Iterator[None]:
        """Every open connection is shut down when the block lasts longer; its reads and writes then raise OSError."""
        ends = time.monotonic() + seconds
        with self._lock:
            self.has_expired, self._expires_at = False, ends
            if self._wakes_at is None:
                self._wakes_at = ends
                threading.Thread(target=self._watch, name="deadline", daemon=True).start()
            elif ends < self._wakes_at:
                self._lock.notify()
        try:
            yield
        finally:
            with self._lock:
                self._expires_at = None

    def _watch(self) -> None:
        with self._lock:
            while self._expires_at is not None and not self.has_expired:
                left = self._expires_at - time.monotonic()
                if left <= 0:
                    self._expire()
                else:
                    self._wakes_at = self._expires_at
                    self._lock.wait(left)
            self._wakes_at = None

    def _expire(self) -> None:
        with self._lock:
            self.has_expired = True
            for sock in self._sockets:
                _shut_down(sock)


def _shut_down(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class _BoundedHead:
    """The stream an answer is read from until its body begins: at most MAX_HEAD_BYTES."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._remaining_bytes = MAX_HEAD_BYTES

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self._stream.readline(limit)
        self._remaining_bytes -= len(line)
        if self._remaining_bytes < 0:
            raise http.client.HTTPException("the head of the answer is too long")
        return line

    def close(self) -> None:
        self._stream.close()


class _BoundedHttpResponse(http.client.HTTPResponse):
    def begin(self) -> None:
        stream = self.fp
        head: Any = _BoundedHead(stream)
        self.fp = head
        try:
            super().begin()
        finally:
            if self.fp is head:  # else it was closed
                self.fp = stream


def make_pool_classes(deadline: Deadline) -> dict[str, Any]:
    """urllib3's pools by scheme, whose connections `deadline` watches."""

    class WatchedConnection(HTTPConnection):
        response_class = _BoundedHttpResponse
        _duplicate: socket.socket | None = None

        def _new_conn(self) -> socket.socket:
            sock = deadline.open_socket(super()._new_conn)
            self._duplicate = sock.dup()
            deadline.watch(self._duplicate)
            return sock

        def close(self) -> None:
            super().close()
            if self._duplicate is not None:
                self._duplicate.close()
                self._duplicate = None

    class WatchedTlsConnection(WatchedConnection, HTTPSConnection):
        pass

    class WatchedPool(HTTPConnectionPool):
        ConnectionCls = WatchedConnection

    class WatchedTlsPool(HTTPSConnectionPool):
        ConnectionCls = WatchedTlsConnection

    return {"http": WatchedPool, "https": WatchedTlsPool}
