"""Windows measured from outside: the kiosk's, and a plain Kivy window as the baseline.

Both send READY=1, as to systemd, in the frame after their first one was shown.
"""

import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kiosk_app.outbox.state_directory import outbox_directory
from kiosk_app.settings import SETTINGS_VARIABLE
from tests.outbox_samples import enrolment

SIZE = (1080, 1920)
TIMEOUT_S = 60.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_SIZE_TEXT = f"{SIZE[0]}x{SIZE[1]}"
KIOSK_COMMAND = (str(Path(sys.executable).with_name("kiosk")), "run", "--windowed", "--size", _SIZE_TEXT)
BASELINE_COMMAND = (sys.executable, "-m", "tests.bench._baseline_window", _SIZE_TEXT)


@dataclass(frozen=True)
class RunningWindow:
    """An open window. `time_to_first_frame_s` is counted from the start of its process."""

    process: subprocess.Popen[bytes]
    time_to_first_frame_s: float

    def cpu_s(self) -> float:
        """Processor seconds so far of the process, its threads and its children that ended."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS_PER_SECOND


@contextmanager
def open_window(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[RunningWindow]:
    """The window that `command` opens, from its first frame until the block ends."""
    with (
        tempfile.TemporaryDirectory(prefix="dk-bench-") as place,
        _NotifySocket(Path(place) / "notify") as notify_socket,
    ):
        started = time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, **environment, **notify_socket.environment})
        try:
            yield RunningWindow(process, notify_socket.wait_until_ready() - started)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(TIMEOUT_S)


class _NotifySocket:
    """Receives messages as systemd does, until the block ends, because a sender blocks when the socket's queue is
    full."""

    def __init__(self, path: Path) -> None:
        # 15 s as in the kiosk's unit file; the kiosk resets the watchdog every third of that.
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "15000000"}
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._ready: queue.SimpleQueue[float] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RD)
        self._reader.join()
        self._socket.close()

    def wait_until_ready(self) -> float:
        """The time.perf_counter at which the window was painted. Raises queue.Empty after TIMEOUT_S."""
        return self._ready.get(timeout=TIMEOUT_S)

    def _read(self) -> None:
        while message := self._socket.recv(4096):
            if message == b"READY=1":
                self._ready.put(time.perf_counter())


@contextmanager
def enrolled_kiosk_environment(devices: str = "") -> Iterator[dict[str, str]]:
    """The environment variables of a kiosk enrolled at an invented centre, in a temporary directory. `devices` is the
    part of kiosk.toml that names devices."""
    with tempfile.TemporaryDirectory(prefix="dk-bench-") as place:
        state, runtime = Path(place) / "state", Path(place) / "runtime"
        outbox_directory(state).mkdir(parents=True)
        enrolment().save(state)
        paths = f'[paths]\nstate = "{state}"\nruntime = "{runtime}"\n'
        settings = Path(place) / "kiosk.toml"
        settings.write_text(paths + devices, encoding="utf-8")
        yield {SETTINGS_VARIABLE: str(settings)}
