"""The rows of a case's referrals, changed under the lock of the case. Every command that sends a case to an agency, or
ends what an agency has, uses these functions."""

from datetime import date

from central.agencies.models import Agency
from central.agencies.register import can_get_case
from central.cases import clock
from central.cases.codes import ACTIVE_STATES, ReferralKind, ReferralState
from central.cases.commands.step import Actor
from central.cases.errors import NotAllowedError
from central.cases.models import Case, Referral
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

_NOT_IN_REGISTER = BilingualText("หน่วยงานนี้รับเรื่องไม่ได้", "This agency takes no cases")
_HAS_IT_ALREADY = BilingualText("หน่วยงานนี้ได้รับเรื่องนี้แล้ว", "This agency has the case already")
_NOT_ACTIVE = BilingualText("คำสั่งการนี้สิ้นสุดแล้ว", "This referral has ended")


def send_referral(
    locked: Case, agency: Agency, kind: ReferralKind, by: Actor, *, text: str, handler_name: str, due: date | None
) -> Referral:
    """Send the locked case to an agency. A copy for supervision has neither handler nor due date. Raises
    NotAllowedError for an agency out of reach, and for one that has the case."""
    if not can_get_case(locked.centre, agency.pk):
        raise NotAllowedError(_NOT_IN_REGISTER)
    if locked.referrals.filter(agency=agency, ended_at=None).exists():
        raise NotAllowedError(_HAS_IT_ALREADY)
    return Referral.objects.create(
        case=locked,
        agency=agency,
        kind=kind.value,
        state=ReferralState.SENT.value,
        order_text=text.strip(),
        handler_name=handler_name.strip() if kind is ReferralKind.LEAD else "",
        due=due if kind is not ReferralKind.COPY else None,
        sent_at=clock.now(),
        sent_by=by.officer,
    )


def last_lead(case: Case) -> Referral | None:
    """The referral of the agency that leads the work, or led it last."""
    return case.referrals.select_related("agency").filter(kind=ReferralKind.LEAD.value).last()


def active_row(referral: Referral) -> Referral:
    """The row as it is now. Raises NotAllowedError when it has ended."""
    row = Referral.objects.select_related("agency").get(pk=referral.pk)
    if row.state not in ACTIVE_STATES:
        raise NotAllowedError(_NOT_ACTIVE)
    return row


def end_row(row: Referral, state: ReferralState) -> None:
    """End this referral in this state."""
    row.state, row.ended_at = state.value, clock.now()
    row.save()


def end_all_referrals(locked: Case) -> None:
    """Withdraw every referral of a case that is closed or moved."""
    states = [state.value for state in ACTIVE_STATES]
    locked.referrals.filter(state__in=states).update(state=ReferralState.RECALLED.value, ended_at=clock.now())


def status_without(row: Referral, locked: Case) -> CaseStatus:
    """The status after this referral has ended: without its lead agency a case returns to checking."""
    at_agency = locked.current_status in (CaseStatus.ORDERED, CaseStatus.IN_PROGRESS)
    if row.kind == ReferralKind.LEAD.value:
        locked.agency_name = locked.handler_name = ""
        return CaseStatus.CHECKING if at_agency else locked.current_status
    return locked.current_status


def referral_payload(row: Referral) -> dict[str, object]:
    """What an event says of this referral."""
    return {"referral": row.pk, "agency": row.agency_id, "agency_name": row.agency.name_th, "kind": row.kind}
