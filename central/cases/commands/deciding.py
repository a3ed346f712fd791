"""The approval ladder: propose, send up, approve, return. A proposal is carried out when it is approved."""

from collections.abc import Mapping

from central.agencies.models import Agency
from central.cases import clock
from central.cases.case_clock import active_lead
from central.cases.codes import Attention
from central.cases.commands.closing import ClosingInputs, check_closing, close_locked
from central.cases.commands.referring import OrderInputs, order_locked
from central.cases.commands.step import (
    Actor,
    check_due,
    locked_case,
    save_step,
    workflow_facts,
)
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.ladders import deciding_role, step_above
from central.cases.models import Case, CaseEvent, Proposal
from central.cases.workflow import Input, target_status
from central.database_values import parse_date
from central.people.permission import roles_at
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_NOTHING_PROPOSED = BilingualText(
    "โปรดระบุหน่วยงานที่จะสั่งการ หรือผลที่จะยุติเรื่อง", "Name the agency to be ordered, or the outcome to close with"
)
_NOT_YOURS = BilingualText("เรื่องนี้รอผู้บังคับบัญชาท่านอื่นพิจารณา", "This case waits for the decision of somebody else")
_NOT_AUTHOR = BilingualText(
    "ผู้เสนอหรือเจ้าของเรื่องเท่านั้นที่ถอนข้อเสนอได้", "Only the author of the proposal or the owner of the case may withdraw it"
)
_LEAD_ACTIVE = BilingualText(
    "เรื่องนี้มีหน่วยงานหลักแล้ว โปรดเรียกคืนก่อนเสนอหน่วยงานอื่น",
    "The case has a lead agency. Recall it before you propose another",
)
_OWN_PROPOSAL = BilingualText("ผู้เสนอพิจารณาเรื่องที่ตนเสนอไม่ได้", "Nobody decides their own proposal")
_NO_PROPOSAL = BilingualText(
    "ไม่มีข้อเสนอให้อนุมัติ โปรดส่งกลับให้เจ้าของเรื่อง", "There is no proposal to approve. Return the case to its owner"
)
_TOP = BilingualText("เรื่องอยู่ที่ผู้มีอำนาจสูงสุดแล้ว", "The case is at the top of the ladder")


def propose(
    case: Case,
    by: Actor,
    *,
    seen_revision: int | None,
    content: OrderInputs | ClosingInputs,
    opinion: str = "",
) -> CaseEvent:
    """Propose an order or a closing to the first step of the approval ladder. `opinion` is internal."""
    texts = [opinion, content.text]
    with locked_case(case, Action.PROPOSE, by, seen_revision=seen_revision, texts=texts) as locked:
        if by.officer is None:
            raise NotAllowedError(_NOT_YOURS)
        if isinstance(content, ClosingInputs):
            check_closing(locked, content)
            kind = Proposal.Kind.CLOSE
            stored: dict[str, object] = {"outcome": content.outcome, "next_owner": content.next_owner}
        else:
            if not content.by_kind():
                raise NotAllowedError(_NOTHING_PROPOSED)
            if content.lead and active_lead(locked):
                raise NotAllowedError(_LEAD_ACTIVE)
            check_due(content.due)
            kind, stored = Proposal.Kind.ORDER, _order_content(content)
        status = target_status(Action.PROPOSE, workflow_facts(locked))
        proposal = Proposal.objects.create(
            case=locked,
            kind=kind,
            status=status.value,
            content=stored,
            text=content.text.strip(),
            opinion=opinion.strip(),
            proposed_by=by.officer,
            proposed_at=clock.now(),
        )
        payload = {"proposal": proposal.pk, "kind": kind.value}
        note = "\n".join(filter(None, (content.text.strip(), opinion.strip())))
        return save_step(locked, EventKind.PROPOSE, by, status=status, payload=payload, note=note)


def send_up(case: Case, by: Actor, *, seen_revision: int | None, opinion: str = "") -> CaseEvent:
    """Send the proposal to the next step of the ladder, with an opinion."""
    with locked_case(case, Action.SEND_UP, by, seen_revision=seen_revision, texts=[opinion]) as locked:
        _check_decider(locked, by)
        above = step_above(locked.centre.kind, locked.current_status)
        if above is None:
            raise NotAllowedError(_TOP)
        locked.proposals.filter(decided_at=None).update(status=above.value)
        return save_step(locked, EventKind.SEND_UP, by, status=above, note=opinion)


