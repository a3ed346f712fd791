"""Personal data on the page of a case: the complainant, a withheld name, the pictures of a letter."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from central.cases import commands, reading, withheld_names
from central.cases.models import Complainant, LetterPage
from central.desk.case_access import case_url, find_case, open_case, show_case, show_denial
from central.desk.forms import NameRequestForm, ReasonForm
from central.desk.page_support import desk_page, page_language, signed_in_officer
from central.desk.queue_position import list_query


@require_POST
@desk_page
def show_complainant(request: HttpRequest, number: str) -> HttpResponse:
    """Show name and contact: POST a ReasonForm. The reason is written into the audit."""
    case, form = find_case(request, number), ReasonForm(page_language(request), request.POST)
    if not form.is_valid():
        return show_case(request, open_case(request, number), error=form.first_error, status=422)
    try:
        complainant = reading.open_complainant(signed_in_officer(request), case, form.cleaned_data["reason"])
    except reading.ReadingDeniedError:
        raise PermissionDenied from None
    except Complainant.DoesNotExist:
        raise Http404 from None
    return show_case(request, case, complainant=complainant)


@require_POST
@desk_page
def request_name(request: HttpRequest, number: str) -> HttpResponse:
    """Request a withheld name from a second officer: POST a NameRequestForm."""
    case, form = find_case(request, number), NameRequestForm(page_language(request), request.POST)
    if not form.is_valid():
        return show_case(request, open_case(request, number), error=form.first_error, status=422)
    try:
        withheld_names.request_name(signed_in_officer(request), case, form.cleaned_data["reason"])
    except commands.NotAllowedError as error:
        return show_denial(request, number, error, status=403)
    return redirect(case_url(number, list_query(request)))


@require_POST
@desk_page
def decide_name(request: HttpRequest, number: str, request_id: int, decision: str) -> HttpResponse:
    """Decide another officer's request for a withheld name; `decision` is allow or refuse."""
    case = find_case(request, number)
    if decision not in ("allow", "refuse"):
        raise Http404
    try:
        withheld_names.decide_request(signed_in_officer(request), case, request_id, granted=decision == "allow")
    except commands.NotAllowedError as error:
        return show_denial(request, number, error, status=403)
    return redirect(case_url(number, list_query(request)))


@require_GET
@desk_page
def letter_page_image(request: HttpRequest, number: str, index: int) -> HttpResponseBase:
    """The picture of a letter page (`index` from 0)."""
    case = find_case(request, number)
    try:
        page = reading.open_page(signed_in_officer(request), case, index)
    except reading.ReadingDeniedError:
        raise PermissionDenied from None
    except LetterPage.DoesNotExist:
        raise Http404 from None
    return FileResponse(page.picture.open("rb"), content_type=page.media_type)
