"""The faulty disk from Python: builds faulty_disk.c, runs a module on it, and controls it from inside that process.

`disk_replay.py` reads the calls it records."""

import ctypes
import os
import subprocess
import sys
import sysconfig
from enum import IntEnum
from pathlib import Path

_SOURCE = Path(__file__).with_name("faulty_disk.c")


class KillPoint(IntEnum):
    """The moment within a call at which the process is killed."""

    BEFORE = 0
    HALF = 1  # the first half of a write has reached the file
    AFTER = 2


def compile_library(directory: Path) -> Path:
    """Build the library with the system's compiler. Returns its path."""
    library = directory / "disk.so"
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl"], check=True)
    return library


def run_on_disk(library: Path, watched_directory: Path, module: str, *arguments: str) -> int:
    """Run `python -m module arguments` with the files below `watched_directory` on that disk. Its exit status."""
    environment = {**os.environ, "LD_PRELOAD": str(library), "TORTURE_DISK": f"{watched_directory}/"}
    return subprocess.run([sys.executable, "-m", module, *arguments], env=environment, check=False).returncode


class Disk:
    """Controls the faulty disk of this process, which must have been started by `run_on_disk`."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.disk_count.restype = ctypes.c_long

    def arm_kill(self, call: int, kill_point: KillPoint) -> None:
        """Kill this process at the `call`-th call from now, counted from 1; 0 means never. Resets `count`."""
        self._library.disk_arm(ctypes.c_long(call), int(kill_point))

    def count(self) -> int:
        """Calls since `arm_kill`."""
        return int(self._library.disk_count())

    def fail_writes(self, error: int) -> None:
        """Let every call that needs disk space fail with this errno; 0 ends it."""
        self._library.disk_fail_writes(error)

    def record_calls(self, descriptor: int) -> None:
        """Record every call from now on into the file with this descriptor."""
        self._library.disk_record_calls(descriptor)

    def record_marker(self, text: str) -> None:
        """Record a text of the test between the calls."""
        self._library.disk_record_marker(text.encode())