def approve(case: Case, by: Actor, *, seen_revision: int | None, note: str = "", message: str = "") -> CaseEvent:
    """Approve the open proposal and carry it out. `message` is read by the citizen of an ordered case."""
    with locked_case(case, Action.APPROVE, by, seen_revision=seen_revision, texts=[note, message]) as locked:
        _check_decider(locked, by)
        proposal = locked.proposals.filter(decided_at=None).first()
        if proposal is None:
            raise NotAllowedError(_NO_PROPOSAL)
        if proposal.proposed_by_id == (by.officer.pk if by.officer else None):
            raise NotAllowedError(_OWN_PROPOSAL)
        _decide(proposal, by, Proposal.Decision.APPROVED)
        if proposal.kind == Proposal.Kind.CLOSE:
            inputs = ClosingInputs(text=proposal.text, **proposal.content)
            return close_locked(locked, EventKind.APPROVE, by, inputs, note=note, payload={"proposal": proposal.pk})
        return order_locked(
            locked, EventKind.APPROVE, by, _order_inputs(proposal.content, proposal.text), message=message, note=note
        )


def return_proposal(case: Case, by: Actor, *, seen_revision: int | None, reason: str) -> CaseEvent:
    """Return the case to its owner with a reason."""
    required_inputs = {Input.REASON: reason}
    with locked_case(case, Action.RETURN_PROPOSAL, by, seen_revision=seen_revision, inputs=required_inputs) as locked:
        _check_decider(locked, by)
        proposal = locked.proposals.filter(decided_at=None).first()
        if proposal is not None:
            _decide(proposal, by, Proposal.Decision.RETURNED, reason)
        status = target_status(Action.RETURN_PROPOSAL, workflow_facts(locked))
        return save_step(locked, EventKind.RETURN_PROPOSAL, by, status=status, attention=Attention.DECIDED, note=reason)


def withdraw_proposal(case: Case, by: Actor, *, seen_revision: int | None, reason: str) -> CaseEvent:
    """Take the case back from the ladder: by the author of the proposal or the owner of the case, so that an absent
    superior blocks nothing."""
    required_inputs = {Input.REASON: reason}
    with locked_case(case, Action.WITHDRAW_PROPOSAL, by, seen_revision=seen_revision, inputs=required_inputs) as locked:
        proposal = locked.proposals.filter(decided_at=None).first()
        authors = {locked.owner_id, proposal.proposed_by_id if proposal else None} - {None}
        if by.officer is None or by.officer.pk not in authors:
            raise NotAllowedError(_NOT_AUTHOR)
        if proposal is not None:
            _decide(proposal, by, Proposal.Decision.WITHDRAWN, reason)
        status = target_status(Action.WITHDRAW_PROPOSAL, workflow_facts(locked))
        return save_step(locked, EventKind.WITHDRAW_PROPOSAL, by, status=status, note=reason)


def may_decide(case: Case, by: Actor) -> bool:
    """Whether this person decides the case at its present step of the ladder."""
    role = deciding_role(case.centre.kind, case.current_status)
    return by.officer is not None and role is not None and role in roles_at(by.officer, case.centre)


def _check_decider(case: Case, by: Actor) -> None:
    if not may_decide(case, by):
        raise NotAllowedError(_NOT_YOURS)


def _decide(proposal: Proposal, by: Actor, decision: Proposal.Decision, reason: str = "") -> None:
    proposal.decided_by, proposal.decided_at = by.officer, clock.now()
    proposal.decision, proposal.reason = decision, reason.strip()
    proposal.save()


def _order_content(inputs: OrderInputs) -> dict[str, object]:
    return {
        "lead": inputs.lead.pk if inputs.lead else None,
        "supports": [agency.pk for agency in inputs.supports],
        "copies": [agency.pk for agency in inputs.copies],
        "handler_name": inputs.handler_name.strip(),
        "due": inputs.due.isoformat() if inputs.due else "",
    }


def _order_inputs(content: Mapping[str, object], text: str) -> OrderInputs:
    """The order as it was proposed. A date that has passed meanwhile is left to the clock."""
    ids = [content["lead"], *_ids(content["supports"]), *_ids(content["copies"])]
    agencies = Agency.objects.in_bulk([agency_id for agency_id in ids if agency_id is not None])
    due = parse_date(str(content["due"]))
    return OrderInputs(
        lead=agencies.get(content["lead"]),
        supports=[agencies[agency_id] for agency_id in _ids(content["supports"])],
        copies=[agencies[agency_id] for agency_id in _ids(content["copies"])],
        text=text,
        handler_name=str(content["handler_name"]),
        due=due if due and due >= clock.today() else None,
    )


def _ids(values: object) -> list[int]:
    return [int(value) for value in values] if isinstance(values, list) else []
