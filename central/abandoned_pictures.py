"""Deletes stored pictures, PDF files and support bundles that no row of the database names.

A file is stored before its transaction commits, and a worker may be killed, or an outer transaction may be rolled back,
in between. Only a look at the database later tells whether a file is in use."""

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import models

log = logging.getLogger(__name__)
PREFIXES = (
    "attachments/",
    "pages/",
    "activities/",
    "support/",
    "investigation/",
    "scans/",
)  # the directories of all file fields
KEPT = timedelta(days=7)  # longer than any transaction, and long enough to notice that an old backup was restored
# A failed transaction leaves a few files. More of them mean that the database is older than the files.
MAX_DELETED = 200
_NAMES_AT_ONCE = 500


def delete_abandoned_pictures(now: datetime) -> None:
    """The recurring job: delete what is older than a week and in no row. Above `MAX_DELETED` files it deletes nothing
    and logs an error."""
    abandoned: list[str] = []
    names = _names_before(now - KEPT)
    while batch := list(islice(names, _NAMES_AT_ONCE)):
        abandoned += set(batch) - _names_in_use(batch)
    if len(abandoned) > MAX_DELETED:
        log.error("%d stored files are in no row, so none is deleted: was an old backup restored?", len(abandoned))
        return
    for name in abandoned:
        default_storage.delete(name)
    if abandoned:
        log.warning("Deleted %d stored files of transactions that have failed", len(abandoned))


def _names_in_use(names: Iterable[str]) -> set[str]:
    in_use: set[str] = set()
    for field in file_fields():
        rows = field.model._base_manager.filter(**{f"{field.name}__in": names})
        in_use.update(rows.values_list(field.name, flat=True))
    return in_use


def file_fields() -> list[models.FileField]:
    """The file fields of all models."""
    fields = (field for model in apps.get_models() for field in model._meta.concrete_fields)
    return [field for field in fields if isinstance(field, models.FileField)]


def _names_before(moment: datetime) -> Iterator[str]:
    for prefix in PREFIXES:
        if isinstance(default_storage, FileSystemStorage):
            yield from _files_before(Path(default_storage.location), prefix, moment)
        else:
            yield from _objects_before(default_storage, prefix, moment)


def _files_before(top: Path, prefix: str, moment: datetime) -> Iterator[str]:
    for path in (top / prefix).rglob("*"):
        if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment:
            yield path.relative_to(top).as_posix()


def _objects_before(storage: Any, prefix: str, moment: datetime) -> Iterator[str]:
    """By pages of a thousand: `listdir` of the storage would ask for each directory."""
    location = f"{storage.location}/" if storage.location else ""
    for stored in storage.bucket.objects.filter(Prefix=f"{location}{prefix}"):
        if stored.last_modified < moment:
            yield stored.key.removeprefix(location)
