"""What all web pages of the desk share: sign-in, language, the frame around the page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation

from central.centres.models import Officer
from central.desk.navigation import build_navigation, help_anchor
from central.language import LANGUAGES
from central.people.permission import load_memberships

LANGUAGE_COOKIE = "desk_language"
Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]


def desk_page(view: View[Params]) -> View[Params]:
    """A view for signed-in officers. Django's own messages are in the language of the page."""
    return login_required(open_page(view))


def open_page(view: View[Params]) -> View[Params]:
    """A view of the desk that needs no sign-in: registration, invitation, second factor."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        if has_nul(request):
            raise SuspiciousOperation("A NUL character")
        if request.method in ("GET", "HEAD") and isinstance(request.user, Officer):
            load_memberships(request.user)
        with translation.override(page_language(request)):
            return view(request, *args, **kwargs)

    return wrapper


def has_nul(request: HttpRequest) -> bool:
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
    """Render a page of the desk inside its frame. The frame has the menu and the link to the handbook."""
    language, page = page_language(request), request.resolver_match.url_name if request.resolver_match else None
    frame: dict[str, Any] = {"language": language, "help_anchor": help_anchor(page)}
    if isinstance(request.user, Officer):
        frame["navigation"] = build_navigation(request.user, page, language)
    return render(request, template, frame | context, status=status)


def render_bridge_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page that may use card reader and receipt printer of the officer's computer: the only ones whose policy
    lets a script speak to the bridge there."""
    context = {"bridge_url": settings.DESK_BRIDGE_URL, **context}
    response = render_page(request, template, context, status=status)
    response.uses_desk_bridge = True  # type: ignore[attr-defined]  # central.middleware
    return response
