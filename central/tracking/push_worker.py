"""The script by which a browser shows push messages: it runs without a page, also when none is open."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe


@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, for the addresses below /t."""
    response = HttpResponse(render_to_string("tracking/push_worker.js"), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/t"
    response["Cache-Control"] = "no-cache"
    return response
