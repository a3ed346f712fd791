"""Citizens who call for staff: which call is open at which kiosk, and how the desk responds.

The kiosk's heartbeats open and end a call, and the desk responds. A call with the response "done" is over; its row is
deleted once the kiosk has the response.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from central.centres.models import Officer
from central.fleet.models import Enrolment, StaffCall
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol.messages import Heartbeat
from protocol.staff_call import StaffCallResponse


def apply_heartbeat(enrolment: Enrolment, heartbeat: Heartbeat) -> None:
    """Open, replace or end the call of a kiosk, from a heartbeat that is no replay. Calls of an older kiosk have the
    empty id."""
    if not heartbeat.staff_called:
        StaffCall.objects.filter(enrolment=enrolment).delete()
        return
    values = {
        "call_id": heartbeat.staff_call,
        "since": timezone.now(),
        "answer": StaffCallResponse.RECEIVED.value,
        "answered_by": None,
    }
    call, _ = StaffCall.objects.get_or_create(enrolment=enrolment, defaults=values)
    if call.call_id != heartbeat.staff_call:
        StaffCall.objects.filter(enrolment=enrolment).update(**values)


def find_response(enrolment: Enrolment, call_id: str) -> StaffCallResponse | None:
    """The response to this call, None for an unknown call."""
    call = StaffCall.objects.filter(enrolment=enrolment, call_id=call_id).first() if call_id else None
    return StaffCallResponse(call.answer) if call is not None else None


def open_calls(officer: Officer) -> QuerySet[StaffCall]:
    """The open calls at the kiosks this officer runs, the oldest first."""
    centres = permitted_centres(officer, Action.RUN_FLEET)
    calls = StaffCall.objects.filter(enrolment__centre__in=centres).exclude(answer=StaffCallResponse.DONE.value)
    return calls.select_related("enrolment", "answered_by").order_by("since")


def respond_to_call(enrolment_id: UUID, call_id: str, response: StaffCallResponse, officer: Officer) -> bool:
    """Respond to the call with this id. False when it has ended, or at a kiosk that this officer does not run."""
    with transaction.atomic():
        call = open_calls(officer).filter(enrolment_id=enrolment_id, call_id=call_id)
        return bool(call.update(answer=response.value, answered_by=officer))
