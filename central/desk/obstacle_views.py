"""Obstacles and needs of the officer's centres: stating, answering, and all of them as a file."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.csv_files import write_rows
from central.desk.obstacle_forms import ObstacleForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.insight.models import Obstacle
from central.insight.obstacles import KINDS, answer_obstacle, state_obstacle, visible_obstacles
from central.people.permission import memberships_allowing, permitted_centres
from central.people.roles import Action, Scope
from thai import dates
from thai.dates import day_in_thailand

_ON_A_PAGE = 25
_COLUMNS = ("centre", "kind", "stated_on", "text", "answer", "answered_on")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def obstacle_list(request: HttpRequest) -> HttpResponse:
    """All of them. POST `step`: 'state' with an ObstacleForm, or 'answer' with `obstacle` and `answer`."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = _own_centres(officer)
    if not centres:
        raise PermissionDenied
    form, error = ObstacleForm(language, centres, request.POST or None), ""
    if request.method == "POST":
        try:
            if request.POST.get("step") == "answer":
                answer_obstacle(officer, _chosen(officer, request), request.POST.get("answer", ""))
                return redirect("desk:obstacles")
            error = form.first_error
            if form.is_valid():
                state_obstacle(officer, centres[form.cleaned_data["centre"]], *form.content)
                return redirect("desk:obstacles")
        except NotAllowedError as refusal:
            error = refusal.sentence.in_language(language)
    page = Paginator(visible_obstacles(officer), _ON_A_PAGE).get_page(request.GET.get("page", "1")[:9])
    answering = set(permitted_centres(officer, Action.ANSWER_OBSTACLES).values_list("pk", flat=True))
    context: dict[str, Any] = {
        "rows": [_row(each, language, may_answer=each.centre_id in answering) for each in page],
        "page": page,
        "form": form if request.POST.get("step") == "state" else ObstacleForm(language, centres),
        "error": error,
    }
    return render_page(request, "desk/obstacles.html", context, status=409 if error else 200)


@require_safe
@desk_page
def obstacle_file(request: HttpRequest) -> HttpResponse:
    """All of them as CSV, without names of officers."""
    officer, language = signed_in_officer(request), page_language(request)
    if not _own_centres(officer):
        raise PermissionDenied
    rows = [
        [
            each.centre.name_in(language),
            KINDS[Obstacle.Kind(each.kind)].in_language(language),
            day_in_thailand(each.stated_at).isoformat(),
            each.text,
            each.answer,
            day_in_thailand(each.answered_at).isoformat() if each.answered_at else "",
        ]
        for each in visible_obstacles(officer)
    ]
    response = HttpResponse(write_rows(_COLUMNS, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="obstacles.csv"'
    return response


def _row(obstacle: Obstacle, language: str, *, may_answer: bool) -> dict[str, Any]:
    return {
        "pk": obstacle.pk,
        "centre": obstacle.centre.name_in(language),
        "kind": KINDS[Obstacle.Kind(obstacle.kind)].in_language(language),
        "text": obstacle.text,
        "stated": dates.short_datetime(obstacle.stated_at, language),
        "stated_by": obstacle.stated_by.display_name,
        "answer": obstacle.answer,
        "answered": dates.short_datetime(obstacle.answered_at, language) if obstacle.answered_at else "",
        "answered_by": obstacle.answered_by.display_name if obstacle.answered_by else "",
        "may_answer": may_answer and not obstacle.answered_at,
    }


def _chosen(officer: Officer, request: HttpRequest) -> Obstacle:
    typed = request.POST.get("obstacle", "")[:12]
    key = int(typed) if typed.isascii() and typed.isdecimal() else 0
    obstacle = visible_obstacles(officer).filter(pk=key).first()
    if obstacle is None:
        raise Http404
    return obstacle


def _own_centres(officer: Officer) -> dict[str, Centre]:
    memberships = memberships_allowing(officer, Action.STATE_OBSTACLES, Scope.CENTRE).select_related("centre")
    return {row.centre.slug: row.centre for row in memberships}
