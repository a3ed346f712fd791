"""Respondents of a case, and cases that may be about the same matter: entering, comparing at once, dismissing."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from central.cases import commands
from central.cases.commands import Actor
from central.desk.case_access import case_url, find_case, open_case, show_case, show_denial
from central.desk.page_support import desk_page, page_language, signed_in_officer
from central.desk.queue_position import list_query
from central.desk.respondent_form import RespondentForm
from central.duplicates.checking import compare_now
from central.duplicates.dismissing import set_dismissed
from central.people.permission import has_permission
from central.people.roles import Action


@require_POST
@desk_page
def name_respondent(request: HttpRequest, number: str) -> HttpResponse:
    """Enter a respondent: POST a RespondentForm. What is refused is shown again as it was typed."""
    officer, case = signed_in_officer(request), find_case(request, number)
    form = RespondentForm(page_language(request), request.POST)
    if not form.is_valid():
        return show_case(request, open_case(request, number), respondent_form=form, error=form.first_error, status=422)
    values = form.cleaned_data
    try:
        commands.name_respondent(
            case, Actor.of(officer), seen_revision=None, kind=values["kind"], name=values["respondent"]
        )
    except commands.NotAllowedError as error:
        return show_denial(request, number, error, status=409, respondent_form=form)
    return _back(request, number)


@require_POST
@desk_page
def remove_respondent(request: HttpRequest, number: str, respondent_id: int) -> HttpResponse:
    """Remove a respondent that was entered wrongly."""
    officer, case = signed_in_officer(request), find_case(request, number)
    try:
        commands.remove_respondent(case, Actor.of(officer), seen_revision=None, respondent_id=respondent_id)
    except commands.NotAllowedError as error:
        return show_denial(request, number, error, status=409)
    return _back(request, number)


@require_POST
@desk_page
def compare_case(request: HttpRequest, number: str) -> HttpResponse:
    """Compare the case with all others at once, instead of after its next change."""
    officer, case = signed_in_officer(request), find_case(request, number)
    if not has_permission(officer, Action.LINK_DUPLICATE, case.centre):
        raise PermissionDenied
    compare_now(case)
    return _back(request, number)


@require_POST
@desk_page
def decide_candidate(request: HttpRequest, number: str, other: str, decision: str) -> HttpResponse:
    """Dismiss a possible duplicate, or show it again; `decision` is dismiss or restore."""
    officer, case, other_case = signed_in_officer(request), find_case(request, number), find_case(request, other)
    if decision not in ("dismiss", "restore"):
        raise Http404
    try:
        set_dismissed(officer, case, other_case, is_dismissed=decision == "dismiss")
    except commands.NotAllowedError as error:
        return show_denial(request, number, error, status=403)
    return _back(request, number)


def _back(request: HttpRequest, number: str) -> HttpResponse:
    return redirect(f"{case_url(number, list_query(request))}#similar")
