"""Citizens who call for staff: which call is open at which kiosk, and what the desk answers.

The kiosk's heartbeats open and end a call, and the desk answers it. A call answered "done" is over; its row is deleted
once the kiosk has the answer.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from central.centres.models import Officer
from central.centres.permission import Ability, centres_of
from central.fleet.models import Enrolment, StaffCall
from protocol.messages import Heartbeat
from protocol.staff_call import CallAnswer


def follow(enrolment: Enrolment, said: Heartbeat) -> None:
    """Follow a heartbeat that is not a replay. An older kiosk names no call: all its calls have the empty name."""
    if not said.staff_called:
        StaffCall.objects.filter(enrolment=enrolment).delete()
        return
    new = {"name": said.staff_call, "since": timezone.now(), "answer": CallAnswer.RECEIVED.value, "answered_by": None}
    call, _ = StaffCall.objects.get_or_create(enrolment=enrolment, defaults=new)
    if call.name != said.staff_call:
        StaffCall.objects.filter(enrolment=enrolment).update(**new)


def answer_for(enrolment: Enrolment, name: str) -> CallAnswer | None:
    """The answer to this call; None for a call that is not known here."""
    call = StaffCall.objects.filter(enrolment=enrolment, name=name).first() if name else None
    return CallAnswer(call.answer) if call is not None else None


def open_for(officer: Officer) -> QuerySet[StaffCall]:
    """The open calls at the kiosks this officer runs, the longest first."""
    centres = centres_of(officer, Ability.RUN_FLEET)
    calls = StaffCall.objects.filter(enrolment__centre__in=centres).exclude(answer=CallAnswer.DONE.value)
    return calls.select_related("enrolment", "answered_by").order_by("since")


def answer(enrolment_id: UUID, name: str, given: CallAnswer, officer: Officer) -> bool:
    """Answer the call of this name. False when it is over, or at a kiosk that this officer does not run."""
    with transaction.atomic():
        mine = open_for(officer).filter(enrolment_id=enrolment_id, name=name)
        return bool(mine.update(answer=given.value, answered_by=officer))
