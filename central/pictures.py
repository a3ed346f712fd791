"""Storage of letter pictures: on disk, or in an S3-compatible store named by one URL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.deconstruct import deconstructible

_S3_OPTIONS = {"endpoint_url", "region_name", "addressing_style"}


@deconstructible(path="central.pictures.DurableFileStorage")
class DurableFileStorage(FileSystemStorage):
    """Files that survive a power cut. After a receipt the kiosk deletes its copy, so a picture must be on the disk
    before that, like the rows of the database."""

    def _save(self, name: str, content: "File[Any]") -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]
        path, top = Path(self.path(saved)), Path(self.location)
        for each in (path, *path.parents):
            _fsync(each)
            if each == top:
                break
        return saved


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def delete_pictures_on_error() -> Iterator[list[str]]:
    """Yields a list for the names of stored pictures. Their files are deleted when the block raises.

    Enter it inside the transaction, not around it: a commit that reports an error may still have reached the database,
    and a case without its pictures is worse than a picture without its case."""
    stored: list[str] = []
    try:
        yield stored
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise


def delete_for_good(name: str) -> None:
    """Delete a stored file, and every version that an S3-compatible store keeps of it: for an erasure, which is
    certified. Raises what the client of the store raises, also when its key may not list or delete versions."""
    default_storage.delete(name)
    if isinstance(default_storage, FileSystemStorage):
        return
    storage: Any = default_storage
    key = f"{storage.location}/{name}" if storage.location else name
    for version in storage.bucket.object_versions.filter(Prefix=key):  # with the marker of the deletion above
        if version.object_key == key:
            version.delete()


def s3_storage_setting(url: str) -> dict[str, Any]:
    """Django's setting for 's3://bucket/prefix?endpoint_url=…&region_name=…'. The keys come from the environment, as
    for every S3 client. Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.netloc or not set(options) <= _S3_OPTIONS:
        raise ImproperlyConfigured(
            f"CENTRAL_PICTURES is not s3://bucket/prefix with any of {', '.join(sorted(_S3_OPTIONS))}: {url}"
        )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            "default_acl": None,  # that of the bucket: nothing is public
            "file_overwrite": False,
            **options,
        },
    }
