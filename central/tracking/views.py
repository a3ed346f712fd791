"""The tracking page. The code is sent in a POST body, never in a URL. Without JavaScript the citizen types it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from central.cases import clock
from central.client_address import client_address
from central.language import LANGUAGES
from central.tracking.lookup import LookupOutcome, LookupResult, find_case_status
from central.tracking.page import case_page, empty_page, failure_page
from protocol import tracking_code


@require_safe
@gzip_page
def landing(request: HttpRequest) -> HttpResponse:
    """The front page of the installation, with the field for the code."""
    language = valid_language(request.GET.get("lang")) or "th"
    return _respond(empty_page(language, nonce=_nonce(request), is_part=False))


@csrf_exempt  # it changes nothing, has no login and sets no cookie
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def track(request: HttpRequest) -> HttpResponse:
    """GET: the field for the code. POST `code`, and optionally `language` and `part`: the status of the case."""
    if request.method != "POST":
        return landing(request)
    language, typed = valid_language(request.POST.get("language")), request.POST.get("code", "")[:64]
    nonce, is_part = _nonce(request), _is_part(request)
    if not typed:
        return _respond(empty_page(language or "th", nonce=nonce, is_part=is_part))
    lookup = find_case_status(typed, language, client_address(request))
    if lookup.case is None:
        return failure_response(request, lookup)
    code = tracking_code.display(tracking_code.code_from_url(typed))
    return _respond(case_page(lookup, clock.today(), code=code, nonce=nonce, is_part=is_part))


def failure_response(request: HttpRequest, lookup: LookupResult) -> HttpResponse:
    """The page of a lookup that found no case, for the code that was posted."""
    typed, nonce = request.POST.get("code", "")[:64], _nonce(request)
    is_code, is_part = lookup.outcome is not LookupOutcome.INVALID_CODE, _is_part(request)
    code = tracking_code.display(tracking_code.code_from_url(typed)) if is_code else ""
    status = 429 if lookup.outcome is LookupOutcome.TOO_MANY_FAILURES else 200
    return _respond(failure_page(lookup, code=code, typed=typed, nonce=nonce, is_part=is_part), status)


def valid_language(requested: str | None) -> str:
    """The language of a page that was requested, '' for none that there is."""
    return requested if requested in LANGUAGES else ""


def _is_part(request: HttpRequest) -> bool:
    """Whether the script requests only what changes."""
    return request.POST.get("part") == "page"


def _nonce(request: HttpRequest) -> str:
    nonce: str = request.csp_nonce  # type: ignore[attr-defined]  # central.middleware
    return nonce


def _respond(html: str, status: int = 200) -> HttpResponse:
    return HttpResponse(html, status=status, headers={"Referrer-Policy": "no-referrer"})
