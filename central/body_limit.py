"""How much a page takes: forms are small, and nothing larger is read into memory. The API has limits of its own."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from central.error_pages import too_large
from central.problems import RequestRefusedError, refuse_oversize


class BodyLimitMiddleware:
    """Middleware: a body for a page has at most `MAX_SMALL_BODY_BYTES`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            try:
                refuse_oversize(request, settings.MAX_SMALL_BODY_BYTES)
            except RequestRefusedError as error:
                return too_large(request, error.problem.status)
        return self._get_response(request)
