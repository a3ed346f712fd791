"""Connections with a deadline for the whole exchange.

The time-out of a socket counts from one byte to the next: a peer that sends a byte now and then, or interim responses
without end, blocks the caller for ever. Here one deadline covers a whole exchange, from name look-up to the last byte.

The system's name look-up cannot be interrupted and has no time-out in Python. With one name server that does not answer
it takes 10 s, with three 28 s, and the same again for each search domain. A connection is therefore opened in a
separate thread, and the caller stops waiting at the deadline.
"""

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakSet

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from machine.deadline import DeadlineExceededError, call_with_deadline

# Limit of the bytes of a response before its body, including interim responses (100 Continue); normally about 1 kB.
MAX_HEAD_BYTES = 65_536


class Deadline:
    """The open connections to one peer, closed when the exchange passes its deadline (`with deadline.enforce(...)`).

    One thread watches the deadline, and ends when it wakes between two exchanges. A timer for each exchange would need
    a thread for each: emptying the outbox then took 1.3 times as long."""

    def __init__(self) -> None:
        self.has_expired = False  # in the current exchange or the last one
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._released: list[socket.socket] = []  # closed at the end of the exchange
        self._lock = threading.Condition()
        self._expires_at: float | None = None  # of the current exchange
        self._wakes_at: float | None = None  # when the thread wakes next; None while there is no thread

    def open_socket(self, connect: Callable[[], socket.socket]) -> socket.socket:
        """The connection that `connect` opens. Raises DeadlineExceededError, and what `connect` raises.

        A connection that opens after the deadline is closed."""
        seconds = (self._expires_at or 0.0) - time.monotonic()
        try:
            return call_with_deadline(seconds, connect, discard=socket.socket.close)
        except DeadlineExceededError:
            self._expire()
            raise

    def watch(self, sock: socket.socket) -> None:
        """Watch a new connection through a duplicate descriptor: TLS takes over the original."""
        with self._lock:
            if self.has_expired:
                _shut_down(sock)
            self._sockets.add(sock)

    def release(self, sock: socket.socket) -> None:
        """Close the duplicate of a connection that was closed, at the end of the exchange. A response without length
        closes its connection before its body is read, and the body needs the deadline too."""
        with self._lock:
            if self._expires_at is None:
                sock.close()
            else:
                self._released.append(sock)

    @contextlib.contextmanager
    def enforce(self, seconds: float) -> Iterator[None]:
        """Shut down every open connection if the block lasts longer; its reads and writes then raise OSError."""
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
                while self._released:
                    self._released.pop().close()

    def _watch(self) -> None:
        with self._lock:
            while self._expires_at is not None and not self.has_expired:
                remaining_s = self._expires_at - time.monotonic()
                if remaining_s <= 0:
                    self._expire()
                else:
                    self._wakes_at = self._expires_at
                    self._lock.wait(remaining_s)
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
    """The stream of a response up to its body: at most MAX_HEAD_BYTES."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._remaining_bytes = MAX_HEAD_BYTES

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self._stream.readline(limit)
        self._remaining_bytes -= len(line)
        if self._remaining_bytes < 0:
            raise http.client.HTTPException("the head of the response is too long")
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
            if self.fp is head:  # otherwise it was closed
                self.fp = stream


def _make_pool_classes(deadline: Deadline, accepts_peer: Callable[[str], bool] | None) -> dict[str, Any]:
    """urllib3 pool classes by scheme, whose connections `deadline` watches."""

    class WatchedConnection(HTTPConnection):
        response_class = _BoundedHttpResponse
        _duplicate: socket.socket | None = None

        def _new_conn(self) -> socket.socket:
            sock = deadline.open_socket(super()._new_conn)
            if accepts_peer is not None and not accepts_peer(sock.getpeername()[0]):
                sock.close()
                raise OSError("The peer is not accepted")
            self._duplicate = sock.dup()
            deadline.watch(self._duplicate)
            return sock

        def close(self) -> None:
            super().close()
            if self._duplicate is not None:
                deadline.release(self._duplicate)
                self._duplicate = None

    class WatchedTlsConnection(WatchedConnection, HTTPSConnection):
        pass

    class WatchedPool(HTTPConnectionPool):
        ConnectionCls = WatchedConnection

    class WatchedTlsPool(HTTPSConnectionPool):
        ConnectionCls = WatchedTlsConnection

    return {"http": WatchedPool, "https": WatchedTlsPool}


class DeadlineAdapter(HTTPAdapter):
    """Connections of `requests`, direct or through a proxy, that a deadline watches. `accepts_peer` is asked for the
    numeric address of each open connection, before anything is sent; what it refuses raises OSError."""

    def __init__(self, deadline: Deadline, accepts_peer: Callable[[str], bool] | None = None) -> None:
        self._pools = _make_pool_classes(deadline, accepts_peer)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self._pools
        return manager
