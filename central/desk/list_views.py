"""The list of cases, and the filters that officers save for it."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from central.cases.case_pages import Cursor, Sort, format_cursor, parse_cursor
from central.cases.listing import MAX_COUNT
from central.centres.models import Officer
from central.desk.bulk_forms import offered_steps
from central.desk.list_form import SORTS, CaseListForm, build_list
from central.desk.list_rows import build_row
from central.desk.models import MAX_FILTER_NAME_CHARS, MAX_FILTERS, MAX_QUERY_CHARS, SavedFilter
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from protocol.bilingual_text import BilingualText

_QUICK_FIELDS = ("number", "place", "status", "queue", "topic", "owner")  # the others are in the folded part
# Columns whose heading sorts: the order on the first click and on the second.
_COLUMN_SORTS = {"age": (Sort.NEWEST, Sort.OLDEST), "due": (Sort.DUE, Sort.DUE), "status": (Sort.ACTIVE, Sort.QUIET)}


@require_safe
@desk_page
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases that the officer may see, filtered, a page at a time. Without a filter: the officer's own default."""
    officer, language = signed_in_officer(request), page_language(request)
    saved = list(SavedFilter.objects.filter(officer=officer))
    if not request.GET:
        default = next((each for each in saved if each.is_default), None)
        if default is not None and default.query:
            return redirect(f"{reverse('desk:cases')}?{default.query}")
    form, query = build_list(language, request.GET, officer)
    today, sort = query.today, query.filter.sort
    page = query.page(parse_cursor(request.GET.get("at", ""), sort), form.page_size)
    context = {
        "form": form,
        "quick_fields": [form[name] for name in _QUICK_FIELDS],
        "more_fields": [field for field in form if field.name not in _QUICK_FIELDS],
        "is_more_open": any(name not in (*_QUICK_FIELDS, "sort") for name in form.chosen()),
        "is_filtered": bool(form.chosen()),
        "rows": [build_row(case, today, language) for case in page.cases],
        "count": _shown_count(query.count()),
        "previous": _page_query(form, page.previous),
        "next": _page_query(form, page.next),
        "query": form.query(),
        "saved_filters": [
            {"filter": each, "is_shown": each.query == form.query(), "url_query": each.query or "status="}
            for each in saved
        ],
        "column_sorts": _column_sorts(form, sort, language),
        "steps": offered_steps(officer, language),
        "max_name_chars": MAX_FILTER_NAME_CHARS,
    }
    return render_page(request, "desk/cases.html", context)


@require_POST
@desk_page
def save_filter(request: HttpRequest) -> HttpResponse:
    """Save the filter that is shown, under a name. POST `name`, `query`, `default`."""
    officer, language = signed_in_officer(request), page_language(request)
    name = " ".join(request.POST.get("name", "").split())
    query = _valid_query(officer, request.POST.get("query", ""), language)
    if not name or len(name) > MAX_FILTER_NAME_CHARS or len(query) > MAX_QUERY_CHARS:
        return _refuse(
            request,
            BilingualText(
                f"ชื่อตัวกรองต้องมี 1 ถึง {MAX_FILTER_NAME_CHARS} ตัวอักษร",
                f"The name of a filter has 1 to {MAX_FILTER_NAME_CHARS} characters",
            ),
        )
    with transaction.atomic():
        own = SavedFilter.objects.filter(officer=Officer.objects.select_for_update().get(pk=officer.pk))
        if own.exclude(name=name).count() >= MAX_FILTERS:
            return _refuse(
                request,
                BilingualText(
                    f"บันทึกตัวกรองได้ไม่เกิน {MAX_FILTERS} ตัว โปรดลบตัวที่ไม่ใช้แล้ว",
                    f"At most {MAX_FILTERS} filters can be saved. Please delete one that is not used",
                ),
            )
        is_default = request.POST.get("default") == "on"
        if is_default:
            own.update(is_default=False)
        SavedFilter.objects.update_or_create(
            officer=officer, name=name, defaults={"query": query, "is_default": is_default}
        )
    return redirect(f"{reverse('desk:cases')}?{query or 'status='}")


@require_POST
@desk_page
def change_filter(request: HttpRequest, filter_id: int, step: str) -> HttpResponse:
    """Delete a saved filter of one's own (`step` delete), or show it first from now on or no more (default)."""
    officer = signed_in_officer(request)
    with transaction.atomic():
        own = SavedFilter.objects.select_for_update().filter(officer=officer)
        chosen = own.filter(pk=filter_id).first()
        if chosen is not None and step == "delete":
            chosen.delete()
        elif chosen is not None and step == "default":
            was_default = chosen.is_default
            own.update(is_default=False)
            own.filter(pk=chosen.pk).update(is_default=not was_default)
    return redirect(f"{reverse('desk:cases')}?{chosen.query if chosen and step != 'delete' else 'status='}")


def _valid_query(officer: Officer, text: str, language: str) -> str:
    """The query with nothing but valid values of the filter."""
    return build_list(language, QueryDict(text[: 2 * MAX_QUERY_CHARS]), officer)[0].query()


def _refuse(request: HttpRequest, sentence: BilingualText) -> HttpResponse:
    context = {"sentence": sentence.in_language(page_language(request))}
    return render_page(request, "desk/list_refused.html", context, status=422)


def _shown_count(count: int) -> str:
    return f"{count:,}" if count <= MAX_COUNT else f"{MAX_COUNT:,}+"


def _page_query(form: CaseListForm, cursor: Cursor | None) -> str:
    return form.query(at=format_cursor(cursor)) if cursor else ""


def _column_sorts(form: CaseListForm, current: Sort, language: str) -> dict[str, dict[str, Any]]:
    """For each heading that sorts: the query of its next order, and which arrow shows the present one."""
    sorts: dict[str, dict[str, Any]] = {}
    for column, (first, second) in _COLUMN_SORTS.items():
        next_sort = second if current is first else first
        sorts[column] = {
            "query": form.query(sort="" if next_sort is Sort.NEWEST else next_sort.value) or "status=",
            "title": SORTS[next_sort].in_language(language),
            "is_current": current in (first, second),
        }
    return sorts
