"""Sends a request to the centre over HTTPS: time-outs, no redirects, a bounded body, and an error class per failure.

The centre's own refusals are RFC 9457 problems. Any other refusal comes from an intermediary and does not mark a
complaint as refused.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ValidationError
from urllib3.exceptions import HTTPError

from kiosk_app.forwarder.centre_errors import (
    IncompatibleVersionError,
    IntermediaryError,
    NotAdmittedError,
    RefusedError,
    RetryLaterError,
    UnreachableError,
    WrongOffsetError,
)
from kiosk_app.forwarder.tls import PinnedTlsAdapter, TrustStore
from machine.http_deadline import Deadline, DeadlineAdapter
from protocol.compatibility import PROTOCOL_VERSION, VERSIONS_HEADER, highest_common_version
from protocol.messages import Problem

log = logging.getLogger(__name__)

TIMEOUTS_S = (10.0, 30.0)  # to connect; between two bytes
NOT_THE_CENTRE = "Something other than the centre answers: is there a sign-in page in between?"
_MAX_RESPONSE_BYTES = 1_000_000
EXCHANGE_DEADLINE_S = 120.0  # of a whole exchange, however slowly its bytes arrive ...
MIN_BYTES_PER_S = 8_000.0  # ... plus the time to send at 64 kbit/s: a slower connection gets chunks (ChunkSizes)
_CHUNK_BYTES = 16_384
_MAX_RETRY_AFTER_S = 3600.0
_MAX_DIGITS = 18  # more than any size or time has
_RETRY_LATER_STATUSES = frozenset({408, 425, 429})

Message = TypeVar("Message", bound=BaseModel)


@dataclass(frozen=True)
class Response:
    """A response with status 2xx or 404."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class CentreConnection:
    """A kept-alive connection to one centre that `trust_store` accepts.

    `kbit_s`: limit of the average send rate in kilobits per second, 0 for none. `exchange_s`: deadline of one exchange,
    without the time to send its body. `ping_watchdog` is called before each exchange."""

    def __init__(
        self,
        trust_store: TrustStore | None = None,
        timeout_s: tuple[float, float] = TIMEOUTS_S,
        kbit_s: int = 0,
        exchange_s: float = EXCHANGE_DEADLINE_S,
        ping_watchdog: Callable[[], None] = lambda: None,
    ) -> None:
        self.session = requests.Session()
        self.session.headers.clear()
        self.session.cookies.set_policy(
            DefaultCookiePolicy(allowed_domains=[])
        )  # otherwise a server could fill the memory with cookies
        self._trust_store = trust_store or TrustStore()
        self._deadline = Deadline()
        self.session.mount("http://", DeadlineAdapter(self._deadline))
        self.session.mount("https://", PinnedTlsAdapter(self._trust_store, self._deadline))
        self._exchange_s = exchange_s
        self._ping_watchdog = ping_watchdog
        self.bytes_per_s = kbit_s * 125
        self._next_send_at = 0.0
        self._timeout_s = timeout_s
        self._proxy_settings: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def send(self, request: requests.PreparedRequest) -> Response:
        """Send a request and return its response. Raises CentreError."""
        if not self._proxy_settings:  # proxies of the environment, read once: reading takes longer than signing
            self._proxy_settings = dict(self.session.merge_environment_settings(str(request.url), {}, True, True, None))
        size = len(request.body or b"")
        self._throttle(size)
        self._ping_watchdog()
        try:
            if str(request.url).startswith("https:"):
                self._trust_store.update_time_check()
            with (
                self._deadline.enforce(self._exchange_s + size / MIN_BYTES_PER_S),
                self.session.send(
                    request, timeout=self._timeout_s, allow_redirects=False, **self._proxy_settings
                ) as response,
            ):
                self._trust_store.record_authority(response)
                body = _read_body(response)
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            if self._deadline.has_expired:
                raise UnreachableError("The centre's answer takes too long") from error
            raise UnreachableError(_describe_error(error)) from error
        if self._deadline.has_expired:  # the response was cut off by the deadline, not ended by the centre
            raise UnreachableError("The centre's answer takes too long")
        log.debug("%s %s: %s", request.method, urlsplit(str(request.url)).path, response.status_code)
        _raise_for_status(response, body)
        return Response(response.status_code, response.headers, body)

    @property
    def verified_ca_pem(self) -> str:
        """PEM of the certificate authority of the last response; '' without TLS."""
        return self._trust_store.verified_ca_pem

    def _throttle(self, size: int) -> None:
        if self.bytes_per_s:
            now = time.monotonic()
            time.sleep(max(0.0, self._next_send_at - now))
            self._next_send_at = max(self._next_send_at, now) + size / self.bytes_per_s


