"""RFC 9457 problems: the error responses of the API."""

import json
import logging

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from protocol.messages import Problem

log = logging.getLogger(__name__)
_DATABASE_RETRY_S = 30


class RequestRefusedError(Exception):
    """A refused request: HTTP status, a title that is constant per reason, and one sentence about this request."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        headers: dict[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(title)
        self.problem = Problem(title=title, status=status, detail=detail)
        self.headers = headers or {}
        self.extra = extra  # extension members, such as the hashes of missing parts


def problem_response(error: RequestRefusedError) -> HttpResponse:
    """The refusal as application/problem+json."""
    body = error.problem.model_dump() | error.extra
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=error.problem.status,
        content_type="application/problem+json",
        headers=error.headers,
    )


def retry_headers(error: BaseException | None) -> dict[str, str]:
    """Retry-After, when the error means that the database is away or busy: the response is then 503, so that a proxy,
    a program or a kiosk tries again. Empty for every other error."""
    if isinstance(error, OperationalError | InterfaceError):
        return {"Retry-After": str(_DATABASE_RETRY_S)}
    return {}


def refuse_oversize(request: HttpRequest, limit: int) -> None:
    """Refuse a body above `limit` bytes before it is read into memory. Raises RequestRefusedError."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        raise RequestRefusedError(400, "Content-Length is not a number") from None
    if length > limit:
        raise RequestRefusedError(413, "The request is too large", f"At most {limit} bytes are accepted.")


def authenticate_unsigned(request: HttpRequest) -> bool:
    """Authentication for Ninja: accepts unsigned requests with a small body. Always True, because Ninja refuses a
    request for a false value. Raises RequestRefusedError."""
    refuse_oversize(request, settings.MAX_SMALL_BODY_BYTES)
    return True


def register_exception_handlers(api: NinjaAPI) -> None:
    """Turn every error of the API into a problem, without a stack trace and without the input."""

    @api.exception_handler(RequestRefusedError)
    def on_request_refused(request: HttpRequest, error: RequestRefusedError) -> HttpResponse:
        return problem_response(error)

    @api.exception_handler(ValidationError)
    def on_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
        # Only place and type of the error: the input may be personal data.
        errors = [{"where": [str(step) for step in e["loc"]], "what": e["type"]} for e in error.errors]
        return problem_response(RequestRefusedError(422, "The request does not have the expected form", errors=errors))

    @api.exception_handler(HttpError)
    def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem_response(RequestRefusedError(error.status_code, str(error)))

    @api.exception_handler(Exception)
    def on_unexpected_error(request: HttpRequest, error: Exception) -> HttpResponse:
        log.exception("The API failed")
        headers = retry_headers(error)
        title = "The service failed; nothing was stored, try again later"
        return problem_response(RequestRefusedError(503 if headers else 500, title, headers=headers))
