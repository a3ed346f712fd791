"""Who calls the kiosks' part of the API: a request signed by an enrolled key (RFC 9421)."""

from collections.abc import Collection

from django.conf import settings
from django.http import HttpRequest

from central.fleet.models import Enrolment
from central.problems import Refused, refuse_oversize
from protocol import signing
from protocol.messages import EnrolmentStatus


class KioskSignature:
    """Ninja authentication: the signing enrolment becomes `request.auth`. Refuses with 401 or 403."""

    def __init__(
        self, limit: int = settings.MAX_SMALL_BYTES, standing: Collection[EnrolmentStatus] = (EnrolmentStatus.APPROVED,)
    ) -> None:
        self._limit = limit
        self._standing = standing

    def __call__(self, request: HttpRequest) -> Enrolment:
        refuse_oversize(request, self._limit)
        found: dict[str, Enrolment] = {}

        def resolve(key_id: str) -> bytes | None:
            enrolment = Enrolment.objects.select_related("centre").filter(fingerprint=key_id).first()
            if enrolment is None:
                return None
            found[key_id] = enrolment
            return bytes(enrolment.signing_key)

        url = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
        try:
            key_id = signing.verify(str(request.method), url, request.headers, request.body, resolve)
        except signing.SignatureError as error:
            raise Refused(401, "The request is not signed by a known kiosk") from error
        enrolment = found[key_id]
        if enrolment.standing not in self._standing:
            raise Refused(403, "This kiosk is not enrolled", f"Its enrolment is {enrolment.status}.")
        return enrolment


def signer(request: HttpRequest) -> Enrolment:
    """The enrolment that signed an authenticated request."""
    enrolment: Enrolment = request.auth  # type: ignore[attr-defined]
    return enrolment
