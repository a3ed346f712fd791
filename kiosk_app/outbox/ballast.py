"""Ballast: disk space that is reserved and released when the disk is full.

Other programs may fill the disk despite all checks. Then a running visit must still be saved and rows deleted, for
which SQLite needs space in its journal and inodes for its files.
"""

import os
from pathlib import Path

from kiosk_app.outbox.state_directory import make_shared_file
from machine.safe_files import open_existing

BALLAST_BYTES = 64_000_000  # a visit of twenty pages (20 MB, in the WAL and in the store) and deletions
_SPARE_INODE_FILES = 7  # empty files that reserve inodes for -wal, -shm and others


class Ballast:
    """The ballast files in `directory`. Methods raise OSError; the caller holds the lock of the directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file = directory / "ballast"
        self._spares = [directory / f"ballast-{number}" for number in range(1, _SPARE_INODE_FILES + 1)]

    def size_to_allocate(self, size: int, reserve: int, *, dedicated_disk: bool) -> int:
        """Bytes that `allocate` should allocate; 0 when they are allocated, or when fewer than `reserve` bytes would
        stay free.

        When root has filled the disk, freed space refills root's reserved blocks first. With `dedicated_disk` the file
        is larger by these blocks (5 % of an ext4), so that `size` bytes become usable."""
        disk = os.statvfs(self._directory)
        allocated = self._file.stat().st_blocks * 512 if self._file.exists() else 0
        if dedicated_disk:
            size += (disk.f_bfree - disk.f_bavail) * disk.f_frsize
        if allocated >= size or disk.f_bavail * disk.f_frsize < reserve + size - allocated:
            return 0
        return size

    def allocate(self, size: int) -> None:
        """Create the files, the first with that size."""
        for spare in self._spares:
            make_shared_file(spare)
        make_shared_file(self._file)
        descriptor = open_existing(self._file)
        try:
            os.posix_fallocate(descriptor, 0, size)
        finally:
            os.close(descriptor)

    def deallocate(self) -> bool:
        """Delete the files; returns whether there were any."""
        removed = False
        for file in (self._file, *self._spares):
            try:
                file.unlink()
            except FileNotFoundError:
                continue
            removed = True
        return removed
