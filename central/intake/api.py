"""Parts and submissions: the API side of the intake (see protocol.messages for the way of one visit)."""

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Header, Path, Router

from central.fleet.authentication import KioskSignature, signer
from central.intake import parts
from central.intake.delivery import receive
from central.problems import Refused
from protocol.messages import Delivery, Receipt

router = Router()
Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@router.api_operation(["HEAD"], "/parts/{sha256}", auth=KioskSignature(), summary="How much of a part is held")
def part_held(request: HttpRequest, sha256: Hash) -> HttpResponse:
    part = parts.find(signer(request), sha256)
    if part is None:
        return HttpResponse(status=404)
    return HttpResponse(headers={"Upload-Offset": str(part.held), "Upload-Complete": "?1" if part.whole else "?0"})


@router.patch(
    "/parts/{sha256}",
    response={204: None},
    auth=KioskSignature(settings.MAX_PART_BYTES),
    summary="The next bytes of a part",
)
def part_bytes(
    request: HttpRequest,
    sha256: Hash,
    upload_offset: Annotated[int, Header(ge=0)],
    upload_length: Annotated[int, Header(gt=0)],
) -> HttpResponse:
    part = parts.append(signer(request), sha256, upload_offset, upload_length, request.body)
    return HttpResponse(status=204, headers={"Upload-Offset": str(part.held)})


@router.post(
    "/submissions", response=Receipt, auth=KioskSignature(settings.MAX_SUBMISSION_BYTES), summary="A sealed submission"
)
def submission(request: HttpRequest, delivery: Delivery, idempotency_key: Annotated[str, Header()]) -> HttpResponse:
    # The header may be quoted, as draft-ietf-httpapi-idempotency-key-header has it, or bare.
    if idempotency_key.strip('"') != str(delivery.submission_id):
        raise Refused(422, "Idempotency-Key is not the submission id")
    return HttpResponse(receive(delivery, signer(request)), content_type="application/json")
