"""The far end of a line, in the hands of somebody who wants to hold this machine up."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[[socket.socket], None]


@contextmanager
def hostile_server(behaviour: Behaviour) -> Iterator[int]:
    """A port of 127.0.0.1 where everybody who connects meets `behaviour`, in a thread each."""
    server = socket.create_server(("127.0.0.1", 0))
    met: list[socket.socket] = []

    def meet(line: socket.socket) -> None:
        with suppress(OSError):
            behaviour(line)

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = server.accept()
                met.append(line)
                threading.Thread(target=meet, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        for line in (server, *met):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
