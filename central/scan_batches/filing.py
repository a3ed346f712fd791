"""Turns a part of a scan batch into what a case is filed with, or into a file of a case that exists, and takes its
pages out of the batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from central.cases.attachments import CleanFile
from central.cases.commands import Actor, add_received
from central.cases.errors import NotAllowedError
from central.cases.models import Case, CaseEvent
from central.centres.models import Officer
from central.pictures import delete_for_good
from central.scan_batches.batches import lock_batch, touch, visible_batches
from central.scan_batches.dividing import parts_of
from central.scan_batches.models import FiledPart, ScanBatch, ScanPage
from ocr.confined.child_function import ChildFunction
from ocr.confined.child_process import run_in_child
from ocr.errors import OcrError
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_PAGES

_DEADLINE_S, _MEMORY_MB = 90.0, 1600  # turning a page takes 0.1 s; a PDF of a hundred pages takes 10 s
_turned_pages: ChildFunction[list[tuple[bytes, int, int]]] = ChildFunction(
    "central.scan_batches.page_reading:turned_pages"
)
_pages_as_pdf: ChildFunction[bytes] = ChildFunction("central.scan_batches.page_reading:pages_as_pdf")
MAX_PART_PAGES = 100  # as in every attached PDF
_CHANGED = BilingualText(
    "ชุดสแกนนี้แบ่งใหม่แล้ว โปรดกลับไปเลือกเรื่องจากชุดสแกนอีกครั้ง",
    "The scan was divided anew meanwhile. Go back to it and choose the case again",
)
_TOO_LONG = BilingualText(
    f"เรื่องนี้มีเกิน {MAX_PART_PAGES} หน้า โปรดแบ่งก่อนบันทึก",
    f"This case has more than {MAX_PART_PAGES} pages. Divide it before you file it",
)
_FILED_ALREADY = BilingualText("หน้าเหล่านี้บันทึกในเรื่องแล้ว", "These pages are in a case already")
_FAILED = BilingualText(
    "เตรียมหน้าของชุดสแกนไม่สำเร็จ โปรดลองอีกครั้ง", "The pages of the scan could not be prepared. Please try again"
)


@dataclass(frozen=True)
class FilingPart:
    """The used pages of one case. `key` makes the case once."""

    batch: ScanBatch
    pages: Sequence[ScanPage]
    spare: Sequence[ScanPage]  # separator sheets and blank pages, which go with it

    @property
    def key(self) -> UUID:
        """The key of the first page."""
        return self.pages[0].key

    @property
    def token(self) -> str:
        """Names exactly these pages, in a form."""
        return _token(self.pages)


def part_beginning(officer: Officer, page_id: int) -> FilingPart | None:
    """The part whose first used page this is, in a batch that the officer sees."""
    batch = visible_batches(officer).filter(files__pages=page_id).first()
    if batch is None:
        return None
    for part in parts_of(batch):
        used = part.used
        if used and used[0].pk == page_id:
            return FilingPart(batch, used, [page for page in part.pages if page.is_separator or page.is_blank])
    return None


def part_of_form(officer: Officer, token: str, key: UUID) -> FilingPart | None:
    """The part that a form names; None when it is filed already. Raises NotAllowedError when the batch was divided
    anew, or is not the officer's."""
    filed = FiledPart.objects.filter(key=key).first()
    if filed is not None and visible_batches(officer).filter(pk=filed.batch_id).exists():
        return None
    part = part_beginning(officer, int(token.partition("-")[0]))
    if part is None or part.token != token or part.key != key:
        raise NotAllowedError(_CHANGED)
    return part


def part_content(part: FilingPart, *, as_letter: bool) -> tuple[list[CleanFile], list[CleanFile]]:
    """Pages of a letter, and files. More pages than a letter has become one PDF. Raises NotAllowedError."""
    if len(part.pages) > MAX_PART_PAGES:
        raise NotAllowedError(_TOO_LONG)
    contents = [(_content(page), page.quarter_turns) for page in part.pages]
    stem = PurePosixPath(part.pages[0].file.name).stem or "scan"
    try:
        if as_letter and len(contents) <= MAX_PAGES:
            turned = run_in_child(_turned_pages, contents, deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB)
            pages = [CleanFile(f"{stem}.jpg", "image/jpeg", jpeg, (width, height)) for jpeg, width, height in turned]
            return pages, []
        pdf = run_in_child(_pages_as_pdf, contents, deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB)
    except OcrError:
        raise NotAllowedError(_FAILED) from None
    return [], [CleanFile(f"{stem}.pdf", "application/pdf", pdf)]


def claim_part(part: FilingPart) -> None:
    """Lock the batch until the end of the caller's transaction, which stores the case and settles the part. A colleague
    may have divided or filed its pages while the PDF was made: then it raises NotAllowedError, before anything is
    stored. A part that was filed under the same key is no error: it is the same case."""
    locked = lock_batch(part.batch)
    if FiledPart.objects.filter(key=part.key).exists():
        return
    if not any(_token(each.used) == part.token for each in parts_of(locked)):
        raise NotAllowedError(_CHANGED)


def settle_part(part: FilingPart, officer: Officer, case: Case) -> None:
    """Take the pages out of the batch: they are in the case now. Does nothing the second time. Raises NotAllowedError
    as `claim_part` does."""
    pages = [*part.pages, *part.spare]
    with transaction.atomic():
        claim_part(part)
        _, is_new = FiledPart.objects.get_or_create(
            key=part.key,
            defaults={
                "batch": part.batch,
                "page_count": len(part.pages),
                "case": case,
                "officer": officer,
                "filed_at": timezone.now(),
            },
        )
        if is_new:
            ScanPage.objects.filter(pk__in=[page.pk for page in pages]).delete()
            touch(part.batch)
            names = {page.picture.name for page in pages if page.picture}
            transaction.on_commit(lambda: _delete_for_good(names), robust=True)


def add_part(part: FilingPart, officer: Officer, case: Case, *, is_from_complainant: bool, note: str) -> CaseEvent:
    """Add the pages to a case that exists, as one PDF with an event in its history, and take them out of the batch.

    `case` comes from `reading.visible_cases` of this officer. Raises NotAllowedError, and then nothing has changed."""
    _, files = part_content(part, as_letter=False)
    with transaction.atomic():
        claim_part(part)
        if FiledPart.objects.filter(key=part.key).exists():
            raise NotAllowedError(_FILED_ALREADY)
        by = Actor.of(officer)
        event = add_received(case, by, is_from_complainant=is_from_complainant, text=note, attachments=files)
        settle_part(part, officer, case)
        return event


def next_part_after(officer: Officer, key: UUID) -> tuple[ScanBatch, ScanPage | None] | None:
    """The batch in which the part with this key was filed, and the first page of its next part. None for another
    key."""
    filed = FiledPart.objects.filter(key=key, batch__in=visible_batches(officer)).select_related("batch").first()
    if filed is None:
        return None
    waiting = [part.used[0] for part in parts_of(filed.batch) if part.used]
    return filed.batch, waiting[0] if waiting else None


def _token(pages: Sequence[ScanPage]) -> str:
    return "-".join(str(page.pk) for page in pages)


def _content(page: ScanPage) -> bytes:
    with page.picture.open("rb") as stored:
        content: bytes = stored.read()
    return content


def _delete_for_good(names: Iterable[str]) -> None:
    """The pages are those of a case now, and its erasure does not know these files."""
    for name in names:
        delete_for_good(name)
