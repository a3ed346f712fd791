"""One step on the cases that are selected in the list: first its inputs, then what became of each case."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from central.cases import clock, reading
from central.cases.commands import Actor, NotAllowedError
from central.cases.commands.bulk import MAX_BULK, TOO_MANY, BulkResult, SelectedCase, run_bulk
from central.cases.models import Case
from central.cases.workflow import WORKFLOW
from central.desk.bulk_forms import BULK_FORMS, BulkForm
from central.desk.list_rows import build_row
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.redirects import desk_url_or_empty
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_SELECTED = re.compile(r"([A-Z0-9-]{1,20}):([0-9]{1,9})")
_NOTHING_SELECTED = BilingualText("ยังไม่ได้เลือกเรื่อง", "No case is selected")
_NO_STEP = BilingualText("โปรดเลือกสิ่งที่จะทำกับเรื่องที่เลือก", "Choose what to do with the selected cases")


@require_POST
@desk_page
def bulk_step(request: HttpRequest) -> HttpResponse:
    """POST `case` (number:revision) of each selected row and `step`: shows the form of the step. With `confirmed` and
    the fields of the form: makes the step and shows what became of each case."""
    officer, language = signed_in_officer(request), page_language(request)
    selected = _selected_cases(request)
    action = next((each for each in BULK_FORMS if each.value == request.POST.get("step")), None)
    problem = _problem(selected, action)
    if problem is not None or action is None:
        return _show_problem(request, problem or _NO_STEP)
    numbers = [each.number for each in selected]
    cases = {case.case_number: case for case in reading.visible_cases(officer).filter(case_number__in=numbers)}
    centres = {case.centre_id: case.centre for case in cases.values()}.values()
    is_confirmed = request.POST.get("confirmed") == "yes"
    form = BULK_FORMS[action](language, request.POST if is_confirmed else None, centres)
    if not is_confirmed or not form.is_valid():
        return _show_form(request, action, form, selected, cases)
    try:
        results = run_bulk(selected, cases, form.step(Actor.of(officer)))
    except NotAllowedError as error:
        return _show_problem(request, error.sentence)
    return render_page(request, "desk/bulk_report.html", _report(request, action, results))


def _selected_cases(request: HttpRequest) -> list[SelectedCase]:
    """The selected rows, each once, in their order."""
    matches = (_SELECTED.fullmatch(text) for text in request.POST.getlist("case"))
    return list({match[1]: SelectedCase(match[1], int(match[2])) for match in matches if match}.values())


def _problem(selected: list[SelectedCase], action: Action | None) -> BilingualText | None:
    if not selected:
        return _NOTHING_SELECTED
    if len(selected) > MAX_BULK:
        return TOO_MANY
    return None if action else _NO_STEP


def _show_problem(request: HttpRequest, sentence: BilingualText) -> HttpResponse:
    context = {"sentence": sentence.in_language(page_language(request)), "back": _back_url(request)}
    return render_page(request, "desk/list_refused.html", context, status=422)


def _show_form(
    request: HttpRequest, action: Action, form: BulkForm, selected: list[SelectedCase], cases: dict[str, Case]
) -> HttpResponse:
    language = page_language(request)
    context: dict[str, Any] = {
        "step": action.value,
        "step_name": WORKFLOW[action].name.in_language(language),
        "form": form,
        "error": form.first_error,
        "selected": [
            {"value": f"{each.number}:{each.revision}", "number": each.number, "row": _row(cases, each, language)}
            for each in selected
        ],
        "back": _back_url(request),
    }
    return render_page(request, "desk/bulk_step.html", context, status=422 if form.is_bound else 200)


def _row(cases: dict[str, Case], selected: SelectedCase, language: str) -> object:
    case = cases.get(selected.number)
    return build_row(case, clock.today(), language) if case else None


def _report(request: HttpRequest, action: Action, results: list[BulkResult]) -> dict[str, Any]:
    language = page_language(request)
    return {
        "step_name": WORKFLOW[action].name.in_language(language),
        "done": [result.number for result in results if result.refusal is None],
        "refused": [
            {"number": result.number, "sentence": result.refusal.in_language(language)}
            for result in results
            if result.refusal is not None
        ],
        "back": _back_url(request),
    }


def _back_url(request: HttpRequest) -> str:
    """The list as it was, or the list without a filter."""
    return desk_url_or_empty(request.POST.get("back", "")) or reverse("desk:cases")
