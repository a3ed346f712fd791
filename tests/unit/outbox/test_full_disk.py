"""On a full disk no visit begins and the current visit is saved. The tests mount real small file systems."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture import faulty_disk

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")
MEGABYTES = 48
MODULE = "tests.unit.outbox.full_disk"


def _mounted(tmp_path: Path, check: str, *, megabytes: int = MEGABYTES, inodes: int = 2048) -> None:
    """Run a check of `full_disk.py` on a file system that reserves 10 % for root."""
    image, place = tmp_path / "image", "/mnt"  # mounted for this process only; every user may enter it
    with image.open("wb") as file:
        file.truncate(megabytes * 2**20)
    subprocess.run(["mkfs.ext4", "-q", "-m", "10", "-N", str(inodes), image], check=True)
    mount = 'mount -o loop,errors=remount-ro "$0" "$1" && shift && exec "$@"'
    program = [sys.executable, "-m", MODULE, check, place]
    command = ["unshare", "--mount", "sh", "-c", mount, str(image), place, *program]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@AS_ROOT
@pytest.mark.parametrize("check", ["no_bytes_left", "restarted", "read_only"])
def test_on_a_full_disk_no_visit_begins_and_the_current_visit_is_saved(tmp_path: Path, check: str) -> None:
    _mounted(tmp_path, check)


@AS_ROOT
def test_a_disk_without_free_inodes_counts_as_full(tmp_path: Path) -> None:
    _mounted(tmp_path, "no_inodes_left", inodes=64)


def test_a_quota_and_write_errors_are_detected_before_a_visit_begins(tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    library = faulty_disk.compile_library(tmp_path)
    assert faulty_disk.run_on_disk(library, tmp_path / "disk", MODULE, "writes_fail", str(place)) == 0
