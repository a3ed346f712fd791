"""The list of cases."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from central.cases import reading
from central.cases.models import Case
from central.centres.models import Officer
from central.centres.wording import desk_label
from central.desk import labels
from central.desk.forms import CaseFilterForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from protocol import case_number
from thai import dates, places

_CASES_PER_PAGE = 50


@require_safe
@desk_page
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases of the officer's centres, newest first, filtered by `status` and by (a part of) the case `number`."""
    language = page_language(request)
    form = CaseFilterForm(language, request.GET)
    cases = matching_cases(signed_in_officer(request), form)
    status, number = form.cleaned_data.get("status", ""), form.cleaned_data.get("number", "")
    page = Paginator(cases, _CASES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [_list_row(case, language) for case in page],
        "page": page,
        "form": form,
        "status": status,
        "number": number,
        "list_query": request.GET.urlencode(),
    }
    return render_page(request, "desk/cases.html", context)


def matching_cases(officer: Officer, form: CaseFilterForm) -> QuerySet[Case]:
    """The cases of the officer's centres that match the filter, newest first."""
    form.is_valid()
    status, number = form.cleaned_data.get("status", ""), form.cleaned_data.get("number", "")
    cases = reading.visible_cases(officer)
    if status:
        cases = cases.filter(status=status)
    if number:
        cases = cases.filter(case_number__icontains=_normalise_case_number(number))
    return cases


def _list_row(case: Case, language: str) -> dict[str, Any]:
    return {
        "case": case,
        "status": desk_label(case.current_status, case.centre, language),
        "topic": labels.label(labels.TOPIC, case.topic, language),
        "place": places.full_name(case.area, language),
        "filed": dates.short_datetime(case.filed_at, language),
        "due": dates.short_date(case.due, language) if case.due else "",
    }


def _normalise_case_number(number: str) -> str:
    """The canonical form of a complete case number; a part of one is returned unchanged."""
    try:
        return str(case_number.parse(number))
    except case_number.CaseNumberError:
        return number
