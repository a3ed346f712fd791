"""A file of agencies: uploaded and checked first, imported by a second step."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from central.agencies.csv_columns import COLUMNS, REQUIRED_COLUMNS
from central.agencies.csv_import import ImportPlan, PlannedRow, plan_import, run_import
from central.agencies.errors import RegisterError
from central.agencies.limits import MAX_IMPORT_BYTES
from central.agencies.models import ImportDraft
from central.centres.models import Centre
from central.csv_files import MAX_ROWS
from central.desk.agency_access import managed_centre
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText

_ERRORS_SHOWN = 200
_ROWS_SHOWN = 100
_NO_FILE = BilingualText("โปรดเลือกไฟล์ CSV", "Please choose a CSV file")
_NO_DRAFT = BilingualText("ไม่มีไฟล์ที่ตรวจแล้ว โปรดเลือกไฟล์อีกครั้ง", "There is no checked file. Please choose it again")


@accepts_upload(2 * MAX_IMPORT_BYTES)  # a file above its own limit gets a sentence
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def import_agencies(request: HttpRequest, slug: str) -> HttpResponse:
    """POST `file`: the page shows what importing it would do, or its errors by row and column."""
    centre, language = managed_centre(request, slug), page_language(request)
    if request.method != "POST":
        return _show(request, centre)
    file = request.FILES.get("file")
    if file is None:
        return _show(request, centre, error=_NO_FILE.in_language(language), status=422)
    content = file.read(MAX_IMPORT_BYTES + 1)
    plan = plan_import(content, centre)
    if not plan.errors:
        _store_draft(request, centre, content)
    return _show(request, centre, plan, status=422 if plan.errors else 200)


@require_POST
@desk_page
def apply_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Import the file that this officer has had checked for this centre. It is checked again."""
    centre, officer, language = managed_centre(request, slug), signed_in_officer(request), page_language(request)
    draft = ImportDraft.objects.filter(officer=officer, centre=centre).first()
    if draft is None:
        return _show(request, centre, error=_NO_DRAFT.in_language(language), status=409)
    try:
        plan = run_import(bytes(draft.content), centre, officer)
    except RegisterError as refusal:
        text = " ".join(sentence.in_language(language) for sentence in refusal.errors.values())
        return _show(request, centre, error=text, status=409)
    if plan.errors:
        return _show(request, centre, plan, status=409)
    draft.delete()
    return redirect("desk:agencies")


def _store_draft(request: HttpRequest, centre: Centre, content: bytes) -> None:
    """Store the file until it is imported, in place of an earlier one of this officer."""
    with transaction.atomic():
        ImportDraft.objects.filter(officer=signed_in_officer(request)).delete()
        ImportDraft.objects.create(officer=signed_in_officer(request), centre=centre, content=content)


def _show(
    request: HttpRequest, centre: Centre, plan: ImportPlan | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    language = page_language(request)
    context: dict[str, Any] = {
        "centre": centre,
        "error": error,
        "columns": [
            {
                "name": column.name,
                "heading": column.heading_th,
                "required": column.name in REQUIRED_COLUMNS,
            }
            for column in COLUMNS
        ],
        "megabytes": MAX_IMPORT_BYTES // 1024**2,
        "max_rows": f"{MAX_ROWS:,}",
    }
    if plan is not None:
        context |= {
            "plan": plan,
            "errors": [
                {
                    "row": one.row or "",
                    "column": one.column.in_language(language) if one.column else "",
                    "sentence": one.sentence.in_language(language),
                }
                for one in plan.errors[:_ERRORS_SHOWN]
            ],
            "more_errors": max(0, len(plan.errors) - _ERRORS_SHOWN),
            "rows": [_row(row, language) for row in (*plan.new, *plan.changed)[:_ROWS_SHOWN]],
            "more_rows": max(0, len(plan.new) + len(plan.changed) - _ROWS_SHOWN),
        }
    return render_page(request, "desk/agencies_import.html", context, status=status)


def _row(row: PlannedRow, language: str) -> dict[str, Any]:
    headings = {column.field.partition(".")[0]: column.heading.in_language(language) for column in reversed(COLUMNS)}
    return {
        "number": row.number,
        "code": row.details.code,
        "name": row.details.name_th,
        "is_new": row.agency is None,
        "changed": "" if row.agency is None else ", ".join(headings[name] for name in row.changed),
    }
