"""Orders to agencies, and what agencies do with them: accept, report, return."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from central.agencies.models import Agency
from central.agencies.register import can_get_case
from central.cases import clock
from central.cases.attachments import CleanFile, describe_files, store_files
from central.cases.case_clock import active_lead
from central.cases.codes import ACTIVE_STATES, Attention, ReferralKind, ReferralState
from central.cases.commands.postponing import check_order_due
from central.cases.commands.step import (
    Actor,
    case_facts,
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
from central.cases.workflow import Input, target_status
from central.people.roles import Action
from central.pictures import delete_pictures_on_error
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

_NOT_IN_REGISTER = BilingualText("หน่วยงานนี้รับเรื่องไม่ได้", "This agency takes no cases")
_HAS_IT_ALREADY = BilingualText("หน่วยงานนี้ได้รับเรื่องนี้แล้ว", "This agency has the case already")
_ONE_LEAD = BilingualText(
    "เรื่องนี้มีหน่วยงานหลักแล้ว โปรดเรียกคืนก่อน", "The case has a lead agency. Recall it before you order another"
)
_NOT_ACTIVE = BilingualText("คำสั่งการนี้สิ้นสุดแล้ว", "This referral has ended")
_COPY_ONLY = BilingualText("สำเนาเพื่อกำกับดูแลไม่ต้องรายงาน", "A copy for supervision needs no answer")


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
    sent = [_send(locked, agency, kind_, inputs, by) for kind_, agency in inputs.by_kind()]
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
    last = case.referrals.filter(kind=ReferralKind.LEAD.value).last()
    return last is not None and last.agency_id == agency.pk and last.state == ReferralState.RECALLED.value


def _send(case: Case, agency: Agency, kind: ReferralKind, inputs: OrderInputs, by: Actor) -> Referral:
    if not can_get_case(case.centre, agency.pk):
        raise NotAllowedError(_NOT_IN_REGISTER)
    if case.referrals.filter(agency=agency, ended_at=None).exists():
        raise NotAllowedError(_HAS_IT_ALREADY)
    return Referral.objects.create(
        case=case,
        agency=agency,
        kind=kind.value,
        state=ReferralState.SENT.value,
        order_text=inputs.text.strip(),
        handler_name=inputs.handler_name.strip() if kind is ReferralKind.LEAD else "",
        due=inputs.due if kind is not ReferralKind.COPY else None,
        sent_at=clock.now(),
        sent_by=by.officer,
    )


def accept(
    referral: Referral, by: Actor, *, seen_revision: int | None, handler_name: str = "", note: str = ""
) -> CaseEvent:
    """The agency accepts; it may name its person in charge, whom the citizen sees."""
    case = referral.case
    texts = [note, handler_name]
    with locked_case(case, Action.ACCEPT, by, seen_revision=seen_revision, texts=texts, referral=referral) as locked:
        row = _answerable_row(referral)
        if row.state != ReferralState.SENT.value:
            raise NotAllowedError(BilingualText("หน่วยงานรับเรื่องนี้แล้ว", "The agency has accepted it already"))
        row.state, row.accepted_at = ReferralState.ACCEPTED.value, clock.now()
        row.handler_name = handler_name.strip()[:MAX_NAME_CHARS] or row.handler_name
        row.save()
        status = locked.current_status
        if row.kind == ReferralKind.LEAD.value:
            status = target_status(Action.ACCEPT, case_facts(locked))
            locked.handler_name = row.handler_name
        return save_step(
            locked,
            EventKind.ACCEPT,
            by,
            status=status,
            attention=kept_attention(locked),
            payload=_referral_payload(row),
            is_public=row.kind == ReferralKind.LEAD.value,
            note=note,
        )


def report(
    referral: Referral,
    by: Actor,
    *,
    seen_revision: int | None,
    text: str,
    is_done: bool,
    message: str = "",
    attachments: Sequence[CleanFile] = (),
) -> CaseEvent:
    """The agency reports progress, or that its work is done. `text` is for the centre, `message` for the citizen,
    `attachments` come from `cases.attachments.prepare_files`."""
    case = referral.case
    inputs = {Input.REPORT: text}
    with (
        locked_case(
            case, Action.REPORT, by, seen_revision=seen_revision, inputs=inputs, texts=[message], referral=referral
        ) as locked,
        delete_pictures_on_error() as stored,
    ):
        row, now = _answerable_row(referral), clock.now()
        is_lead = row.kind == ReferralKind.LEAD.value
        row.accepted_at, row.last_report_at = row.accepted_at or now, now
        row.state = ReferralState.DONE.value if is_done else ReferralState.ACCEPTED.value
        row.ended_at = now if is_done else None
        row.save()
        status = target_status(Action.REPORT, case_facts(locked)) if is_lead else locked.current_status
        if is_lead:
            locked.last_report_at, locked.escalation_level = now, 0
        payload = {**_referral_payload(row), "done": is_done}
        if attachments:
            payload["files"] = describe_files(attachments)
        event = save_step(
            locked,
            EventKind.REPORT,
            by,
            status=status,
            attention=Attention.AGENCY_ANSWERED,
            payload=payload,
            is_public=is_lead,
            public_text=message,
            note=text,
        )
        store_files(event, attachments, stored)
        return event


def return_to_centre(
    referral: Referral,
    by: Actor,
    *,
    seen_revision: int | None,
    reason: str,
    proposed_agency: Agency | None = None,
) -> CaseEvent:
    """The agency returns the case with a reason, and may propose the right agency."""
    case = referral.case
    inputs = {Input.REASON: reason}
    with locked_case(
        case, Action.RETURN_TO_CENTRE, by, seen_revision=seen_revision, inputs=inputs, referral=referral
    ) as locked:
        row = _answerable_row(referral)
        row.return_reason, row.proposed_agency = reason.strip(), proposed_agency
        _end(row, ReferralState.RETURNED)
        payload = {**_referral_payload(row), "proposed": proposed_agency.pk if proposed_agency else None}
        return save_step(
            locked,
            EventKind.RETURN_TO_CENTRE,
            by,
            status=_status_without(row, locked),
            attention=Attention.RETURNED,
            payload=payload,
            note=reason,
        )


def recall(referral: Referral, by: Actor, *, seen_revision: int | None, reason: str) -> CaseEvent:
    """The centre withdraws a referral."""
    case = referral.case
    inputs = {Input.REASON: reason}
    with locked_case(case, Action.RECALL, by, seen_revision=seen_revision, inputs=inputs) as locked:
        row = _active_row(referral)
        _end(row, ReferralState.RECALLED)
        return save_step(
            locked,
            EventKind.RECALL,
            by,
            status=_status_without(row, locked),
            attention=kept_attention(locked),
            payload=_referral_payload(row),
            note=reason,
        )


def end_all_referrals(locked: Case) -> None:
    """Withdraw every referral of a case that is closed or moved."""
    states = [state.value for state in ACTIVE_STATES]
    locked.referrals.filter(state__in=states).update(state=ReferralState.RECALLED.value, ended_at=clock.now())


def _answerable_row(referral: Referral) -> Referral:
    """The row as it is now, under the lock of its case. A copy for supervision has no answer."""
    row = _active_row(referral)
    if row.kind == ReferralKind.COPY.value:
        raise NotAllowedError(_COPY_ONLY)
    return row


def _active_row(referral: Referral) -> Referral:
    row = Referral.objects.select_related("agency").get(pk=referral.pk)
    if row.state not in ACTIVE_STATES:
        raise NotAllowedError(_NOT_ACTIVE)
    return row


def _end(row: Referral, state: ReferralState) -> None:
    row.state, row.ended_at = state.value, clock.now()
    row.save()


def _status_without(row: Referral, locked: Case) -> CaseStatus:
    """The status after this referral has ended: without its lead agency a case returns to checking."""
    at_agency = locked.current_status in (CaseStatus.ORDERED, CaseStatus.IN_PROGRESS)
    if row.kind == ReferralKind.LEAD.value:
        locked.agency_name = locked.handler_name = ""
        return CaseStatus.CHECKING if at_agency else locked.current_status
    return locked.current_status


def _referral_payload(row: Referral) -> dict[str, object]:
    return {"referral": row.pk, "agency": row.agency_id, "agency_name": row.agency.name_th, "kind": row.kind}
