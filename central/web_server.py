"""The web server waitress with the limits of this service: many connections, a time limit for slow senders, and its own
refusals (too large, too slow, unreadable) as RFC 9457 problems."""

import json
import os
import resource
import socket
import time
from collections.abc import Iterable

import waitress
from django.conf import settings
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer
from waitress.task import ErrorTask
from waitress.utilities import Error

from central.wsgi import application
from protocol.messages import Problem

IDLE_TIMEOUT_S = 30  # a connection without data for this time is closed; parts resume
REQUEST_GRACE_S = 30.0  # time a request may take at any speed ...
MIN_BYTES_PER_S = 500  # ... and the speed it needs beyond that: a tenth of the slowest mobile network
_MAX_BUFFER_BYTES = 32 * 1024
_MAX_OPEN_FILES = 8192
_FIRST_INHERITED = 3  # SD_LISTEN_FDS_START
_RESERVED_FILES = 128  # database, static files, pictures being read


class _TooSlowError(Error):  # type: ignore[misc]
    code = 408
    reason = "Request Timeout"


class _TimedRequestParser(HTTPRequestParser):  # type: ignore[misc]
    """Ends a request that arrives too slowly. The time-out of waitress counts from the last byte, so a sender of one
    byte now and then could hold a connection without limit."""

    completed: bool

    def __init__(self, adj: object) -> None:
        super().__init__(adj)
        self._started_at_s = time.monotonic()
        self._received_bytes = 0

    def parse_header(self, header_plus: bytes) -> None:
        """Refuse a request that two servers can read differently: with both a length and chunks, the proxy may see one
        request where this server sees two (RFC 9112, 6.1)."""
        super().parse_header(header_plus)
        chunked = self.chunked or "TRANSFER_ENCODING" in self.headers  # the header in HTTP/1.0, which has no chunks
        if chunked and ("CONTENT_LENGTH" in self.headers or self.version != "1.1"):
            raise ParsingError("Both Content-Length and Transfer-Encoding")

    def received(self, data: bytes) -> int:
        used = int(super().received(data))
        self._received_bytes += used
        if (
            not self.completed
            and time.monotonic() - self._started_at_s > REQUEST_GRACE_S + self._received_bytes / MIN_BYTES_PER_S
        ):
            self.error, self.completed, self.connection_close = _TooSlowError(""), True, True
            return len(data)
        return used


class _ProblemTask(ErrorTask):  # type: ignore[misc]
    def execute(self) -> None:
        error = self.request.error
        problem = Problem(title=error.reason, status=error.code)
        body = json.dumps(problem.model_dump()).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/problem+json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(b"" if getattr(self.request, "command", "") == "HEAD" else body)


class _TimedChannel(HTTPChannel):  # type: ignore[misc]
    parser_class = _TimedRequestParser
    error_task_class = _ProblemTask


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Listening sockets on every address of the host (localhost has two), shared by all workers. Raises OSError."""
    addresses = dict.fromkeys(
        (family, where) for family, _, _, _, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return [socket.create_server(where[:2], family=family, backlog=1024) for family, where in addresses]


def inherited_sockets() -> list[socket.socket]:
    """Listening sockets that systemd has opened for this process (sd_listen_fds); none without a socket unit. systemd
    keeps them during a restart, so callers wait instead of being refused."""
    if os.environ.pop("LISTEN_PID", "") != str(os.getpid()):
        return []
    count = int(os.environ.pop("LISTEN_FDS", "0"))
    sockets = [socket.socket(fileno=number) for number in range(_FIRST_INHERITED, _FIRST_INHERITED + count)]
    for listening in sockets:
        listening.set_inheritable(False)
    return sockets


def serve(sockets: Iterable[socket.socket], threads: int, trusted_proxy: str | None) -> None:
    """Serve requests until SystemExit is raised in this thread; requests in progress are finished."""
    proxy = (
        {"trusted_proxy": trusted_proxy, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"}
        if trusted_proxy
        else {}
    )
    channels: dict[int, object] = {}
    server = waitress.create_server(
        application,
        map=channels,
        sockets=list(sockets),
        threads=threads,
        # More than any limit of this service: a slightly too large request gets this service's response, a larger one
        # is refused by waitress.
        max_request_body_size=settings.MAX_UPLOAD_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        # Memory per connection while a request arrives; the rest of a body is in a file. 8,000 connections take
        # 0.5 GB. With the defaults of waitress, 256 kB and 512 kB, they would take 6 GB.
        max_request_header_size=_MAX_BUFFER_BYTES,
        inbuf_overflow=_MAX_BUFFER_BYTES,
        channel_timeout=IDLE_TIMEOUT_S,
        connection_limit=_raise_connection_limit(),
        asyncore_use_poll=True,  # select() ends at 1,024
        clear_untrusted_proxy_headers=True,
        ident=None,
        **proxy,
    )
    for listening in channels.values():
        if isinstance(listening, BaseWSGIServer):
            listening.channel_class = _TimedChannel
    server.run()


def _raise_connection_limit() -> int:
    """The number of connections that may be open at once: most of the descriptors the system allows. One stranger can
    occupy the 100 connections that are the default of waitress; a connection costs one descriptor and little memory
    (decision 0023)."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = _MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _MAX_OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(100, allowed - _RESERVED_FILES)
