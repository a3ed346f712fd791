"""What a disk may hold after a power cut, computed from the calls that faulty_disk.c recorded."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

_RECORD = struct.Struct("=cQqI")  # kind, inode, offset or size, length of the data
_SECTOR_BYTES = 512  # a disk writes a sector whole or not at all


@dataclass(frozen=True)
class RecordedCall:
    """One record. `kind`: 'o' open, 'w' write, 't' truncate to `offset`, 's' sync, 'r' rename, 'l' link, 'u' unlink,
    'm' a marker of the test."""

    kind: str
    inode: int
    offset: int
    data: bytes


def read_call_log(path: Path) -> list[RecordedCall]:
    """The calls in their order, without an incomplete one at the end."""
    return list(_parse_records(path.read_bytes()))


def _parse_records(log: bytes) -> Iterator[RecordedCall]:
    position = 0
    while position + _RECORD.size <= len(log):
        kind, inode, offset, length = _RECORD.unpack_from(log, position)
        position += _RECORD.size + length
        if position <= len(log):
            yield RecordedCall(kind.decode(), inode, offset, log[position - length : position])


@dataclass
class _File:
    """Content as of the last sync, and the writes and truncations since."""

    durable: bytearray = field(default_factory=bytearray)
    unsynced: list[RecordedCall] = field(default_factory=list)

    def sync(self) -> None:
        for call in self.unsynced:
            _apply(self.durable, call)
        self.unsynced.clear()

    def content_after_power_cut(self, rng: Random, written_share: float) -> bytearray:
        """The durable content and each later sector with the probability `written_share`."""
        content = bytearray(self.durable)
        for call in self.unsynced:
            for sector in _split_into_sectors(call):
                if written_share == 1 or (written_share and rng.random() < written_share):
                    _apply(content, sector)
        return content


_NameChange = dict[str, _File | None]  # path -> the file it names from now on; None: the name is removed


class DiskReplay:
    """Replays recorded calls and writes what the disk may hold after any of them.

    Each file has its content as of its last sync, with any subset of the later sectors. Each directory has its names as
    of its last sync, with the first few of the later changes: file systems keep name changes in order.
    """

    def __init__(self, root: Path) -> None:
        self._root = f"{root}/"
        self._files: dict[int, _File] = {}  # by inode
        self._directories: dict[int, str] = {}  # inode -> path
        self._current_names: dict[str, _File] = {}  # what programs see
        self._durable_names: dict[str, _File] = {}
        self._unsynced_changes: list[_NameChange] = []

    def apply_call(self, call: RecordedCall) -> None:
        """Replay one more call."""
        match call.kind:
            case "o":
                self._open(call)
            case "w" | "t" if file := self._files.get(call.inode):
                file.unsynced.append(call)
            case "s" if directory := self._directories.get(call.inode):
                self._sync_names(directory)
            case "s" if file := self._files.get(call.inode):
                file.sync()
            case "r":
                source, target = call.data.decode().split("\0")
                self._change_names({target: self._current_names[source], source: None})
            case "l":
                source, target = call.data.decode().split("\0")
                self._change_names({target: self._current_names[source]})
            case "u":
                self._change_names({call.data.decode(): None})

    def write_state(self, directory: Path, rng: Random, written_share: float) -> None:
        """Write into the empty `directory` what the disk holds after a power cut now, when each unsynced sector was
        written with the probability `written_share` (0: none, 1: all)."""
        names = dict(self._durable_names)
        for change in self._unsynced_changes[: self._surviving_changes(rng, written_share)]:
            _apply_name_change(names, change)
        for path, file in names.items():
            target = directory / path.removeprefix(self._root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content_after_power_cut(rng, written_share))

    def _surviving_changes(self, rng: Random, written_share: float) -> int:
        """How many of the unsynced name changes, counted from the oldest, reach the disk."""
        if written_share == 0:
            return 0
        if written_share == 1:
            return len(self._unsynced_changes)
        return rng.randint(0, len(self._unsynced_changes))

    def _open(self, call: RecordedCall) -> None:
        path = call.data.decode()
        if Path(path).is_dir():
            self._directories[call.inode] = path
            return
        file = self._current_names.get(path)
        is_truncated = bool(call.offset)  # opened with O_TRUNC
        if file is None:
            file = _File()
            self._change_names({path: file})
        elif is_truncated:
            file.unsynced.append(RecordedCall("t", call.inode, 0, b""))
        self._files[call.inode] = file

    def _change_names(self, change: _NameChange) -> None:
        self._unsynced_changes.append(change)
        _apply_name_change(self._current_names, change)

    def _sync_names(self, directory: str) -> None:
        """Make the changes in this directory durable. A rename belongs to the directory of its target."""
        still_unsynced = []
        for change in self._unsynced_changes:
            target = next(iter(change))
            if str(Path(target).parent) == directory:
                _apply_name_change(self._durable_names, change)
            else:
                still_unsynced.append(change)
        self._unsynced_changes = still_unsynced


def _apply_name_change(names: dict[str, _File], change: _NameChange) -> None:
    for path, file in change.items():
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file


def _split_into_sectors(call: RecordedCall) -> Iterator[RecordedCall]:
    """The parts of a call that a disk does whole or not at all."""
    if call.kind == "t":
        yield call
        return
    start = 0
    while start < len(call.data):
        end = start + _SECTOR_BYTES - (call.offset + start) % _SECTOR_BYTES
        yield RecordedCall("w", call.inode, call.offset + start, call.data[start:end])
        start = end


def _apply(content: bytearray, call: RecordedCall) -> None:
    if len(content) < call.offset:
        content.extend(bytes(call.offset - len(content)))
    if call.kind == "t":
        del content[call.offset :]
    else:
        content[call.offset : call.offset + len(call.data)] = call.data
