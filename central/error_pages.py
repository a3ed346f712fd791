"""Pages for errors outside a view. Under /api the response is an RFC 9457 problem."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from central.problems import RequestRefusedError, problem_response, retry_headers
from protocol.bilingual_text import BilingualText

_MESSAGES = {
    400: BilingualText("คำขอนี้อ่านไม่ได้", "This request cannot be read"),
    403: BilingualText("ท่านไม่มีสิทธิ์ดูหน้านี้", "You do not have permission to view this page"),
    404: BilingualText("ไม่พบหน้านี้", "This page does not exist"),
    413: BilingualText("ข้อความยาวเกินไป โปรดย่อแล้วลองใหม่", "This is too long; please shorten it and try again"),
    500: BilingualText(
        "ระบบขัดข้อง โปรดลองใหม่ภายหลัง หรือโทร 1567", "The service is not available. Please try again later or call 1567"
    ),
}


def _error_response(request: HttpRequest, status: int, sentence: BilingualText) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(RequestRefusedError(status, sentence.en))
    context = {"sentence": sentence, "language": "th", "is_desk": request.path.startswith("/desk/")}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_response(request, 400, _MESSAGES[400])


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_response(request, 403, _MESSAGES[403])


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_response(request, 404, _MESSAGES[404])


def too_large(request: HttpRequest, status: int) -> HttpResponse:
    """The body is too large. `status` is 413, or 400 for a length that is not a number."""
    return _error_response(request, status, _MESSAGES[status])


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 while the database is away or busy, so that a proxy or a program tries again."""
    headers = retry_headers(sys.exception())
    response = _error_response(request, 503 if headers else 500, _MESSAGES[500])
    for name, value in headers.items():
        response[name] = value
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is older than the login, or was sent by another site."""
    sentence = BilingualText(
        "แบบฟอร์มนี้หมดอายุแล้ว โปรดย้อนกลับและลองใหม่", "This form has expired. Please go back and try again"
    )
    return _error_response(request, 403, sentence)
