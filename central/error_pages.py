"""Pages (and, under /api, problems) for what went wrong outside a view."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from central.language import Text
from central.problems import Refused, problem_response

_SENTENCES = {
    400: Text("คำขอนี้อ่านไม่ได้", "This request cannot be read"),
    403: Text("ท่านไม่มีสิทธิ์ดูหน้านี้", "You do not have permission to view this page"),
    404: Text("ไม่พบหน้านี้", "This page does not exist"),
    413: Text("ข้อความยาวเกินไป โปรดย่อแล้วลองใหม่", "This is too long; please shorten it and try again"),
    500: Text(
        "ระบบขัดข้อง โปรดลองใหม่ภายหลัง หรือโทร 1567", "The service is not available. Please try again later or call 1567"
    ),
}


def _answer(request: HttpRequest, status: int, sentence: Text) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(Refused(status, sentence.en))
    return render(request, "error.html", {"sentence": sentence, "language": "th"}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400, _SENTENCES[400])


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403, _SENTENCES[403])


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404, _SENTENCES[404])


def too_large(request: HttpRequest, status: int) -> HttpResponse:
    """More than a form has; `status` is 413, or 400 when its length cannot be read."""
    return _answer(request, status, _SENTENCES[status])


def failed(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, _SENTENCES[500])


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is older than the login, or comes from elsewhere."""
    sentence = Text("แบบฟอร์มนี้หมดอายุแล้ว โปรดย้อนกลับและลองใหม่", "This form has expired. Please go back and try again")
    return _answer(request, 403, sentence)
