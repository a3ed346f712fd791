"""What an officer changes on a page of a scan batch. Each change is stored at once, so a closed browser loses none."""

from enum import StrEnum

from django.db import transaction

from central.cases.errors import NotAllowedError
from central.scan_batches.batches import lock_batch, pages_of, touch
from central.scan_batches.models import ScanBatch, ScanPage
from central.scan_batches.parts import Part, divide
from protocol.bilingual_text import BilingualText

_FILED = BilingualText("หน้านี้บันทึกเป็นเรื่องแล้ว", "This page is filed already")


class PageChange(StrEnum):
    """The buttons below a page."""

    BEGIN = "begin"
    JOIN = "join"  # with the case before
    TURN = "turn"  # a quarter to the right
    LEAVE_OUT = "leave_out"
    USE = "use"


def change_page(batch: ScanBatch, page_id: int, change: PageChange) -> None:
    """Apply a change. Raises NotAllowedError for a page that was filed or deleted meanwhile."""
    with transaction.atomic():
        lock_batch(batch)
        page = ScanPage.objects.filter(file__batch=batch, pk=page_id).first()
        if page is None:
            raise NotAllowedError(_FILED)
        if change is PageChange.BEGIN:
            page.begins_case = True
        elif change is PageChange.JOIN:
            _join(batch, page)
        elif change is PageChange.TURN:
            page.quarter_turns = (page.quarter_turns + 1) % 4
        else:
            page.is_left_out = change is PageChange.LEAVE_OUT or not page.picture
        page.save(update_fields=["begins_case", "quarter_turns", "is_left_out"])
        touch(batch)


def _join(batch: ScanBatch, page: ScanPage) -> None:
    """Also the separator sheet before the page loses its mark."""
    page.begins_case = False
    for part in parts_of(batch):
        keys = [each.pk for each in part.pages]
        if page.pk in keys:
            ScanPage.objects.filter(pk__in=keys[: keys.index(page.pk)]).update(begins_case=False)


def parts_of(batch: ScanBatch) -> list[Part[ScanPage]]:
    """The parts of a batch, without what is filed."""
    return divide(pages_of(batch))
