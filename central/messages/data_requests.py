"""Requests of data subjects: the rows from which the data protection officer sees what waits, and until when."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from central.cases import commands
from central.cases.commands import Actor
from central.cases.models import Case, CaseEvent
from central.centres.models import Officer
from central.messages.models import DataRequest
from central.people.permission import permitted_centres
from central.people.roles import Action

ANSWER_WITHIN = timedelta(days=30)  # Personal Data Protection Act B.E. 2562, section 30


def request_data(case: Case, by: Actor, *, right: str, text: str) -> DataRequest:
    """Store the request of the citizen with its event. Raises NotAllowedError."""
    with transaction.atomic():
        event = commands.request_data(case, by, seen_revision=None, right=right, text=text)
        return DataRequest.objects.create(case=case, event=event, right=right, asked_at=event.at)


def answer_data_request(case: Case, by: Actor, *, seen_revision: int | None, answer: str, note: str = "") -> CaseEvent:
    """Answer the request of this case that waits. Raises NotAllowedError."""
    with transaction.atomic():
        event = commands.answer_data_request(case, by, seen_revision=seen_revision, answer=answer, note=note)
        waiting = DataRequest.objects.filter(case=case, answered_at=None)
        waiting.update(answered_at=event.at, answered_by=by.officer)
        return event


def visible_data_requests(officer: Officer) -> QuerySet[DataRequest]:
    """The requests that this officer answers; those that wait first, by the day until which they must be answered."""
    centres = permitted_centres(officer, Action.ANSWER_DATA_REQUEST)
    return DataRequest.objects.filter(case__centre__in=centres).select_related("case__centre", "answered_by")
