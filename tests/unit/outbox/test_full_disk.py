"""On a disk that takes nothing more no visit begins, and the one under way is kept: on real small file systems."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture import faulty_disk

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")
MEGABYTES = 48
MODULE = "tests.unit.outbox.full_disk"


def _mounted(tmp_path: Path, trial: str, *, megabytes: int = MEGABYTES, inodes: int = 2048) -> None:
    """Run a trial on a file system whose tenth part is root's."""
    image, place = tmp_path / "image", "/mnt"  # seen by this process alone, and any user may go there
    with image.open("wb") as file:
        file.truncate(megabytes * 2**20)
    subprocess.run(["mkfs.ext4", "-q", "-m", "10", "-N", str(inodes), image], check=True)
    mount = 'mount -o loop,errors=remount-ro "$0" "$1" && shift && exec "$@"'
    program = [sys.executable, "-m", MODULE, trial, place]
    command = ["unshare", "--mount", "sh", "-c", mount, str(image), place, *program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@AS_ROOT
@pytest.mark.parametrize("trial", ["no_bytes_left", "restarted", "read_only"])
def test_on_a_disk_that_takes_nothing_more_no_visit_begins_and_one_under_way_is_kept(
    tmp_path: Path, trial: str
) -> None:
    _mounted(tmp_path, trial)


@AS_ROOT
def test_a_disk_without_an_inode_is_full(tmp_path: Path) -> None:
    _mounted(tmp_path, "no_inodes_left", inodes=64)


def test_a_quota_and_errors_are_met_before_a_citizen_types(tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    library = faulty_disk.compile_library(tmp_path)
    assert faulty_disk.run_on_disk(library, tmp_path / "disk", MODULE, "writes_fail", str(place)) == 0
