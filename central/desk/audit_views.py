"""The audit page: reads of personal data, searches by person, changes of cases, scans; filtered, also as a CSV file."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from central.cases import audit
from central.cases.event_kinds import EVENT_NAMES, ActorKind
from central.cases.models import CaseEvent, PersonalDataRead, PersonSearch
from central.cases.person_search import SEARCH_WAYS
from central.cases.scopes import Scope, action_scope
from central.csv_files import write_rows
from central.desk import labels
from central.desk.audit_form import AuditForm, AuditView
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.people.roles import Action
from central.scan_batches.audit import BATCH_READ_NAMES, batch_reads
from central.scan_batches.models import BatchRead
from protocol.bilingual_text import BilingualText
from thai import dates

_PER_PAGE = 50
_MAX_PAGES = 40  # then the days are to be narrowed: a page far down costs as much as all before it
MAX_CSV_ROWS = 10_000
_ACTORS = {
    ActorKind.AGENCY: BilingualText("หน่วยงาน (ลิงก์)", "Agency (link)"),
    ActorKind.CITIZEN: BilingualText("ผู้ร้อง", "Citizen"),
    ActorKind.SYSTEM: BilingualText("ระบบ", "System"),
}
_FOUND = BilingualText("พบ", "found")
_UPLOADED = BilingualText("อัปโหลดโดย", "uploaded by")
_CSV_COLUMNS = ("time", "who", "what", "case_number", "reason", "hash")


@require_safe
@desk_page
def audit_page(request: HttpRequest) -> HttpResponse:
    """The newest rows of a filter. `view` is an AuditView; without days the last seven are shown."""
    scope, language = _audit_scope(request), page_language(request)
    form = AuditForm(language, request.GET)
    rows: Any = _rows(scope, form)
    paginator = Paginator(rows[: _PER_PAGE * _MAX_PAGES], _PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "error": form.first_error,
        "view": form.shown_view.value,
        "rows": [_shown(row, language) for row in page],
        "page": page,
        "is_cut": paginator.count == _PER_PAGE * _MAX_PAGES,
        "max_rows": _PER_PAGE * _MAX_PAGES,
        "max_csv_rows": MAX_CSV_ROWS,
        "query": "&" + urlencode(form.chosen()),
        "csv_query": urlencode(form.chosen()),
    }
    return render_page(request, "desk/audit.html", context)


@require_safe
@desk_page
def audit_csv(request: HttpRequest) -> HttpResponse:
    """The newest MAX_CSV_ROWS rows of the same filter as a file."""
    scope, language = _audit_scope(request), page_language(request)
    form = AuditForm(language, request.GET)
    shown = (_shown(row, language) for row in _rows(scope, form)[:MAX_CSV_ROWS])
    file = write_rows(_CSV_COLUMNS, ([row[column] for column in _CSV_COLUMNS] for row in shown))
    response = HttpResponse(file, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="audit-{form.shown_view.value}-{form.first_day}-{form.last_day}.csv"'
    )
    return response


def _audit_scope(request: HttpRequest) -> Scope:
    scope = action_scope(signed_in_officer(request), Action.VIEW_AUDIT)
    if not scope.centres:
        raise PermissionDenied
    return scope


def _rows(scope: Scope, form: AuditForm) -> Any:
    queries: Mapping[AuditView, Callable[..., Any]] = {
        AuditView.READS: audit.reads,
        AuditView.SEARCHES: audit.searches,
        AuditView.CHANGES: audit.changes,
        AuditView.SCANS: batch_reads,
    }
    return queries[form.shown_view](scope, form.audit_filter())


def _shown(row: PersonalDataRead | PersonSearch | BatchRead | CaseEvent, language: str) -> dict[str, str]:
    if isinstance(row, PersonSearch):
        return {
            "time": dates.short_datetime(row.at, language),
            "who": row.officer.username,
            "what": f"{labels.label(SEARCH_WAYS, row.way, language)} · {_FOUND.in_language(language)} {row.matches}",
            "case_number": "",
            "reason": row.reason,
            "hash": "",
        }
    if isinstance(row, BatchRead):
        name = labels.label(BATCH_READ_NAMES, row.kind, language)
        uploaded = f"{row.batch.officer.username} {dates.short_datetime(row.batch.created_at, language)}"
        return {
            "time": dates.short_datetime(row.at, language),
            "who": row.officer.username if row.officer else _ACTORS[ActorKind.SYSTEM].in_language(language),
            "what": f"{name} · {_UPLOADED.in_language(language)} {uploaded}",
            "case_number": "",
            "reason": "",
            "hash": "",
        }
    if isinstance(row, PersonalDataRead):
        return {
            "time": dates.short_datetime(row.at, language),
            "who": row.reader,
            "what": labels.label(labels.DATA_KIND, row.data_kind, language),
            "case_number": row.case.case_number,
            "reason": row.reason,
            "hash": "",
        }
    return {
        "time": dates.short_datetime(row.recorded_at, language),
        "who": row.by.username
        if row.by
        else _ACTORS[ActorKind(row.actor)].in_language(language)
        if row.actor != ActorKind.OFFICER.value
        else "",
        "what": labels.label(EVENT_NAMES, row.kind, language),
        "case_number": row.case.case_number,
        "reason": "",
        "hash": row.hash[:12],
    }
