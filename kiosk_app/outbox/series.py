"""Series mirror: the case number counters outside the database, so that a lost or rolled-back store repeats no number.

`series.json` holds three blocks of 4,096 bytes, each a checksum and a JSON line {'KKN07A': 123}, padded:

    0, 1   reserved: upper bound of all issued numbers. Written alternately and synced *before* a number above it is
           issued, 32 ahead, so that 32 of 33 saves need no additional flush; a power cut damages at most the block
           that is being written
    2      last: the last issued number, written at each save, not flushed

With an intact store numbers continue after the higher of its own number and `last`, without gaps. After the loss of a
store they continue after `reserved`. See decision 0018.
"""

import json
import os
import zlib
from pathlib import Path

from kiosk_app.outbox.state_directory import make_shared_file
from machine.safe_files import open_existing

FILE = "series.json"
RESERVED_AHEAD = 32  # numbers reserved at a time: the largest gap after the loss of a store
_BLOCK_BYTES = 4096
_LAST_BLOCK = 2


class SeriesMirror:
    """Numbers by series, 'KKN07A' -> 123. Methods raise OSError when the file cannot be used."""

    def __init__(self, directory: Path) -> None:
        path = directory / FILE
        make_shared_file(path)
        self._file = open_existing(path)
        self._read()

    def _read(self) -> None:
        first, second, self._last = (
            _decode_block(os.pread(self._file, _BLOCK_BYTES, block * _BLOCK_BYTES)) for block in range(3)
        )
        self._reserved = {series: max(first.get(series, 0), second.get(series, 0)) for series in first | second}
        # The older block is written next.
        self._turn = 0 if (len(first), sum(first.values())) <= (len(second), sum(second.values())) else 1

    def close(self) -> None:
        os.close(self._file)

    def last_number(self, series: str) -> int:
        """The last issued number as recorded; 0 for none."""
        return self._last.get(series, 0)

    def is_registered(self, series: str) -> bool:
        """Whether the series is known here, by `register` or its first number."""
        return series in self._reserved or series in self._last

    def register(self, series: str) -> None:
        """Record durably that the series is counted here: if it is unknown later, its numbers were lost. No effect for
        a known series."""
        if not self.is_registered(series):
            self._reserve({**self._reserved, series: 0})

    def reserved_numbers(self) -> dict[str, int]:
        """Highest number that may have been issued, per series, as it is on the disk now."""
        self._read()
        return {
            series: max(self._reserved.get(series, 0), self.last_number(series))
            for series in self._reserved | self._last
        }

    def record(self, series: str, number: int) -> None:
        """Record a number before it is issued."""
        if number > self._reserved.get(series, 0):
            self._reserve({**self._reserved, series: number + RESERVED_AHEAD})
        self._last = {**self._last, series: number}
        os.pwrite(self._file, _encode_block(self._last), _LAST_BLOCK * _BLOCK_BYTES)

    def _reserve(self, reserved: dict[str, int]) -> None:
        os.pwrite(self._file, _encode_block(reserved), self._turn * _BLOCK_BYTES)
        os.fdatasync(self._file)
        self._reserved, self._turn = reserved, 1 - self._turn


def _encode_block(numbers: dict[str, int]) -> bytes:
    text = json.dumps(numbers).encode()
    return (b"%08x %s\n" % (zlib.crc32(text), text)).ljust(_BLOCK_BYTES)


def _decode_block(block: bytes) -> dict[str, int]:
    """The numbers of one block; none when it is empty or damaged."""
    check, _, text = block.rstrip().partition(b" ")
    if not text or check != b"%08x" % zlib.crc32(text):
        return {}
    numbers = json.loads(text)
    return {series: n for series, n in numbers.items() if isinstance(n, int)} if isinstance(numbers, dict) else {}
