"""Who has a case open, and what an officer has not seen yet. Views are no part of the case and of its history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from central.cases.event_kinds import REFERRAL_NOTES, EventKind
from central.cases.models import Case, CaseEvent, CaseView
from central.centres.models import Officer

PRESENCE = timedelta(minutes=2)  # an open page reports once a minute


@dataclass(frozen=True)
class LastView:
    """When an officer had the case open last, and its revision then."""

    at: datetime
    revision: int


def record_view(officer: Officer, case: Case) -> LastView | None:
    """Note that the officer sees the case as it is now; returns the view before, None for the first one."""
    before = CaseView.objects.filter(case=case, officer=officer).first()
    now = timezone.now()
    if before is not None:
        CaseView.objects.filter(pk=before.pk).update(revision=case.revision, open_at=now)
        return LastView(before.open_at, before.revision)
    CaseView.objects.get_or_create(case=case, officer=officer, defaults={"revision": case.revision, "open_at": now})
    return None


def unseen_events(events: Iterable[CaseEvent], officer: Officer, revision: int, last_view: LastView | None) -> set[int]:
    """The keys of the events since the last view that others have made. `events` are all of the case, newest first."""
    unseen, steps_left = set(), revision - last_view.revision if last_view else 0
    for event in events:
        if steps_left <= 0:
            break
        if event.by_id != officer.pk:
            unseen.add(event.pk)
        steps_left -= _raises_revision(event)
    return unseen


def _raises_revision(event: CaseEvent) -> bool:
    """Whether the event counts as a change of its own. A due date that moves with a step belongs to the step."""
    kind = EventKind(event.kind)
    return kind not in REFERRAL_NOTES and not (kind is EventKind.DUE_MOVED and event.payload.get("cause") != "calendar")


def keep_open(officer: Officer, case: Case) -> None:
    """Note that the page which the officer has opened before is still open. It shows the case as it was then."""
    CaseView.objects.filter(case=case, officer=officer).update(open_at=timezone.now())


def other_viewers(officer: Officer, case: Case) -> list[Officer]:
    """The other officers who have the case open."""
    since = timezone.now() - PRESENCE
    views = CaseView.objects.filter(case=case, open_at__gte=since).exclude(officer=officer)
    return [view.officer for view in views.select_related("officer")]
