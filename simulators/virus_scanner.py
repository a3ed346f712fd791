"""A clamd for tests and demonstrations: PING and INSTREAM of its protocol, and one virus, the test file of EICAR.

`.venv/bin/python -m simulators.virus_scanner 3310` serves until it is interrupted."""

import socketserver
import struct
import sys
import threading
from typing import Self, cast

TEST_FILE = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
_MAX_STREAM_BYTES = 25 << 20  # StreamMaxLength of clamd's own default
_POLL_INTERVAL_S = 0.02


class _Session(socketserver.StreamRequestHandler):
    """One command, as clamd answers it without a session."""

    def handle(self) -> None:
        server = cast(_Server, self.server)
        command = self._until_nul()
        if command == b"zPING":
            self.wfile.write(b"PONG\0")
        elif command == b"zINSTREAM":
            content = self._stream(server.max_bytes)
            if content is None:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
            server.scanned.append(content)
            if server.is_hanging:
                server.stopped.wait()
                return
            is_infected = TEST_FILE in content
            self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if is_infected else b"stream: OK\0")
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")

    def _until_nul(self) -> bytes:
        command = b""
        while len(command) < 100 and (byte := self.rfile.read(1)) not in (b"\0", b""):
            command += byte
        return command

    def _stream(self, max_bytes: int) -> bytes | None:
        content = b""
        while (length := struct.unpack(">I", self.rfile.read(4))[0]) > 0:
            if len(content) + length > max_bytes:
                return None
            content += self.rfile.read(length)
        return content


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    max_bytes = _MAX_STREAM_BYTES
    is_hanging = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.scanned: list[bytes] = []
        self.stopped = threading.Event()


class VirusScanner:
    """Serves inside its `with` block. `scanned` are the files that it was sent; `is_hanging`: it answers none."""

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(port)
        self.port = int(self._server.server_address[1])

    @property
    def scanned(self) -> list[bytes]:
        """The files that were sent."""
        return self._server.scanned

    def hang(self) -> None:
        """Answer no file any more."""
        self._server.is_hanging = True

    def limit(self, max_bytes: int) -> None:
        """Take no larger file."""
        self._server.max_bytes = max_bytes

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_INTERVAL_S,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


if __name__ == "__main__":
    with VirusScanner(int(sys.argv[1])):
        threading.Event().wait()
