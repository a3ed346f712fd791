"""The centre as the kiosk sees it: each message of protocol.messages that an enrolled kiosk sends, signed."""

from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests import PreparedRequest

from kiosk_app.forwarder.centre_connection import SOMETHING_ELSE, Answer, Line, count, parsed
from kiosk_app.forwarder.centre_errors import RefusedError, UnreachableError
from protocol import keys, signing, staff_call
from protocol.messages import CentreKeys, Delivery, EnrolmentAnswer, Heartbeat, Receipt

JSON = "application/json"


@dataclass(frozen=True)
class Heard:
    """What the centre says to a heartbeat: fingerprints of its (sealing, receipt) keys of today, empty when it does not
    say; and how it answers the call for staff that the heartbeat named."""

    keys: tuple[str, ...]
    call_answer: staff_call.CallAnswer


class Centre:
    """Every method raises what kiosk_app.forwarder.centre_errors names."""

    def __init__(self, url: str, key: Ed25519PrivateKey, line: Line) -> None:
        self._url = url.rstrip("/") + "/api/v1"
        self._key = key
        self._key_id = keys.fingerprint(keys.public_bytes(key))
        self._line = line
        self.taken = 0  # pieces of pages the centre has taken so far

    def held(self, sha256: str) -> int:
        """How many bytes of a part the centre holds."""
        answer = self._send("HEAD", f"/parts/{sha256}")
        if answer.status == 404:
            return 0
        return _offset(answer)

    def send_bytes(self, sha256: str, offset: int, size: int, piece: bytes) -> int:
        """Send a part's bytes from `offset` on; how many the centre holds then. Raises WrongOffsetError as well."""
        headers = {"Upload-Offset": str(offset), "Upload-Length": str(size), "Content-Type": "application/octet-stream"}
        answer = self._send("PATCH", f"/parts/{sha256}", piece, headers)
        held = _offset(_found(answer))
        self.taken += 1
        return held

    def submit(self, delivery: Delivery) -> Receipt:
        """Hand over a submission; its receipt is not verified here."""
        headers = {"Content-Type": JSON, "Idempotency-Key": f'"{delivery.submission_id}"'}
        answer = self._send("POST", "/submissions", delivery.model_dump_json().encode(), headers)
        return parsed(Receipt, _found(answer))

    def beat(self, heartbeat: Heartbeat) -> Heard:
        """Say how this kiosk is."""
        answer = self._send("POST", "/heartbeats", heartbeat.model_dump_json().encode(), {"Content-Type": JSON})
        if _found(answer).status != 204:
            raise UnreachableError(SOMETHING_ELSE)
        answered = staff_call.answer_to(heartbeat.staff_call, answer.headers.get(staff_call.HEADER, ""))
        return Heard(tuple(answer.headers.get("Centre-Keys", "").split()), answered)

    def keys_of_today(self, enrolment_id: UUID) -> CentreKeys:
        """The centre's word on its keys; its signature is not verified here."""
        return parsed(CentreKeys, _found(self._send("GET", f"/enrolments/{enrolment_id}/keys")))

    def enrolment(self, enrolment_id: UUID) -> EnrolmentAnswer:
        return parsed(EnrolmentAnswer, _found(self._send("GET", f"/enrolments/{enrolment_id}")))

    def _send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        request = PreparedRequest()
        request.prepare(method, self._url + path, headers=headers or {}, data=body or None)
        signing.sign(request, self._key, self._key_id)
        return self._line.send(request)


def _found(answer: Answer) -> Answer:
    if answer.status == 404:
        raise RefusedError("The centre will not take it (404: is centre.url right?)")
    return answer


def _offset(answer: Answer) -> int:
    held = count(answer.headers.get("Upload-Offset", ""))
    if held is None:
        raise UnreachableError(SOMETHING_ELSE)
    return held
