"""Control of the simulated devices from another shell: one line of JSON each way over a UNIX socket of their user."""

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
RESPONSE_TIMEOUT_S: Final = 30.0  # decoding large letters takes a while


def default_socket_path() -> Path:
    """The socket of this user's `kiosk simulate`."""
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(runtime) / f"dk-simulate-{os.getuid()}.sock"


class ControlServer:
    """Executes the commands that arrive at `path` while the context lasts. Raises SimulatorError if other simulated
    devices listen there."""

    def __init__(self, devices: SimulatedDevices, path: Path) -> None:
        self._devices = devices
        self._path = path
        self._listener: socket.socket | None = None
        self._thread = Thread(target=self._serve, name="device control", daemon=True)

    def __enter__(self) -> Self:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self._path))
            except OSError:
                self._path.unlink(missing_ok=True)  # left behind by a process that was killed
            else:
                raise SimulatorError("Simulated devices are running already; stop them first, or control them.")
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
                raise SimulatorError("The command is not a list of words.")
            return {"ok": True, "message": self._devices.execute_command(command)}
        except (SimulatorError, ValueError) as error:
            return {"ok": False, "message": str(error)}


def read_line(connection: socket.socket) -> bytes:
    """The bytes up to the end of the line, or of the connection."""
    data = b""
    while not data.endswith(b"\n") and len(data) < MAX_LINE_BYTES and (received := connection.recv(4096)):
        data += received
    return data


def send_command(command: Sequence[str], path: Path) -> str:
    """Send a command to the devices that listen at `path`; returns their message. Raises SimulatorError."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(RESPONSE_TIMEOUT_S)
        try:
            connection.connect(str(path))
            connection.sendall(json.dumps(list(command)).encode() + b"\n")
            response = json.loads(read_line(connection))
        except (OSError, ValueError):
            raise SimulatorError("No simulated devices are running: start them with `kiosk simulate`.") from None
    if not response["ok"]:
        raise SimulatorError(response["message"])
    return str(response["message"])
