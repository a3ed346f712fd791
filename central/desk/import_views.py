"""The pages on which a centre imports the cases of an earlier system: file, columns, trial, import."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from central.centres.models import Centre, Officer
from central.csv_files import write_rows
from central.desk.forms import ReasonForm
from central.desk.import_forms import ColumnsForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.earlier_cases import batches
from central.earlier_cases.code_letters import LETTERS_AT_ONCE, count_letters, letters_pdf, next_letters
from central.earlier_cases.models import BatchState, ImportBatch, ImportRow, RowState
from central.earlier_cases.refusals import NOT_PERMITTED, ImportRefusedError
from central.earlier_cases.table_file import MAX_FILE_BYTES, MAX_ROWS
from central.people.permission import permitted_centres
from central.people.roles import Action
from central.public_address import service_url
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText
from thai.dates import short_datetime

_SHOWN_ERRORS = 50
_SHOWN_BATCHES = 50
_MAX_ID = 2**31 - 1
_NO_FILE = BilingualText("โปรดเลือกไฟล์ Excel หรือ CSV", "Please choose an Excel or CSV file")
_NO_REASON = BilingualText("โปรดใส่เหตุผลที่พิมพ์จดหมาย", "Give the reason for printing the letters")
_NO_LETTERS = BilingualText("ไม่มีจดหมายหลังแถวนี้", "There are no letters after this row")
_WITHOUT_CASES = frozenset(
    {BatchState.READING, BatchState.UNREADABLE, BatchState.UPLOADED, BatchState.CHECKING, BatchState.CHECKED}
)
_STATES = {
    BatchState.READING: BilingualText("กำลังอ่านไฟล์", "Being read"),
    BatchState.UNREADABLE: BilingualText("อ่านไฟล์ไม่ได้", "Cannot be read"),
    BatchState.UPLOADED: BilingualText("รอเลือกคอลัมน์", "Columns to be chosen"),
    BatchState.CHECKING: BilingualText("กำลังตรวจทุกแถว", "Every row is being checked"),
    BatchState.CHECKED: BilingualText("ตรวจแล้ว ยังไม่นำเข้า", "Checked, not imported"),
    BatchState.RUNNING: BilingualText("กำลังนำเข้า", "Being imported"),
    BatchState.STOPPED: BilingualText("หยุดไว้", "Stopped"),
    BatchState.DONE: BilingualText("นำเข้าเสร็จแล้ว", "Imported"),
}


@accepts_upload(2 * MAX_FILE_BYTES)  # a file above its own limit gets a sentence
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def import_list(request: HttpRequest) -> HttpResponse:
    """The imports of the officer's centres. POST `centre` and `file`: a new one."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = {each.slug: each for each in permitted_centres(officer, Action.IMPORT_CASES).order_by("path")[:1000]}
    if not centres:
        raise PermissionDenied
    error = ""
    if request.method == "POST":
        try:
            batch = _store_file(request, officer, centres)
            return redirect("desk:import_batch", batch.pk)
        except ImportRefusedError as refused:
            error = refused.sentence.in_language(language)
    shown = ImportBatch.objects.filter(centre__in=centres.values()).select_related("centre", "officer")[:_SHOWN_BATCHES]
    context: dict[str, Any] = {
        "rows": [_batch_row(batch, language) for batch in shown],
        "centres": [(slug, centre.name_in(language)) for slug, centre in centres.items()],
        "error": error,
        "megabytes": MAX_FILE_BYTES >> 20,
        "max_rows": f"{MAX_ROWS:,}",
    }
    return render_page(request, "desk/imports.html", context, status=409 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def import_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One import. POST a ColumnsForm: every row is tried with these columns, and nothing is imported."""
    officer, language = signed_in_officer(request), page_language(request)
    batch = _own_batch(officer, batch_id)
    if request.method != "POST":
        return _show(request, batch)
    form = ColumnsForm(language, batch, request.POST)
    if not form.is_valid():
        return _show(request, batch, form, form.first_error)
    try:
        batches.start_trial(officer, batch, form.columns, form.statuses, form.cleaned_data["default_status"])
    except ImportRefusedError as refused:
        return _show(request, batch, error=refused.sentence.in_language(language))
    return redirect("desk:import_batch", batch.pk)


@require_POST
@desk_page
def import_step(request: HttpRequest, batch_id: int) -> HttpResponse:
    """POST `step`: 'start' (also goes on with a stopped import), 'stop', 'delete'."""
    officer, language = signed_in_officer(request), page_language(request)
    batch, step = _own_batch(officer, batch_id), request.POST.get("step", "")
    steps = {"start": batches.start_import, "stop": batches.stop_import, "delete": batches.delete_batch}
    if step not in steps:
        raise Http404
    try:
        steps[step](officer, batch)
    except ImportRefusedError as refused:
        return _show(request, batch, error=refused.sentence.in_language(language))
    return redirect("desk:imports") if step == "delete" else redirect("desk:import_batch", batch.pk)


@require_safe
@desk_page
def import_errors(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The errors of an import as CSV: row, column, sentence. It has no text of the file."""
    language = page_language(request)
    batch = _own_batch(signed_in_officer(request), batch_id)
    columns = ("row", "column", "error") if language == "en" else ("แถว", "คอลัมน์", "สิ่งที่ต้องแก้ไข")
    content = write_rows(columns, batches.error_rows(batch, language))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-errors.csv"'
    return response


@require_POST
@desk_page
def import_letters(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The next letters with tracking codes as PDF. POST a ReasonForm, and `after`, the number of a row."""
    officer, language = signed_in_officer(request), page_language(request)
    batch, typed = _own_batch(officer, batch_id), request.POST.get("after", "")
    form = ReasonForm(language, request.POST)
    reason = form.cleaned_data["reason"].strip() if form.is_valid() else ""
    if not reason:
        return _show(request, batch, error=_NO_REASON.in_language(language))
    after = int(typed[:9]) if typed.isascii() and typed.isdecimal() else batch.letters_until
    letters = next_letters(officer, batch, reason, after=after, service_url=service_url(request))
    if not letters:
        return _show(request, batch, error=_NO_LETTERS.in_language(language))
    batch.letters_until = letters[-1].row
    batch.save(update_fields=["letters_until"])
    response = HttpResponse(letters_pdf(letters, timezone.now()), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letters-{batch.pk}-{letters[0].row}.pdf"'
    return response


def _store_file(request: HttpRequest, officer: Officer, centres: dict[str, Centre]) -> ImportBatch:
    """Raises ImportRefusedError."""
    file, centre = request.FILES.get("file"), centres.get(request.POST.get("centre", ""))
    if file is None:
        raise ImportRefusedError(_NO_FILE)
    if centre is None:
        raise ImportRefusedError(NOT_PERMITTED)
    return batches.receive_file(officer, centre, file.name or "", file.read(MAX_FILE_BYTES + 1))


def _own_batch(officer: Officer, batch_id: int) -> ImportBatch:
    """Raises Http404 for one of a centre where the officer imports nothing."""
    centres = permitted_centres(officer, Action.IMPORT_CASES)
    own = ImportBatch.objects.filter(centre__in=centres).select_related("centre", "officer")
    batch = own.filter(pk=min(batch_id, _MAX_ID)).first()
    if batch is None:
        raise Http404
    return batch


def _show(request: HttpRequest, batch: ImportBatch, form: ColumnsForm | None = None, error: str = "") -> HttpResponse:
    language, counts = page_language(request), batches.count_rows(batch)
    is_open = batch.state in (BatchState.UPLOADED, BatchState.CHECKED)
    if form is None and is_open:
        form = ColumnsForm(language, batch)
    problem = BilingualText(*batch.problem).in_language(language) if batch.problem else ""
    refused_rows = batch.rows.filter(state=RowState.REFUSED)[:_SHOWN_ERRORS]
    context: dict[str, Any] = {
        "batch": batch,
        "centre": batch.centre.name_in(language),
        "state": _STATES[BatchState(batch.state)].in_language(language),
        "form": form if is_open else None,
        "error": error or problem,
        "progress": _progress(batch, counts),
        "counts": {state.value: f"{count:,}" for state, count in counts.items()},
        "has_refused": counts[RowState.REFUSED] > 0,
        "has_waiting": counts[RowState.WAITING] > 0,
        "is_checked": batch.state == BatchState.CHECKED,
        "is_running": batch.state == BatchState.RUNNING,
        "is_stopped": batch.state == BatchState.STOPPED,
        "can_delete_file": batch.state in _WITHOUT_CASES,
        "can_go_on": batch.state in (BatchState.STOPPED, BatchState.RUNNING),
        "errors": [line for row in refused_rows for line in _error_lines(batch, row, language)],
        "letter_count": f"{count_letters(batch):,}" if counts[RowState.IMPORTED] else "",
        "letters_at_once": LETTERS_AT_ONCE,
        "more_errors": max(0, counts[RowState.REFUSED] - _SHOWN_ERRORS),
    }
    return render_page(request, "desk/import_batch.html", context, status=409 if error else 200)


@dataclass(frozen=True)
class _Progress:
    """What the worker does with a batch. `total` is 0 while it is not known."""

    state: str
    done: int
    total: int


def _progress(batch: ImportBatch, counts: dict[RowState, int]) -> _Progress | None:
    """None when the worker has nothing to do."""
    match batch.state:
        case BatchState.READING:
            return _Progress(batch.state, 0, 0)
        case BatchState.CHECKING:
            return _Progress(batch.state, batch.tried_rows, sum(counts.values()))
        case BatchState.RUNNING:
            imported = counts[RowState.IMPORTED]
            return _Progress(batch.state, imported, imported + counts[RowState.WAITING])
    return None


def _error_lines(batch: ImportBatch, row: ImportRow, language: str) -> list[dict[str, object]]:
    at = 2 if language == "en" else 1
    return [
        {
            "row": row.number,
            "column": batch.headings[batch.columns[error[0]]] if error[0] in batch.columns else "",
            "sentence": error[at],
        }
        for error in row.errors
    ]


def _batch_row(batch: ImportBatch, language: str) -> dict[str, object]:
    return {
        "batch": batch,
        "when": short_datetime(batch.created_at, language),
        "centre": batch.centre.name_in(language),
        "state": _STATES[BatchState(batch.state)].in_language(language),
        "imported": f"{batch.rows.filter(state=RowState.IMPORTED).count():,}",
        "count": f"{batch.rows.count():,}",
        "by": batch.officer.display_name if batch.officer else "central",
    }
