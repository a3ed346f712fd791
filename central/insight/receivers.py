"""What counting does when a case changes: its fact changes in the same transaction."""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save

from central.cases.event_kinds import LETTER_NOTES, RECORDING_NOTES, REFERRAL_NOTES, EventKind
from central.cases.models import Case, CaseEvent, Complainant
from central.centres.models import Centre
from central.classification.terms import load_terms
from central.events import case_event_appended
from central.insight.building import build_fact
from central.insight.folding import request_rebuild
from central.insight.refreshing import refresh, store_facts

# Events after which nothing that is counted has changed.
_WITHOUT_EFFECT = {kind.value for kind in REFERRAL_NOTES | LETTER_NOTES | RECORDING_NOTES} | {
    EventKind.ADD_NOTE.value,
    EventKind.SET_POINT.value,
    EventKind.ASSIGN_OWNER.value,
    EventKind.DUE_MOVED.value,
    EventKind.ESCALATED.value,
    EventKind.RENEW_CODE.value,
    EventKind.REQUEST_DATA.value,
    EventKind.ANSWER_DATA_REQUEST.value,
    EventKind.TAKE_OVER_TEXT.value,
    EventKind.INVESTIGATION_OPENED.value,
    EventKind.INVESTIGATOR_NAMED.value,
    EventKind.INVESTIGATOR_REMOVED.value,
    EventKind.INVESTIGATION_CLOSED.value,
}


def connect() -> None:
    """Receive the events of cases, and what is stored of their complainants: sex and age are known after the first
    event of a case."""
    case_event_appended.connect(_on_case_event, dispatch_uid="insight.case_event")
    post_save.connect(_on_complainant, sender=Complainant, dispatch_uid="insight.complainant_saved")
    post_delete.connect(_on_complainant, sender=Complainant, dispatch_uid="insight.complainant_deleted")
    pre_save.connect(_before_centre, sender=Centre, dispatch_uid="insight.centre")


def _on_case_event(sender: object, *, case: Case, event: CaseEvent, **_: Any) -> None:
    if event.kind == EventKind.RECEIVED.value:
        store_facts({case.pk: build_fact(case, (), (), load_terms())})  # nothing else is stored of it yet
    elif event.kind not in _WITHOUT_EFFECT:
        refresh([case])


def _on_complainant(sender: object, *, instance: Complainant, **_: Any) -> None:
    case = Case.objects.filter(pk=instance.case_id).first()
    if case is not None:  # otherwise the case itself is being deleted
        refresh([case])


def _before_centre(sender: object, *, instance: Centre, **_: Any) -> None:
    """A centre that moves takes its counts out of the sums above it, and into others."""
    before = Centre.objects.filter(pk=instance.pk).values_list("parent_id", "area_code").first()
    if before is not None and before != (instance.parent_id, instance.area_code):
        request_rebuild()
