"""The list of cases and the page of one case."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST, require_safe

from central.cases import commands, reading, withheld_names
from central.cases.models import Case, Complainant, LetterPage
from central.centres.wording import desk_label
from central.desk import labels
from central.desk.case_page import build_case_page
from central.desk.forms import AssignmentForm, CaseFilterForm, NameRequestForm, ReasonForm, StatusForm
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
    form.is_valid()
    status, number = form.cleaned_data.get("status", ""), form.cleaned_data.get("number", "")
    cases = reading.visible_cases(signed_in_officer(request))
    if status:
        cases = cases.filter(status=status)
    if number:
        cases = cases.filter(case_number__icontains=_normalise_case_number(number))
    page = Paginator(cases, _CASES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [_list_row(case, language) for case in page],
        "page": page,
        "form": form,
        "status": status,
        "number": number,
    }
    return render_page(request, "desk/cases.html", context)


@require_GET  # not HEAD: opening a case is audited as a reading
@desk_page
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """One case. Opening it is audited. The complainant is withheld until an officer opens it."""
    return _show_case(request, _open_case(request, number))


@require_POST
@desk_page
def change_status(request: HttpRequest, number: str) -> HttpResponse:
    """Change the status: POST a StatusForm."""
    case, form = _get_case(request, number), StatusForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show_case(request, _open_case(request, number), error=form.first_error, status=422)
    values = form.cleaned_data
    try:
        commands.change_status(
            case,
            values["to"],
            signed_in_officer(request),
            seen_status=values["seen"],
            note=values["note"],
            outcome=values["outcome"],
        )
    except commands.NotAllowedError as error:
        return _show_denial(request, number, error, status=409, status_form=form)
    return redirect("desk:case", number=number)


@require_POST
@desk_page
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Set agency, person in charge and due date: POST an AssignmentForm."""
    case, form = _get_case(request, number), AssignmentForm(page_language(request), request.POST)
    if not form.is_valid():
        opened = _open_case(request, number)
        return _show_case(request, opened, error=form.first_error, status=422, assignment_form=form)
    values = form.cleaned_data
    commands.assign(
        case, signed_in_officer(request), agency=values["agency"], handler=values["officer"], due=values["due"]
    )
    return redirect("desk:case", number=number)


@require_POST
@desk_page
def show_complainant(request: HttpRequest, number: str) -> HttpResponse:
    """Show name and contact: POST a ReasonForm. The reason is written into the audit."""
    case, form = _get_case(request, number), ReasonForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show_case(request, _open_case(request, number), error=form.first_error, status=422)
    try:
        complainant = reading.open_complainant(signed_in_officer(request), case, form.cleaned_data["reason"])
    except reading.ReadingDeniedError:
        raise PermissionDenied from None
    except Complainant.DoesNotExist:
        raise Http404 from None
    return _show_case(request, case, complainant=complainant)


@require_POST
@desk_page
def request_name(request: HttpRequest, number: str) -> HttpResponse:
    """Request a withheld name from a second officer: POST a NameRequestForm."""
    case, form = _get_case(request, number), NameRequestForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show_case(request, _open_case(request, number), error=form.first_error, status=422)
    try:
        withheld_names.request_name(signed_in_officer(request), case, form.cleaned_data["reason"])
    except commands.NotAllowedError as error:
        return _show_denial(request, number, error, status=403)
    return redirect("desk:case", number=number)


@require_POST
@desk_page
def decide_name(request: HttpRequest, number: str, request_id: int, decision: str) -> HttpResponse:
    """Decide another officer's request for a withheld name; `decision` is allow or refuse."""
    case = _get_case(request, number)
    if decision not in ("allow", "refuse"):
        raise Http404
    try:
        withheld_names.decide_request(signed_in_officer(request), case, request_id, granted=decision == "allow")
    except commands.NotAllowedError as error:
        return _show_denial(request, number, error, status=403)
    return redirect("desk:case", number=number)


@require_GET
@desk_page
def letter_page_image(request: HttpRequest, number: str, index: int) -> HttpResponseBase:
    """The picture of a letter page (`index` from 0)."""
    case = _get_case(request, number)
    try:
        page = reading.open_page(signed_in_officer(request), case, index)
    except reading.ReadingDeniedError:
        raise PermissionDenied from None
    except LetterPage.DoesNotExist:
        raise Http404 from None
    return FileResponse(page.picture.open("rb"), content_type=page.media_type)


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


def _open_case(request: HttpRequest, number: str) -> Case:
    """The case, with an audit row for reading it. Raises Http404."""
    try:
        return reading.open_case(signed_in_officer(request), number)
    except Case.DoesNotExist:
        raise Http404 from None


def _get_case(request: HttpRequest, number: str) -> Case:
    """A case the officer may work on, for a command that shows nothing of it. Raises Http404."""
    try:
        return reading.visible_cases(signed_in_officer(request)).get(case_number=number)
    except Case.DoesNotExist:
        raise Http404 from None


def _show_denial(
    request: HttpRequest,
    number: str,
    error: commands.NotAllowedError,
    *,
    status: int,
    status_form: StatusForm | None = None,
) -> HttpResponse:
    """The page of the case with the reason why a command was denied."""
    sentence = error.sentence.in_language(page_language(request))
    return _show_case(request, _open_case(request, number), error=sentence, status=status, status_form=status_form)


def _show_case(
    request: HttpRequest,
    case: Case,
    *,
    complainant: Complainant | None = None,
    error: str = "",
    status: int = 200,
    status_form: StatusForm | None = None,
    assignment_form: AssignmentForm | None = None,
) -> HttpResponse:
    """The page of a case that `reading` has opened for this officer."""
    page = build_case_page(
        signed_in_officer(request),
        case,
        page_language(request),
        complainant=complainant,
        status_form=status_form,
        assignment_form=assignment_form,
    )
    return render_page(request, "desk/case.html", {"page": page, "case": case, "error": error}, status=status)
