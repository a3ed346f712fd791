"""The image installs itself, and Recovery replaces the system and nothing else."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.image.system_tree import FILES
from tests.unit.image_disk import NEEDS_LOOP_DEVICES, ImageDisk, loop_device, run_in_file_system

pytestmark = [
    NEEDS_LOOP_DEVICES,
    pytest.mark.skipif(not shutil.which("mksquashfs"), reason="squashfs-tools are not installed"),
]
_TABLE = """label: gpt
size=1MiB, name="damrongdham-efi"
size=1MiB, name="damrongdham-system"
"""
_SYSTEM, _ROOT, _DATA = 2, 3, 4
# Of initramfs-tools. The real `panic` restarts the machine.
_FUNCTIONS = """
log_begin_msg() { :; }
log_end_msg() { :; }
log_failure_msg() { echo "$1" >&2; }
panic() { exit 1; }
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[ImageDisk]:
    """The image on a larger disk."""
    image, system = tmp_path / "disk.img", tmp_path / "system"
    with image.open("wb") as file:
        file.truncate(4 << 20)
    subprocess.run(["sfdisk", "--quiet", image], input=_TABLE, text=True, check=True)
    with image.open("r+b") as file:
        file.truncate(9 << 30)
    system.mkdir()
    (system / "release").write_text("of the image", "utf-8")
    with loop_device(image) as device:
        disk = ImageDisk(image, device)
        squashfs = ["mksquashfs", str(system), disk.partition(_SYSTEM), "-quiet", "-no-progress", "-noappend"]
        subprocess.run(squashfs, check=True, stdout=subprocess.DEVNULL)
        yield disk


def _install(disk: ImageDisk, initramfs: Path) -> None:
    (initramfs / "scripts").mkdir(parents=True, exist_ok=True)
    (initramfs / "scripts" / "functions").write_text(_FUNCTIONS, "utf-8")
    (initramfs / "cmdline").write_text("quiet damrongdham.install panic=60\n", "utf-8")
    program = initramfs / "install-system"
    shutil.copy(FILES / "initramfs/install-system", program)
    program.chmod(0o755)
    result = disk.run_script(initramfs, "/install-system")
    assert result.returncode == 0, result.stderr


def test_recovery_keeps_the_data_partition(disk: ImageDisk, tmp_path: Path) -> None:
    _install(disk, tmp_path / "initramfs")
    assert disk.names() == [f"damrongdham-{name}" for name in ("efi", "system", "root", "data-new")]
    _install(disk, tmp_path / "initramfs")  # after a power cut: the installed system has not started yet
    assert disk.names()[_DATA - 1 :] == ["damrongdham-data-new"]
    # As the installed system does it; then its first sectors are lost, so that blkid does not list the partition.
    name = ["sfdisk", "--quiet", "--no-reread", "--part-label", disk.device, str(_DATA), "damrongdham-data"]
    subprocess.run(name, check=True)
    complaints = b"complaints" * 1000
    with Path(disk.partition(_DATA)).open("r+b") as file:
        file.write(complaints)
    run_in_file_system(disk.partition(_ROOT), "[ -e complete ]; echo damaged >release")
    _install(disk, tmp_path / "initramfs")
    assert disk.names() == [f"damrongdham-{name}" for name in ("efi", "system", "root", "data")]
    assert run_in_file_system(disk.partition(_ROOT), "cat release") == "of the image"
    with Path(disk.partition(_DATA)).open("rb") as file:
        assert file.read(len(complaints)) == complaints
