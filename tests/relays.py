"""Relays in front of a server on loopback: one that ends TLS, and one that is a proxy (CONNECT)."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def tls_front(context: ssl.SSLContext, port: int) -> Iterator[int]:
    """Serve the server at `port` over TLS. Yields the port."""

    def connect(line: socket.socket) -> tuple[socket.socket, socket.socket]:
        return context.wrap_socket(line, server_side=True), socket.create_connection(("127.0.0.1", port))

    with _relay(connect) as own_port:
        yield own_port


@contextmanager
def connect_proxy(targets: list[str], refusal: bytes = b"") -> Iterator[int]:
    """A proxy that notes what it is asked for in `targets`, and answers `refusal` if that is given. Yields the port."""

    def connect(line: socket.socket) -> tuple[socket.socket, socket.socket]:
        request = b""
        while b"\r\n\r\n" not in request:
            request += line.recv(4096)
        target = request.split()[1].decode()
        targets.append(target)
        if refusal:
            line.sendall(refusal)
            raise ConnectionRefusedError(target)
        host, _colon, port = target.rpartition(":")
        server = socket.create_connection((host, int(port)))
        line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return line, server

    with _relay(connect) as own_port:
        yield own_port


@contextmanager
def _relay(connect: Callable[[socket.socket], tuple[socket.socket, socket.socket]]) -> Iterator[int]:
    threads: list[threading.Thread] = []

    def serve_one(line: socket.socket) -> None:
        with contextlib.suppress(OSError), line:
            near, far = connect(line)
            with near, far:
                back = threading.Thread(target=_pump, args=(far, near))
                back.start()
                _pump(near, far)
                back.join()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _address = listener.accept()
                line.settimeout(20)
                threads.append(threading.Thread(target=serve_one, args=(line,)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while received := source.recv(65536):
            target.sendall(received)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
