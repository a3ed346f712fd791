"""The address to which LINE posts what users write to an official account."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from central.line_account.webhook import MAX_BODY_BYTES, WebhookError, receive_webhook
from central.problems import RequestRefusedError, refuse_oversize

router = Router()


def authenticate_by_signature(request: HttpRequest) -> bool:
    """Limits the body before it is read; the signature over it is checked by `receive_webhook`."""
    refuse_oversize(request, MAX_BODY_BYTES)
    return True


@router.post(
    "/line/{receipt_id}",
    response={200: None},
    auth=authenticate_by_signature,
    summary="What LINE users have written to an official account, signed by LINE",
)
def receive_line_webhook(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    try:
        receive_webhook(receipt_id, request.headers.get("x-line-signature", ""), request.body)
    except WebhookError as error:
        raise RequestRefusedError(error.status, error.title) from None
    return HttpResponse(status=200)
