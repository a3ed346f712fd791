"""Opening a closed case again: the citizen requests it, a superior decides."""

from datetime import date, timedelta

from central.agencies.register import can_get_case
from central.cases import clock
from central.cases.codes import Attention, ReferralKind
from central.cases.commands.referral_rows import last_lead, send_referral
from central.cases.commands.step import Actor, locked_case, save_step, workflow_facts
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import ActorKind, EventKind
from central.cases.models import Case, CaseEvent
from central.cases.workflow import Input, target_status
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from thai.dates import day_in_thailand

REOPENING_DAYS = 30  # after the day of closing
TOO_LATE = BilingualText(
    f"เกิน {REOPENING_DAYS} วันหลังยุติเรื่อง โปรดติดต่อศูนย์ดำรงธรรม โทร 1567",
    f"More than {REOPENING_DAYS} days after closing. Please contact the centre, phone 1567",
)
REQUESTED_ALREADY = BilingualText(
    "ท่านขอเปิดเรื่องนี้แล้ว หากมีข้อมูลเพิ่มเติม โปรดติดต่อศูนย์ โทร 1567",
    "You have requested this already. If you have more to say, call the centre, 1567",
)
_NO_REQUEST = BilingualText("ไม่มีคำขอเปิดเรื่องที่รอการพิจารณา", "No request to reopen is waiting")


def last_day_to_request(closed_on: date) -> date:
    """The last day on which the citizen can request that a case closed on this day is opened again."""
    return closed_on + timedelta(days=REOPENING_DAYS)


def request_reopening(case: Case, by: Actor, *, seen_revision: int | None, reason: str) -> CaseEvent:
    """The citizen requests that the case is opened again, within 30 days and once after each closing. An officer
    records a request that came by telephone or at the counter."""
    inputs = {Input.REASON: reason}
    with locked_case(case, Action.REQUEST_REOPENING, by, seen_revision=seen_revision, inputs=inputs) as locked:
        is_citizen = by.kind is ActorKind.CITIZEN
        if is_citizen and (locked.closed_at is None or clock.today() > _last_day(locked)):
            raise NotAllowedError(TOO_LATE)
        if was_requested(locked):
            raise NotAllowedError(REQUESTED_ALREADY)
        return save_step(
            locked,
            EventKind.REQUEST_REOPENING,
            by,
            attention=Attention.REOPENING_REQUESTED,
            payload={"round": locked.reopened_count},
            note=reason,
        )


def was_requested(case: Case) -> bool:
    """Whether reopening was requested since the last closing."""
    requests = case.events.filter(kind=EventKind.REQUEST_REOPENING.value)
    return requests.filter(payload__round=case.reopened_count).exists()


def refuse_reopening(case: Case, by: Actor, *, seen_revision: int | None, reason: str, note: str = "") -> CaseEvent:
    """Leave the case closed; the citizen reads the reason."""
    inputs = {Input.REASON: reason}
    with locked_case(
        case, Action.REFUSE_REOPENING, by, seen_revision=seen_revision, inputs=inputs, texts=[note]
    ) as locked:
        if locked.attention != Attention.REOPENING_REQUESTED.value:
            raise NotAllowedError(_NO_REQUEST)
        return save_step(locked, EventKind.REFUSE_REOPENING, by, public_text=reason, note=note)


def reopen(case: Case, by: Actor, *, seen_revision: int | None, reason: str, message: str = "") -> CaseEvent:
    """Open a closed case again. It goes back to the agency that led it; without one, to the centre."""
    required_inputs = {Input.REASON: reason}
    with locked_case(
        case, Action.REOPEN, by, seen_revision=seen_revision, inputs=required_inputs, texts=[message]
    ) as locked:
        last = last_lead(locked)
        status = target_status(Action.REOPEN, workflow_facts(locked))
        if last is not None and not can_get_case(locked.centre, last.agency_id):
            last, status = None, CaseStatus.CHECKING
        payload: dict[str, object] = {"outcome_before": locked.outcome_code}
        locked.outcome_code = locked.outcome = locked.agency_name = locked.handler_name = ""
        locked.closed_at, locked.duplicate_of = None, None
        locked.reopened_count += 1
        if last is not None:
            again = send_referral(
                locked,
                last.agency,
                ReferralKind.LEAD,
                by,
                text=last.order_text,
                handler_name=last.handler_name,
                due=locked.due,
            )
            locked.agency_name, locked.handler_name = last.agency.name_th, last.handler_name
            payload |= {"referral": again.pk, "agency": last.agency_id, "agency_name": last.agency.name_th}
        return save_step(
            locked,
            EventKind.REOPEN,
            by,
            status=status,
            attention=Attention.REOPENED,
            payload=payload,
            public_text=message,
            note=reason,
        )


def _last_day(case: Case) -> date:
    return last_day_to_request(day_in_thailand(case.closed_at or clock.now()))
