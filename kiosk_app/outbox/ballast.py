"""Disk space that is held in reserve and given up when the disk is full.

Other programs may fill the disk all the same. Then a visit under way must still be saved, and rows must still be
deleted, for which SQLite needs room in its journal and inodes for its files.
"""

import os
from pathlib import Path

from kiosk_app.outbox.state_directory import make_shared_file
from machine.safe_files import open_existing

BALLAST_BYTES = 64_000_000  # a visit of twenty pages, about 20 MB twice (in the WAL and in the store), and deletions
_SPARE_INODE_FILES = 7  # empty files; their inodes become those of -wal, -shm and the like


class Ballast:
    """The files in that directory. Methods raise OSError; the caller guards against others who use the directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file = directory / "ballast"
        self._spares = [directory / f"ballast-{number}" for number in range(1, _SPARE_INODE_FILES + 1)]

    def size_to_allocate(self, size: int, reserve: int, *, dedicated_disk: bool) -> int:
        """How large `allocate` should make the file, in bytes; 0 when it holds that much, or when less than `reserve`
        bytes would stay free beside it.

        When root has filled the disk, what is freed goes into root's reserved blocks first. With `dedicated_disk` the
        file is larger by them (a twentieth of an ext4), so that `size` bytes reach the users of the outbox."""
        disk = os.statvfs(self._directory)
        held = self._file.stat().st_blocks * 512 if self._file.exists() else 0
        if dedicated_disk:
            size += (disk.f_bfree - disk.f_bavail) * disk.f_frsize
        if held >= size or disk.f_bavail * disk.f_frsize < reserve + size - held:
            return 0
        return size

    def allocate(self, size: int) -> None:
        """Make the files, the first of that size."""
        for spare in self._spares:
            make_shared_file(spare)
        make_shared_file(self._file)
        descriptor = open_existing(self._file)
        try:
            os.posix_fallocate(descriptor, 0, size)
        finally:
            os.close(descriptor)

    def deallocate(self) -> bool:
        """Remove the files. Whether there were any."""
        removed = False
        for file in (self._file, *self._spares):
            try:
                file.unlink()
            except FileNotFoundError:
                continue
            removed = True
        return removed
