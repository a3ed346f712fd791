"""Taking a case out of its main case again: two matters were linked by mistake."""

from central.cases.codes import Attention
from central.cases.commands.step import Actor, locked_case, save_step
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.models import Case, CaseEvent
from central.cases.workflow import Input
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

_NOT_LINKED = BilingualText("เรื่องนี้ไม่ได้รวมกับเรื่องอื่น", "This case is not linked to another one")


def unlink_duplicate(case: Case, by: Actor, *, seen_revision: int | None, reason: str, message: str = "") -> CaseEvent:
    """Open a case that was closed as a duplicate, apart from its main case. The link stays in the history; the opening
    is counted, so that the citizen can rate and request again after the next closing."""
    inputs = {Input.REASON: reason}
    with locked_case(
        case, Action.UNLINK_DUPLICATE, by, seen_revision=seen_revision, inputs=inputs, texts=[message]
    ) as locked:
        if locked.duplicate_of is None:
            raise NotAllowedError(_NOT_LINKED)
        payload = {"lead_case": locked.duplicate_of.case_number, "outcome_before": locked.outcome_code}
        locked.outcome_code = locked.outcome = ""
        locked.closed_at, locked.duplicate_of = None, None
        locked.reopened_count += 1
        return save_step(
            locked,
            EventKind.UNLINK_DUPLICATE,
            by,
            status=CaseStatus.CHECKING,
            attention=Attention.REOPENED,
            payload=payload,
            public_text=message,
            note=reason,
        )
