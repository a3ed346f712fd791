"""The address to which pages post what was written on them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from central.listening.webhook import MAX_BODY_BYTES, ListeningWebhookError, is_verified, receive
from central.problems import RequestRefusedError, refuse_oversize

router = Router()
_MAX_CHALLENGE_CHARS = 200


def authenticate_by_signature(request: HttpRequest) -> bool:
    """Limits the body before it is read; the signature over it is checked by `receive`."""
    refuse_oversize(request, MAX_BODY_BYTES)
    return True


@router.post(
    "/listening/{receipt_id}",
    response={200: None},
    auth=authenticate_by_signature,
    summary="Posts of a page, signed with the secret of its source",
)
def receive_posts(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    try:
        receive(receipt_id, request.headers.get("x-hub-signature-256", ""), request.body)
    except ListeningWebhookError as error:
        raise RequestRefusedError(error.status, error.title) from None
    return HttpResponse(status=200)


@router.get("/listening/{receipt_id}", response={200: str}, summary="Confirms the address of a webhook to its page")
def confirm_address(request: HttpRequest, receipt_id: UUID) -> Any:
    try:
        verified = is_verified(receipt_id, request.GET.get("hub.verify_token", ""))
    except ListeningWebhookError as error:
        raise RequestRefusedError(error.status, error.title) from None
    if not verified:
        raise RequestRefusedError(403, "The verification token does not fit")
    challenge = request.GET.get("hub.challenge", "")[:_MAX_CHALLENGE_CHARS]
    return HttpResponse(challenge, content_type="text/plain; charset=utf-8")
