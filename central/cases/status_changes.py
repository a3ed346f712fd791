"""The statuses that a citizen has seen, each with the centre that had the case then, which decides its wording."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Q

from central.cases.event_kinds import EventKind
from central.cases.models import Case
from central.centres.models import Centre
from central.centres.wording import official_text
from protocol.case_status import CaseStatus


@dataclass(frozen=True)
class StatusChange:
    """A status, when it began, and which centre had the case."""

    status: CaseStatus
    at: datetime
    centre: Centre


def public_status_changes(case: Case) -> list[StatusChange]:
    """The changes in their order. A centre that a case was moved from is read from the event of the move."""
    moved = EventKind.MOVE_CENTRE.value
    events = list(
        case.events.filter(Q(is_public=True) | Q(kind=moved)).values_list(
            "kind", "status", "at", "is_public", "payload"
        )
    )
    former = Centre.objects.in_bulk({event[4].get("from_id") for event in events if event[0] == moved} - {None})
    changes: list[StatusChange] = []
    centre = case.centre
    for kind, status, at, is_public, payload in reversed(events):
        if is_public:
            changes.insert(0, StatusChange(CaseStatus(status), at, centre))
        if kind == moved:
            centre = former.get(payload.get("from_id"), centre)
    return changes[:1] + [after for before, after in pairwise(changes) if not _reads_alike(before, after)]


def _reads_alike(before: StatusChange, after: StatusChange) -> bool:
    if before.status is not after.status:
        return False
    return official_text(before.status, before.centre, "th") == official_text(after.status, after.centre, "th")
