"""A TCP relay on this machine that cuts connections, leaves them half-open and records requests for a replay."""

import select
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Self

_CHUNK_BYTES = 65_536


class ConnectionEnd(Enum):
    """How a relay ends a connection."""

    CLOSED = "closed"  # FIN
    RESET = "reset"  # RST
    SILENT = "silent"  # half-open: no byte and no FIN arrives any more


@dataclass
class PlannedCut:
    """Ends a connection after `bytes_left` more bytes up to the centre, or down to the kiosk."""

    up: bool
    bytes_left: int
    ending: ConnectionEnd


class Relay:
    """Relays connections to `target`, each in a separate thread. `cut` determines how the next connection ends."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        self._next_cut: PlannedCut | None = None
        self.max_bytes_up = 0  # each connection is reset after so many bytes up; 0: no limit
        self.counts = [0, 0]  # bytes up and down
        self.sent_bytes = bytearray()  # all bytes up
        self._threads: list[threading.Thread] = []
        self._closing = threading.Event()

    def __enter__(self) -> Self:
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        self.close_connections()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.address[1]}"

    def cut(self, up: bool, after: int, ending: ConnectionEnd) -> None:
        """End the next connection after that many bytes up or down."""
        self._next_cut = PlannedCut(up, after, ending)

    def retarget(self, target: tuple[str, int]) -> None:
        """Relay new connections to another target."""
        self.close_connections()
        self._target = target

    def reset_counts(self) -> None:
        """Reset the byte counts and the recorded bytes."""
        self.counts[:] = [0, 0]
        self.sent_bytes.clear()

    def close_connections(self) -> None:
        """End every connection, half-open ones included."""
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._closing.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            planned_cut, self._next_cut = self._next_cut, None
            if planned_cut is None and self.max_bytes_up:
                planned_cut = PlannedCut(True, self.max_bytes_up, ConnectionEnd.RESET)
            thread = threading.Thread(target=self._relay, args=(client, planned_cut))
            self._threads.append(thread)
            thread.start()

    def _relay(self, client: socket.socket, planned_cut: PlannedCut | None) -> None:
        with client, suppress(OSError), socket.create_connection(self._target) as centre:
            while not self._closing.is_set():
                if planned_cut is not None and planned_cut.bytes_left == 0:
                    self._end(client, centre, planned_cut.ending)
                    return
                for source in select.select([client, centre], [], [], 0.02)[0]:
                    up = source is client
                    cut = planned_cut if planned_cut is not None and planned_cut.up == up else None
                    piece = source.recv(_CHUNK_BYTES if cut is None else min(cut.bytes_left, _CHUNK_BYTES))
                    if cut is not None:
                        cut.bytes_left -= len(piece)
                    if not piece:
                        return
                    self.counts[0 if up else 1] += len(piece)
                    if up:
                        self.sent_bytes += piece
                    (centre if up else client).sendall(piece)
                    if cut is not None and cut.bytes_left == 0:
                        break

    def _end(self, client: socket.socket, centre: socket.socket, ending: ConnectionEnd) -> None:
        if ending is ConnectionEnd.SILENT:
            self._closing.wait()
        elif ending is ConnectionEnd.RESET:
            for connection in (client, centre):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def split_requests(stream: bytes) -> list[bytes]:
    """The HTTP/1.1 requests in the bytes that a client sent."""
    requests, start = [], 0
    while (end := stream.find(b"\r\n\r\n", start)) >= 0:
        head = stream[start:end].lower()
        length = 0
        for line in head.split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        requests.append(stream[start : end + 4 + length])
        start = end + 4 + length
    return requests


def send_request(address: tuple[str, int], request: bytes) -> bytes:
    """Send one request on a new connection. Returns the first bytes of the response."""
    with socket.create_connection(address) as connection:
        connection.sendall(request)
        return connection.recv(_CHUNK_BYTES)
