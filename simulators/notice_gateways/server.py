"""One local HTTP server with the three services. `behaviour` decides how each request is answered."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Behaviour(Enum):
    """How a gateway answers one request."""

    WORK = "work"
    FAIL = "fail"  # 500, and the message is not taken
    TAKE_AND_FAIL = "take_and_fail"  # the message is taken, then 500: the sender cannot know
    TAKE_AND_HANG_UP = "take_and_hang_up"  # the message is taken, then the connection ends without a response
    LIMIT = "limit"  # 429 with Retry-After: 1
    HANG = "hang"  # no response, until the server stops
    LIE = "lie"  # 200 with an error in the body, and the message is not taken
    REFUSE_KEY = "refuse_key"  # 401
    REFUSE = "refuse"  # 400: this recipient


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"


@dataclass(frozen=True)
class Reply:
    """A response of a service."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Service = Callable[[ReceivedRequest], Reply]
_FAULTS = {
    Behaviour.FAIL: Reply(500, b"internal error"),
    Behaviour.LIMIT: Reply(429, b"slow down", {"Retry-After": "1"}),
    Behaviour.LIE: Reply(200, b'{"status": "error", "code": 17}'),
    Behaviour.REFUSE_KEY: Reply(401, b'{"message": "unknown key"}'),
    Behaviour.REFUSE: Reply(400, b'{"message": "unknown recipient"}'),
}


class GatewayServer:
    """Serves on loopback while it is a context. `services` are found by the beginning of a path; `requests` has all
    requests, also those that were answered with a fault."""

    def __init__(self, services: Mapping[str, Service], port: int = 0) -> None:
        self._services = services
        self.behaviour: Callable[[ReceivedRequest], Behaviour] = lambda request: Behaviour.WORK
        self.requests: list[ReceivedRequest] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._server = _Server(("127.0.0.1", port), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def reply_to(self, request: ReceivedRequest) -> Reply | None:
        """The response; None to end the connection without one."""
        with self._lock:
            self.requests.append(request)
            behaviour = self.behaviour(request)
            if behaviour in _FAULTS:
                return _FAULTS[behaviour]
            if behaviour is not Behaviour.HANG:
                reply = self._service(request)
        match behaviour:
            case Behaviour.HANG:
                self._stopped.wait()
                return None
            case Behaviour.TAKE_AND_HANG_UP:
                return None
            case Behaviour.TAKE_AND_FAIL:
                return _FAULTS[Behaviour.FAIL]
            case _:
                return reply

    def _service(self, request: ReceivedRequest) -> Reply:
        service = next((each for start, each in self._services.items() if request.path.startswith(start)), None)
        return service(request) if service else Reply(404)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._respond()

            def do_POST(self) -> None:
                self._respond()

            def _respond(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = gateway.reply_to(ReceivedRequest(self.path, headers, body, self.command))
                if reply is None:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *arguments: Any) -> None:
                """No log: requests have phone numbers."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
