"""The image's data partition: made once, and kept whatever happens to its first sectors."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.image.system_tree import FILES, places_on_data_partition
from tests.unit.image_disk import NEEDS_LOOP_DEVICES, ImageDisk, loop_device, run_in_file_system

pytestmark = NEEDS_LOOP_DEVICES
_TABLE = """label: gpt
size=1MiB, name="damrongdham-efi"
size=1MiB, name="damrongdham-system"
size=40MiB, name="damrongdham-root"
size=+, name="damrongdham-data-new"
"""
_ROOT, _DATA = 3, 4
_BLOCK = 4096
_BACKUPS = (32768, 98304, 163840)  # blocks of the superblock's backups
_KEY = bytes(range(64))
_LUKS = "CA7D7CCB-63ED-4C53-861C-1742536059CC"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[ImageDisk]:
    """A disk on which the installation has just made the root file system."""
    image = tmp_path / "disk.img"
    with image.open("wb") as file:
        file.truncate(700 << 20)
    subprocess.run(["sfdisk", "--quiet", image], input=_TABLE, text=True, check=True)
    with loop_device(image) as device:
        disk = ImageDisk(image, device)
        command = ["mkfs.ext4", "-q", "-d", str(_make_system(tmp_path / "system")), disk.partition(_ROOT)]
        subprocess.run(command, check=True)
        yield disk


def _make_system(root: Path) -> Path:
    for name in places_on_data_partition():
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "etc/damrongdham-kiosk/kiosk.toml").write_text("of the package", "utf-8")
    shutil.copy(FILES / "dhcp.nmconnection", root / "etc/NetworkManager/system-connections")
    shutil.copy(FILES / "fstab", root / "etc")
    shutil.copy(FILES / "data/data-partition", root)  # not in /usr: the machine's own one is mounted there
    (root / "data-partition").chmod(0o755)
    (root / "key").write_bytes(_KEY)
    return root


def _start(disk: ImageDisk, content: str = "none") -> "subprocess.CompletedProcess[str]":
    return disk.run_script(disk.partition(_ROOT), "/data-partition", content)


def _first_start(disk: ImageDisk) -> None:
    started = _start(disk)
    assert started.returncode == 0, started.stderr
    run_in_file_system(disk.partition(_DATA), "printf 'a complaint' >state/outbox")


def _complaint(disk: ImageDisk) -> str:
    return run_in_file_system(disk.partition(_DATA), "cat state/outbox")


def _erase(device: str, *blocks: int) -> None:
    with Path(device).open("r+b") as file:
        for block in blocks:
            file.seek(block * _BLOCK)
            file.write(bytes(_BLOCK))


def test_the_first_start_makes_the_partition_and_later_ones_keep_it(disk: ImageDisk) -> None:
    _first_start(disk)
    assert disk.names()[_DATA - 1] == "damrongdham-data"
    listed = run_in_file_system(disk.partition(_DATA), "ls").split()
    assert set(listed) - {"lost+found"} == set(places_on_data_partition().values())
    assert run_in_file_system(disk.partition(_DATA), "cat settings/kiosk.toml") == "of the package"
    profile = run_in_file_system(disk.partition(_DATA), "cat network/*.nmconnection")
    assert profile == (FILES / "dhcp.nmconnection").read_text("utf-8")
    assert _start(disk).returncode == 0
    assert _complaint(disk) == "a complaint"


def test_a_partition_that_was_not_finished_is_made_again(disk: ImageDisk) -> None:
    """The power cut before the last step: everything is there but the name."""
    _first_start(disk)
    name = ["sfdisk", "--quiet", "--no-reread", "--part-label", disk.device, str(_DATA), "damrongdham-data-new"]
    subprocess.run(name, check=True)
    assert _start(disk).returncode == 0
    assert disk.names()[_DATA - 1] == "damrongdham-data"
    assert run_in_file_system(disk.partition(_DATA), "ls state") == ""


@pytest.mark.parametrize("blocks", [(0,), (0, _BACKUPS[0])])
def test_without_its_superblock_the_partition_is_repaired(disk: ImageDisk, tmp_path: Path, blocks: tuple[int]) -> None:
    """After a power cut: what is in the journal of the file system only is kept, too."""
    _first_start(disk)
    cut = tmp_path / "cut.img"
    run_in_file_system(
        disk.partition(_DATA),
        f"printf 'another one' >state/newest; sync state/newest state; cp --sparse=always {disk.image} {cut}",
    )
    with loop_device(cut) as device:
        disk = ImageDisk(cut, device)
        _erase(disk.partition(_DATA), *blocks)
        started = _start(disk)
        assert started.returncode == 0, started.stderr
        assert _complaint(disk) == "a complaint"
        assert run_in_file_system(disk.partition(_DATA), "cat state/newest") == "another one"


def test_a_partition_that_cannot_be_repaired_stays_as_it_is(disk: ImageDisk) -> None:
    _first_start(disk)
    _erase(disk.partition(_DATA), 0, *_BACKUPS)
    before = _content(disk)
    started = _start(disk)
    assert started.returncode == 1
    assert "stays as it is" in started.stderr
    assert _content(disk) == before


def _content(disk: ImageDisk) -> bytes:
    """The beginning, which is never the same after a file system was made."""
    with Path(disk.partition(_DATA)).open("rb") as file:
        return file.read(4 << 20)


@pytest.fixture
def encrypted(disk: ImageDisk) -> ImageDisk:
    """As if the machine had a TPM 2: the partition has a LUKS header, and a plain file system behind it."""
    _first_start(disk)
    key = ["--key-file", "-", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
    subprocess.run(["cryptsetup", "luksFormat", "--batch-mode", *key, disk.partition(_DATA)], input=_KEY, check=True)
    set_type = ["sfdisk", "--quiet", "--no-reread", "--part-type", disk.device, str(_DATA), _LUKS]
    subprocess.run(set_type, check=True)
    return disk


@pytest.mark.parametrize("damage", ["zeros", "another signature"])
def test_without_its_first_luks_header_the_partition_opens(encrypted: ImageDisk, tmp_path: Path, damage: str) -> None:
    content = tmp_path / "content.img"
    with content.open("wb") as file:
        file.truncate(16 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-L", "damrongdham-data", content], check=True)
    with Path(encrypted.partition(_DATA)).open("r+b") as file:
        file.write(bytes(4 * _BLOCK) if damage == "zeros" else content.read_bytes()[: 4 * _BLOCK])
    with loop_device(content) as opened:
        started = _start(encrypted, opened)
    assert started.returncode == 0, started.stderr
    assert "superblock" not in started.stderr


def test_an_encrypted_partition_is_never_taken_for_a_plain_one(encrypted: ImageDisk) -> None:
    """Neither header can be read, and in the rest are backups of a superblock from an earlier use of the disk."""
    with Path(encrypted.partition(_DATA)).open("r+b") as file:
        file.write(bytes(8 * _BLOCK))
    before = _content(encrypted)
    assert _start(encrypted).returncode == 1
    assert _content(encrypted) == before
