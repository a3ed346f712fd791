"""The disk of a machine without power: its partitions, its outbox, and what is readable on it."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from kiosk_app.outbox import Enrolment, Outbox
from kiosk_app.outbox.state_directory import outbox_directory
from provision.image.system_tree import places_on_data_partition
from tests.appliance.tools import run_command
from tests.torture.leak_search import encoded_forms

_SECTOR = 512
_COPY_BYTES = 1 << 24
SETTINGS = Path("etc/damrongdham-kiosk")


class InstalledDisk:
    """A raw disk on which the image has installed itself. `work`: an empty directory for mounts and copies."""

    def __init__(self, image: Path, work: Path) -> None:
        self.image, self._work = image, work

    def partitions(self) -> dict[str, tuple[int, int]]:
        """First byte and size in bytes of each partition, by name without 'damrongdham-'. 'data' is named 'data-new'
        until the first start has made its content."""
        listing = subprocess.run(["sfdisk", "--json", self.image], check=True, capture_output=True).stdout
        return {
            each["name"].removeprefix("damrongdham-"): (each["start"] * _SECTOR, each["size"] * _SECTOR)
            for each in json.loads(listing)["partitiontable"]["partitions"]
        }

    def has_file(self, name: str) -> bool:
        """Whether the installed system has a file in its root directory, also while the machine runs."""
        if (place := self.partitions().get("root")) is None:
            return False
        command = ["debugfs", "-R", f"stat /{name}", f"{self.image}?offset={place[0]}"]
        return b"Inode:" in subprocess.run(command, capture_output=True, check=False).stdout

    @contextmanager
    def without_data_partition(self) -> Iterator[None]:
        """The disk's partition table has no data partition, as if it was damaged; then it has it again."""
        table = run_command("sfdisk", "--dump", self.image)
        number = 1 + list(self.partitions()).index("data")
        run_command("sfdisk", "--quiet", "--delete", self.image, str(number))
        try:
            yield
        finally:
            command = ["sfdisk", "--quiet", "--wipe", "never", str(self.image)]
            subprocess.run(command, input=table, text=True, capture_output=True, check=True)

    @contextmanager
    def mounted_root(self) -> Iterator[Path]:
        """The root of the installed system, without what is on the data partition."""
        with ExitStack() as mounts:
            _mount(mounts, self.image, self._work / "root", self.partitions()["root"])
            yield self._work / "root"

    def data_type(self) -> str:
        """What is on the data partition: 'ext4', 'crypto_LUKS' for an encrypted one, '' before the first start."""
        if (partition := self.partitions().get("data")) is None:
            return ""
        start, size = partition
        place = ["-O", str(start), "-S", str(size)]
        command = ["blkid", "--probe", *place, "-s", "TYPE", "-o", "value", str(self.image)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    @contextmanager
    def mounted_system(self) -> Iterator[Path]:
        """The root of the installed system, with what is on the data partition at its places."""
        root, data = self._work / "root", self._work / "data"
        with ExitStack() as mounts:
            _mount(mounts, self.image, root, self.partitions()["root"])
            _mount(mounts, self.image, data, self.partitions()["data"])
            # /proc: `kiosk outbox export` reads the id of this boot.
            own = ((Path(each), Path(each).relative_to("/")) for each in ("/dev", "/proc"))
            stored = ((data / source, Path(target)) for target, source in places_on_data_partition().items())
            for source, target in (*stored, *own):
                run_command("mount", "--bind", source, root / target)
                mounts.callback(run_command, "umount", root / target)
            yield root

    def waiting_case_numbers(self) -> list[str]:
        """The case numbers in the outbox, read from a copy of the data partition: the disk stays as the power cut left
        it, and the journal of the file system is replayed in the copy. Raises OutboxError for a damaged store."""
        copy = self._work / "data.img"
        start, size = self.partitions()["data"]
        _copy_sparse(self.image, start, size, copy)
        with ExitStack() as mounts:
            data = self._work / "data"
            _mount(mounts, copy, data, (0, size))
            state = data / "state"
            with Outbox.open(outbox_directory(state), Enrolment.load(state)) as outbox:
                return [row.case_number for row in outbox.pending()]

    def find_readable(self, texts: Iterable[str]) -> list[str]:
        """The texts that are readable anywhere on the disk, in any of the encodings of tests/torture/leak_search."""
        wanted = {text: encoded_forms(text) for text in texts}
        overlap = max((len(form) for forms in wanted.values() for form in forms), default=0)
        seen: set[str] = set()
        with self.image.open("rb") as file:
            # Not by mmap.find: in Python 3.11 it reads a byte after the end of the file.
            for start, end in _extents(file.fileno(), 0, self.image.stat().st_size):
                for position in range(start, end, _COPY_BYTES):
                    content = os.pread(file.fileno(), min(_COPY_BYTES + overlap, end - position), position)
                    seen.update(text for text, forms in wanted.items() if any(form in content for form in forms))
        return sorted(seen)


def _mount(mounts: ExitStack, image: Path, target: Path, place: tuple[int, int]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    run_command("mount", "-o", f"loop,offset={place[0]},sizelimit={place[1]}", image, target)
    mounts.callback(run_command, "umount", target)


def _extents(descriptor: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a sparse file that have content."""
    position = start
    while position < end:
        try:
            position = os.lseek(descriptor, position, os.SEEK_DATA)
        except OSError:  # nothing but a hole
            return
        hole = min(os.lseek(descriptor, position, os.SEEK_HOLE), end)
        if position < hole:
            yield position, hole
        position = hole


def _copy_sparse(source: Path, start: int, size: int, target: Path) -> None:
    target.unlink(missing_ok=True)
    with source.open("rb") as reading, target.open("wb") as writing:
        writing.truncate(size)
        for begin, end in _extents(reading.fileno(), start, start + size):
            for position in range(begin, end, _COPY_BYTES):
                content = os.pread(reading.fileno(), min(_COPY_BYTES, end - position), position)
                os.pwrite(writing.fileno(), content, position - start)
