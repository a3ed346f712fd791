"""What all web pages of the desk share: sign-in, language, the frame around the page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousOperation
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation

from central.alarms.commands import visible_alarms
from central.cases import withheld_names
from central.centres.models import Officer
from central.fleet import attention
from central.fleet.models import Enrolment
from central.language import LANGUAGES
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol.messages import EnrolmentStatus

LANGUAGE_COOKIE = "desk_language"
Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]


def desk_page(view: View[Params]) -> View[Params]:
    """A view for signed-in officers. Django's own messages are in the language of the page."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        if _has_nul(request):
            raise SuspiciousOperation("A NUL character")
        with translation.override(page_language(request)):
            return view(request, *args, **kwargs)

    return login_required(wrapper)


def _has_nul(request: HttpRequest) -> bool:
    """Whether path, query or form contain a NUL. PostgreSQL can neither store nor compare
    one, and no browser sends one."""
    texts = [text for form in (request.GET, request.POST) for _, values in form.lists() for text in values]
    return "\0" in request.path or any("\0" in text for text in texts)


def page_language(request: HttpRequest) -> str:
    """The language from the visitor's cookie, Thai without one."""
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else "th"


def signed_in_officer(request: HttpRequest) -> Officer:
    """The officer who is signed in, in a `desk_page`."""
    if not isinstance(request.user, Officer):
        raise TypeError("A desk page for a visitor who is not signed in")
    return request.user


def render_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page of the desk inside its frame. The frame shows how much needs a person on every page."""
    frame: dict[str, Any] = {"language": page_language(request)}
    if isinstance(request.user, Officer):
        fleet_centres = permitted_centres(request.user, Action.RUN_FLEET)
        frame["runs_fleet"] = fleet_centres.exists()
        frame["open_alarms"] = (
            visible_alarms(request.user).filter(settled_at=None).count()
            + withheld_names.open_requests(request.user).count()
        )
        if frame["runs_fleet"]:
            urgent = attention.silent_filter(timezone.now()) | Q(state__staff_called=True)
            frame["urgent_kiosks"] = attention.enrolments_in_use().filter(urgent, centre__in=fleet_centres).count()
            frame["waiting_kiosks"] = Enrolment.objects.filter(status=EnrolmentStatus.PENDING.value).count()
    return render(request, template, frame | context, status=status)
