"""What happens in this app when a case changes: an order gets its links and its mails, in the same transaction."""

from typing import Any

from central.agency_desk import links
from central.agency_desk.models import AccessCode
from central.cases.event_kinds import EventKind
from central.cases.models import Case, CaseEvent
from central.events import case_erased, case_event_appended

# Events that send a case to agencies. A reopened case goes back to the agency that had it.
_SENDING_KINDS = frozenset({EventKind.ORDER.value, EventKind.APPROVE.value, EventKind.REOPEN.value})


def connect() -> None:
    """Receive the events of cases."""
    case_event_appended.connect(_issue_links, dispatch_uid="agency_desk.links")
    case_erased.connect(_on_case_erased, dispatch_uid="agency_desk.case_erased")


def _issue_links(sender: object, *, case: Case, event: CaseEvent, **_: Any) -> None:
    if event.kind in _SENDING_KINDS:
        links.issue_missing_links(case)


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> None:
    AccessCode.objects.filter(referral__case=case).update(reason="")
