"""Batches of earlier cases: a file is stored, its columns are chosen, every row is tried, the import is started.

Importing itself is `importing.py`. Each command checks the permission; an officer of None is the command line."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from central.background.tasks import enqueue
from central.cases import clock
from central.centres.models import Centre, Officer
from central.earlier_cases import importing
from central.earlier_cases.columns import REQUIRED_COLUMNS, Column, find_heading_row, guess_columns
from central.earlier_cases.duplicates import DuplicateFinder
from central.earlier_cases.models import BatchState, ImportBatch, ImportRow, RowState
from central.earlier_cases.planning import RowRefusedError, plan_row
from central.earlier_cases.sealed_cells import CellsCipher
from central.earlier_cases.statuses import CHOICES, DEFAULT_CODE, MAX_WORDS, guess_status, status_words
from central.earlier_cases.table_file import MAX_FILE_BYTES, MAX_ROWS, TableRefusal, read_table
from central.people.permission import has_permission
from central.people.roles import Action
from ocr.confined.child_process import run_in_child
from ocr.errors import OcrError
from protocol.bilingual_text import BilingualText

_DEADLINE_S, _MEMORY_MB = 90.0, 1024  # 20,000 rows with 18 columns take 9 s and 200 MB
_KEPT = timedelta(days=90)  # letters with codes are printed from the rows
_ABANDONED = timedelta(days=7)  # a file that nobody has imported
_AT_ONCE = 500  # rows in one statement
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069/\\]")

NOT_PERMITTED = BilingualText("ท่านไม่มีสิทธิ์นำเข้าเรื่องเดิมของศูนย์นี้", "You may not import cases at this centre")
_REFUSALS: Mapping[TableRefusal, BilingualText] = {
    TableRefusal.DAMAGED: BilingualText(
        "เปิดไฟล์นี้ไม่ได้ โปรดบันทึกเป็น Excel (.xlsx) หรือ CSV", "This file cannot be opened. Save it as Excel (.xlsx) or CSV"
    ),
    TableRefusal.OLD_EXCEL: BilingualText(
        "ไฟล์ Excel รุ่นเก่าหรือมีรหัสผ่าน โปรดบันทึกเป็น .xlsx ที่ไม่มีรหัสผ่าน",
        "An old Excel file, or one with a password. Save it as .xlsx without a password",
    ),
    TableRefusal.TOO_LARGE: BilingualText("ไฟล์ใหญ่เกินไป โปรดแบ่งเป็นหลายไฟล์", "The file is too large. Split it"),
    TableRefusal.TOO_MANY_ROWS: BilingualText(
        f"ไฟล์มีเกิน {MAX_ROWS:,} แถว โปรดแบ่งเป็นหลายไฟล์", f"The file has more than {MAX_ROWS:,} rows. Split it"
    ),
    TableRefusal.NOT_TEXT: BilingualText(
        "อ่านไฟล์นี้ไม่ได้ โปรดบันทึกเป็น Excel (.xlsx) หรือ CSV (UTF-8)",
        "This file cannot be read. Save it as Excel (.xlsx) or CSV (UTF-8)",
    ),
    TableRefusal.EMPTY: BilingualText("ไฟล์ไม่มีแถวข้อมูล", "The file has no rows"),
}
_TOO_LARGE = BilingualText(f"ไฟล์ใหญ่เกิน {MAX_FILE_BYTES >> 20} MB", f"The file is larger than {MAX_FILE_BYTES >> 20} MB")
_NOT_READ = BilingualText("อ่านไฟล์ไม่สำเร็จ โปรดแบ่งเป็นไฟล์ที่เล็กลง", "The file could not be read. Split it into smaller ones")
_MISSING_COLUMNS = BilingualText(
    "โปรดเลือกคอลัมน์วันที่ยื่นเรื่องและรายละเอียด", "Choose the columns of filing date and complaint"
)
_COLUMN_TWICE = BilingualText("เลือกคอลัมน์เดียวกันสองครั้ง", "One column of the file is chosen twice")
_TOO_MANY_WORDS = BilingualText(
    f"คอลัมน์สถานะมีเกิน {MAX_WORDS} คำ โปรดเลือกคอลัมน์อื่น",
    f"The status column has more than {MAX_WORDS} different words. Choose another one",
)
_WRONG_STATE = BilingualText("ทำขั้นตอนนี้กับการนำเข้านี้ไม่ได้แล้ว", "This step is not possible for this import any more")
_UNFINISHED = BilingualText("ยังมีการนำเข้าที่ไม่เสร็จของศูนย์นี้", "Another import of this centre is not finished")


class ImportRefusedError(Exception):
    """A step of an import that is not possible; `sentence` is for people."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def read_file(content: bytes) -> list[tuple[int, list[str]]]:
    """Number and cells of the rows, the heading first. A confined child process reads it, which takes seconds. Raises
    ImportRefusedError."""
    if len(content) > MAX_FILE_BYTES:
        raise ImportRefusedError(_TOO_LARGE)
    try:
        refusal, table = run_in_child(read_table, content, deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB)
    except OcrError:
        raise ImportRefusedError(_NOT_READ) from None
    if refusal:
        raise ImportRefusedError(_REFUSALS[TableRefusal(refusal)])
    rows = [(number, cells) for number, cells in json.loads(table)]
    heading = find_heading_row([cells for _, cells in rows])
    if len(rows) <= heading + 1:
        raise ImportRefusedError(_REFUSALS[TableRefusal.EMPTY])
    return rows[heading:]


