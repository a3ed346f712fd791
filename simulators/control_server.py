"""Steering a bench from another shell: one line of JSON each way over a UNIX socket of its owner."""

import contextlib
import json
import os
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import Final, Self

from simulators.simulated_devices import SimulatedDevices, SimulatorError

MAX_LINE_BYTES: Final = 65_536
RESPONSE_TIMEOUT_S: Final = 30.0  # large letters take a while to decode


def default_socket_path() -> Path:
    """Where `kiosk simulate` of this user listens."""
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(runtime) / f"dk-simulate-{os.getuid()}.sock"


class ControlServer:
    """Obeys what comes in at `path` from entering to leaving. Raises SimulatorError if another bench listens there."""

    def __init__(self, devices: SimulatedDevices, path: Path) -> None:
        self._devices = devices
        self._path = path
        self._listener: socket.socket | None = None
        self._thread = Thread(target=self._serve, name="bench control", daemon=True)

    def __enter__(self) -> Self:
        with socket.socket(socket.AF_UNIX) as trying:
            try:
                trying.connect(str(self._path))
            except OSError:
                self._path.unlink(missing_ok=True)  # left behind by a bench that was killed
            else:
                raise SimulatorError("A bench is running already; stop it first, or steer it.")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._path))
        self._path.chmod(0o600)
        listener.listen()
        self._listener = listener
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        listener, self._listener = self._listener, None
        if listener:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            self._thread.join()
            listener.close()
            self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while listener := self._listener:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                client.settimeout(RESPONSE_TIMEOUT_S)
                client.sendall(json.dumps(self._handle_request(client)).encode() + b"\n")

    def _handle_request(self, client: socket.socket) -> dict[str, str | bool]:
        try:
            command = json.loads(read_line(client))
            if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
                raise SimulatorError("These are no words.")
            return {"ok": True, "said": self._devices.execute_command(command)}
        except (SimulatorError, ValueError) as error:
            return {"ok": False, "said": str(error)}


def read_line(line: socket.socket) -> bytes:
    """Up to the end of the line, or of the connection."""
    data = b""
    while not data.endswith(b"\n") and len(data) < MAX_LINE_BYTES and (more := line.recv(4096)):
        data += more
    return data


def send_command(command: Sequence[str], path: Path) -> str:
    """Tell the bench that listens at `path`; its sentence. Raises SimulatorError."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(RESPONSE_TIMEOUT_S)
        try:
            line.connect(str(path))
            line.sendall(json.dumps(list(command)).encode() + b"\n")
            answer = json.loads(read_line(line))
        except (OSError, ValueError):
            raise SimulatorError("No bench is running: start one with `kiosk simulate`.") from None
    if not answer["ok"]:
        raise SimulatorError(answer["said"])
    return str(answer["said"])
