"""Steps of an agency on its referral: accept, report, return. An officer enters a report that came on paper."""

from collections.abc import Sequence

from central.agencies.models import Agency
from central.cases import clock
from central.cases.attachments import CleanFile, describe_files, store_files
from central.cases.codes import Attention, ReferralKind, ReferralState
from central.cases.commands.referral_rows import active_row, end_row, referral_payload, status_without
from central.cases.commands.step import Actor, kept_attention, locked_case, save_step, workflow_facts
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.limits import MAX_NAME_CHARS
from central.cases.models import CaseEvent, Referral
from central.cases.workflow import Input, target_status
from central.people.roles import Action
from central.pictures import delete_pictures_on_error
from protocol.bilingual_text import BilingualText

_COPY_ONLY = BilingualText("สำเนาเพื่อกำกับดูแลไม่ต้องรายงาน", "A copy for supervision needs no answer")
_ACCEPTED_ALREADY = BilingualText("หน่วยงานรับเรื่องนี้แล้ว", "The agency has accepted it already")


def accept(
    referral: Referral, by: Actor, *, seen_revision: int | None, handler_name: str = "", note: str = ""
) -> CaseEvent:
    """The agency accepts; it may name its person in charge, whom the citizen sees."""
    case = referral.case
    texts = [note, handler_name]
    with locked_case(case, Action.ACCEPT, by, seen_revision=seen_revision, texts=texts, referral=referral) as locked:
        row = _answerable_row(referral)
        if row.state != ReferralState.SENT.value:
            raise NotAllowedError(_ACCEPTED_ALREADY)
        row.state, row.accepted_at = ReferralState.ACCEPTED.value, clock.now()
        row.handler_name = handler_name.strip()[:MAX_NAME_CHARS] or row.handler_name
        row.save()
        status = locked.current_status
        if row.kind == ReferralKind.LEAD.value:
            status = target_status(Action.ACCEPT, workflow_facts(locked))
            locked.handler_name = row.handler_name
        return save_step(
            locked,
            EventKind.ACCEPT,
            by,
            status=status,
            attention=kept_attention(locked),
            payload=referral_payload(row),
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
        status = target_status(Action.REPORT, workflow_facts(locked)) if is_lead else locked.current_status
        if is_lead:
            locked.last_report_at, locked.escalation_level = now, 0
        payload = {**referral_payload(row), "done": is_done}
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
        end_row(row, ReferralState.RETURNED)
        payload = {**referral_payload(row), "proposed": proposed_agency.pk if proposed_agency else None}
        return save_step(
            locked,
            EventKind.RETURN_TO_CENTRE,
            by,
            status=status_without(row, locked),
            attention=Attention.RETURNED,
            payload=payload,
            note=reason,
        )


def _answerable_row(referral: Referral) -> Referral:
    """The row as it is now, under the lock of its case. A copy for supervision has no answer."""
    row = active_row(referral)
    if row.kind == ReferralKind.COPY.value:
        raise NotAllowedError(_COPY_ONLY)
    return row
