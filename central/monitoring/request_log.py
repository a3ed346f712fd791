"""Logs and counts every request by the name of its route: no URL, no query, no address, no name.

A request id connects the log lines of one request with each other and with the response that somebody reports.
"""

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from central.logs import current_request_id
from central.monitoring.latency import latency_table
from central.monitoring.routes import PROBES, STATIC_FILE, route_name

log = logging.getLogger("central.requests")
REQUEST_ID_HEADER = "X-Request-ID"


class RequestLogMiddleware:
    """The outermost middleware: its time is that of the whole response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started_at_s = time.monotonic()
        request_id = secrets.token_hex(8)
        token = current_request_id.set(request_id)
        try:
            response = self._get_response(request)
            seconds = time.monotonic() - started_at_s
            route = route_name(request)
            latency_table().observe(route, response.status_code, seconds)
            if route not in PROBES and route != STATIC_FILE:
                fields = {
                    "method": request.method if request.method in _METHODS else "other",
                    "route": route,
                    "status": response.status_code,
                    "duration_ms": round(seconds * 1000),
                }
                log.info("%(method)s %(route)s %(status)s %(duration_ms)s ms", fields, extra={"fields": fields})
        finally:
            current_request_id.reset(token)
        response[REQUEST_ID_HEADER] = request_id
        return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
