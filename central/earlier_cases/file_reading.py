"""Reads the file of a batch into its rows: in the background for the desk, at once for the command line."""

import json
import logging
from collections.abc import Sequence

from django.db import transaction

from central.background.tasks import TaskPolicy, background_task
from central.earlier_cases.columns import Column, find_heading_row, guess_columns
from central.earlier_cases.models import BatchState, ImportBatch, ImportFile, ImportRow
from central.earlier_cases.refusals import FILE_REFUSALS, NOT_READ, TOO_LARGE, ImportRefusedError
from central.earlier_cases.sealed_cells import CellsCipher
from central.earlier_cases.statuses import guess_status, status_words
from central.earlier_cases.table_file import MAX_FILE_BYTES, TableRefusal, read_table
from ocr.confined.child_process import run_in_child
from ocr.errors import OcrError
from protocol.bilingual_text import BilingualText

AT_ONCE = 500  # rows in one statement
_DEADLINE_S, _MEMORY_MB = 400.0, 1024  # 20,000 rows with 18 columns take 9 s of an idle core, and 200 MB
log = logging.getLogger(__name__)

FileRow = tuple[int, list[str]]  # number as the spreadsheet counts, and the cells


def read_file(content: bytes) -> list[FileRow]:
    """Number and cells of the rows, the heading first. A confined child process reads it, which takes seconds. Raises
    ImportRefusedError."""
    if len(content) > MAX_FILE_BYTES:
        raise ImportRefusedError(TOO_LARGE)
    try:
        refusal, table = run_in_child(read_table, content, deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB)
    except OcrError:
        raise ImportRefusedError(NOT_READ) from None
    if refusal:
        raise ImportRefusedError(FILE_REFUSALS[TableRefusal(refusal)])
    rows = [(number, cells) for number, cells in json.loads(table)]
    heading = find_heading_row([cells for _, cells in rows])
    if len(rows) <= heading + 1:
        raise ImportRefusedError(FILE_REFUSALS[TableRefusal.EMPTY])
    return rows[heading:]


@background_task(TaskPolicy(max_duration_s=600))
def read_received_file(batch_id: int) -> str:
    """Read the stored file of a batch, and delete it. Returns what was done. Run again, it changes nothing."""
    file = ImportFile.objects.filter(batch=batch_id).first()
    if file is None:
        return "the file is read or deleted"
    try:
        rows = read_file(CellsCipher().open_bytes(bytes(file.content)))
    except ImportRefusedError as refused:
        _end_unread(batch_id, refused.sentence)
        return "refused"
    fill_batch(batch_id, rows)
    log.info("Import %d: %d rows are read", batch_id, len(rows) - 1)
    return f"{len(rows) - 1} rows"


def give_up_reading(batch_id: int) -> None:
    """The last attempt has failed: the page says that the file was not read, instead of waiting for it."""
    _end_unread(batch_id, NOT_READ)


def _end_unread(batch_id: int, sentence: BilingualText) -> None:
    with transaction.atomic():
        batch = locked_reading_batch(batch_id)
        if batch is not None:
            batch.state, batch.problem = BatchState.UNREADABLE, [sentence.th, sentence.en]
            batch.save()
            ImportFile.objects.filter(batch=batch_id).delete()


def fill_batch(batch_id: int, rows: Sequence[FileRow]) -> None:
    """Store the rows of `read_file`, with columns and statuses guessed. Nothing for a batch that has its rows."""
    (_, headings), *data = rows
    columns, cipher = guess_columns(headings), CellsCipher()
    sealed = [ImportRow(batch_id=batch_id, number=number, cells=cipher.seal(cells)) for number, cells in data]
    words = _guessed_words(data, columns.get(Column.STATUS))
    with transaction.atomic():
        batch = locked_reading_batch(batch_id)
        if batch is None:
            return
        ImportRow.objects.bulk_create(sealed, batch_size=AT_ONCE)
        batch.headings = [heading[:100] for heading in headings]
        batch.columns = {column.value: index for column, index in columns.items()}
        batch.statuses = {word: guess_status(word) for word in words}
        batch.state = BatchState.UPLOADED
        batch.save()
        ImportFile.objects.filter(batch=batch_id).delete()


def locked_reading_batch(batch_id: int) -> ImportBatch | None:
    """The batch while its file is not read. In the caller's transaction."""
    return ImportBatch.objects.select_for_update().filter(pk=batch_id, state=BatchState.READING).first()


def _guessed_words(rows: Sequence[FileRow], index: int | None) -> list[str]:
    """The words of the guessed status column; none for a column with too many: the trial says so."""
    if index is None:
        return []
    try:
        return status_words(cells[index] for _, cells in rows if index < len(cells))
    except ValueError:
        return []