def parse_message(kind: type[Message], response: Response) -> Message:
    """The message in a response. Raises UnreachableError for anything else: it is not from the centre."""
    try:
        return kind.model_validate_json(response.body)
    except ValidationError:
        raise UnreachableError(NOT_THE_CENTRE) from None


def parse_count(header: str) -> int | None:
    """The number in a header, None for anything else. Python refuses to parse a number of more than 4,300 digits."""
    return int(header) if len(header) <= _MAX_DIGITS and header.isascii() and header.isdecimal() else None


def _read_body(response: requests.Response) -> bytes:
    """The body, up to the first byte over the limit."""
    body = b""
    for piece in response.raw.stream(_CHUNK_BYTES, decode_content=True):
        body += piece
        if len(body) > _MAX_RESPONSE_BYTES:
            break
    return body


def _describe_error(error: BaseException) -> str:
    if "Tunnel connection failed: 407" in str(error):  # text of http.client; a bare 407 may be part of a port number
        return "The proxy in between asks for a name and a password"
    return f"The centre does not answer ({_innermost_error_name(error)})"


def _innermost_error_name(error: BaseException) -> str:
    """Class name of the innermost error: 'NameResolutionError', 'ConnectTimeoutError', 'SSLCertVerificationError'."""
    while inner := error.__cause__ or error.__context__ or getattr(error, "reason", None):
        if not isinstance(inner, BaseException):
            break
        error = inner
    return type(error).__name__


def _raise_for_status(response: requests.Response, body: bytes) -> None:
    status = response.status_code
    versions = response.headers.get(VERSIONS_HEADER, "")
    if highest_common_version(versions) is None:
        raise IncompatibleVersionError(
            f"The centre reads protocol version {versions[:40]}, this kiosk writes {PROTOCOL_VERSION}: update the kiosk"
        )
    if len(body) > _MAX_RESPONSE_BYTES or status < 200 or 300 <= status < 400:
        raise UnreachableError(NOT_THE_CENTRE)
    if status == 407:
        raise UnreachableError("The proxy in between asks for a name and a password")
    if status == 511:  # RFC 6585 §6
        raise UnreachableError("The network in between asks to sign in first")
    if status < 300 or status == 404:
        return
    problem = f"{status} {_problem_title(body) or response.reason}"[:200]
    if status in {401, 403} and not _problem_title(body):
        raise UnreachableError(NOT_THE_CENTRE)
    if status in {401, 403}:
        raise NotAdmittedError(f"The centre does not admit this kiosk ({problem})")
    if status in _RETRY_LATER_STATUSES or status >= 500:
        raise RetryLaterError(
            f"The centre requires a later attempt ({problem})",
            _retry_after_s(response),
            affects_all_requests=status in {429, 503},
        )
    if status == 409 and (offset := parse_count(response.headers.get("Upload-Offset", ""))) is not None:
        raise WrongOffsetError(offset)
    if not _problem_title(body):
        raise IntermediaryError(f"Something between this kiosk and the centre refuses the request ({problem})")
    raise RefusedError(f"The centre does not accept it ({problem})")


def _problem_title(body: bytes) -> str:
    try:
        return Problem.model_validate_json(body).title
    except ValidationError:
        return ""


def _retry_after_s(response: requests.Response) -> float | None:
    """Retry-After (RFC 9110 §10.2.3) in seconds. A date is relative to the response's Date, not to the clock."""
    header = response.headers.get("Retry-After", "")
    if (seconds := parse_count(header)) is not None:
        return min(float(seconds), _MAX_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(header) - parsedate_to_datetime(response.headers.get("Date", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(until.total_seconds(), 0.0), _MAX_RETRY_AFTER_S)
