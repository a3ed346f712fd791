"""Imports the rows of a batch in the background, each in a transaction of its own: case, outcome and state of the row
together.

A worker that is killed leaves whole rows only. The row's key makes its case once: `file_case` finds it again."""

import logging
import time
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases import clock
from central.cases.commands import Actor, EarlierWork, record_earlier_work
from central.channels import Channel
from central.earlier_cases.columns import Column
from central.earlier_cases.duplicates import content_hash
from central.earlier_cases.models import BatchState, ImportBatch, ImportedCase, ImportRow, RowState
from central.earlier_cases.planning import FileColumns, PlannedCase, RowRefusedError, plan_row
from central.earlier_cases.sealed_cells import CellsCipher
from central.filing.file_case import FilingError, file_case
from thai.places import full_name

_RUN_S = 20.0  # then other tasks have their turn
log = logging.getLogger(__name__)


@background_task(TaskPolicy(max_duration_s=300), priority=-10)
def import_next_rows(batch_id: int) -> str:
    """Import rows for some seconds, then queue the next run. Returns what was done."""
    started_s, count = time.monotonic(), 0
    batch = ImportBatch.objects.select_related("centre", "officer").filter(pk=batch_id).first()
    if batch is None:
        return "the batch is deleted"
    importer = RowImporter(batch)
    while time.monotonic() - started_s < _RUN_S:
        if not importer.import_one():
            break
        count += 1
    _go_on(batch_id)
    log.info("Import %d: %d rows in %.1f s", batch_id, count, time.monotonic() - started_s)
    return f"{count} rows"


def import_now(batch_id: int) -> None:
    """Import every waiting row in this process."""
    importer = RowImporter(ImportBatch.objects.select_related("centre", "officer").get(pk=batch_id))
    while importer.import_one():
        pass
    _go_on(batch_id)


class RowImporter:
    """Imports the waiting rows of one batch, one after another."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch, self._cipher = batch, CellsCipher()
        self._columns, self._today = file_columns(batch), clock.today()

    def import_one(self) -> bool:
        """Import the next waiting row. False when none waits, or the import was stopped. One transaction."""
        with transaction.atomic():
            # The batch first: two workers take one row after the other.
            state = ImportBatch.objects.select_for_update().values_list("state", flat=True).get(pk=self._batch.pk)
            row = self._batch.rows.filter(state=RowState.WAITING).order_by("number").first()
            if state != BatchState.RUNNING or row is None:
                return False
            try:
                self._import(row, plan_row(self._cipher.open(bytes(row.cells)), self._columns, self._today))
            except RowRefusedError as refused:
                row.state = RowState.REFUSED
                row.errors = [["", error.sentence.th, error.sentence.en] for error in refused.errors]
            except FilingError as refused:
                row.state, row.errors = RowState.REFUSED, [["", refused.sentence.th, refused.sentence.en]]
            row.save()
            return True

    def _import(self, row: ImportRow, planned: PlannedCase) -> None:
        """Raises FilingError."""
        number, content = planned.number, content_hash(planned)
        known = ImportedCase.objects.filter(centre=self._batch.centre)
        if (number and known.filter(earlier_number=number).exists()) or known.filter(content_hash=content).exists():
            row.state = RowState.DUPLICATE
            return
        filed = file_case(
            planned.content,
            channel=Channel.IMPORT,
            key=key_of_row(self._batch, row),
            filed_at=planned.filed_at,
            by=self._batch.officer,
            centre=self._batch.centre,
        )
        by = Actor.of(self._batch.officer) if self._batch.officer else Actor.system()
        work = EarlierWork(
            number=number,
            status=planned.status.status,
            outcome=planned.status.outcome,
            outcome_text=planned.outcome_text,
            closed_at=planned.closed_at,
            agency=planned.agency,
            handler=planned.handler,
            note=planned.rest,
        )
        record_earlier_work(filed.case, by, work)
        ImportedCase.objects.create(
            case=filed.case, centre=self._batch.centre, earlier_number=number, content_hash=content
        )
        row.state, row.case, row.cells = RowState.IMPORTED, filed.case, b""


def key_of_row(batch: ImportBatch, row: ImportRow) -> UUID:
    """The key under which the row is filed, and from which its tracking code is derived."""
    return uuid5(batch.key, str(row.number))


def file_columns(batch: ImportBatch) -> FileColumns:
    """How the file of this batch is read."""
    return FileColumns(
        headings=batch.headings,
        indexes={Column(name): index for name, index in batch.columns.items()},
        statuses=batch.statuses,
        default_status=batch.default_status,
        province=full_name(batch.centre.area_code[:2]) if batch.centre.area_code else "",
    )


def _go_on(batch_id: int) -> None:
    """Queue the next run, or end the import when no row waits."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().filter(pk=batch_id, state=BatchState.RUNNING).first()
        if batch is None:
            return
        batch.progressed_at = timezone.now()
        if batch.rows.filter(state=RowState.WAITING).exists():
            enqueue(import_next_rows, batch_id)
        else:
            batch.state, batch.finished_at = BatchState.DONE, batch.progressed_at
        batch.save()