def store_file(
    officer: Officer | None, centre: Centre, file_name: str, content: bytes, rows: Sequence[tuple[int, list[str]]]
) -> ImportBatch:
    """A new batch with the rows of `read_file`, its columns guessed. Raises ImportRefusedError."""
    _check_permission(officer, centre)
    (_, headings), *data = rows
    cipher = CellsCipher()
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            centre=centre,
            officer=officer,
            file_name=_UNSAFE_NAME.sub("", file_name)[-100:] or "-",
            file_sha256=hashlib.sha256(content).hexdigest(),
            created_at=timezone.now(),
            headings=[heading[:100] for heading in headings],
            columns={column.value: index for column, index in guess_columns(headings).items()},
            default_status=DEFAULT_CODE,
        )
        sealed = (ImportRow(batch=batch, number=number, cells=cipher.seal(cells)) for number, cells in data)
        ImportRow.objects.bulk_create(sealed, batch_size=_AT_ONCE)
        return batch


def words_of_statuses(batch: ImportBatch, index: int | None) -> dict[str, str]:
    """The words of this column with the code of the likeliest, or the chosen, status. Raises ImportRefusedError."""
    if index is None:
        return {}
    cipher = CellsCipher()
    cells = (cipher.open(bytes(row.cells)) for row in batch.rows.all().iterator(_AT_ONCE) if row.cells)
    try:
        words = status_words(row[index] for row in cells if index < len(row))
    except ValueError:
        raise ImportRefusedError(_TOO_MANY_WORDS) from None
    return {word: batch.statuses.get(word) or guess_status(word) for word in words}


def check_rows(
    officer: Officer | None,
    batch: ImportBatch,
    columns: Mapping[Column, int],
    statuses: Mapping[str, str],
    default_status: str = DEFAULT_CODE,
) -> ImportBatch:
    """Store the choice of columns and try every row: nothing is imported. Raises ImportRefusedError."""
    _check_columns(batch, columns)
    with transaction.atomic():
        locked = _locked(officer, batch, BatchState.UPLOADED, BatchState.CHECKED)
        locked.columns = {column.value: index for column, index in columns.items()}
        locked.statuses = {word: code for word, code in statuses.items() if code in CHOICES}
        locked.default_status = default_status if default_status in CHOICES else DEFAULT_CODE
        locked.state = BatchState.CHECKED
        locked.save()
        _try_rows(locked)
        return locked


def start_import(officer: Officer | None, batch: ImportBatch) -> ImportBatch:
    """Queue the import of the rows without errors, or go on with a stopped one. Raises ImportRefusedError."""
    with transaction.atomic():
        locked = _locked(officer, batch, BatchState.CHECKED, BatchState.STOPPED, BatchState.RUNNING)
        others = ImportBatch.objects.filter(centre=locked.centre, state=BatchState.RUNNING).exclude(pk=locked.pk)
        if others.exists():
            raise ImportRefusedError(_UNFINISHED)
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
        locked = _locked(officer, batch, BatchState.UPLOADED, BatchState.CHECKED, BatchState.STOPPED)
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
    finished = Q(state=BatchState.DONE, finished_at__lt=now - _KEPT)
    halted = Q(state__in=[BatchState.STOPPED, BatchState.RUNNING], last_progress__lt=now - _KEPT)
    unused = Q(state__in=[BatchState.UPLOADED, BatchState.CHECKED], created_at__lt=now - _ABANDONED)
    old = ImportBatch.objects.filter(pk__in=batches.filter(finished | halted | unused).values("pk"))
    _, deleted = old.delete()
    return deleted.get(ImportBatch._meta.label, 0)


def count_rows(batch: ImportBatch) -> dict[RowState, int]:
    """The number of rows in each state."""
    return {state: batch.rows.filter(state=state).count() for state in RowState}


def _try_rows(batch: ImportBatch) -> None:
    """Set state and errors of each row."""
    columns, today, cipher = importing.file_columns(batch), clock.today(), CellsCipher()
    finder = DuplicateFinder(batch.centre)
    changed: list[ImportRow] = []
    for row in batch.rows.all():
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
        changed.append(row)
    ImportRow.objects.bulk_update(changed, ["state", "errors"], batch_size=_AT_ONCE)


def _check_columns(batch: ImportBatch, columns: Mapping[Column, int]) -> None:
    indexes = list(columns.values())
    if any(column not in columns for column in REQUIRED_COLUMNS):
        raise ImportRefusedError(_MISSING_COLUMNS)
    if len(set(indexes)) != len(indexes) or not all(0 <= index < len(batch.headings) for index in indexes):
        raise ImportRefusedError(_COLUMN_TWICE)


def _locked(officer: Officer | None, batch: ImportBatch, *states: BatchState) -> ImportBatch:
    """The locked row in one of these states. Raises ImportRefusedError."""
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related("centre").filter(pk=batch.pk).first()
    if locked is None or locked.state not in states:
        raise ImportRefusedError(_WRONG_STATE)
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
