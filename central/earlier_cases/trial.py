"""Tries every row of a batch with the chosen columns: what would be refused, and what is a duplicate. Nothing is
imported.

A trial that is interrupted begins again with the first row: it takes milliseconds a row, and duplicates within the file
are found in the order of the rows."""

import logging
from collections.abc import Mapping

from django.db import transaction

from central.background.tasks import TaskPolicy, background_task
from central.cases import clock
from central.earlier_cases.columns import Column
from central.earlier_cases.duplicates import DuplicateFinder
from central.earlier_cases.file_reading import AT_ONCE
from central.earlier_cases.importing import file_columns
from central.earlier_cases.models import BatchState, ImportBatch, ImportRow, RowState
from central.earlier_cases.planning import RowRefusedError, plan_row
from central.earlier_cases.refusals import NOT_TRIED, TOO_MANY_WORDS
from central.earlier_cases.sealed_cells import CellsCipher
from central.earlier_cases.statuses import guess_status, status_words

log = logging.getLogger(__name__)


@background_task(TaskPolicy(max_duration_s=600))
def try_rows(batch_id: int, trial: int) -> str:
    """Set state and errors of each row of the batch. Returns what was done; nothing when a later trial has begun."""
    batch = ImportBatch.objects.select_related("centre").filter(pk=batch_id).first()
    if batch is None or (batch.state, batch.trial) != (BatchState.CHECKING, trial):
        return "another trial has begun"
    cipher = CellsCipher()
    statuses = _statuses(batch, cipher)
    if statuses is None:
        batch.problem = [TOO_MANY_WORDS.th, TOO_MANY_WORDS.en]
        _end(batch, BatchState.UPLOADED)
        return "refused"
    batch.statuses = statuses
    columns, today, finder = file_columns(batch), clock.today(), DuplicateFinder(batch.centre)
    batch.tried_rows, last = 0, -1
    while rows := list(batch.rows.filter(number__gt=last).order_by("number")[:AT_ONCE]):
        for row in rows:
            row.errors, row.state = [], RowState.WAITING
            try:
                if finder.is_duplicate(plan_row(cipher.open(bytes(row.cells)), columns, today)):
                    row.state = RowState.DUPLICATE
            except RowRefusedError as refused:
                row.state = RowState.REFUSED
                row.errors = [
                    [error.column.value if error.column else "", error.sentence.th, error.sentence.en]
                    for error in refused.errors
                ]
        batch.tried_rows, last = batch.tried_rows + len(rows), rows[-1].number
        with transaction.atomic():
            if not _is_current(batch):
                return "another trial has begun"
            ImportRow.objects.bulk_update(rows, ["state", "errors"], batch_size=AT_ONCE)
            batch.save(update_fields=["tried_rows"])
    _end(batch, BatchState.CHECKED)
    log.info("Import %d: %d rows are tried", batch_id, batch.tried_rows)
    return f"{batch.tried_rows} rows"


def give_up_trial(batch_id: int, trial: int) -> None:
    """The last attempt has failed: the page says so and offers the choice of columns again."""
    batch = ImportBatch.objects.filter(pk=batch_id, trial=trial).first()
    if batch is not None:
        batch.problem = [NOT_TRIED.th, NOT_TRIED.en]
        _end(batch, BatchState.UPLOADED)


def _statuses(batch: ImportBatch, cipher: CellsCipher) -> Mapping[str, str] | None:
    """The words of the chosen status column with the chosen, or the likeliest, status; None for too many words."""
    index = batch.columns.get(Column.STATUS.value)
    if index is None:
        return {}
    cells = (cipher.open(bytes(row.cells)) for row in batch.rows.order_by("number").iterator(AT_ONCE))
    try:
        words = status_words(row[index] for row in cells if index < len(row))
    except ValueError:
        return None
    return {word: batch.statuses.get(word) or guess_status(word) for word in words}


def _end(batch: ImportBatch, state: BatchState) -> None:
    with transaction.atomic():
        if _is_current(batch):
            batch.state = state
            batch.save(update_fields=["state", "statuses", "problem"])


def _is_current(batch: ImportBatch) -> bool:
    """Whether this is still the trial of the batch, which is locked until the end of the transaction."""
    same = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state=BatchState.CHECKING, trial=batch.trial)
    return same.exists()
