"""One HTTP request to a gateway: bounded in time and size, and its response as a result.

A gateway may hang, send a page of gigabytes, or redirect elsewhere: none of that may cost more than one attempt."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
from requests.structures import CaseInsensitiveDict

from central.notices.adapters.result import SendResult
from central.notices.codes import NoticeFailure

CONNECT_TIMEOUT_S, READ_TIMEOUT_S, DEADLINE_S = 4.0, 8.0, 12.0
_MAX_RESPONSE_BYTES = 64 * 1024
_TRANSIENT_STATUSES = frozenset({408, 425})


@dataclass(frozen=True)
class GatewayResponse:
    """Status, headers and the first 64 kB of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str]) -> GatewayResponse:
    """POST and read the response. Raises requests.RequestException, also when the deadline has passed."""
    deadline = time.monotonic() + DEADLINE_S
    timeout = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
    with requests.post(
        url, data=body, headers=dict(headers), timeout=timeout, allow_redirects=False, stream=True
    ) as response:
        content = b""
        for chunk in response.iter_content(4096):
            content += chunk
            if len(content) >= _MAX_RESPONSE_BYTES:
                break
            if time.monotonic() > deadline:
                raise requests.Timeout("The response takes too long")
        return GatewayResponse(response.status_code, CaseInsensitiveDict(response.headers), content)


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
