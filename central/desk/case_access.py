"""How the views of a case get it: opened, which is audited as a reading, or only found for a command."""

import re
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from central.cases import commands, reading
from central.cases.models import Case, Complainant
from central.desk.case_page import build_case_page
from central.desk.page_support import page_language, render_page, signed_in_officer
from central.desk.queue_position import list_query, queue_position
from central.desk.respondent_form import RespondentForm
from central.desk.step_fields import StepForm

CASE_NUMBER = re.compile(r"[\w-]{1,24}")  # what a notice repeats from the URL


def open_case(request: HttpRequest, number: str) -> Case:
    """The case, with an audit row for reading it. Raises Http404."""
    try:
        return reading.open_case(signed_in_officer(request), number)
    except Case.DoesNotExist:
        raise Http404 from None


def find_case(request: HttpRequest, number: str) -> Case:
    """A case the officer may work on, for a command that shows nothing of it. Raises Http404."""
    try:
        return reading.visible_cases(signed_in_officer(request)).get(case_number=number)
    except Case.DoesNotExist:
        raise Http404 from None


def case_url(number: str, query: str = "", saved: str = "") -> str:
    """The URL of a case's page that keeps the officer's list. `saved` is the number of the case just saved."""
    parameters = {name: value for name, value in (("list", query), ("saved", saved)) if value}
    return reverse("desk:case", args=[number]) + (f"?{urlencode(parameters)}" if parameters else "")


def show_case(
    request: HttpRequest,
    case: Case,
    *,
    complainant: Complainant | None = None,
    form: StepForm | None = None,
    respondent_form: RespondentForm | None = None,
    typed_point: str = "",
    error: str = "",
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a case that `reading` has opened for this officer."""
    officer, language = signed_in_officer(request), page_language(request)
    page = build_case_page(officer, case, language, complainant=complainant, form=form)
    context = {
        "page": page,
        "case": case,
        "respondent_form": respondent_form or RespondentForm(language),
        "typed_point": typed_point,
        "queue": queue_position(officer, case, list_query(request)),
        "error": error,
        "notice": notice,
    }
    response = render_page(request, "desk/case.html", context, status=status)
    if page.point.may_set:
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self)"
    return response


def show_denial(
    request: HttpRequest,
    number: str,
    error: commands.NotAllowedError,
    *,
    status: int,
    form: StepForm | None = None,
    respondent_form: RespondentForm | None = None,
    typed_point: str = "",
) -> HttpResponse:
    """The page of the case with the reason why a command was denied, and what was typed."""
    sentence = error.sentence.in_language(page_language(request))
    case = open_case(request, number)
    return show_case(
        request,
        case,
        form=form,
        respondent_form=respondent_form,
        typed_point=typed_point,
        error=sentence,
        status=status,
    )
