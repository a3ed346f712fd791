"""The statuses that a citizen has seen, each with the centre that had the case then, which decides its wording."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from central.centres.models import Centre
from central.centres.wording import official_text
from protocol.case_status import CaseStatus


@dataclass(frozen=True)
class StatusChange:
    """A status, when it began, and which centre had the case."""

    status: CaseStatus
    at: datetime
    centre: Centre


@dataclass(frozen=True)
class TrackedEvent:
    """An event that the citizen sees, or that moved the case: then `moved_from` is the centre before, None for one that
    no longer exists."""

    status: str
    at: datetime
    is_public: bool
    moved_from: Centre | None = None


def public_status_changes(events: Sequence[TrackedEvent], centre: Centre) -> list[StatusChange]:
    """The changes in their order. `centre` has the case now."""
    changes: list[StatusChange] = []
    for event in reversed(events):
        if event.is_public:
            changes.insert(0, StatusChange(CaseStatus(event.status), event.at, centre))
        centre = event.moved_from or centre
    return changes[:1] + [after for before, after in pairwise(changes) if not _reads_alike(before, after)]


def _reads_alike(before: StatusChange, after: StatusChange) -> bool:
    if before.status is not after.status:
        return False
    return official_text(before.status, before.centre, "th") == official_text(after.status, after.centre, "th")
