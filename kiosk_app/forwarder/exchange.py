"""One request, one answer, over HTTPS: time-outs, no redirects, a bounded body, and failures by their kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Self, TypeVar

import requests
from pydantic import BaseModel, ValidationError
from urllib3.exceptions import HTTPError

from kiosk_app.forwarder.trouble import (
    LaterError,
    NotAdmittedError,
    RefusedError,
    UnreachableError,
    WrongOffsetError,
)
from protocol.messages import Problem

TIMEOUT_S = (10.0, 30.0)  # to connect; between two bytes
_LARGEST_ANSWER = 1_000_000
_LONGEST_WAIT_S = 3600.0
_LATER = frozenset({408, 425, 429})


Message = TypeVar("Message", bound=BaseModel)


@dataclass(frozen=True)
class Answer:
    """A 2xx or 404 answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Line:
    """A kept-alive connection to one centre. `ca_file`: certificates to trust instead of the system's."""

    def __init__(self, ca_file: str = "", timeout_s: tuple[float, float] = TIMEOUT_S) -> None:
        self.session = requests.Session()
        self.session.headers.clear()
        self._verify = ca_file or True
        self._timeout_s = timeout_s
        self._settings: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def send(self, request: requests.PreparedRequest) -> Answer:
        """Send it and judge the answer. Raises one of kiosk_app.forwarder.trouble."""
        if not self._settings:  # proxies of the environment, asked once: it takes longer than signing
            self._settings = dict(
                self.session.merge_environment_settings(str(request.url), {}, True, self._verify, None)
            )
        try:
            with self.session.send(
                request, timeout=self._timeout_s, allow_redirects=False, **self._settings
            ) as response:
                body = response.raw.read(_LARGEST_ANSWER + 1, decode_content=True)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise UnreachableError(f"The centre does not answer ({_kind(error)})") from error
        _judge(response, body)
        return Answer(response.status_code, response.headers, body)


def parsed(kind: type[Message], answer: Answer) -> Message:
    """The message in an answer. Raises UnreachableError when it is none: whoever answered is not the centre."""
    try:
        return kind.model_validate_json(answer.body)
    except ValidationError:
        raise UnreachableError("Something else than the centre answers: is there a sign-in page in between?") from None


def _kind(error: BaseException) -> str:
    """The innermost error's name: 'NameResolutionError', 'ConnectTimeoutError', 'SSLCertVerificationError'."""
    while inner := error.__cause__ or error.__context__ or getattr(error, "reason", None):
        if not isinstance(inner, BaseException):
            break
        error = inner
    return type(error).__name__


def _judge(response: requests.Response, body: bytes) -> None:
    status = response.status_code
    if len(body) > _LARGEST_ANSWER or status < 200 or 300 <= status < 400:
        raise UnreachableError("Something else than the centre answers: is there a sign-in page in between?")
    if status < 300 or status == 404:
        return
    said = f"{status} {_title(body) or response.reason}"[:200]
    if status in {401, 403}:
        raise NotAdmittedError(f"The centre does not admit this kiosk ({said})")
    if status in _LATER or status >= 500:
        raise LaterError(f"The centre asks to try later ({said})", _wait_s(response), everything=status in {429, 503})
    if status == 409 and response.headers.get("Upload-Offset", "").isdecimal():
        raise WrongOffsetError(int(response.headers["Upload-Offset"]))
    raise RefusedError(f"The centre will not take it ({said})")


def _title(body: bytes) -> str:
    try:
        return Problem.model_validate_json(body).title
    except ValidationError:
        return ""


def _wait_s(response: requests.Response) -> float | None:
    """Retry-After (RFC 9110 §10.2.3) in seconds. A date is measured from the answer's own Date, not by our clock."""
    said = response.headers.get("Retry-After", "")
    if said.isdecimal():
        return min(float(said), _LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(said) - parsedate_to_datetime(response.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return min(max(until.total_seconds(), 0.0), _LONGEST_WAIT_S)
