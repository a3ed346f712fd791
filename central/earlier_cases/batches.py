"""Batches of earlier cases: a file is read, its columns are chosen, every row is tried, the import is started.

What takes long is done by tasks: `file_reading.py`, `trial.py`, `importing.py`. Each command checks the permission; an
officer of None is the command line."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from central.background.tasks import enqueue
from central.cases.attachments import refuse_infected
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.earlier_cases import importing
from central.earlier_cases.columns import REQUIRED_COLUMNS, Column
from central.earlier_cases.file_reading import FileRow, fill_batch, read_received_file
from central.earlier_cases.models import BatchState, ImportBatch, ImportFile, RowState
from central.earlier_cases.refusals import (
    COLUMN_TWICE,
    MISSING_COLUMNS,
    NOT_PERMITTED,
    TOO_LARGE,
    UNFINISHED,
    WRONG_STATE,
    ImportRefusedError,
)
from central.earlier_cases.sealed_cells import CellsCipher
from central.earlier_cases.statuses import CHOICES, DEFAULT_CODE
from central.earlier_cases.table_file import MAX_FILE_BYTES
from central.earlier_cases.trial import try_rows
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

ROWS_KEPT = timedelta(days=90)  # letters with codes are printed from the rows
_ABANDONED = timedelta(days=7)  # a file that nobody has imported
_UNUSED = (BatchState.READING, BatchState.UNREADABLE, BatchState.UPLOADED, BatchState.CHECKING, BatchState.CHECKED)
_DELETABLE = (*_UNUSED, BatchState.STOPPED)
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069/\\]")


def receive_file(officer: Officer | None, centre: Centre, file_name: str, content: bytes) -> ImportBatch:
    """A new batch whose file is read in the background. Raises ImportRefusedError."""
    if len(content) > MAX_FILE_BYTES:
        raise ImportRefusedError(TOO_LARGE)
    try:
        refuse_infected([content], [file_name])
    except NotAllowedError as error:
        raise ImportRefusedError(error.sentence) from None
    with transaction.atomic():
        batch = _new_batch(officer, centre, file_name, content)
        ImportFile.objects.create(batch=batch, content=CellsCipher().seal_bytes(content))
        enqueue(read_received_file, batch.pk)
        return batch


def store_file(
    officer: Officer | None, centre: Centre, file_name: str, content: bytes, rows: Sequence[FileRow]
) -> ImportBatch:
    """A new batch with the rows of `read_file`, its columns and statuses guessed. Raises ImportRefusedError."""
    with transaction.atomic():
        batch = _new_batch(officer, centre, file_name, content)
        fill_batch(batch.pk, rows)
        batch.refresh_from_db()
        return batch


def _new_batch(officer: Officer | None, centre: Centre, file_name: str, content: bytes) -> ImportBatch:
    _check_permission(officer, centre)
    return ImportBatch.objects.create(
        centre=centre,
        officer=officer,
        file_name=_UNSAFE_NAME.sub("", file_name)[-100:] or "-",
        file_sha256=hashlib.sha256(content).hexdigest(),
        created_at=timezone.now(),
        state=BatchState.READING,
        headings=[],
        default_status=DEFAULT_CODE,
    )


def start_trial(
    officer: Officer | None,
    batch: ImportBatch,
    columns: Mapping[Column, int],
    statuses: Mapping[str, str],
    default_status: str = DEFAULT_CODE,
) -> ImportBatch:
    """Store the choice of columns, and queue the trial of every row: nothing is imported. Raises ImportRefusedError."""
    with transaction.atomic():
        locked = _begin_trial(officer, batch, columns, statuses, default_status)
        enqueue(try_rows, locked.pk, locked.trial)
        return locked


def check_rows(
    officer: Officer | None,
    batch: ImportBatch,
    columns: Mapping[Column, int],
    statuses: Mapping[str, str],
    default_status: str = DEFAULT_CODE,
) -> ImportBatch:
    """The same at once, in this process: the batch with every row tried. Raises ImportRefusedError."""
    with transaction.atomic():
        locked = _begin_trial(officer, batch, columns, statuses, default_status)
    try_rows.call(locked.pk, locked.trial)
    locked.refresh_from_db()
    if locked.problem:
        raise ImportRefusedError(BilingualText(*locked.problem))
    return locked


def _begin_trial(
    officer: Officer | None,
    batch: ImportBatch,
    columns: Mapping[Column, int],
    statuses: Mapping[str, str],
    default_status: str,
) -> ImportBatch:
    _check_columns(batch, columns)
    locked = _locked(officer, batch, BatchState.UPLOADED, BatchState.CHECKED)
    locked.columns = {column.value: index for column, index in columns.items()}
    locked.statuses = {word: code for word, code in statuses.items() if code in CHOICES}
    locked.default_status = default_status if default_status in CHOICES else DEFAULT_CODE
    locked.state, locked.problem = BatchState.CHECKING, None
    locked.trial, locked.tried_rows = locked.trial + 1, 0
    locked.save()
    return locked


def start_import(officer: Officer | None, batch: ImportBatch) -> ImportBatch:
    """Queue the import of the rows without errors, or go on with a stopped one. Raises ImportRefusedError."""
    with transaction.atomic():
        locked = _locked(officer, batch, BatchState.CHECKED, BatchState.STOPPED, BatchState.RUNNING)
        Centre.objects.select_for_update(no_key=True).get(pk=locked.centre_id)  # two starts follow one another
        others = ImportBatch.objects.filter(centre=locked.centre, state=BatchState.RUNNING).exclude(pk=locked.pk)
        if others.exists():
            raise ImportRefusedError(UNFINISHED)
        locked.state, locked.progressed_at = BatchState.RUNNING, timezone.now()
        locked.save()
        enqueue(importing.import_next_rows, locked.pk)
        return locked


def stop_import(officer: Officer | None, batch: ImportBatch) -> ImportBatch:
    """Stop after the present row. What was imported stays. Raises ImportRefusedError."""
    with transaction.atomic():
        locked = _locked(officer, batch, BatchState.RUNNING)
        locked.state, locked.progressed_at = BatchState.STOPPED, timezone.now()
        locked.save()
        return locked


def delete_batch(officer: Officer | None, batch: ImportBatch) -> None:
    """Delete the rows of a file that are not imported. The imported cases of a stopped import stay, with what their
    letters need until retention deletes it. Raises ImportRefusedError."""
    with transaction.atomic():
        locked = _locked(officer, batch, *_DELETABLE)
        if not locked.rows.filter(state=RowState.IMPORTED).exists():
            locked.delete()
            return
        locked.rows.exclude(state=RowState.IMPORTED).delete()
        locked.state, locked.finished_at = BatchState.DONE, timezone.now()
        locked.save()


def delete_old_batches(now: datetime) -> int:
    """Delete the rows of old imports, finished, stopped or without progress, and files that nobody has imported;
    returns the number of batches. The imported cases stay."""
    batches = ImportBatch.objects.annotate(last_progress=Coalesce("progressed_at", "created_at"))
    finished = Q(state=BatchState.DONE, finished_at__lt=now - ROWS_KEPT)
    halted = Q(state__in=[BatchState.STOPPED, BatchState.RUNNING], last_progress__lt=now - ROWS_KEPT)
    unused = Q(state__in=_UNUSED, created_at__lt=now - _ABANDONED)
    old = ImportBatch.objects.filter(pk__in=batches.filter(finished | halted | unused).values("pk"))
    _, deleted = old.delete()
    return deleted.get(ImportBatch._meta.label, 0)


def count_rows(batch: ImportBatch) -> dict[RowState, int]:
    """The number of rows in each state."""
    counts = dict(batch.rows.order_by().values_list("state").annotate(Count("pk")))
    return {state: counts.get(state.value, 0) for state in RowState}


def _check_columns(batch: ImportBatch, columns: Mapping[Column, int]) -> None:
    indexes = list(columns.values())
    if any(column not in columns for column in REQUIRED_COLUMNS):
        raise ImportRefusedError(MISSING_COLUMNS)
    if len(set(indexes)) != len(indexes) or not all(0 <= index < len(batch.headings) for index in indexes):
        raise ImportRefusedError(COLUMN_TWICE)


def _locked(officer: Officer | None, batch: ImportBatch, *states: BatchState) -> ImportBatch:
    """The locked row in one of these states. Raises ImportRefusedError."""
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related("centre").filter(pk=batch.pk).first()
    if locked is None or locked.state not in states:
        raise ImportRefusedError(WRONG_STATE)
    _check_permission(officer, locked.centre)
    return locked


def _check_permission(officer: Officer | None, centre: Centre) -> None:
    if officer is not None and not has_permission(officer, Action.IMPORT_CASES, centre):
        raise ImportRefusedError(NOT_PERMITTED)


def error_rows(batch: ImportBatch, language: str) -> Iterable[tuple[str, str, str]]:
    """Row, column and sentence of each error, for a file that an officer downloads. No text of the file is in it."""
    at = 2 if language == "en" else 1
    for number, errors in batch.rows.filter(state=RowState.REFUSED).values_list("number", "errors"):
        for column, *sentences in errors:
            heading = batch.headings[batch.columns[column]] if column in batch.columns else column
            yield str(number), heading, sentences[at - 1]
