"""The kept-alive HTTP connection of a simulated kiosk, which can be broken on purpose."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from requests.structures import CaseInsensitiveDict

from simulators.kiosk import SignedRequest, SimulatedKiosk

TIMEOUT_S = 60


@dataclass(frozen=True)
class HttpResponse:
    """A response of the centre."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


class HttpTransport:
    """Connection to the central service at `url`, an http address; opened by the first request. For one thread at a
    time. `sent_bytes` counts the bytes of bodies and headers sent."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_S)
        self.sent_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(self, request: SignedRequest) -> HttpResponse:
        """The response. Raises OSError and http.client.HTTPException."""
        self._count_bytes(request)
        self._connection.request(request.method, request.path, request.body or None, request.headers)
        response = self._connection.getresponse()
        return HttpResponse(response.status, CaseInsensitiveDict(response.getheaders()), response.read())

    def send_truncated(self, request: SignedRequest, sent_length: int) -> None:
        """Send the headers and the first `sent_length` bytes of the body, then break the connection."""
        self._count_bytes(request)
        self._connection.putrequest(request.method, request.path, skip_accept_encoding=True)
        for name, value in request.headers.items():
            self._connection.putheader(name, value)
        self._connection.endheaders(request.body[:sent_length])
        self._connection.close()  # the next request opens it again

    def _count_bytes(self, request: SignedRequest) -> None:
        header_bytes = sum(len(name) + len(value) + 4 for name, value in request.headers.items())
        self.sent_bytes += len(request.body) + header_bytes


class HttpKiosk(SimulatedKiosk[HttpResponse]):
    """A simulated kiosk with its own HTTP connection."""

    transport: HttpTransport
