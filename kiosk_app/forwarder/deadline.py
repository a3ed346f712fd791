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
from concurrent.futures import Future, wait
from typing import Any
from weakref import WeakSet

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

MOST_HEAD = 65_536  # bytes of an answer before its body, interim answers (100 Continue) counted; an honest one has 1 kB


class Deadline:
    """The open connections of one line. Enter `within` for each exchange.

    One thread looks whether a deadline passes, and ends when it wakes between two exchanges. A timer for each exchange
    is a thread for each exchange: draining the outbox then took 1.3 times as long.
    """

    def __init__(self) -> None:
        self.passed = False  # in the exchange under way or the last one
        self._lines: WeakSet[socket.socket] = WeakSet()
        self._lock = threading.Condition()
        self._ends: float | None = None  # of the exchange under way
        self._wakes: float | None = None  # when the thread looks next; None while there is none

    def opened(self, connect: Callable[[], socket.socket]) -> socket.socket:
        """The connection that `connect` opens, when it is there before the deadline. Raises TimeoutError, and what
        `connect` raises. A connection that comes later is closed."""
        opening: Future[socket.socket] = Future()
        threading.Thread(target=_fulfil, args=(opening, connect), name="connect", daemon=True).start()
        wait([opening], max(0.0, (self._ends or 0.0) - time.monotonic()))
        if not opening.done():
            self._end()
            opening.add_done_callback(_close)
            raise TimeoutError("No connection before the deadline")
        return opening.result()

    def watch(self, line: socket.socket) -> None:
        """Add a connection that was just opened, by a duplicate descriptor: TLS takes over the original."""
        with self._lock:
            if self.passed:
                _cut(line)
            self._lines.add(line)

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Every open connection is shut down when the block lasts longer; its reads and writes then raise OSError."""
        ends = time.monotonic() + seconds
        with self._lock:
            self.passed, self._ends = False, ends
            if self._wakes is None:
                self._wakes = ends
                threading.Thread(target=self._look, name="deadline", daemon=True).start()
            elif ends < self._wakes:
                self._lock.notify()
        try:
            yield
        finally:
            with self._lock:
                self._ends = None

    def _look(self) -> None:
        with self._lock:
            while self._ends is not None and not self.passed:
                left = self._ends - time.monotonic()
                if left <= 0:
                    self._end()
                else:
                    self._wakes = self._ends
                    self._lock.wait(left)
            self._wakes = None

    def _end(self) -> None:
        with self._lock:
            self.passed = True
            for line in self._lines:
                _cut(line)


def _fulfil(opening: "Future[socket.socket]", connect: Callable[[], socket.socket]) -> None:
    try:
        opening.set_result(connect())
    except BaseException as error:
        opening.set_exception(error)


def _close(opening: "Future[socket.socket]") -> None:
    if opening.exception() is None:
        opening.result().close()


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


class _Head:
    """The stream an answer is read from until its body begins: at most MOST_HEAD bytes."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole
        self._left = MOST_HEAD

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self._whole.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise http.client.HTTPException("the head of the answer is too long")
        return line

    def close(self) -> None:
        self._whole.close()


class _Answer(http.client.HTTPResponse):
    def begin(self) -> None:
        whole = self.fp
        head: Any = _Head(whole)
        self.fp = head
        try:
            super().begin()
        finally:
            if self.fp is head:  # else it was closed
                self.fp = whole


def watched(deadline: Deadline) -> dict[str, Any]:
    """urllib3's pools by scheme, whose connections `deadline` watches."""

    class Watched(HTTPConnection):
        response_class = _Answer
        _spare: socket.socket | None = None

        def _new_conn(self) -> socket.socket:
            line = deadline.opened(super()._new_conn)
            self._spare = line.dup()
            deadline.watch(self._spare)
            return line

        def close(self) -> None:
            super().close()
            if self._spare is not None:
                self._spare.close()
                self._spare = None

    class WatchedTls(Watched, HTTPSConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Watched

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = WatchedTls

    return {"http": Pool, "https": TlsPool}
