"""One request, one answer, over HTTPS: time-outs, no redirects, a bounded body, and failures by their kind.

The centre's own refusals are RFC 9457 problems. Whatever else says no is something on the way, and no reason to put a
complaint aside.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self, TypeVar

import requests
from pydantic import BaseModel, ValidationError
from urllib3.exceptions import HTTPError

from kiosk_app.forwarder.centre_errors import (
    LaterError,
    NotAdmittedError,
    RefusedError,
    StrangerError,
    UnreachableError,
    WrongOffsetError,
)
from kiosk_app.forwarder.deadline import Deadline
from kiosk_app.forwarder.tls import Bounded, Trusting, TrustStore
from protocol.messages import Problem

TIMEOUT_S = (10.0, 30.0)  # to connect; between two bytes
SOMETHING_ELSE = "Something else than the centre answers: is there a sign-in page in between?"
_LARGEST_ANSWER = 1_000_000
EXCHANGE_S = 120.0  # a whole exchange, however slowly its bytes come ...
LEAST_BYTES_S = 8_000.0  # ... and the bytes to send at 64 kbit/s: a slower line gets them in pieces (Pieces)
_PIECE = 16_384
_LONGEST_WAIT_S = 3600.0
_MOST_DIGITS = 18  # more than any size or time here
_LATER = frozenset({408, 425, 429})


Message = TypeVar("Message", bound=BaseModel)


@dataclass(frozen=True)
class Answer:
    """A 2xx or 404 answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Line:
    """A kept-alive connection to one centre, by whom `trust` believes. `kbit_s`: what it may send on average, in
    kilobits a second; 0 is without a limit. `exchange_s`: how long one exchange may take in all, what it sends not
    counted. `alive` is called before each."""

    def __init__(
        self,
        trust: TrustStore | None = None,
        timeout_s: tuple[float, float] = TIMEOUT_S,
        kbit_s: int = 0,
        exchange_s: float = EXCHANGE_S,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self.session = requests.Session()
        self.session.headers.clear()
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # else whoever answers fills memory
        self._trust = trust or TrustStore()
        self._deadline = Deadline()
        self.session.mount("http://", Bounded(self._deadline))
        self.session.mount("https://", Trusting(self._trust, self._deadline))
        self._exchange_s = exchange_s
        self._alive = alive
        self.bytes_s = kbit_s * 125
        self._quiet_until = 0.0
        self._timeout_s = timeout_s
        self._settings: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def send(self, request: requests.PreparedRequest) -> Answer:
        """Send it and judge the answer. Raises one of kiosk_app.forwarder.centre_errors."""
        if not self._settings:  # proxies of the environment, asked once: it takes longer than signing
            self._settings = dict(self.session.merge_environment_settings(str(request.url), {}, True, True, None))
        size = len(request.body or b"")
        self._wait_for_turn(size)
        self._alive()
        try:
            if str(request.url).startswith("https:"):
                self._trust.look_at_clock()
            with (
                self._deadline.within(self._exchange_s + size / LEAST_BYTES_S),
                self.session.send(
                    request, timeout=self._timeout_s, allow_redirects=False, **self._settings
                ) as response,
            ):
                self._trust.note_authority(response)
                body = _read(response)
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            if self._deadline.passed:
                raise UnreachableError("The centre's answer takes too long") from error
            raise UnreachableError(_why(error)) from error
        if self._deadline.passed:  # what looks like the end of the answer is where it was cut
            raise UnreachableError("The centre's answer takes too long")
        _judge(response, body)
        return Answer(response.status_code, response.headers, body)

    @property
    def authority(self) -> str:
        """PEM of the certificate authority that vouched for whoever answered last; '' without TLS."""
        return self._trust.authority

    def _wait_for_turn(self, size: int) -> None:
        if self.bytes_s:
            now = time.monotonic()
            time.sleep(max(0.0, self._quiet_until - now))
            self._quiet_until = max(self._quiet_until, now) + size / self.bytes_s


def parsed(kind: type[Message], answer: Answer) -> Message:
    """The message in an answer. Raises UnreachableError when it is none: whoever answered is not the centre."""
    try:
        return kind.model_validate_json(answer.body)
    except ValidationError:
        raise UnreachableError(SOMETHING_ELSE) from None


def count(said: str) -> int | None:
    """The number in a header, None for anything else. Python refuses to read a number of more than 4,300 digits."""
    return int(said) if len(said) <= _MOST_DIGITS and said.isascii() and said.isdecimal() else None


def _read(response: requests.Response) -> bytes:
    """The body, as far as it is any use: up to the first byte too many."""
    body = b""
    for piece in response.raw.stream(_PIECE, decode_content=True):
        body += piece
        if len(body) > _LARGEST_ANSWER:
            break
    return body


def _why(error: BaseException) -> str:
    if "Tunnel connection failed: 407" in str(error):  # of http.client; a bare 407 may be part of a port
        return "The proxy in between asks for a name and a password"
    return f"The centre does not answer ({_kind(error)})"


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
        raise UnreachableError(SOMETHING_ELSE)
    if status == 407:
        raise UnreachableError("The proxy in between asks for a name and a password")
    if status == 511:  # RFC 6585 §6
        raise UnreachableError("The network in between asks to sign in first")
    if status < 300 or status == 404:
        return
    said = f"{status} {_title(body) or response.reason}"[:200]
    if status in {401, 403} and not _title(body):
        raise UnreachableError(SOMETHING_ELSE)
    if status in {401, 403}:
        raise NotAdmittedError(f"The centre does not admit this kiosk ({said})")
    if status in _LATER or status >= 500:
        raise LaterError(f"The centre asks to try later ({said})", _wait_s(response), everything=status in {429, 503})
    if status == 409 and (held := count(response.headers.get("Upload-Offset", ""))) is not None:
        raise WrongOffsetError(held)
    if not _title(body):
        raise StrangerError(f"Something between this kiosk and the centre says no ({said})")
    raise RefusedError(f"The centre will not take it ({said})")


def _title(body: bytes) -> str:
    try:
        return Problem.model_validate_json(body).title
    except ValidationError:
        return ""


def _wait_s(response: requests.Response) -> float | None:
    """Retry-After (RFC 9110 §10.2.3) in seconds. A date is measured from the answer's own Date, not by our clock."""
    said = response.headers.get("Retry-After", "")
    if (seconds := count(said)) is not None:
        return min(float(seconds), _LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(said) - parsedate_to_datetime(response.headers.get("Date", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(until.total_seconds(), 0.0), _LONGEST_WAIT_S)
