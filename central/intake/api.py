"""The API of the intake: parts and deliveries (protocol.messages describes the order of requests)."""

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Header, Path, Router

from central.fleet.authentication import KioskSignatureAuth, signing_enrolment
from central.intake import parts
from central.intake.delivery import accept_delivery
from central.problems import RequestRefusedError
from protocol.messages import Delivery, Receipt

router = Router()
Sha256Hex = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@router.api_operation(
    ["HEAD"], "/parts/{sha256}", auth=KioskSignatureAuth(), summary="The number of received bytes of a part"
)
def get_part_offset(request: HttpRequest, sha256: Sha256Hex) -> HttpResponse:
    part = parts.find(signing_enrolment(request), sha256)
    if part is None:
        return HttpResponse(status=404)
    complete = "?1" if part.is_complete else "?0"
    return HttpResponse(headers={"Upload-Offset": str(part.received_bytes), "Upload-Complete": complete})


@router.patch(
    "/parts/{sha256}",
    response={204: None},
    auth=KioskSignatureAuth(settings.MAX_PART_BYTES),
    summary="Send the next bytes of a part",
)
def append_part_bytes(
    request: HttpRequest,
    sha256: Sha256Hex,
    upload_offset: Annotated[int, Header(ge=0)],
    upload_length: Annotated[int, Header(gt=0)],
) -> HttpResponse:
    part = parts.append(signing_enrolment(request), sha256, upload_offset, upload_length, request.body)
    return HttpResponse(status=204, headers={"Upload-Offset": str(part.received_bytes)})


@router.post(
    "/submissions",
    response=Receipt,
    auth=KioskSignatureAuth(settings.MAX_SUBMISSION_BYTES),
    summary="Send a sealed submission",
)
def receive_submission(
    request: HttpRequest, delivery: Delivery, idempotency_key: Annotated[str, Header()]
) -> HttpResponse:
    # The header may be quoted, as in draft-ietf-httpapi-idempotency-key-header, or unquoted.
    if idempotency_key.strip('"') != str(delivery.submission_id):
        raise RequestRefusedError(422, "Idempotency-Key is not the submission id")
    return HttpResponse(accept_delivery(delivery, signing_enrolment(request)), content_type="application/json")
