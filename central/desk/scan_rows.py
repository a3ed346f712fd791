"""Scan batches, their files and their parts as pages of the desk show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from central.scan_batches.batches import BATCH_KEPT
from central.scan_batches.counts import BatchCounts
from central.scan_batches.filing import MAX_PART_PAGES
from central.scan_batches.models import BATCH_FULL, MAX_BATCH_PAGES, ScanBatch, ScanFile, ScanPage, ScanState
from central.scan_batches.parts import divide
from ocr.errors import OcrErrorReason
from protocol.bilingual_text import BilingualText
from thai import dates

_REFUSALS = {
    OcrErrorReason.TOO_LARGE.value: BilingualText(
        "มีเกิน 200 หน้า หรือภาพใหญ่เกิน 60 ล้านพิกเซล โปรดสแกนเป็นหลายไฟล์",
        "It has more than 200 pages, or more than 60 megapixels. Scan it into several files",
    ),
    OcrErrorReason.TRUNCATED.value: BilingualText(
        "เปิดไม่ได้ ไฟล์อาจเสียหายหรือมีรหัสผ่าน โปรดสแกนใหม่", "It cannot be opened: damaged, or with a password. Scan it again"
    ),
    OcrErrorReason.NOT_AN_IMAGE.value: BilingualText("ไม่ใช่ไฟล์สแกน", "It is no scan"),
    BATCH_FULL: BilingualText(
        f"ชุดนี้มีได้ไม่เกิน {MAX_BATCH_PAGES} หน้า โปรดเริ่มชุดใหม่",
        f"A batch has at most {MAX_BATCH_PAGES} pages. Start another one",
    ),
}
_NOT_READ = BilingualText("อ่านไม่สำเร็จ โปรดลองสแกนใหม่", "It could not be read. Scan it again")


@dataclass(frozen=True)
class BatchRow:
    """A batch in the list, which has its counts, and at the head of its page."""

    pk: int
    centre: str
    officer: str
    created: str
    kept_until: str
    counts: BatchCounts | None


@dataclass(frozen=True)
class FileRow:
    """A file that is being read or is refused. `count` 0: not opened yet."""

    name: str
    is_refused: bool
    sentence: str
    read: int
    count: int


@dataclass(frozen=True)
class PageRow:
    """A page with its buttons. `number` is that in its file, from 1."""

    page: ScanPage
    number: int
    begins: bool  # the first used page of its part
    may_join: bool  # there is a case before


@dataclass(frozen=True)
class PartRow:
    """The pages of a case. `number` from 1, 0 for left-out pages alone; `first` is the first used page."""

    number: int
    pages: list[PageRow]
    used: int
    first: ScanPage | None
    is_too_long: bool


def batch_row(batch: ScanBatch, language: str, counts: BatchCounts | None = None) -> BatchRow:
    """Facts of a batch; nothing that its pages say."""
    return BatchRow(
        pk=batch.pk,
        centre=batch.centre.name_in(language),
        officer=batch.officer.display_name,
        created=dates.short_datetime(batch.created_at, language),
        kept_until=dates.short_date(batch.changed_at + BATCH_KEPT, language),
        counts=counts,
    )


def file_rows(files: Sequence[ScanFile], language: str) -> list[FileRow]:
    """The files that are not read to their end."""
    return [
        FileRow(
            name=file.name,
            is_refused=file.state == ScanState.REFUSED,
            sentence=_REFUSALS.get(file.refusal, _NOT_READ).in_language(language) if file.refusal else "",
            read=file.pages_read,
            count=file.page_count or 0,
        )
        for file in files
        if file.state != ScanState.READ
    ]


def part_rows(pages: Sequence[ScanPage]) -> list[PartRow]:
    """The parts of the opened pages of a batch."""
    rows: list[PartRow] = []
    number = 0
    for part in divide(pages):
        used = part.used
        shown = []
        for page in part.pages:
            begins = bool(used) and page.pk == used[0].pk
            shown.append(PageRow(page, page.index + 1, begins, begins and number > 0))
        number += bool(used)
        rows.append(
            PartRow(number if used else 0, shown, len(used), used[0] if used else None, len(used) > MAX_PART_PAGES)
        )
    return rows
