"""A fake centre on a free port that speaks the protocol and fails on request.

It verifies signatures, stores parts by their hash in memory, and signs receipts.
"""

import hashlib
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, TypeVar
from uuid import UUID

from uuid6 import uuid7

from protocol import keys, remote_command, signing
from protocol.case_status import CaseStatus
from protocol.encoding import from_base64, to_base64
from protocol.messages import (
    CentreKeys,
    CentreKeysStatement,
    CommandResult,
    Delivery,
    EnrolmentRequest,
    EnrolmentResponse,
    EnrolmentStatus,
    Heartbeat,
    Problem,
    RatingRequest,
    Receipt,
    ReceiptStatement,
    RemoteCommand,
    RemoteCommands,
    TrackingRequest,
    TrackingResponse,
)
from tests.outbox_samples import CENTRE_KEYS, KIOSK_SIGNING_KEY

API = "/api/v1"
PlannedT = TypeVar("PlannedT")


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


CONNECTION_CLOSED = Reply(0)  # the connection is closed without a response
PORTAL_PAGE = Reply(200, b"<html>Please sign in to the hotel's network</html>", {"Content-Type": "text/html"})
PORTAL_REDIRECT = Reply(302, b"", {"Location": "http://portal.invalid/sign-in"})


def problem_reply(status: int, **headers: str) -> Reply:
    body = Problem(title="Not now", status=status).model_dump_json().encode()
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def forge_receipt(reply: Reply) -> Reply:
    """The receipt, signed with another key."""
    receipt = Receipt.model_validate_json(reply.body)
    other = receipt.model_copy(update={"signature": to_base64(keys.new_signing_key().sign(b"forged"))})
    return Reply(200, other.model_dump_json().encode())


