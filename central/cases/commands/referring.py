"""Orders to agencies, and their recall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from central.agencies.models import Agency
from central.cases.case_clock import active_lead
from central.cases.codes import ReferralKind, ReferralState
from central.cases.commands.postponing import check_order_due
from central.cases.commands.referral_rows import (
    active_row,
    end_row,
    last_lead,
    referral_payload,
    send_referral,
    status_without,
)
from central.cases.commands.step import (
    Actor,
    check_due,
    kept_attention,
    locked_case,
    save_step,
    take_locked,
)
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.limits import MAX_NAME_CHARS
from central.cases.models import Case, CaseEvent, Referral
from central.cases.workflow import Input
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

_ONE_LEAD = BilingualText(
    "เรื่องนี้มีหน่วยงานหลักแล้ว โปรดเรียกคืนก่อน", "The case has a lead agency. Recall it before you order another"
)


@dataclass(frozen=True)
class OrderInputs:
    """What an order says. `supports` and `copies` are further agencies; `due` None: the clock proposes it."""

    lead: Agency | None = None
    supports: Sequence[Agency] = ()
    copies: Sequence[Agency] = ()
    text: str = ""
    handler_name: str = ""
    due: date | None = None

    def by_kind(self) -> list[tuple[ReferralKind, Agency]]:
        """Every agency with its kind."""
        lead = [(ReferralKind.LEAD, self.lead)] if self.lead else []
        supports = [(ReferralKind.SUPPORT, agency) for agency in self.supports]
        return [*lead, *supports, *((ReferralKind.COPY, agency) for agency in self.copies)]


def order(
    case: Case,
    by: Actor,
    *,
    seen_revision: int | None,
    inputs: OrderInputs,
    message: str = "",
    note: str = "",
) -> CaseEvent:
    """Order the case to agencies. A new case is taken by the same step."""
    required = {Input.AGENCY: inputs.by_kind()}
    texts = [message, note, inputs.text]
    with locked_case(case, Action.ORDER, by, seen_revision=seen_revision, inputs=required, texts=texts) as locked:
        if locked.current_status is CaseStatus.RECEIVED:
            take_locked(locked, by)
        return order_locked(locked, EventKind.ORDER, by, inputs, message=message, note=note)


def order_locked(
    locked: Case, kind: EventKind, by: Actor, inputs: OrderInputs, *, message: str = "", note: str = ""
) -> CaseEvent:
    """Create the referrals of the locked case; `kind` is ORDER, or APPROVE when a superior approved the order."""
    if len(inputs.handler_name) > MAX_NAME_CHARS:
        raise NotAllowedError(BilingualText("ชื่อผู้รับผิดชอบยาวเกินไป", "The name of the person in charge is too long"))
    due = check_due(inputs.due)
    if inputs.lead and active_lead(locked):
        raise NotAllowedError(_ONE_LEAD)
    is_later = kind is EventKind.ORDER and check_order_due(locked, by, inputs.lead, due)
    was_recalled = inputs.lead is not None and _is_recalled_from(locked, inputs.lead)
    sent = [
        send_referral(locked, agency, each, by, text=inputs.text, handler_name=inputs.handler_name, due=due)
        for each, agency in inputs.by_kind()
    ]
    status = locked.current_status
    if inputs.lead:
        status = CaseStatus.ORDERED
        locked.agency_name, locked.handler_name = inputs.lead.name_th, inputs.handler_name.strip()
        locked.last_report_at = None
        locked.escalation_level = locked.escalation_level if was_recalled else 0
        if due:
            locked.due, locked.period_basis = due, "manual"
    payload = {
        "referrals": [{"id": row.pk, "agency": row.agency_id, "kind": row.kind} for row in sent],
        "agencies": [agency.name_th for _, agency in inputs.by_kind()],
        "due": due.isoformat() if due else "",
        "postponed": is_later,
    }
    internal = "\n".join(filter(None, (inputs.text.strip(), note.strip())))
    return save_step(locked, kind, by, status=status, payload=payload, public_text=message, note=internal)


def _is_recalled_from(case: Case, agency: Agency) -> bool:
    """Whether the last lead was this agency and its order was recalled. The same order again does not end its
    silence: the level of escalation stays until it reports."""
    last = last_lead(case)
    return last is not None and last.agency_id == agency.pk and last.state == ReferralState.RECALLED.value


def recall(referral: Referral, by: Actor, *, seen_revision: int | None, reason: str) -> CaseEvent:
    """The centre withdraws a referral."""
    case = referral.case
    inputs = {Input.REASON: reason}
    with locked_case(case, Action.RECALL, by, seen_revision=seen_revision, inputs=inputs) as locked:
        row = active_row(referral)
        end_row(row, ReferralState.RECALLED)
        return save_step(
            locked,
            EventKind.RECALL,
            by,
            status=status_without(row, locked),
            attention=kept_attention(locked),
            payload=referral_payload(row),
            note=reason,
        )
