"""The disk of faulty_disk.c from Python: under a process of this module's, and what it would hold after a power cut."""

import ctypes
import os
import struct
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from random import Random

_SOURCE = Path(__file__).with_name("faulty_disk.c")
_RECORD = struct.Struct("=cQqI")
SECTOR = 512  # bytes: what a disk writes whole or not at all


class KillPoint(IntEnum):
    """Where in a call the process dies."""

    BEFORE = 0
    HALF = 1  # the first half of a write is there
    AFTER = 2


def compile_library(directory: Path) -> Path:
    """The library, built with the system's compiler."""
    library = directory / "disk.so"
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl"], check=True)
    return library


def run_on_disk(library: Path, watched_directory: Path, module: str, *words: str) -> int:
    """Run `python -m module words` with the files below `watched_directory` on that disk. Its exit status."""
    environment = {**os.environ, "LD_PRELOAD": str(library), "TORTURE_DISK": f"{watched_directory}/"}
    return subprocess.run([sys.executable, "-m", module, *words], env=environment, check=False).returncode


class Disk:
    """What a process that runs on that disk tells it."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.disk_count.restype = ctypes.c_long

    def arm_kill(self, call: int, kill_point: KillPoint) -> None:
        """Die at the `call`-th call from now, from 1; 0: never. Counting begins anew."""
        self._library.disk_arm(ctypes.c_long(call), int(kill_point))

    def count(self) -> int:
        """Calls since it was armed."""
        return int(self._library.disk_count())

    def fail_writes(self, error: int) -> None:
        """From now on whatever needs room fails with this errno; 0: no longer."""
        self._library.disk_fail_writes(error)

    def record_calls(self, descriptor: int) -> None:
        """Write every call down from now on."""
        self._library.disk_record_calls(descriptor)

    def record_marker(self, text: str) -> None:
        """Put a word of the trial's own between the calls."""
        self._library.disk_record_marker(text.encode())


@dataclass(frozen=True)
class RecordedCall:
    """One record of the log."""

    kind: str
    inode: int
    offset: int
    data: bytes


def read_call_log(path: Path) -> list[RecordedCall]:
    """The calls in their order; one that was cut off at the end is left out."""
    return list(_records(path.read_bytes()))


def _records(log: bytes) -> Iterator[RecordedCall]:
    place = 0
    while place + _RECORD.size <= len(log):
        kind, inode, offset, length = _RECORD.unpack_from(log, place)
        place += _RECORD.size + length
        if place <= len(log):
            yield RecordedCall(kind.decode(), inode, offset, log[place - length : place])


@dataclass
class _File:
    """One file: what surely is on the disk, and what was asked for since."""

    durable: bytearray = field(default_factory=bytearray)
    unsynced: list[RecordedCall] = field(default_factory=list)

    def sync(self) -> None:
        for call in self.unsynced:
            _apply(self.durable, call)
        self.unsynced.clear()


class DiskReplay:
    """Plays a log and gives what the disk may hold at any point of it: each file as of its last sync, with any of the
    later writes, sector by sector; names as of the last sync of their directory, with the first few of the later
    changes (file systems keep those in order)."""

    def __init__(self, root: Path) -> None:
        self._root = f"{root}/"
        self._by_inode: dict[int, _File] = {}
        self._current_names: dict[str, _File] = {}  # as programs see them
        self._durable_names: dict[str, _File] = {}
        self._changes: list[_NameChange] = []  # whose directory was not synced since
        self._directories: dict[int, str] = {}

    def apply_call(self, call: RecordedCall) -> None:
        """One more call."""
        match call.kind:
            case "o":
                self._open(call)
            case "w" | "t" if file := self._by_inode.get(call.inode):
                file.unsynced.append(call)
            case "s" if directory := self._directories.get(call.inode):
                self._sync_names(directory)
            case "s" if file := self._by_inode.get(call.inode):
                file.sync()
            case "r":
                source, target = call.data.decode().split("\0")
                self._record_name_change({target: self._current_names[source], source: None})
            case "l":
                source, target = call.data.decode().split("\0")
                self._record_name_change({target: self._current_names[source]})
            case "u":
                self._record_name_change({call.data.decode(): None})

    def _open(self, call: RecordedCall) -> None:
        path = call.data.decode()
        if Path(path).is_dir():
            self._directories[call.inode] = path
            return
        file = self._current_names.get(path)
        if file is None:
            file = _File()
            self._record_name_change({path: file})
        elif call.offset:  # O_TRUNC
            file.unsynced.append(RecordedCall("t", call.inode, 0, b""))
        self._by_inode[call.inode] = file

    def _record_name_change(self, change: "_NameChange") -> None:
        self._changes.append(change)
        _apply_name_change(self._current_names, change)

    def _sync_names(self, directory: str) -> None:
        here = [change for change in self._changes if str(Path(next(iter(change))).parent) == directory]
        for change in here:
            _apply_name_change(self._durable_names, change)
        self._changes = [change for change in self._changes if change not in here]

    def write_state(self, directory: Path, rng: Random, written_share: float) -> None:
        """Write into the empty `directory` what the disk holds when each sector of a write that nobody waited for is
        there with the probability `written_share` (0: none, 1: all)."""
        names = dict(self._durable_names)
        kept = len(self._changes) if written_share == 1 else rng.randint(0, len(self._changes)) if written_share else 0
        for change in self._changes[:kept]:
            _apply_name_change(names, change)
        for path, file in names.items():
            content = bytearray(file.durable)
            for call in file.unsynced:
                for piece in _split_into_sectors(call):
                    if written_share == 1 or (written_share and rng.random() < written_share):
                        _apply(content, piece)
            target = directory / path.removeprefix(self._root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


_NameChange = dict[str, _File | None]  # what names stand for from now on; None: the name is gone


def _apply_name_change(names: dict[str, _File], change: _NameChange) -> None:
    for path, file in change.items():
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file


def _split_into_sectors(call: RecordedCall) -> Iterator[RecordedCall]:
    """The call in pieces that a disk writes whole."""
    if call.kind == "t":
        yield call
        return
    place = 0
    while place < len(call.data):
        room = SECTOR - (call.offset + place) % SECTOR
        yield RecordedCall("w", call.inode, call.offset + place, call.data[place : place + room])
        place += room


def _apply(content: bytearray, call: RecordedCall) -> None:
    if call.kind == "t":
        del content[call.offset :]
        content.extend(bytes(call.offset - len(content)))
        return
    if len(content) < call.offset:
        content.extend(bytes(call.offset - len(content)))
    content[call.offset : call.offset + len(call.data)] = call.data
