"""The tracking page's logic as JSON, for the kiosk's own look-up."""

from django.http import HttpRequest
from ninja import Router

from central.problems import Refused, small_body
from central.throttle import address
from central.tracking.lookup import Result, look_up
from protocol.messages import TrackAnswer, TrackQuestion

router = Router()


@router.post("/track", response=TrackAnswer, auth=small_body, summary="Where a case is, by its tracking code")
def track(request: HttpRequest, question: TrackQuestion) -> TrackAnswer:
    found = look_up(question.code, question.language, address(request))
    if found.result is Result.TOO_MANY:
        raise Refused(
            429, "Too many look-ups that found nothing", found.answer.sentence, headers={"Retry-After": "600"}
        )
    return found.answer
