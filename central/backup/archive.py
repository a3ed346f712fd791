"""A backup archive: a tar file whose last member, manifest.json, has the SHA-256 of every other member.

A backup that was interrupted has no manifest and is refused. Nothing of an archive is used before all of it was
verified, and only names that a backup has are written: an archive may come from a stick.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

MANIFEST = "manifest.json"
FORMAT = 1
_MAX_MANIFEST_BYTES = 512 * 1024 * 1024  # 150 bytes for each picture: three million pictures
_COPY_BYTES = 1 << 20
_NAME = re.compile(r"(?:database\.(?:sqlite3|dump)|(?:media|keys)(?:/(?!\.{1,2}(?:/|$))[^/\x00-\x1f]{1,255})+)")


class ArchiveError(Exception):
    """The archive cannot be written or trusted; the message is one sentence."""


class _HashingReader:
    """Reads a file and hashes what was read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self.sha256.update(piece)
        return piece


@dataclass
class ArchiveWriter:
    """Adds files to an archive that is being written."""

    tar: tarfile.TarFile
    hashes: dict[str, str] = field(default_factory=dict)

    def add_file(self, name: str, path: Path) -> None:
        """Add one file. Raises OSError; FileNotFoundError before anything is written."""
        if not _NAME.fullmatch(name):
            raise ArchiveError(f"a file with the name {path.name} cannot be backed up")
        with path.open("rb") as stream:
            member = tarfile.TarInfo(name)
            info = os.fstat(stream.fileno())
            member.size, member.mtime, member.mode = info.st_size, int(info.st_mtime), 0o600
            reader = _HashingReader(stream)
            self.tar.addfile(member, reader)
        self.hashes[name] = reader.sha256.hexdigest()


@contextmanager
def write_archive(path: Path, description: dict[str, Any]) -> Iterator[ArchiveWriter]:
    """Write an archive with mode 0600. It gets its name when it is complete and on the disk. `description` is added to
    the manifest and may be changed in the block. Raises ArchiveError when the file exists."""
    if path.exists():
        raise ArchiveError(f"{path} exists already")
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
                writer = ArchiveWriter(tar)
                yield writer
                manifest = json.dumps({"format": FORMAT, **description, "files": writer.hashes}, indent=1).encode()
                member = tarfile.TarInfo(MANIFEST)
                member.size, member.mode = len(manifest), 0o600
                tar.addfile(member, io.BytesIO(manifest))
            stream.flush()
            os.fsync(stream.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def unpack_archive(path: Path, target: Path) -> dict[str, Any]:
    """Unpack an archive below `target` and verify every file. Returns the manifest. Raises ArchiveError."""
    hashes: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(path, "r|") as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isreg() else None
                if stream is None:
                    raise ArchiveError(f"{path} is not a backup: it holds {member.name!a}, which is not a file")
                if member.name == MANIFEST:
                    manifest = _read_manifest(stream, member.size, path)
                    continue
                if not _NAME.fullmatch(member.name) or member.name in hashes:
                    raise ArchiveError(f"{path} is not a backup: it holds {member.name!a}")
                hashes[member.name] = _write_member(stream, target / member.name)
    except (tarfile.TarError, EOFError) as error:
        raise ArchiveError(f"{path} is damaged or is not a backup") from error
    if manifest is None:
        raise ArchiveError(f"{path} is incomplete: it has no manifest")
    recorded = manifest.get("files")
    if recorded != hashes:
        differing = _first_difference(recorded if isinstance(recorded, dict) else {}, hashes)
        raise ArchiveError(f"{path} is damaged: {differing} is not as the manifest says")
    return manifest


def _read_manifest(stream: IO[bytes], size: int, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(stream.read(min(size, _MAX_MANIFEST_BYTES)))
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict):
        raise ArchiveError(f"{path} is damaged: its manifest cannot be read")
    if manifest.get("format") != FORMAT:
        raise ArchiveError(f"{path} was written by another version of this program")
    return manifest


def _write_member(stream: IO[bytes], path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sha256 = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        while piece := stream.read(_COPY_BYTES):
            sha256.update(piece)
            output.write(piece)
        output.flush()
        os.fsync(output.fileno())
    return sha256.hexdigest()


def _first_difference(recorded: dict[str, str], hashes: dict[str, str]) -> str:
    names = sorted(recorded.keys() | hashes.keys())
    return next((name for name in names if recorded.get(name) != hashes.get(name)), "the list of files")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
