"""Client of the centre's API: every signed request of an enrolled kiosk."""

from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests import PreparedRequest

from kiosk_app.forwarder.centre_connection import NOT_THE_CENTRE, CentreConnection, Response, parse_count, parse_message
from kiosk_app.forwarder.centre_errors import RefusedError, UnreachableError
from protocol import keys, notice_channels, release_request, remote_command, signing, staff_call
from protocol.messages import (
    CentreKeys,
    CommandResult,
    Delivery,
    EnrolmentResponse,
    Heartbeat,
    Receipt,
    ReleaseRequest,
    RemoteCommands,
)

JSON_MEDIA_TYPE = "application/json"


@dataclass(frozen=True)
class HeartbeatResponse:
    """`keys`: fingerprints of the centre's present (sealing, receipt) keys, empty when it states none.
    `call_response`: the desk's response to the staff call that the heartbeat named. `notice_channels`: by which the
    centre can send notices. `command_ids`: the commands to this kiosk that have no result yet.
    `release_mark`: of the release that is requested of it, '' for none."""

    keys: tuple[str, ...]
    call_response: staff_call.StaffCallResponse
    notice_channels: tuple[str, ...] = ()
    command_ids: tuple[UUID, ...] = ()
    release_mark: str = ""


class CentreClient:
    """Every method raises CentreError."""

    def __init__(self, url: str, key: Ed25519PrivateKey, connection: CentreConnection) -> None:
        self._url = url.rstrip("/") + "/api/v1"
        self._key = key
        self._key_id = keys.fingerprint(keys.public_key_bytes(key))
        self._connection = connection
        self.accepted_chunks = 0  # chunks of pages that the centre has accepted so far

    def fetch_part_offset(self, sha256: str) -> int:
        """The number of bytes of a part that the centre holds."""
        response = self._send("HEAD", f"/parts/{sha256}")
        if response.status == 404:
            return 0
        return _parse_upload_offset(response)

    def upload_chunk(self, sha256: str, offset: int, size: int, chunk: bytes) -> int:
        """Send the bytes of a part from `offset` on; returns how many bytes the centre then holds. Raises
        WrongOffsetError."""
        headers = {"Upload-Offset": str(offset), "Upload-Length": str(size), "Content-Type": "application/octet-stream"}
        response = self._send("PATCH", f"/parts/{sha256}", chunk, headers)
        held = _parse_upload_offset(_require_found(response))
        self.accepted_chunks += 1
        return held

    def submit(self, delivery: Delivery) -> Receipt:
        """Send a submission; returns its receipt, not yet verified."""
        headers = {"Content-Type": JSON_MEDIA_TYPE, "Idempotency-Key": f'"{delivery.submission_id}"'}
        response = self._send("POST", "/submissions", delivery.model_dump_json().encode(), headers)
        return parse_message(Receipt, _require_found(response))

    def send_heartbeat(self, heartbeat: Heartbeat) -> HeartbeatResponse:
        """Send the state of this kiosk."""
        response = self._send(
            "POST", "/heartbeats", heartbeat.model_dump_json().encode(), {"Content-Type": JSON_MEDIA_TYPE}
        )
        if _require_found(response).status != 204:
            raise UnreachableError(NOT_THE_CENTRE)
        call_response = staff_call.parse_header(heartbeat.staff_call, response.headers.get(staff_call.HEADER, ""))
        channels = notice_channels.parse_header(response.headers.get(notice_channels.HEADER, ""))
        centre_keys = tuple(response.headers.get("Centre-Keys", "").split()[:2])
        command_ids = remote_command.parse_header(response.headers.get(remote_command.HEADER, ""))
        release_mark = release_request.parse_header(response.headers.get(release_request.HEADER, ""))
        return HeartbeatResponse(centre_keys, call_response, channels, command_ids, release_mark)

    def fetch_keys(self, enrolment_id: UUID) -> CentreKeys:
        """The centre's statement about its keys, not yet verified."""
        return parse_message(CentreKeys, _require_found(self._send("GET", f"/enrolments/{enrolment_id}/keys")))

    def fetch_commands(self, enrolment_id: UUID) -> RemoteCommands:
        """The commands to this kiosk that have no result yet, not verified."""
        return parse_message(RemoteCommands, _require_found(self._send("GET", f"/enrolments/{enrolment_id}/commands")))

    def fetch_release_request(self, enrolment_id: UUID) -> ReleaseRequest:
        """The release that is requested of this kiosk, not verified."""
        return parse_message(ReleaseRequest, _require_found(self._send("GET", f"/enrolments/{enrolment_id}/release")))

    def send_support_bundle(self, enrolment_id: UUID, command_id: UUID, bundle: bytes) -> None:
        """Send the support bundle that this command has asked for."""
        headers = {"Content-Type": "application/octet-stream"}
        path = f"/enrolments/{enrolment_id}/commands/{command_id}/bundle"
        _require_found(self._send("PUT", path, bundle, headers))

    def send_command_result(self, enrolment_id: UUID, command_id: UUID, result: CommandResult) -> None:
        """Report how a command ended."""
        path = f"/enrolments/{enrolment_id}/commands/{command_id}/result"
        _require_found(self._send("POST", path, result.model_dump_json().encode(), {"Content-Type": JSON_MEDIA_TYPE}))

    def fetch_enrolment(self, enrolment_id: UUID) -> EnrolmentResponse:
        return parse_message(EnrolmentResponse, _require_found(self._send("GET", f"/enrolments/{enrolment_id}")))

    def _send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Response:
        request = PreparedRequest()
        request.prepare(method, self._url + path, headers=headers or {}, data=body or None)
        signing.sign_request(request, self._key, self._key_id)
        return self._connection.send(request)


def _require_found(response: Response) -> Response:
    if response.status == 404:
        raise RefusedError("The centre does not accept it (404: is it still at this address?)")
    return response


def _parse_upload_offset(response: Response) -> int:
    held = parse_count(response.headers.get("Upload-Offset", ""))
    if held is None:
        raise UnreachableError(NOT_THE_CENTRE)
    return held
