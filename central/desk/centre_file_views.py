"""Centres as CSV files: download, upload with a check before anything is stored."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from central.centres import importing
from central.centres.importing import Effect, Plan, PlannedRow, PlanRefusedError
from central.csv_files import MAX_FILE_BYTES, CsvFileError
from central.desk import labels
from central.desk.centre_forms import CentreFileForm
from central.desk.centre_views import managed_centres, managed_slugs
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.uploads import accepts_upload

_MAX_ROWS_SHOWN = 200  # of each kind; the counts are of the whole file


@require_safe
@desk_page
def export_centres(request: HttpRequest) -> HttpResponse:
    """The officer's centres as a file that the upload reads."""
    response = HttpResponse(importing.export_file(managed_centres(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="centres.csv"'
    return response


@accepts_upload(2 * MAX_FILE_BYTES)  # a file that is too large gets a sentence of its own
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def import_centres(request: HttpRequest) -> HttpResponse:
    """POST a CentreFileForm: with `apply` the file is stored, else its effect is shown."""
    managed, language = managed_slugs(request), page_language(request)
    if request.method != "POST":
        return _show(request, CentreFileForm(language))
    form = CentreFileForm(language, request.POST, request.FILES)
    form.is_valid()  # a missing or empty file has no rows
    content = form.read()
    try:
        if "apply" in request.POST:
            done = importing.import_file(content, signed_in_officer(request), managed)
            return _show(request, CentreFileForm(language), done, is_done=True)
        plan = importing.plan_file(content, managed)
    except CsvFileError as error:
        return _show(request, form, error=error.sentence.in_language(language), status=422)
    except PlanRefusedError as error:
        return _show(request, form, error.plan, content, status=422)
    return _show(request, form, plan, content, status=422 if plan.has_errors else 200)


def _show(
    request: HttpRequest,
    form: CentreFileForm,
    plan: Plan | None = None,
    content: bytes = b"",
    *,
    error: str = "",
    is_done: bool = False,
    status: int = 200,
) -> HttpResponse:
    language = page_language(request)
    context: dict[str, object] = {"form": form, "error": error, "is_done": is_done, "columns": importing.COLUMNS}
    if plan is not None:
        context |= _plan_context(plan, language)
        context["content"] = "" if plan.has_errors or is_done else _as_text(content)
    return render_page(request, "desk/centre_file.html", context, status=status)


def _as_text(content: bytes) -> str:
    """The checked file for the page's second step."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp874")


def _plan_context(plan: Plan, language: str) -> dict[str, object]:
    wrong = [row for row in plan.rows if row.errors]
    effective = [row for row in plan.rows if row.effect is not Effect.NOTHING and not row.errors]
    return {
        "plan": plan,
        "created": plan.count(Effect.CREATE),
        "changed": plan.count(Effect.CHANGE),
        "unchanged": plan.count(Effect.NOTHING),
        "wrong_count": len(wrong),
        "wrong": [
            {"line": row.line, "slug": row.after.slug, "errors": [error.in_language(language) for error in row.errors]}
            for row in wrong[:_MAX_ROWS_SHOWN]
        ],
        "rows": [_shown_row(row, language) for row in effective[:_MAX_ROWS_SHOWN]],
    }


def _shown_row(row: PlannedRow, language: str) -> dict[str, object]:
    return {
        "line": row.line,
        "is_new": row.effect is Effect.CREATE,
        "slug": row.after.slug,
        "area": row.after.area_code,
        "name": row.after.name_th if language == "th" else row.after.name_en,
        "fields": [labels.label(labels.CENTRE_FIELD, name, language) for name in row.changed_fields],
    }
