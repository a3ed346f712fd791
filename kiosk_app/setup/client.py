"""The interface's side of the set-up service's socket."""

import socket
from pathlib import Path

import msgspec

from kiosk_app.setup.requests import Reply, Request
from kiosk_app.setup_progress import SETUP_SOCKET

REPLY_TIMEOUT_S = 100.0  # a network may take a minute, and its profile from before another half
_MAX_REPLY_BYTES = 64 * 1024
_SILENT = Reply(passed=False, sentence="service.silent")


class SetupClient:
    """`path` is replaced by tests."""

    def __init__(self, path: Path = SETUP_SOCKET, timeout_s: float = REPLY_TIMEOUT_S) -> None:
        self._path = path
        self._timeout_s = timeout_s

    def request(self, request: Request) -> Reply:
        """Send a request and return its reply. No answer is a reply, too."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._timeout_s)
                connection.connect(str(self._path))
                connection.sendall(msgspec.json.encode(request) + b"\n")
                return msgspec.json.decode(_read_all(connection), type=Reply)
        except (OSError, msgspec.DecodeError):
            return _SILENT


def _read_all(connection: socket.socket) -> bytes:
    received = b""
    while chunk := connection.recv(_MAX_REPLY_BYTES):
        received += chunk
        if len(received) > _MAX_REPLY_BYTES:
            return b""
    return received
