"""What officers do with scan batches: upload files, look, delete. Whoever files cases may do so."""

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from central.background.tasks import enqueue
from central.cases.attachments import refuse_infected
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.people.permission import permitted_centres
from central.people.roles import Action
from central.pictures import delete_pictures_on_error
from central.scan_batches.models import MAX_BATCH_FILES, MAX_BATCH_PAGES, BatchRead, ScanBatch, ScanFile, ScanPage
from central.scan_batches.page_tasks import read_scanned_pages
from protocol.bilingual_text import BilingualText

BATCH_KEPT = timedelta(days=30)  # after the last change: the paper is still in the office
_STARTS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069/\\]")
_NOT_A_SCAN = BilingualText("ไม่ใช่ PDF TIFF หรือภาพ (JPEG, PNG)", "is neither PDF nor TIFF nor a picture (JPEG, PNG)")
_TWICE = BilingualText("อยู่ในชุดนี้แล้ว", "is in this batch already")
_FULL = BilingualText(
    f"ชุดนี้เต็มแล้ว (ไม่เกิน {MAX_BATCH_FILES} ไฟล์ {MAX_BATCH_PAGES} หน้า) โปรดเริ่มชุดใหม่",
    f"does not fit: a batch has at most {MAX_BATCH_FILES} files and {MAX_BATCH_PAGES} pages. Start another one",
)

_DELETED = BilingualText("ชุดสแกนนี้ถูกลบแล้ว", "This scan is deleted")


def visible_batches(officer: Officer) -> QuerySet[ScanBatch]:
    """The batches that this officer divides and files: own ones, and those of colleagues for who may read people."""
    filing = permitted_centres(officer, Action.FILE_CASES)
    reading = filing & permitted_centres(officer, Action.READ_PEOPLE)
    visible = Q(centre__in=filing, officer=officer) | Q(centre__in=reading)
    return ScanBatch.objects.filter(visible, deleted_at=None).select_related("centre", "officer")


def create_batch(officer: Officer, centre: Centre) -> ScanBatch:
    """A new batch without files. The caller has checked that the officer files cases at the centre."""
    now = timezone.now()
    return ScanBatch.objects.create(centre=centre, officer=officer, created_at=now, changed_at=now)


def add_file(batch: ScanBatch, upload: UploadedFile) -> ScanFile:
    """Store a file and queue its reading. Raises NotAllowedError for a file that is no scan, is in the batch already,
    does not fit into it, or is refused by the virus scanner."""
    content = upload.read()
    name = _UNSAFE_NAME.sub("", upload.name or "")[-100:] or "-"
    if not content.startswith(_STARTS):
        raise _refusal(name, _NOT_A_SCAN)
    refuse_infected([content], [name])
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        locked = lock_batch(batch)
        files = locked.files.all()
        if files.filter(sha256=digest).exists():
            raise _refusal(name, _TWICE)
        pages = files.aggregate(pages=Sum("page_count"))["pages"] or 0
        if len(files) >= MAX_BATCH_FILES or pages >= MAX_BATCH_PAGES:
            raise _refusal(name, _FULL)
        with delete_pictures_on_error() as stored:
            stored.append(default_storage.save(f"scans/{batch.pk}/{uuid4().hex}", ContentFile(content)))
            index = max((file.index for file in files), default=-1) + 1
            file = ScanFile.objects.create(batch=locked, index=index, name=name, sha256=digest, content=stored[0])
            touch(locked)
            enqueue(read_scanned_pages, file.pk)
    return file


def open_batch(officer: Officer, batch: ScanBatch) -> list[ScanPage]:
    """The pages in the order of the stack; the reading is recorded."""
    record_reading(officer, batch)
    return list(pages_of(batch))


def record_reading(officer: Officer, batch: ScanBatch) -> None:
    """Note that this officer sees pages of the batch, once an hour."""
    an_hour_ago = timezone.now() - timedelta(hours=1)
    reads = BatchRead.objects.filter(batch=batch, officer=officer, kind=BatchRead.Kind.OPENED)
    if not reads.filter(at__gt=an_hour_ago).exists():
        BatchRead.objects.create(batch=batch, officer=officer, kind=BatchRead.Kind.OPENED)


def pages_of(batch: ScanBatch) -> QuerySet[ScanPage]:
    """The pages that are not filed, in the order of the stack, without thumbnails."""
    pages = ScanPage.objects.filter(file__batch=batch).select_related("file")
    return pages.defer("thumbnail").order_by("file__index", "index")


def delete_batch(batch: ScanBatch, by: Officer | None) -> None:
    """Delete everything in a batch that is not filed. The row of the batch stays for its audit rows, which get one of
    the deletion; `by` None: by the recurring job. Raises NotAllowedError for a batch that is deleted already."""
    with transaction.atomic():
        locked = lock_batch(batch)
        list(locked.files.select_for_update())  # a worker that stores a page holds the lock of its file
        names = [*_stored_names(locked)]
        locked.files.all().delete()
        ScanBatch.objects.filter(pk=locked.pk).update(deleted_at=timezone.now())
        BatchRead.objects.create(batch=locked, officer=by, kind=BatchRead.Kind.DELETED)
        transaction.on_commit(lambda: delete_stored(names))


def delete_if_empty(batch: ScanBatch) -> bool:
    """Delete a batch whose first files were all refused, and tell whether it was one. Nobody could read anything in it,
    so it leaves no audit row."""
    with transaction.atomic():
        waiting = ScanBatch.objects.select_for_update(of=("self",)).filter(pk=batch.pk, deleted_at=None).first()
        if waiting is None or waiting.files.exists():
            return False
        batch.delete()
        return True


def delete_old_batches(now: datetime) -> int:
    """The recurring job: delete batches that nobody has changed for `BATCH_KEPT`; returns their number."""
    count = 0
    for batch in ScanBatch.objects.filter(changed_at__lt=now - BATCH_KEPT, deleted_at=None):
        with suppress(NotAllowedError):  # an officer has just deleted it
            delete_batch(batch, None)
            count += 1
    return count


def lock_batch(batch: ScanBatch) -> ScanBatch:
    """The batch, locked until the end of the caller's transaction. Whoever changes, files or deletes pages locks it
    first. Raises NotAllowedError for a batch that was deleted meanwhile."""
    locked = ScanBatch.objects.select_for_update(of=("self",), no_key=True).filter(pk=batch.pk, deleted_at=None).first()
    if locked is None:
        raise NotAllowedError(_DELETED)
    return locked


def touch(batch: ScanBatch) -> None:
    """Note that somebody works on the batch: the period of its deletion starts anew."""
    ScanBatch.objects.filter(pk=batch.pk).update(changed_at=timezone.now())


def delete_stored(names: Iterable[str]) -> None:
    """Delete files of the store. What fails is deleted by `abandoned_pictures` a week later."""
    for name in names:
        default_storage.delete(name)


def _stored_names(batch: ScanBatch) -> Iterable[str]:
    yield from batch.files.exclude(content="").values_list("content", flat=True)
    yield from ScanPage.objects.filter(file__batch=batch).exclude(picture="").values_list("picture", flat=True)


def _refusal(name: str, reason: BilingualText) -> NotAllowedError:
    return NotAllowedError(
        BilingualText(f"ไฟล์ «{name}» {reason.th}", f"The file “{name}” {reason.en}"),
    )
