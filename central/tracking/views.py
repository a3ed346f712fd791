"""The tracking page. The code is sent in a POST body, never in a URL. Without JavaScript the citizen types it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from central.cases.case_clock import public_deadline
from central.client_address import client_address
from central.language import LANGUAGES
from central.tracking.lookup import LookupOutcome, LookupResult, find_case_status, latest_message
from protocol import tracking_code
from protocol.bilingual_text import BilingualText
from protocol.case_status import CASE_STATUSES
from protocol.messages import TrackingStep
from thai import dates

_HEADLINES = {
    LookupOutcome.NOT_FOUND: BilingualText("เรื่องยังมาไม่ถึงศูนย์", "Not received yet"),
    LookupOutcome.INVALID_CODE: BilingualText("รหัสไม่ถูกต้อง", "Invalid tracking code"),
    LookupOutcome.TOO_MANY_FAILURES: BilingualText("โปรดรอสักครู่", "Please wait a moment"),
}


@require_safe
@gzip_page
def landing(request: HttpRequest) -> HttpResponse:
    """The front page of the installation, with the field for the code."""
    return _render_page(request, {"language": _valid_language(request.GET.get("lang")) or "th"})


@csrf_exempt  # it changes nothing, has no login and sets no cookie
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def track(request: HttpRequest) -> HttpResponse:
    """GET: the field for the code. POST `code`, and optionally `language` and `part`: the status of the case."""
    if request.method != "POST":
        return landing(request)
    language, code = _valid_language(request.POST.get("language")), request.POST.get("code", "")[:64]
    if not code:
        return _render_page(request, {"language": language or "th"})
    lookup = find_case_status(code, language, client_address(request))
    return _render_page(
        request, _page_context(lookup, code), status=429 if lookup.outcome is LookupOutcome.TOO_MANY_FAILURES else 200
    )


def _valid_language(requested: str | None) -> str:
    return requested if requested in LANGUAGES else ""


def _render_page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    # The script of the page requests only the part that changes.
    template = "tracking/content.html" if request.POST.get("part") == "page" else "tracking/document.html"
    response = render(request, template, context, status=status)
    # No line feed of the templates is visible. Without them the first view stays below 30 kB.
    response.content = response.content.replace(b"\n", b"")
    response["Referrer-Policy"] = "no-referrer"
    return response


def _page_context(lookup: LookupResult, typed: str) -> dict[str, Any]:
    context: dict[str, Any] = {"language": lookup.language, "result": lookup.outcome.value, "response": lookup.response}
    if lookup.outcome is not LookupOutcome.INVALID_CODE:
        context["code"] = tracking_code.display(tracking_code.code_from_url(typed))
    if lookup.case is None:
        return context | {"headline": _HEADLINES[lookup.outcome].in_language(lookup.language), "typed": typed}
    steps, due = lookup.response.steps, lookup.case.due
    message = latest_message(lookup.case)
    request = CASE_STATUSES[lookup.case.current_status].request
    return context | {
        "centre": lookup.case.centre.name_in(lookup.language),
        "due_short": dates.short_date(due, lookup.language) if due else "",
        "steps": [
            _step_context(step, lookup.language, now=step is steps[-1] and bool(lookup.milestones_ahead))
            for step in steps
        ],
        "milestones_ahead": lookup.milestones_ahead,
        "message": message,
        "deadline": public_deadline(lookup.case, timezone.localdate()).in_language(lookup.language),
        "citizen_request": request.in_language(lookup.language) if request else "",
    }


def _step_context(step: TrackingStep, language: str, *, now: bool) -> dict[str, Any]:
    return {
        "status": step.status,
        "text": step.text,
        "now": now,
        "when": dates.short_datetime(step.at, language),
        "iso": step.at.isoformat(timespec="minutes"),
    }
