"""The middleware of this service: limits and headers of every request and response."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from central.error_pages import too_large
from central.problems import RequestRefusedError, refuse_oversize
from central.uploads import body_limit
from protocol.compatibility import VERSIONS_HEADER, format_versions

_GetResponse = Callable[[HttpRequest], HttpResponse]


class SecurityHeadersMiddleware:
    """Allows a page no content of third parties and no inline code except its own, and passes no URL on.

    `request.csp_nonce` marks the page's own <style> and <script>; the policy allows only what has this nonce. A
    response with `uses_desk_bridge` may also speak to the devices of the officer's own computer, one with
    `uses_map_tiles` may load pictures from the server of map tiles that the operator has set."""

    def __init__(self, get_response: _GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self._get_response(request)
        local = f" {settings.DESK_BRIDGE_URL}" if getattr(response, "uses_desk_bridge", False) else ""
        tiles = f" {settings.MAP_TILES_ORIGIN}" if getattr(response, "uses_map_tiles", False) else ""
        response["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; font-src 'self'; "
            f"img-src 'self' data:{tiles}; media-src 'self'; connect-src 'self'{local}; worker-src 'self'; "
            "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        response.headers.setdefault("Cache-Control", "no-store")
        response["X-Frame-Options"] = "DENY"
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class ProtocolVersionsMiddleware:
    """States in every response of the API which protocol versions this centre reads (docs/compatibility.md).

    Refusals have the header too: a kiosk that is too old or too new learns the reason from it."""

    def __init__(self, get_response: _GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.path.startswith("/api/"):
            response[VERSIONS_HEADER] = format_versions()
        return response


class BodyLimitMiddleware:
    """Limits the body of a page's request before it is read: forms to `MAX_SMALL_BODY_BYTES`, a page that receives
    files to what its `central.uploads.accepts_upload` says. The API has its own limits."""

    def __init__(self, get_response: _GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            try:
                refuse_oversize(request, body_limit(request))
            except RequestRefusedError as error:
                return too_large(request, error.problem.status)
        return self._get_response(request)
