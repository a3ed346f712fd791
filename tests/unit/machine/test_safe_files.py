"""Files in directories where other users may write too."""

import contextlib
import os
import socket
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from machine.safe_files import (
    UnsafeFileError,
    check_directory,
    create_file,
    open_existing,
    read_file,
    replace_file_atomically,
)

MAX_BYTES = 1000


def _link(path: Path) -> None:
    path.with_name("target").write_bytes(b"target")
    path.symlink_to(path.with_name("target"))


def _hard_link(path: Path) -> None:
    path.with_name("target").write_bytes(b"target")
    path.hardlink_to(path.with_name("target"))


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)  # sparse: it takes no disk space


NOT_REGULAR_FILES: dict[str, Callable[[Path], None]] = {
    "symbolic link": _link,
    "hard link": _hard_link,
    "pipe": os.mkfifo,
    "directory": Path.mkdir,
    "socket": _socket,
    "larger than 1,000 bytes": _huge,
}


@pytest.mark.parametrize("kind", NOT_REGULAR_FILES)
def test_a_path_other_than_a_plain_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    odd = tmp_path / "odd"
    NOT_REGULAR_FILES[kind](odd)
    with pytest.raises(UnsafeFileError, match=kind) as refused:
        read_file(odd, MAX_BYTES)
    assert refused.value.filename == str(odd)
    if "larger" not in kind:
        with pytest.raises(UnsafeFileError, match=kind):
            os.close(open_existing(odd))
    if "larger" not in kind and kind != "hard link":  # the other name of the file is unchanged
        with pytest.raises(UnsafeFileError, match=kind):
            replace_file_atomically(odd, b"new")
    with pytest.raises(FileExistsError):
        create_file(odd, b"new")
    if (target := tmp_path / "target").exists():
        replace_file_atomically(tmp_path / "beside", b"new")
        assert target.read_bytes() == b"target"


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/tty"])
def test_devices_are_refused(device: str) -> None:
    for act in (lambda: read_file(Path(device), MAX_BYTES), lambda: replace_file_atomically(Path(device), b"")):
        with pytest.raises(UnsafeFileError, match="device"):
            act()


def test_a_file_is_replaced_atomically_without_leftovers(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for content in (b"first", b"second" * 1000):
        replace_file_atomically(file, content, 0o640)
        assert file.read_bytes() == content
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [file]
    create_file(tmp_path / "new", b"once")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "new", b"twice")
    assert (tmp_path / "new").read_bytes() == b"once"
    assert {path.name for path in tmp_path.iterdir()} == {"file", "new"}


def test_a_link_swapped_in_for_a_file_is_not_followed(tmp_path: Path) -> None:
    file, victim, stop = tmp_path / "file", tmp_path / "victim", threading.Event()
    victim.write_bytes(b"v" * 10)

    def swap() -> None:
        while not stop.is_set():
            link = tmp_path / "link"
            link.symlink_to(victim)
            link.replace(file)
            (tmp_path / "own").write_bytes(b"own")
            (tmp_path / "own").replace(file)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(2000):
            for act in (
                lambda: read_file(file, MAX_BYTES),
                lambda: _write_in_place(file),
                lambda: replace_file_atomically(file, b"r"),
            ):
                with contextlib.suppress(UnsafeFileError, FileNotFoundError):
                    assert act() in (b"own", b"r", b"written", None)
    finally:
        stop.set()
        swapping.join()
    assert victim.read_bytes() == b"v" * 10


def _write_in_place(file: Path) -> None:
    descriptor = open_existing(file)
    try:
        os.write(descriptor, b"written")
    finally:
        os.close(descriptor)


def test_owners_of_file_and_directory_are_checked(tmp_path: Path) -> None:
    file = tmp_path / "file"
    replace_file_atomically(file, b"mine", 0o600)
    assert read_file(file, MAX_BYTES, owners={os.geteuid()}, private=True) == b"mine"
    with pytest.raises(UnsafeFileError, match="another user"):
        read_file(file, MAX_BYTES, owners={os.geteuid() + 1})
    file.chmod(0o640)
    with pytest.raises(UnsafeFileError, match="other users may read it"):
        read_file(file, MAX_BYTES, private=True)
    tmp_path.chmod(0o755)
    check_directory(tmp_path)
    tmp_path.chmod(0o1777)
    with pytest.raises(UnsafeFileError, match="other users may write"):
        check_directory(tmp_path)


def test_every_call_closes_its_descriptor(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    (tmp_path / "link").symlink_to("x")
    for _ in range(20):
        replace_file_atomically(tmp_path / "file", b"x")
        read_file(tmp_path / "file", MAX_BYTES)
        for act in (
            lambda: read_file(tmp_path / "link", MAX_BYTES),
            lambda: replace_file_atomically(tmp_path / "link", b""),
        ):
            with pytest.raises(UnsafeFileError):
                act()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
