"""The background task that reads the files of a scan batch, a few pages in each run.

Each page is stored in a transaction of its own. A worker that is killed loses the page it was reading and no other; two
workers with the same page store it once."""

import logging
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.pictures import delete_for_good, delete_pictures_on_error
from central.scan_batches.models import BATCH_FULL, MAX_BATCH_PAGES, ScanFile, ScanPage, ScanState
from ocr.confined.child_function import ChildFunction
from ocr.confined.child_process import run_in_child
from ocr.errors import OcrError, OcrErrorReason
from ocr.read_document import DEADLINE_S, MEMORY_MB

_ReadPage = tuple[bytes, int, int, bytes, bool, bool, int]
_AT_ONCE = 5  # pages of one run: letters that wait to be recognised come in between; five slow pages take 450 s
_MAX_FAILURES = 2  # of one page, for reasons that may lie in a busy machine
_LASTING = (OcrErrorReason.TOO_LARGE, OcrErrorReason.TRUNCATED, OcrErrorReason.NOT_AN_IMAGE)
_AWAY = (OcrErrorReason.UNCONFINED, OcrErrorReason.UNAVAILABLE)
_read_page: ChildFunction[_ReadPage] = ChildFunction("central.scan_batches.page_reading:read_scan_page")
log = logging.getLogger(__name__)


class PageFailedError(Exception):
    """The page could not be read this time."""


@background_task(TaskPolicy(), queue_name="documents", priority=-5)
def read_scanned_pages(file_id: int) -> str:
    """Read the next pages of a file, and queue those after them. Returns what was done."""
    file = ScanFile.objects.filter(pk=file_id, state=ScanState.READING).first()
    if file is None:
        return "nothing to read"
    with file.content.open("rb") as stored:
        raw = stored.read()
    for _ in range(_AT_ONCE):
        file = _read_next(file, raw)
        if file is None:
            return "finished"
    with transaction.atomic():
        enqueue(read_scanned_pages, file_id)
    return f"{file.pages_read} of {file.page_count} pages"


def give_up_scan(file_id: int) -> None:
    """The last attempt has failed: the page of the batch says so. The pages that were read stay."""
    _end(file_id, OcrErrorReason.FAILED.value)


def _read_next(file: ScanFile, raw: bytes) -> ScanFile | None:
    """Read one page. The file when it has more pages. Raises PageFailedError, and OcrError on a machine that reads
    nothing."""
    index = file.pages_read
    try:
        page = run_in_child(_read_page, raw, index, deadline_s=DEADLINE_S, memory_mb=MEMORY_MB)
    except OcrError as error:
        if error.reason in _AWAY:
            raise
        if error.reason not in _LASTING and file.failures + 1 < _MAX_FAILURES:
            ScanFile.objects.filter(pk=file.pk).update(failures=file.failures + 1)
            raise PageFailedError(error.reason.value) from None
        if file.page_count is None:  # not even the number of pages is known
            _end(file.pk, error.reason.value)
            return None
        return _store(file, index, None)
    return _store(file, index, page)


def _store(file: ScanFile, index: int, page: _ReadPage | None) -> ScanFile | None:
    """Store a page; None for `page`: its place, because it could not be read."""
    with transaction.atomic():
        locked = ScanFile.objects.select_for_update().filter(pk=file.pk, state=ScanState.READING).first()
        if locked is None:
            return None
        if locked.pages_read != index:  # another worker was faster
            return locked
        if page is not None and index == 0 and not _fits(locked, page[-1]):
            locked.refusal = BATCH_FULL
            _finish(locked, ScanState.REFUSED)
            return None
        with delete_pictures_on_error() as stored:
            row = ScanPage(file=locked, index=index, begins_case=index == 0, is_left_out=page is None)
            if page is not None:
                jpeg, row.width, row.height, row.thumbnail, row.is_separator, row.is_blank, locked.page_count = page
                row.begins_case = row.begins_case or row.is_separator
                row.is_left_out = row.is_separator or row.is_blank
                stored.append(default_storage.save(f"scans/{locked.batch_id}/{uuid4().hex}.jpg", ContentFile(jpeg)))
                row.picture = stored[0]
            row.save()
            locked.pages_read, locked.failures = index + 1, 0
            if locked.pages_read >= (locked.page_count or 0):
                _finish(locked, ScanState.READ)
                return None
            locked.save()
        return locked


def _fits(file: ScanFile, count: int) -> bool:
    others = ScanFile.objects.filter(batch=file.batch_id).exclude(pk=file.pk)
    return count + (others.aggregate(pages=Sum("page_count"))["pages"] or 0) <= MAX_BATCH_PAGES


def _end(file_id: int, refusal: str) -> None:
    with transaction.atomic():
        file = ScanFile.objects.select_for_update().filter(pk=file_id, state=ScanState.READING).first()
        if file is not None:
            file.refusal = refusal
            _finish(file, ScanState.REFUSED)
            log.info("Scan file %d is refused: %s", file_id, refusal)


def _finish(file: ScanFile, state: ScanState) -> None:
    """The pages are stored, or cannot be: the file itself is deleted."""
    name, file.content, file.state = file.content.name, "", state
    file.save()
    transaction.on_commit(lambda: delete_for_good(name), robust=True)
