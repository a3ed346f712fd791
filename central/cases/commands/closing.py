"""Closing a case with an outcome, correcting the outcome, linking a duplicate to its main case."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from central.cases import clock
from central.cases.codes import OUTCOMES_WITH_NEXT_OWNER, Outcome, ReferralState
from central.cases.commands.referral_rows import end_all_referrals, last_lead
from central.cases.commands.step import Actor, is_superior, kept_attention, locked_case, save_step
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.limits import MAX_NOTE_CHARS
from central.cases.models import Case, CaseEvent
from central.cases.workflow import Input
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

TIME_TO_ANSWER = timedelta(days=15)  # for a question to the citizen, as long as the general period of an agency
_UNKNOWN_OUTCOME = BilingualText("ไม่รู้จักผลการดำเนินการนี้", "This outcome is not known")
_NOT_REPORTED = BilingualText(
    "ยังไม่มีรายงานว่าแล้วเสร็จจากหน่วยงานหลัก โปรดเสนอผู้บังคับบัญชาพิจารณา",
    "The lead agency has not reported that it is done. Propose the closing to your superior",
)
_OWN_REPORT = BilingualText(
    "ท่านบันทึกรายงานแทนหน่วยงานเอง จึงต้องให้เจ้าหน้าที่ท่านอื่นยุติเรื่อง หรือเสนอผู้บังคับบัญชาพิจารณา",
    "You entered the agency's report yourself. Another officer closes the case, or propose it to your superior",
)
_NEXT_OWNER = BilingualText(
    "โปรดบอกผู้ร้องว่าหน่วยงานใดรับผิดชอบเรื่องนี้ต่อ และติดต่อได้อย่างไร",
    "Tell the citizen which body is responsible next, and how to reach it",
)
_NOT_ASKED = BilingualText(
    "ยุติเพราะไม่ได้รับรายละเอียดได้เฉพาะเรื่องที่รอผู้ร้อง", "Only a case that waits for the citizen can end without a response"
)
_ASKED_JUST_NOW = BilingualText(
    f"ผู้ร้องมีเวลาตอบ {TIME_TO_ANSWER.days} วัน ก่อนครบกำหนดผู้บังคับบัญชาเท่านั้นที่ยุติเรื่องได้",
    f"The citizen has {TIME_TO_ANSWER.days} days to answer. Before that, only a superior ends the case",
)
_OWN_DUPLICATE = BilingualText("เรื่องหลักต้องเป็นเรื่องอื่น", "The main case must be another case")
_HAS_DUPLICATES = BilingualText(
    "มีเรื่องอื่นรวมอยู่กับเรื่องนี้แล้ว โปรดรวมเรื่องใหม่เข้ากับเรื่องนี้แทน",
    "Other cases are linked to this one. Link the new one to it instead",
)
_MAIN_CLOSED = BilingualText(
    "เรื่องหลักยุติแล้ว ผู้มีสิทธิ์ยุติเรื่องเท่านั้นที่รวมเรื่องได้",
    "The main case is closed. Only who may close cases can link to it",
)
_NO_MAIN_CASE = BilingualText("โปรดใช้ขั้นตอนรวมเป็นเรื่องซ้ำ และระบุเรื่องหลัก", "Link the case to its main case instead")


@dataclass(frozen=True)
class ClosingInputs:
    """What a closing says. `text` is read by the citizen. `next_owner`: who is responsible when this centre is not."""

    outcome: str
    text: str
    next_owner: str = ""

    @property
    def sentence(self) -> str:
        """What the citizen reads."""
        return "\n".join(filter(None, (self.text.strip(), self.next_owner.strip())))


def close(case: Case, by: Actor, *, seen_revision: int | None, inputs: ClosingInputs, note: str = "") -> CaseEvent:
    """Close the case. Active referrals end. A case officer closes as resolved only what the lead agency has reported as
    done, and not on a report that the same officer has entered for it; a superior may close without a report."""
    required_inputs = {Input.OUTCOME: inputs.outcome, Input.OUTCOME_TEXT: inputs.text}
    texts = [note, inputs.next_owner]
    with locked_case(
        case, Action.CLOSE, by, seen_revision=seen_revision, inputs=required_inputs, texts=texts
    ) as locked:
        check_closing(locked, inputs)
        if not is_superior(by, locked):
            _check_grounds(locked, by, inputs.outcome)
        return close_locked(locked, EventKind.CLOSE, by, inputs, note=note)


def check_closing(case: Case, inputs: ClosingInputs) -> None:
    """Raises NotAllowedError when a closing does not fit this case."""
    if inputs.outcome not in set(Outcome):
        raise NotAllowedError(_UNKNOWN_OUTCOME)
    if inputs.outcome == Outcome.DUPLICATE and case.duplicate_of_id is None:
        raise NotAllowedError(_NO_MAIN_CASE)
    if inputs.outcome in OUTCOMES_WITH_NEXT_OWNER and not inputs.next_owner.strip():
        raise NotAllowedError(_NEXT_OWNER)
    if inputs.outcome == Outcome.NO_RESPONSE and case.current_status is not CaseStatus.UNCLEAR:
        raise NotAllowedError(_NOT_ASKED)
    if len(inputs.sentence) > MAX_NOTE_CHARS:
        raise NotAllowedError(BilingualText("ข้อความยาวเกินไป", "The text is too long"))


def close_locked(
    locked: Case,
    kind: EventKind,
    by: Actor,
    inputs: ClosingInputs,
    *,
    note: str = "",
    payload: dict[str, object] | None = None,
) -> CaseEvent:
    """Close the locked case; `kind` is CLOSE, APPROVE or LINK_DUPLICATE."""
    end_all_referrals(locked)
    locked.outcome_code, locked.outcome = inputs.outcome, inputs.sentence
    locked.closed_at = clock.now()
    content = {"outcome": inputs.outcome, **(payload or {})}
    return save_step(
        locked, kind, by, status=CaseStatus.CLOSED, payload=content, public_text=inputs.sentence, note=note
    )


def correct_outcome(
    case: Case, by: Actor, *, seen_revision: int | None, inputs: ClosingInputs, reason: str
) -> CaseEvent:
    """Replace the outcome of a closed case. Both stay in the history; the citizen reads the new one."""
    required_inputs = {Input.OUTCOME: inputs.outcome, Input.OUTCOME_TEXT: inputs.text, Input.REASON: reason}
    with locked_case(
        case, Action.CORRECT_OUTCOME, by, seen_revision=seen_revision, inputs=required_inputs, texts=[inputs.next_owner]
    ) as locked:
        if inputs.outcome == Outcome.NO_RESPONSE:
            raise NotAllowedError(_NOT_ASKED)
        check_closing(locked, inputs)
        payload = {"before": locked.outcome_code, "outcome": inputs.outcome}
        if inputs.outcome != Outcome.DUPLICATE:
            locked.duplicate_of = None
        locked.outcome_code, locked.outcome = inputs.outcome, inputs.sentence
        return save_step(
            locked,
            EventKind.CORRECT_OUTCOME,
            by,
            attention=kept_attention(locked),  # a request to reopen still waits
            payload=payload,
            public_text=inputs.sentence,
            note=reason,
        )


def link_duplicate(
    case: Case, by: Actor, *, seen_revision: int | None, lead_case: Case | None, message: str = "", note: str = ""
) -> CaseEvent:
    """Close the case as a duplicate of another one, which the citizen of this one can follow."""
    required_inputs = {Input.LEAD_CASE: lead_case}
    texts = [message, note]
    with transaction.atomic():
        # Both rows, always in the same order: two officers who link two cases to each other must not both succeed.
        rows = [case.pk, lead_case.pk] if lead_case else [case.pk]
        locked_rows = Case.objects.select_for_update(no_key=True).filter(pk__in=rows).order_by("pk").in_bulk()
        with locked_case(
            case, Action.LINK_DUPLICATE, by, seen_revision=seen_revision, inputs=required_inputs, texts=texts
        ) as locked:
            main = _checked_main_case(locked, locked_rows.get(lead_case.pk) if lead_case else None, by)
            locked.duplicate_of = main
            text = message.strip() or "เรื่องนี้ซ้ำกับเรื่องที่ศูนย์กำลังดำเนินการอยู่แล้ว ศูนย์ได้รวมเป็นเรื่องเดียวกัน"
            return close_locked(
                locked,
                EventKind.LINK_DUPLICATE,
                by,
                ClosingInputs(Outcome.DUPLICATE.value, text),
                note=note,
                payload={"lead_case": main.case_number},
            )


def _checked_main_case(locked: Case, main: Case | None, by: Actor) -> Case:
    """The main case as it is now. A chain or circle of links would lead the citizen nowhere. A link to a closed case
    ends the matter, which not everybody may."""
    if main is None or main.pk == locked.pk or main.duplicate_of_id is not None:
        raise NotAllowedError(_OWN_DUPLICATE)
    if locked.duplicates.exists():
        raise NotAllowedError(_HAS_DUPLICATES)
    may_close = by.officer is None or has_permission(by.officer, Action.CLOSE, locked.centre)
    if main.closed_at is not None and not may_close:
        raise NotAllowedError(_MAIN_CLOSED)
    return main


def _check_grounds(case: Case, by: Actor, outcome: str) -> None:
    """Raises NotAllowedError for an outcome that the history of the case does not bear out yet."""
    if outcome == Outcome.RESOLVED:
        _check_report(case, by)
    if outcome == Outcome.NO_RESPONSE:
        question = case.events.filter(kind=EventKind.ASK_DETAILS.value).order_by("id").last()
        if question is not None and clock.now() - question.at < TIME_TO_ANSWER:
            raise NotAllowedError(_ASKED_JUST_NOW)


def _check_report(case: Case, by: Actor) -> None:
    """Raises NotAllowedError unless the last lead agency has reported its work as done, in this round of work, by
    somebody else than the person who closes the case."""
    lead = last_lead(case)
    if lead is None or lead.state != ReferralState.DONE.value:
        raise NotAllowedError(_NOT_REPORTED)
    events = case.events.order_by("id")
    report = events.filter(kind=EventKind.REPORT.value, payload__referral=lead.pk).last()
    reopening = events.filter(kind=EventKind.REOPEN.value).last()
    if report is None or (reopening is not None and reopening.pk > report.pk):
        raise NotAllowedError(_NOT_REPORTED)
    if by.officer is not None and report.by_id == by.officer.pk:
        raise NotAllowedError(_OWN_REPORT)
