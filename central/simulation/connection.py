"""One kept-alive connection of a simulated kiosk, and how it breaks."""

import http.client
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests import PreparedRequest

from protocol import keys, signing

TIMEOUT_S = 60


@dataclass(frozen=True)
class Response:
    """What the centre said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def upload_offset(self) -> int:
        """How many bytes of a part are held."""
        return int(self.headers.get("Upload-Offset") or 0)


class CentreConnection:
    """To the API of the service at `url`, an http address. One thread at a time."""

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/api/v1"
        self._host = urlsplit(url).netloc
        self._connection = http.client.HTTPConnection(self._host, timeout=TIMEOUT_S)
        self.sent_bytes = 0  # bodies, and headers as they are written

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send_request(
        self,
        key: Ed25519PrivateKey,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        *,
        cut_after_bytes: int | None = None,
    ) -> Response | None:
        """A request signed by `key`. `cut_after_bytes`: the line breaks after so many bytes of the body, and there is
        no response. Raises OSError and http.client.HTTPException."""
        request = PreparedRequest()
        request.prepare(method, self._url + path, headers={"Host": self._host, **(headers or {})}, data=body or None)
        signing.sign_request(request, key, keys.fingerprint(keys.public_key_bytes(key)))
        named = {name: str(value) for name, value in request.headers.items()}
        self.sent_bytes += len(body) + sum(len(name) + len(value) + 4 for name, value in named.items())
        if cut_after_bytes is not None:
            self._send_truncated(method, request.path_url, named, body[:cut_after_bytes])
            return None
        self._connection.request(method, request.path_url, body or None, named)
        response = self._connection.getresponse()
        return Response(response.status, response.headers, response.read())

    def _send_truncated(self, method: str, path: str, headers: dict[str, str], sent: bytes) -> None:
        self._connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            self._connection.putheader(name, value)
        self._connection.endheaders(sent)
        self._connection.close()  # the next request opens it anew
