"""States in every answer of the API which protocol versions this centre reads (docs/compatibility.md)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from protocol.compatibility import VERSIONS_HEADER, format_versions


class ProtocolVersionsMiddleware:
    """Adds the header also to refusals: a kiosk that is too old or too new learns the reason from it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.path.startswith("/api/"):
            response[VERSIONS_HEADER] = format_versions()
        return response
