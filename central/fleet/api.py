"""Enrolments and heartbeats: the API side of the fleet."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from central.fleet import enrolments, heartbeats, staff_calls
from central.fleet.authentication import KioskSignature, signer
from central.fleet.models import Enrolment
from central.keyring import KINDS, keyring
from central.problems import Refused, small_body
from central.throttle import Throttle, address
from protocol import staff_call
from protocol.messages import CentreKeys, EnrolmentAnswer, EnrolmentRequest, EnrolmentStatus, Heartbeat

router = Router()
# A technician with twenty kiosks to install must get through in one go; a stranger must not fill the desk.
_ASKING = Throttle("enrolments", limit=60, window_s=3600)


def _own_url(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _own(request: HttpRequest, enrolment_id: UUID) -> Enrolment:
    enrolment = signer(request)
    if enrolment.id != enrolment_id:
        raise Refused(404, "This key has no such enrolment")
    return enrolment


@router.post(
    "/enrolments", response={201: EnrolmentAnswer}, auth=small_body, summary="A kiosk asks to belong to a centre"
)
def ask(request: HttpRequest, asked: EnrolmentRequest) -> tuple[int, EnrolmentAnswer]:
    caller = address(request)
    if _ASKING.exhausted(caller):
        raise Refused(429, "Too many enrolments from this address", headers={"Retry-After": "3600"})
    _ASKING.count(caller)
    try:
        return 201, enrolments.answer(enrolments.ask(asked), _own_url(request))
    except enrolments.EnrolmentError as error:
        raise Refused(422, "This enrolment cannot be taken", str(error)) from error


@router.get(
    "/enrolments/{enrolment_id}",
    response=EnrolmentAnswer,
    auth=KioskSignature(standing=tuple(EnrolmentStatus)),
    summary="How the asking kiosk's enrolment stands",
)
def standing(request: HttpRequest, enrolment_id: UUID) -> EnrolmentAnswer:
    return enrolments.answer(_own(request, enrolment_id), _own_url(request))


@router.get(
    "/enrolments/{enrolment_id}/keys",
    response=CentreKeys,
    auth=KioskSignature(),
    summary="The centre's keys of today, for the asking kiosk",
)
def keys_of_today(request: HttpRequest, enrolment_id: UUID) -> CentreKeys:
    return enrolments.keys_of_today(_own(request, enrolment_id))


@router.post("/heartbeats", response={204: None}, auth=KioskSignature(), summary="A kiosk says how it is")
def heartbeat(request: HttpRequest, said: Heartbeat) -> HttpResponse:
    enrolment, ring = signer(request), keyring()
    if heartbeats.store(enrolment, said) and said.centre_keys:
        enrolments.keys_taken(enrolment, *said.centre_keys)
    headers = {"Centre-Keys": " ".join(ring.current(kind) for kind in KINDS)}
    answered = staff_calls.answer_for(enrolment, said.staff_call)
    if answered is not None:
        headers[staff_call.HEADER] = staff_call.written(said.staff_call, answered)
    return HttpResponse(status=204, headers=headers)
