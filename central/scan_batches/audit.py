"""The audit of scan batches: who opened and who deleted one, at the centres where an officer may audit."""

from collections.abc import Mapping

from django.db.models import QuerySet

from central.cases.audit import AuditFilter, days
from central.cases.scopes import Scope
from central.scan_batches.models import BatchRead, FiledPart
from protocol.bilingual_text import BilingualText

BATCH_READ_NAMES: Mapping[BatchRead.Kind, BilingualText] = {
    BatchRead.Kind.OPENED: BilingualText("เปิดดูชุดสแกน", "Scan opened"),
    BatchRead.Kind.DELETED: BilingualText("ลบชุดสแกน", "Scan deleted"),
}


def batch_reads(scope: Scope, wanted: AuditFilter) -> QuerySet[BatchRead]:
    """Openings and deletions of batches, the newest first. A case number selects the batches that it was filed from."""
    rows = BatchRead.objects.filter(days("at", wanted)).select_related("batch__officer", "officer")
    if not scope.is_everywhere:
        rows = rows.filter(batch__centre__in=scope.centre_ids)
    if wanted.username:
        rows = rows.filter(officer__username=wanted.username)
    if wanted.case_number:
        filed = FiledPart.objects.filter(case__case_number=wanted.case_number)
        rows = rows.filter(batch__in=filed.values("batch"))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    return rows.order_by("-at", "-pk")
