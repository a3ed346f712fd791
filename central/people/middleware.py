"""Middleware of officers' sessions."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from central.people.sessions import has_used_second_factor, mark_seen


class OfficerSessionMiddleware:
    """Ends a session that began without a second factor where one is required, whatever page it asks for; notes the
    last use of every other one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without the cookie there is no session: kiosks and citizens cost no query.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            if settings.REQUIRE_SECOND_FACTOR and not has_used_second_factor(request):
                logout(request)
            else:
                mark_seen(request)
        return self._get_response(request)
