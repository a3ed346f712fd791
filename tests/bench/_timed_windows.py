"""Windows that are measured from outside: the kiosk's own, and a bare one of Kivy's beside it.

Both say READY=1, as to systemd, in the turn of the loop after their first picture went to the glass.
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
    """A window that stands on the glass. `time_to_first_frame_s` is how long that took from its process's start."""

    process: subprocess.Popen[bytes]
    time_to_first_frame_s: float

    def cpu_s(self) -> float:
        """Processor seconds so far, of the process, its threads and the processes it started and saw end."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS_PER_SECOND


@contextmanager
def open_window(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[RunningWindow]:
    """The window that `command` opens, from when it is painted until the end of the `with`."""
    with tempfile.TemporaryDirectory(prefix="dk-bench-") as place, _NotifySocket(Path(place) / "notify") as manager:
        started = time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, **environment, **manager.environment})
        try:
            yield RunningWindow(process, manager.wait_until_ready() - started)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(TIMEOUT_S)


class _NotifySocket:
    """Listens as systemd does, to the end: whoever speaks into a full queue would wait for ever."""

    def __init__(self, path: Path) -> None:
        # A third of the time-out is how often the kiosk says that it is alive; 15 s stands in its unit file.
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
        """When the window was painted, by time.perf_counter. Raises queue.Empty when it is not after PATIENCE_S."""
        return self._ready.get(timeout=TIMEOUT_S)

    def _read(self) -> None:
        while said := self._socket.recv(4096):
            if said == b"READY=1":
                self._ready.put(time.perf_counter())


@contextmanager
def enrolled_kiosk_environment(devices: str = "") -> Iterator[dict[str, str]]:
    """The environment of a kiosk enrolled at an invented centre, in a directory of its own.

    `devices` is the part of kiosk.toml that names them.
    """
    with tempfile.TemporaryDirectory(prefix="dk-bench-") as place:
        state, runtime = Path(place) / "state", Path(place) / "runtime"
        outbox_directory(state).mkdir(parents=True)
        enrolment().save(state)
        paths = f'[paths]\nstate = "{state}"\nruntime = "{runtime}"\n'
        settings = Path(place) / "kiosk.toml"
        settings.write_text(paths + devices, encoding="utf-8")
        yield {SETTINGS_VARIABLE: str(settings)}
