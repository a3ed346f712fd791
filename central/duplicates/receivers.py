"""What has a case compared again: a new case, a changed text or name, another topic or centre, its respondents.

Arrival costs nothing here: a new case is noted by the worker that indexes its words."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from central.cases.event_kinds import EventKind
from central.cases.models import Case, CaseEvent
from central.duplicates.models import CaseToken, ChangedCase, ComparedFeatures, DuplicateCandidate
from central.events import case_erased, case_event_appended, case_texts_indexed

_CHANGING = frozenset(
    kind.value for kind in (EventKind.RECLASSIFY, EventKind.NAME_RESPONDENT, EventKind.REMOVE_RESPONDENT)
)


def connect() -> None:
    """Receive the events of cases and of the index."""
    case_event_appended.connect(_on_case_event, dispatch_uid="duplicates.case_event")
    case_texts_indexed.connect(_on_texts, dispatch_uid="duplicates.texts")
    case_erased.connect(_on_case_erased, dispatch_uid="duplicates.case_erased")


def _on_case_event(sender: object, *, case: Case, event: CaseEvent, **_: Any) -> None:
    if event.kind in _CHANGING:
        ChangedCase.objects.create(case_id=case.pk)


def _on_texts(sender: object, *, case_ids: Sequence[int], **_: Any) -> None:
    ChangedCase.objects.bulk_create([ChangedCase(case_id=case_id) for case_id in case_ids])


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> None:
    DuplicateCandidate.objects.filter(Q(earlier=case) | Q(later=case)).delete()
    CaseToken.objects.filter(case=case).delete()
    ComparedFeatures.objects.filter(case=case).delete()
    ChangedCase.objects.filter(case_id=case.pk).delete()