class FakeCentre:
    """Serves at `url` inside its `with` block; over HTTPS if `tls` is given. Host "::" listens at every address."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.host = host
        self.tls = tls
        self.parts: dict[str, bytes] = {}
        self.sizes: dict[str, int] = {}
        self.deliveries: dict[UUID, Delivery] = {}
        self.receipts: dict[UUID, bytes] = {}
        self.heartbeats: list[Heartbeat] = []
        self.ratings: list[RatingRequest] = []
        self.requests: list[str] = []  # 'METHOD path'
        # Failures by the beginning of 'METHOD path'. Each entry of a list is used once.
        self.scripted_replies: list[tuple[str, Reply]] = []  # sent instead of handling the request
        self.constant_replies: dict[str, Reply] = {}  # the same for every request
        self.reply_changes: list[tuple[str, Callable[[Reply], Reply]]] = []  # applied after handling
        self.refused_numbers: set[str] = set()
        self.known_keys = {
            keys.fingerprint(keys.public_key_bytes(KIOSK_SIGNING_KEY)): keys.public_key_bytes(KIOSK_SIGNING_KEY)
        }
        self.current_keys: CentreKeys | None = None  # its keys since a key change after the enrolment
        self.commands: dict[UUID, RemoteCommand] = {}  # without a result, by their ids
        self.command_results: dict[UUID, CommandResult] = {}
        self.bundles: dict[UUID, bytes] = {}
        self.already_enrolled = False  # every enrolment request is a repeated one and gets its earlier response
        self.enrolments: dict[UUID, EnrolmentResponse] = {}
        self.public = {
            "sealing_key": to_base64(keys.public_key_bytes(CENTRE_KEYS.sealing)),
            "receipt_key": to_base64(keys.public_key_bytes(CENTRE_KEYS.receipts)),
        }
        self.lock = threading.Lock()
        self.request_done = threading.Condition()

    def __enter__(self) -> Self:
        centre = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def answer(self) -> None:
                if "Host" not in self.headers:  # cut off before the end of its header
                    self.close_connection = True
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                reply = centre.reply(self.command, self.path, dict(self.headers.items()), body)
                if reply is CONNECTION_CLOSED:
                    self.close_connection = True
                else:
                    self.send_response_only(reply.status)
                    if "Date" not in reply.headers:
                        self.send_header("Date", self.date_time_string())
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    if reply.status != 204:
                        self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(reply.body)
                with centre.request_done:
                    centre.request_done.notify_all()

            do_GET = do_HEAD = do_PATCH = do_POST = do_PUT = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in centre.host else socket.AF_INET

            def handle_error(self, request: Any, client_address: object) -> None:
                if not isinstance(sys.exc_info()[1], OSError):  # cut connections are expected and not logged
                    super().handle_error(request, client_address)

        self.server = Server((self.host, 0), Handler)
        if self.tls is not None:
            self.server.socket = self.tls.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if self.tls is None else "https"
        address = "[::1]" if ":" in self.host else "127.0.0.1"
        self.url = f"{scheme}://{address}:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = 20) -> None:
        with self.request_done:
            assert self.request_done.wait_for(condition, timeout_s), "the centre did not see it in time"

    def reply(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        with self.lock:
            request = f"{method} {path}"
            self.requests.append(request)
            constant_reply = next(
                (reply for beginning, reply in self.constant_replies.items() if request.startswith(beginning)), None
            )
            if scripted_reply := _take_planned(self.scripted_replies, request) or constant_reply:
                return scripted_reply
            try:
                reply = self._valid_reply(method, path.removeprefix(API), headers, body)
            except signing.SignatureError as error:
                reply = Reply(401, Problem(title=str(error), status=401).model_dump_json().encode())
            reply_change = _take_planned(self.reply_changes, request)
            return reply_change(reply) if reply_change else reply

    def _valid_reply(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        if (method, path) == ("POST", "/enrolments"):
            return self._enrol(EnrolmentRequest.model_validate_json(body))
        if (method, path) == ("POST", "/track"):
            return self._track(TrackingRequest.model_validate_json(body))
        if (method, path) == ("POST", "/track/rating"):
            self.ratings.append(RatingRequest.model_validate_json(body))
            return self._track(self.ratings[-1])
        signing.verify_request(method, f"http://{headers['Host']}{API}{path}", headers, body, self.known_keys.get)
        kind, _, name = path.lstrip("/").partition("/")
        if name.endswith("/keys"):
            assert self.current_keys is not None
            return Reply(200, self.current_keys.model_dump_json().encode())
        if "/commands" in name:
            return self._command(name, body)
        if kind == "enrolments":
            return Reply(200, self.enrolments[UUID(name)].model_dump_json().encode())
        if kind == "parts":
            return self._part(method, name, headers, body)
        if kind == "heartbeats":
            self.heartbeats.append(Heartbeat.model_validate_json(body))
            header = {remote_command.HEADER: remote_command.format_header(self.commands)}
            return Reply(204, b"", {**self._keys_header(), **header})
        delivery = Delivery.model_validate_json(body)
        assert headers["Idempotency-Key"] == f'"{delivery.submission_id}"'
        return self._submission(delivery)

    def _keys_header(self) -> dict[str, str]:
        if self.current_keys is None:
            return {}
        statement = CentreKeysStatement.model_validate_json(from_base64(self.current_keys.statement))
        fingerprints = (keys.fingerprint(from_base64(key)) for key in (statement.sealing_key, statement.receipt_key))
        return {"Centre-Keys": " ".join(fingerprints)}

    def _command(self, name: str, body: bytes) -> Reply:
        """A request below /enrolments/{id}/commands."""
        _, _, action = name.partition("/commands")
        if not action:
            return Reply(200, RemoteCommands(commands=tuple(self.commands.values())).model_dump_json().encode())
        command_id, _, kind = action.strip("/").partition("/")
        if kind == "bundle":
            self.bundles[UUID(command_id)] = body
        else:
            self.command_results[UUID(command_id)] = CommandResult.model_validate_json(body)
            self.commands.pop(UUID(command_id), None)
        return Reply(204)

    def _part(self, method: str, sha256: str, headers: dict[str, str], body: bytes) -> Reply:
        held = self.parts.get(sha256, b"")
        if method == "HEAD":
            return Reply(200, b"", {"Upload-Offset": str(len(held))}) if held else Reply(404)
        if int(headers["Upload-Offset"]) != len(held):
            return Reply(409, b"", {"Upload-Offset": str(len(held))})
        self.parts[sha256] = held = held + body
        if len(held) == int(headers["Upload-Length"]) and hashlib.sha256(held).hexdigest() != sha256:
            del self.parts[sha256]
            return Reply(422)
        return Reply(204, b"", {"Upload-Offset": str(len(held))})

    def _submission(self, delivery: Delivery) -> Reply:
        if delivery.case_number in self.refused_numbers or not all(
            len(self.parts.get(part.sha256, b"")) == part.size for part in delivery.parts
        ):
            title = "A part is missing or the number is not liked"
            return Reply(422, Problem(title=title, status=422).model_dump_json().encode())
        if delivery.submission_id not in self.receipts:
            statement = ReceiptStatement(
                submission_id=delivery.submission_id,
                case_number=delivery.case_number,
                kiosk_id=delivery.kiosk_id,
                sealed_sha256=delivery.sealed_sha256,
                parts=tuple(part.sha256 for part in delivery.parts),
                received_at=datetime.now(UTC),
            )
            self.deliveries[delivery.submission_id] = delivery
            receipt = signing.sign_receipt(statement, CENTRE_KEYS.receipts)
            self.receipts[delivery.submission_id] = receipt.model_dump_json().encode()
        return Reply(200, self.receipts[delivery.submission_id])

    def _enrol(self, request: EnrolmentRequest) -> Reply:
        raw = from_base64(request.signing_key)
        self.known_keys[keys.fingerprint(raw)] = raw
        if self.already_enrolled:
            return Reply(201, next(iter(self.enrolments.values())).model_dump_json().encode())
        response = EnrolmentResponse(enrolment_id=uuid7(), status=EnrolmentStatus.PENDING, **self.public)
        self.enrolments[response.enrolment_id] = response
        return Reply(201, response.model_dump_json().encode())

    def decide_enrolments(self, **changes: object) -> None:
        """Decide every enrolment as an officer at the desk does."""
        with self.lock:
            for enrolment_id, response in self.enrolments.items():
                self.enrolments[enrolment_id] = response.model_copy(update=changes)

    def _track(self, _request: TrackingRequest) -> Reply:
        response = TrackingResponse(found=True, sentence="รอเจ้าหน้าที่รับเรื่อง", status=CaseStatus.RECEIVED)
        return Reply(200, response.model_dump_json().encode())


def _take_planned(plan: list[tuple[str, PlannedT]], request: str) -> PlannedT | None:
    for index, (beginning, planned) in enumerate(plan):
        if request.startswith(beginning):
            del plan[index]
            return planned
    return None
