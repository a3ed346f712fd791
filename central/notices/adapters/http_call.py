"""One HTTP request to a gateway: bounded in time and size, and its response as a result.

A gateway may hang, send a byte now and then, send a page of gigabytes, or redirect elsewhere: none of that may cost
more than one attempt. One deadline covers the whole exchange: it is shorter than the claim of a notice, so a slow
gateway never lets a second worker send what the first one is still sending."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from central.notices.adapters.result import SendResult
from central.notices.codes import NoticeFailure
from machine.http_deadline import Deadline, DeadlineAdapter

CONNECT_TIMEOUT_S, READ_TIMEOUT_S, DEADLINE_S = 4.0, 8.0, 12.0
_MAX_RESPONSE_BYTES = 64 * 1024
_CHUNK_BYTES = 16 * 1024
_TRANSIENT_STATUSES = frozenset({408, 425})


@dataclass(frozen=True)
class GatewayResponse:
    """Status, headers and the beginning of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300


class _Line(threading.local):
    """What the exchanges of one thread share: the deadline with its watching thread. No connection stays open, because
    a gateway may have closed it without a word, and a POST is not repeated."""

    def __init__(self) -> None:
        self.deadline = Deadline()
        self.adapter = DeadlineAdapter(self.deadline)


_line = _Line()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> GatewayResponse:
    """POST and read the first 64 kB of the response. Raises requests.RequestException, also when the deadline has
    passed."""
    return exchange("POST", url, headers, body, deadline_s=DEADLINE_S, max_bytes=_MAX_RESPONSE_BYTES)


def exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    deadline_s: float,
    max_bytes: int,
) -> GatewayResponse:
    """Send a request and read up to `max_bytes` of the response, all within `deadline_s`. Raises
    requests.RequestException."""
    deadline, content, timeout = _line.deadline, bytearray(), (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
    try:
        with requests.Session() as session:
            session.mount("http://", _line.adapter)
            session.mount("https://", _line.adapter)
            with (
                deadline.enforce(deadline_s),
                session.request(
                    method, url, data=body, headers=dict(headers), timeout=timeout, allow_redirects=False, stream=True
                ) as response,
            ):
                for chunk in response.iter_content(_CHUNK_BYTES):
                    content += chunk
                    if len(content) >= max_bytes:
                        break
    except (HTTPError, HTTPException, OSError) as error:
        raise requests.ConnectionError("The exchange has failed") from error
    if deadline.has_expired:  # the response was cut off by the deadline, not ended by the gateway
        raise requests.Timeout("The response takes too long")
    return GatewayResponse(response.status_code, CaseInsensitiveDict(response.headers), bytes(content[:max_bytes]))


def failure_of(response: GatewayResponse) -> SendResult:
    """The result of a response that is no success."""
    status = response.status
    if status == 429 or (status == 503 and "Retry-After" in response.headers):
        return SendResult(NoticeFailure.TOO_MANY, retry_after_s=_retry_after(response.headers.get("Retry-After", "")))
    if status >= 500 or status in _TRANSIENT_STATUSES:
        return SendResult(NoticeFailure.SERVER_ERROR)
    if status in (401, 403):
        return SendResult(NoticeFailure.UNAUTHORISED)
    return SendResult(NoticeFailure.REFUSED if 400 <= status < 500 else NoticeFailure.UNEXPECTED)


def _retry_after(text: str) -> float | None:
    """Seconds, from a number or an HTTP date; None for anything else."""
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - datetime.now(UTC)).total_seconds(), 0.0)
