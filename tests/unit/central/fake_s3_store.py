"""A fake S3 server with the operations for pictures: PUT, GET, HEAD and DELETE of objects and the list of a bucket, for
requests with the right key id (Signature Version 4; the signature itself is not verified).

With `keeps_versions` it is a bucket with versions: a DELETE hides an object, one with `versionId` deletes that version.
"""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

import pytest

from central import pictures

KEY_ID = "simulated-key"


class FakeS3Store:
    """Serves inside its `with` block. `objects` are by path, '/bucket/key'."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.versions: dict[str, dict[str, bytes]] = {}  # of each path, by id; only with `keeps_versions`
        self.broken = self.keeps_versions = self.hides_versions = False

    def __enter__(self) -> Self:
        store = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Content-Encoding") == "aws-chunked":
                    body = _unchunked(body)
                status, content = store.reply(self.command, self.path, body, self.headers)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_PUT = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def reply(self, method: str, url: str, body: bytes, headers: object) -> tuple[int, bytes]:
        path, _, query = url.partition("?")
        signed = str(getattr(headers, "get")("Authorization", ""))  # noqa: B009
        if not signed.startswith(f"AWS4-HMAC-SHA256 Credential={KEY_ID}/"):
            return 403, b""
        if self.broken:
            return 500, b""
        parameters = parse_qs(query, keep_blank_values=True)
        if "versions" in parameters and self.hides_versions:
            return 403, b"<Error><Code>AccessDenied</Code></Error>"
        if method == "GET" and "versions" in parameters:
            return 200, self._listed_versions(path, parameters["prefix"][0])
        if method == "GET" and "prefix" in parameters:
            return 200, self._listed(path, parameters["prefix"][0])
        if method == "PUT":
            self.objects[path] = body
            if self.keeps_versions:
                of_path = self.versions.setdefault(path, {})
                of_path[f"v{len(of_path)}"] = body
            return 200, b""
        if method == "DELETE" and "versionId" in parameters:
            del self.versions[path][parameters["versionId"][0]]
            return 204, b""
        if method == "DELETE" and self.keeps_versions:
            self.objects.pop(path, None)
            self.versions.setdefault(path, {})["marker"] = b""
            return 204, b""
        if method == "DELETE" and path not in self.objects:
            return 204, b""  # as S3: a repeated deletion is no error
        if path not in self.objects:
            return 404, b""
        if method == "DELETE":
            del self.objects[path]
            return 204, b""
        return 200, self.objects[path]

    def _listed_versions(self, bucket: str, prefix: str) -> bytes:
        rows = ""
        for path in sorted(self.objects.keys() | self.versions.keys()):
            key = path.removeprefix(f"{bucket}/")
            if key.startswith(prefix):
                rows += "".join(_version(key, version) for version in self.versions.get(path, {"null": b""}))
        return f"<ListVersionsResult><IsTruncated>false</IsTruncated>{rows}</ListVersionsResult>".encode()

    def _listed(self, bucket: str, prefix: str) -> bytes:
        keys = [path.removeprefix(f"{bucket}/") for path in self.objects]
        rows = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>"
            for key in keys
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()


def _version(key: str, version: str) -> str:
    kind = "DeleteMarker" if version == "marker" else "Version"
    return f"<{kind}><Key>{key}</Key><VersionId>{version}</VersionId><IsLatest>false</IsLatest></{kind}>"


def _unchunked(body: bytes) -> bytes:
    """The content of an aws-chunked body: size in hex, bytes, and so on."""
    content, rest = b"", body
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        if length == 0:
            break
        content, rest = content + rest[:length], rest[length + 2 :]
    return content


@pytest.fixture
def store(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeS3Store]:
    """An S3-compatible store in which the service keeps its pictures."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulated-secret")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with FakeS3Store() as store:
        address = f"s3://letters/khonkaen?endpoint_url={store.url}&region_name=th&addressing_style=path"
        settings.STORAGES = settings.STORAGES | {"default": pictures.s3_storage_setting(address)}
        yield store
