"""Who calls the kiosks' part of the API: a request signed by an enrolled key (RFC 9421)."""

from collections.abc import Collection

from django.conf import settings
from django.http import HttpRequest

from central.fleet.models import Enrolment
from central.problems import RequestRefusedError, refuse_oversize
from protocol import signing
from protocol.messages import EnrolmentStatus


class KioskSignatureAuth:
    """Ninja authentication: the signing enrolment becomes `request.auth`. Refuses with 401 or 403."""

    def __init__(
        self,
        max_body_bytes: int = settings.MAX_SMALL_BODY_BYTES,
        allowed_statuses: Collection[EnrolmentStatus] = (EnrolmentStatus.APPROVED,),
    ) -> None:
        self._max_body_bytes = max_body_bytes
        self._allowed_statuses = allowed_statuses

    def __call__(self, request: HttpRequest) -> Enrolment:
        refuse_oversize(request, self._max_body_bytes)
        enrolments: dict[str, Enrolment] = {}

        def find_public_key(key_id: str) -> bytes | None:
            enrolment = Enrolment.objects.select_related("centre").filter(fingerprint=key_id).first()
            if enrolment is None:
                return None
            enrolments[key_id] = enrolment
            return bytes(enrolment.signing_key)

        url = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
        try:
            key_id = signing.verify_request(str(request.method), url, request.headers, request.body, find_public_key)
        except signing.SignatureError as error:
            raise RequestRefusedError(401, "The request is not signed by a known kiosk") from error
        enrolment = enrolments[key_id]
        if enrolment.enrolment_status not in self._allowed_statuses:
            raise RequestRefusedError(403, "This kiosk is not enrolled", f"Its enrolment is {enrolment.status}.")
        return enrolment


def signing_enrolment(request: HttpRequest) -> Enrolment:
    """The enrolment that signed an authenticated request."""
    enrolment: Enrolment = request.auth  # type: ignore[attr-defined]
    return enrolment
