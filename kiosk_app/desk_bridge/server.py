"""The HTTP server of the bridge, on loopback only.

Whatever runs on this computer can connect, and a page of any website in its browser too. So a request is answered only
if its Host is the loopback address (no rebound name), its Origin is the desk, and its token was paired. Everybody else
gets no CORS header and nothing of the devices. Nothing that is read or printed is logged."""

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from pydantic import BaseModel, ValidationError

from kiosk_app.desk_bridge.devices import DeskDevices, DeviceError
from kiosk_app.desk_bridge.pairing import Pairing
from protocol.bilingual_text import BilingualText
from protocol.desk_bridge import (
    CARD_PATH,
    MAX_BODY_BYTES,
    PAIR_PATH,
    PRINT_PATH,
    BridgeProblem,
    PairingRequest,
    PairingResponse,
    SlipRequest,
)

LOOPBACK = "127.0.0.1"
_REQUEST_S = 10.0  # for the bytes of a request
_NOT_PAIRED = BilingualText("เบราว์เซอร์นี้ยังไม่ได้จับคู่กับเครื่อง", "This browser is not paired with the computer")
_WRONG_CODE = BilingualText(
    "รหัสจับคู่ไม่ถูกต้องหรือหมดอายุ โปรดเปิดโปรแกรมใหม่เพื่อรับรหัส",
    "The pairing code is wrong or has expired. Restart the bridge",
)
_BAD_REQUEST = BilingualText("คำขอไม่ถูกต้อง", "The request is not valid")
_BUSY = BilingualText("อุปกรณ์กำลังทำงาน โปรดรอสักครู่", "The device is busy. Wait a moment")


class BridgeServer:
    """Answers while the context lasts. `origin` is that of the desk: 'https://track.example.go.th'."""

    def __init__(self, devices: DeskDevices, pairing: Pairing, origin: str, port: int) -> None:
        self._devices, self._pairing, self._origin = devices, pairing, origin
        self._device_lock = threading.Lock()
        self._server = _Server((LOOPBACK, port), self._handler())
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def is_from_the_desk(self, host: str, origin: str) -> bool:
        """Whether a page of the desk sends this, to the address that it has."""
        return host == self.url.removeprefix("http://") and origin == self._origin

    def answer(self, path: str, token: str, body: bytes) -> tuple[HTTPStatus, BaseModel | None]:
        """The response to a POST of the desk."""
        try:
            if path == PAIR_PATH:
                return self._pair(PairingRequest.model_validate_json(body))
            if not self._pairing.is_paired(token):
                return HTTPStatus.UNAUTHORIZED, _problem("not_paired", _NOT_PAIRED)
            if path == CARD_PATH:
                return self._use_device(self._devices.read_card)
            if path == PRINT_PATH:
                slip = SlipRequest.model_validate_json(body)
                return self._use_device(lambda: self._devices.print_slip(slip))
        except ValidationError:
            return HTTPStatus.BAD_REQUEST, _problem("bad_request", _BAD_REQUEST)
        return HTTPStatus.NOT_FOUND, _problem("bad_request", _BAD_REQUEST)

    def _pair(self, request: PairingRequest) -> tuple[HTTPStatus, BaseModel]:
        token = self._pairing.pair(request.code)
        if token is None:
            return HTTPStatus.FORBIDDEN, _problem("wrong_code", _WRONG_CODE)
        return HTTPStatus.OK, PairingResponse(token=token)

    def _use_device(self, use: Callable[[], BaseModel | None]) -> tuple[HTTPStatus, BaseModel | None]:
        """One device call at a time: a second press waits for nothing, it is refused."""
        if not self._device_lock.acquire(blocking=False):
            return HTTPStatus.CONFLICT, _problem("busy", _BUSY)
        try:
            return HTTPStatus.OK, use()
        except DeviceError as error:
            return HTTPStatus.CONFLICT, _problem(error.problem, error.sentence)
        finally:
            self._device_lock.release()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bridge, origin = self, self._origin

        class Handler(BaseHTTPRequestHandler):
            timeout = _REQUEST_S
            protocol_version = "HTTP/1.1"

            def do_OPTIONS(self) -> None:
                """The preflight of the browser, also for private networks."""
                self._reply(HTTPStatus.NO_CONTENT if self._is_from_the_desk() else HTTPStatus.FORBIDDEN, None)

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "")
                if not self._is_from_the_desk() or not (length.isascii() and length.isdigit()):
                    self._reply(HTTPStatus.FORBIDDEN, None)
                elif int(length) > MAX_BODY_BYTES:
                    self._reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, None)
                else:
                    body = self.rfile.read(int(length))
                    token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                    self._reply(*bridge.answer(self.path, token, body))

            def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
                """Another method, or bytes that are no HTTP: the status alone."""
                self._reply(HTTPStatus(code), None)

            def _is_from_the_desk(self) -> bool:
                if getattr(self, "headers", None) is None:
                    return False
                return bridge.is_from_the_desk(self.headers.get("Host", ""), self.headers.get("Origin", ""))

            def _reply(self, status: HTTPStatus, message: BaseModel | None) -> None:
                content = message.model_dump_json().encode() if message is not None else b""
                self.send_response_only(status)
                if self._is_from_the_desk():
                    self.send_header("Access-Control-Allow-Origin", origin)
                    self.send_header("Access-Control-Allow-Methods", "POST")
                    self.send_header("Access-Control-Allow-Headers", "Authorization, Content-Type")
                    self.send_header("Access-Control-Allow-Private-Network", "true")
                self.send_header("Vary", "Origin")
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(content)
                self.close_connection = True

            def log_message(self, *arguments: Any) -> None:
                """Nothing: a request of a website is no event of this computer."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that has gone away, or bytes that are no HTTP: no traceback, which could hold data."""


def _problem(problem: str, sentence: BilingualText) -> BridgeProblem:
    return BridgeProblem(problem=problem, th=sentence.th, en=sentence.en)
