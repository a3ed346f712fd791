"""The lookup of the tracking page as JSON, for the tracking screen of kiosks."""

from django.http import HttpRequest
from ninja import Router

from central.client_address import client_address
from central.problems import RequestRefusedError, authenticate_unsigned
from central.tracking.lookup import LookupOutcome, find_case_status
from protocol.messages import TrackingRequest, TrackingResponse

router = Router()


@router.post(
    "/track",
    response=TrackingResponse,
    auth=authenticate_unsigned,
    summary="The status of a case, by its tracking code",
)
def track(request: HttpRequest, question: TrackingRequest) -> TrackingResponse:
    lookup = find_case_status(question.code, question.language, client_address(request))
    if lookup.outcome is LookupOutcome.TOO_MANY_FAILURES:
        raise RequestRefusedError(
            429, "Too many lookups without a result", lookup.response.sentence, headers={"Retry-After": "600"}
        )
    return lookup.response
