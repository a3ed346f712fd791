"""Somebody in between who cuts, falls silent, or says everything twice: a TCP relay on this machine."""

import select
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Self

_PIECE = 65_536


class End(Enum):
    """How a relay ends a connection."""

    CLOSED = "closed"  # FIN
    RESET = "reset"  # RST
    SILENT = "silent"  # half-open: nothing comes any more, and nobody says so


@dataclass
class Cut:
    """End a connection when `left` more bytes went `up` (or down)."""

    up: bool
    left: int
    how: End


class Relay:
    """Relays connections to `target`, each in a thread of its own. The next one after `cut` ends as that says."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        self._plan: Cut | None = None
        self.carries = 0  # bytes up that each connection carries before it ends; 0: any
        self.counts = [0, 0]  # bytes up and down
        self.said = bytearray()  # everything that went up
        self._threads: list[threading.Thread] = []
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        self.hang_up()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.address[1]}"

    def cut(self, up: bool, after: int, how: End) -> None:
        """Let the next connection end when `after` bytes went up (or down)."""
        self._plan = Cut(up, after, how)

    def lead_to(self, target: tuple[str, int]) -> None:
        """Lead connections from now on there."""
        self.hang_up()
        self._target = target

    def begin(self) -> None:
        """Count anew."""
        self.counts[:] = [0, 0]
        self.said.clear()

    def hang_up(self) -> None:
        """End every connection, the silent ones too."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._over.clear()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            plan, self._plan = self._plan, None
            if plan is None and self.carries:
                plan = Cut(True, self.carries, End.RESET)
            thread = threading.Thread(target=self._relay, args=(caller, plan))
            self._threads.append(thread)
            thread.start()

    def _relay(self, caller: socket.socket, plan: Cut | None) -> None:
        with caller, suppress(OSError), socket.create_connection(self._target) as centre:
            while not self._over.is_set():
                if plan is not None and plan.left == 0:
                    self._end(caller, centre, plan.how)
                    return
                for source in select.select([caller, centre], [], [], 0.02)[0]:
                    up = source is caller
                    ours = plan if plan is not None and plan.up == up else None
                    piece = source.recv(_PIECE if ours is None else min(ours.left, _PIECE))
                    if ours is not None:
                        ours.left -= len(piece)
                    if not piece:
                        return
                    self.counts[0 if up else 1] += len(piece)
                    if up:
                        self.said += piece
                    (centre if up else caller).sendall(piece)
                    if ours is not None and ours.left == 0:
                        break

    def _end(self, caller: socket.socket, centre: socket.socket, how: End) -> None:
        if how is End.SILENT:
            self._over.wait()
        elif how is End.RESET:
            for one in (caller, centre):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def requests_in(stream: bytes) -> list[bytes]:
    """The HTTP/1.1 requests one after another in what a client said."""
    found, place = [], 0
    while (end := stream.find(b"\r\n\r\n", place)) >= 0:
        head = stream[place:end].lower()
        length = 0
        for line in head.split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        found.append(stream[place : end + 4 + length])
        place = end + 4 + length
    return found


def say(address: tuple[str, int], request: bytes) -> bytes:
    """Say one request on a connection of its own; the first bytes of the answer."""
    with socket.create_connection(address) as line:
        line.sendall(request)
        return line.recv(_PIECE)
