"""The page a citizen sees. The code comes in a POST's body, never in an address; without JavaScript it is typed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from central.language import LANGUAGES, Text
from central.throttle import address
from central.tracking.lookup import LookUp, Result, look_up
from protocol import tracking_code
from protocol.messages import TrackStep
from thai import dates

_HEADLINES = {
    Result.NOT_HERE: Text("เรื่องยังมาไม่ถึงศูนย์", "Not received yet"),
    Result.NO_CODE: Text("รหัสไม่ถูกต้อง", "Invalid tracking code"),
    Result.TOO_MANY: Text("โปรดรอสักครู่", "Please wait a moment"),
}


@require_safe
@gzip_page
def landing(request: HttpRequest) -> HttpResponse:
    """The installation's front page: the same box for the code."""
    return _page(request, {"language": _language(request.GET.get("lang")) or "th"})


@csrf_exempt  # it changes nothing, knows no login and sets no cookie
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def track(request: HttpRequest) -> HttpResponse:
    """GET: the box for the code. POST `code`, `language` and `part` (both may be absent): where it is."""
    if request.method != "POST":
        return landing(request)
    language, code = _language(request.POST.get("language")), request.POST.get("code", "")[:64]
    if not code:
        return _page(request, {"language": language or "th"})
    found = look_up(code, language, address(request))
    return _page(request, _context(found, code), status=429 if found.result is Result.TOO_MANY else 200)


def _language(asked: str | None) -> str:
    return asked if asked in LANGUAGES else ""


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    # The page's own script asks for the part that changes; without it the whole page comes.
    template = "tracking/page.html" if request.POST.get("part") == "page" else "tracking/track.html"
    response = render(request, template, context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _context(found: LookUp, typed: str) -> dict[str, Any]:
    context: dict[str, Any] = {"language": found.language, "result": found.result.value, "answer": found.answer}
    if found.result is not Result.NO_CODE:
        context["code"] = tracking_code.display(tracking_code.code_from_url(typed))
    if found.case is None:
        return context | {"headline": _HEADLINES[found.result].in_language(found.language), "typed": typed}
    steps, due = found.answer.steps, found.case.due
    return context | {
        "centre": found.case.centre.name(found.language),
        "due": dates.long_date(due, found.language) if due and found.ahead else "",
        "due_short": dates.short_date(due, found.language) if due else "",
        "steps": [_step(step, found.language, now=step is steps[-1] and bool(found.ahead)) for step in steps],
        "ahead": found.ahead,
    }


def _step(step: TrackStep, language: str, *, now: bool) -> dict[str, Any]:
    when = f"{dates.short_date(step.at, language)} {dates.clock_time(step.at, language)}"
    return {
        "status": step.status.value,
        "text": step.text,
        "now": now,
        "when": when,
        "iso": step.at.isoformat(timespec="minutes"),
    }
