"""The tracking page. The code is sent in a POST body, never in a URL. Without JavaScript the citizen types it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from central.cases import clock
from central.client_address import client_address
from central.language import LANGUAGES
from central.tracking.lookup import LookupOutcome, find_case_status
from central.tracking.page import case_page, empty_page, failure_page
from protocol import tracking_code


@require_safe
@gzip_page
def landing(request: HttpRequest) -> HttpResponse:
    """The front page of the installation, with the field for the code."""
    language = _valid_language(request.GET.get("lang")) or "th"
    return _respond(empty_page(language, nonce=_nonce(request), is_part=False))


@csrf_exempt  # it changes nothing, has no login and sets no cookie
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def track(request: HttpRequest) -> HttpResponse:
    """GET: the field for the code. POST `code`, and optionally `language` and `part`: the status of the case."""
    if request.method != "POST":
        return landing(request)
    language, typed = _valid_language(request.POST.get("language")), request.POST.get("code", "")[:64]
    nonce, is_part = _nonce(request), request.POST.get("part") == "page"  # the script requests only what changes
    if not typed:
        return _respond(empty_page(language or "th", nonce=nonce, is_part=is_part))
    lookup = find_case_status(typed, language, client_address(request))
    is_code = lookup.outcome is not LookupOutcome.INVALID_CODE
    code = tracking_code.display(tracking_code.code_from_url(typed)) if is_code else ""
    if lookup.case is not None:
        return _respond(case_page(lookup, clock.today(), code=code, nonce=nonce, is_part=is_part))
    status = 429 if lookup.outcome is LookupOutcome.TOO_MANY_FAILURES else 200
    return _respond(failure_page(lookup, code=code, typed=typed, nonce=nonce, is_part=is_part), status)


def _valid_language(requested: str | None) -> str:
    return requested if requested in LANGUAGES else ""


def _nonce(request: HttpRequest) -> str:
    nonce: str = request.csp_nonce  # type: ignore[attr-defined]  # central.middleware
    return nonce


def _respond(html: str, status: int = 200) -> HttpResponse:
    return HttpResponse(html, status=status, headers={"Referrer-Policy": "no-referrer"})
