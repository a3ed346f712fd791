"""The address to which SMS gateways post delivery receipts."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from central.notices.receipts import ReceiptError, apply_receipt
from central.problems import RequestRefusedError, authenticate_unsigned

router = Router()


@router.post(
    "/notices/receipts/{receipt_id}",
    response={204: None},
    auth=authenticate_unsigned,
    summary="What became of an SMS, signed by the gateway",
)
def receive_receipt(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    try:
        apply_receipt(receipt_id, request.headers, request.body)
    except ReceiptError as error:
        raise RequestRefusedError(error.status, error.title) from None
    return HttpResponse(status=204)
