"""Authentication of kiosks: requests signed by the key of an enrolment (RFC 9421)."""

from collections.abc import Collection

from django.conf import settings
from django.http import HttpRequest

from central.fleet.models import Enrolment
from central.problems import RequestRefusedError, refuse_oversize
from protocol import signing
from protocol.messages import EnrolmentStatus


class KioskSignatureAuth:
    """Authentication for Ninja: the enrolment that signed becomes `request.auth`.

    Raises RequestRefusedError: 413 for a body above `max_body_bytes`, 401 without a valid signature, 403 when the
    status of the enrolment is not in `allowed_statuses`."""

    def __init__(
        self,
        max_body_bytes: int = settings.MAX_SMALL_BODY_BYTES,
        allowed_statuses: Collection[EnrolmentStatus] = (EnrolmentStatus.APPROVED,),
    ) -> None:
        self._max_body_bytes = max_body_bytes
        self._allowed_statuses = allowed_statuses

    def __call__(self, request: HttpRequest) -> Enrolment:
        refuse_oversize(request, self._max_body_bytes)
        enrolment = _verify_signature(request)
        if enrolment.enrolment_status not in self._allowed_statuses:
            raise RequestRefusedError(403, "This kiosk is not enrolled", f"Its enrolment is {enrolment.status}.")
        return enrolment


def signing_enrolment(request: HttpRequest) -> Enrolment:
    """The enrolment that signed an authenticated request."""
    enrolment: Enrolment = request.auth  # type: ignore[attr-defined]
    return enrolment


def _verify_signature(request: HttpRequest) -> Enrolment:
    """The enrolment whose key signed this request. Raises RequestRefusedError."""
    url = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
    try:
        key_id = signing.verify_request(str(request.method), url, request.headers, request.body, _find_public_key)
    except signing.SignatureError as error:
        raise RequestRefusedError(401, "The request is not signed by a known kiosk") from error
    return Enrolment.objects.select_related("centre").get(fingerprint=key_id)


def _find_public_key(key_id: str) -> bytes | None:
    """The public key with this fingerprint, None for an unknown one."""
    key = Enrolment.objects.filter(fingerprint=key_id).values_list("signing_key", flat=True).first()
    return None if key is None else bytes(key)
