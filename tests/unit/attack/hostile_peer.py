"""A hostile server that tries to keep its clients waiting."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[[socket.socket], None]
PIECE_INTERVAL_S = 0.05  # far below any socket time-out


@contextmanager
def hostile_server(behaviour: Behaviour) -> Iterator[int]:
    """Run `behaviour` for each connection in its own thread; yields the port on 127.0.0.1."""
    server = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with suppress(OSError):
            behaviour(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                connections.append(connection)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        for connection in (server, *connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


def endless_response(begin: bytes, piece: bytes, pause_s: float = 0.0) -> Behaviour:
    """A server that reads a request, responds with `begin`, then sends `piece` without end."""

    def behaviour(line: socket.socket) -> None:
        read_request(line)
        line.sendall(begin)
        while True:
            line.sendall(piece)
            time.sleep(pause_s)

    return behaviour


def read_request(line: socket.socket) -> None:
    """Read one complete request: a remainder would be taken for the next one."""
    line.settimeout(5)
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive(line)
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)^content-length: (\d+)", head, re.MULTILINE)
    while length and len(body) < int(length[1]):
        body += _receive(line)


def _receive(line: socket.socket) -> bytes:
    if not (piece := line.recv(65_536)):
        raise ConnectionResetError
    return piece
