"""The workflow of a case as a table: in which statuses a step is allowed, which inputs it needs, where it leads.

Pure. Who may make a step is in `central.people.roles.MATRIX`, and who decides a proposal in `central.cases.ladders`.
The `to_*` statuses are the approval ladder. `unclear` waits for the citizen. `closed` is left only by reopening."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from central.cases.ladders import LADDER_STATUSES, first_step, step_above
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from protocol.centre_kind import CentreKind


class Input(StrEnum):
    """What a step may need from the person who makes it."""

    OWNER = "owner"
    QUESTION = "question"  # for the citizen
    DETAILS = "details"
    AGENCY = "agency"
    REPORT = "report"
    REASON = "reason"
    OUTCOME = "outcome"  # the code
    OUTCOME_TEXT = "outcome_text"  # the sentence for the citizen
    LEAD_CASE = "lead_case"
    CENTRE = "centre"
    DUE = "due"
    NOTE = "note"
    RATING = "rating"
    RIGHT = "right"  # of a data subject
    ANSWER = "answer"


MISSING_INPUT: Mapping[Input, BilingualText] = {
    Input.OWNER: BilingualText("โปรดเลือกเจ้าของเรื่อง", "Choose the owner of the case"),
    Input.QUESTION: BilingualText("โปรดเขียนคำถามถึงผู้ร้อง", "Write the question for the citizen"),
    Input.DETAILS: BilingualText("โปรดบันทึกรายละเอียดที่ได้รับ", "Write down the details that were received"),
    Input.AGENCY: BilingualText("โปรดเลือกหน่วยงาน", "Choose the agency"),
    Input.REPORT: BilingualText("โปรดเขียนรายงาน", "Write the report"),
    Input.REASON: BilingualText("โปรดบอกเหตุผล", "Give the reason"),
    Input.OUTCOME: BilingualText("โปรดเลือกผลการดำเนินการ", "Choose the outcome"),
    Input.OUTCOME_TEXT: BilingualText(
        "การยุติเรื่องต้องบอกผลการดำเนินการให้ผู้ร้องทราบ", "Closing a case needs its outcome, for the citizen to read"
    ),
    Input.LEAD_CASE: BilingualText("โปรดระบุเรื่องหลัก", "Give the number of the main case"),
    Input.CENTRE: BilingualText("โปรดเลือกศูนย์ปลายทาง", "Choose the centre it moves to"),
    Input.DUE: BilingualText("โปรดระบุวันแล้วเสร็จ", "Give the due date"),
    Input.NOTE: BilingualText("โปรดเขียนบันทึก", "Write the note"),
    Input.RIGHT: BilingualText("โปรดเลือกสิ่งที่ขอ", "Choose what you request"),
    Input.ANSWER: BilingualText("โปรดเขียนคำตอบถึงผู้ร้อง", "Write the answer to the citizen"),
    Input.RATING: BilingualText("โปรดให้คะแนน 1 ถึง 5", "Give a rating from 1 to 5"),
}


@dataclass(frozen=True)
class StepRules:
    """One row of the table. `target` None: the status stays, or depends on the case (see `target_status`)."""

    name: BilingualText  # on the button
    sources: frozenset[CaseStatus]
    target: CaseStatus | None = None
    required: tuple[Input, ...] = ()
    is_public: bool = False  # the citizen sees it in the history


_ALL = frozenset(CaseStatus)
_OPEN = _ALL - {CaseStatus.CLOSED}
_WORK = frozenset({CaseStatus.CHECKING, CaseStatus.ORDERED, CaseStatus.IN_PROGRESS})
_AT_AGENCY = frozenset({CaseStatus.ORDERED, CaseStatus.IN_PROGRESS})
_NEW = frozenset({CaseStatus.RECEIVED, CaseStatus.CHECKING})
_CLOSED = frozenset({CaseStatus.CLOSED})

WORKFLOW: Mapping[Action, StepRules] = {
    Action.TAKE: StepRules(
        BilingualText("รับเรื่อง", "Take"), frozenset({CaseStatus.RECEIVED}), CaseStatus.CHECKING, is_public=True
    ),
    Action.ASSIGN_OWNER: StepRules(BilingualText("มอบหมายเจ้าของเรื่อง", "Assign owner"), _OPEN, required=(Input.OWNER,)),
    Action.ASK_DETAILS: StepRules(
        BilingualText("ขอรายละเอียดจากผู้ร้อง", "Ask for details"),
        _WORK,
        CaseStatus.UNCLEAR,
        (Input.QUESTION,),
        is_public=True,
    ),
    Action.RECORD_DETAILS: StepRules(
        BilingualText("บันทึกรายละเอียดที่ได้รับ", "Record details"),
        _OPEN,
        required=(Input.DETAILS,),
        is_public=True,
    ),
    Action.PROPOSE: StepRules(BilingualText("เสนอผู้บังคับบัญชา", "Propose"), _WORK, is_public=True),
    Action.APPROVE: StepRules(BilingualText("อนุมัติ", "Approve"), LADDER_STATUSES, is_public=True),
    Action.SEND_UP: StepRules(
        BilingualText("เสนอต่อ", "Send up"), frozenset({CaseStatus.TO_DIRECTOR, CaseStatus.TO_CHIEF}), is_public=True
    ),
    Action.RETURN_PROPOSAL: StepRules(
        BilingualText("ส่งกลับแก้ไข", "Return"), LADDER_STATUSES, required=(Input.REASON,), is_public=True
    ),
    Action.WITHDRAW_PROPOSAL: StepRules(
        BilingualText("ถอนข้อเสนอ", "Withdraw the proposal"), LADDER_STATUSES, required=(Input.REASON,), is_public=True
    ),
    Action.ORDER: StepRules(
        BilingualText("สั่งการหน่วยงาน", "Order to agency"),
        _NEW | _AT_AGENCY,
        CaseStatus.ORDERED,
        (Input.AGENCY,),
        is_public=True,
    ),
    Action.RECALL: StepRules(
        BilingualText("เรียกเรื่องคืน", "Recall"), _OPEN - {CaseStatus.RECEIVED}, required=(Input.REASON,)
    ),
    Action.ACCEPT: StepRules(BilingualText("หน่วยงานรับเรื่อง", "Accept"), _OPEN - {CaseStatus.RECEIVED}, is_public=True),
    Action.REPORT: StepRules(
        BilingualText("รายงานผล", "Report"), _OPEN - {CaseStatus.RECEIVED}, required=(Input.REPORT,), is_public=True
    ),
    Action.RETURN_TO_CENTRE: StepRules(
        BilingualText("ส่งคืนศูนย์", "Return to the centre"), _OPEN - {CaseStatus.RECEIVED}, required=(Input.REASON,)
    ),
    Action.CLOSE: StepRules(
        BilingualText("ยุติเรื่อง", "Close"),
        _WORK | {CaseStatus.UNCLEAR},
        CaseStatus.CLOSED,
        (Input.OUTCOME, Input.OUTCOME_TEXT),
        is_public=True,
    ),
    Action.CORRECT_OUTCOME: StepRules(
        BilingualText("แก้ไขผลการดำเนินการ", "Correct the outcome"),
        _CLOSED,
        required=(Input.OUTCOME, Input.OUTCOME_TEXT, Input.REASON),
        is_public=True,
    ),
    Action.RATE: StepRules(BilingualText("ให้คะแนน", "Rate"), _CLOSED, required=(Input.RATING,), is_public=True),
    Action.REQUEST_REOPENING: StepRules(
        BilingualText("บันทึกคำขอเปิดเรื่อง", "Record a request to reopen"),
        _CLOSED,
        required=(Input.REASON,),
        is_public=True,
    ),
    Action.REFUSE_REOPENING: StepRules(
        BilingualText("ไม่เปิดเรื่องอีกครั้ง", "Refuse to reopen"), _CLOSED, required=(Input.REASON,), is_public=True
    ),
    Action.REOPEN: StepRules(
        BilingualText("เปิดเรื่องอีกครั้ง", "Reopen"), _CLOSED, required=(Input.REASON,), is_public=True
    ),
    Action.LINK_DUPLICATE: StepRules(
        BilingualText("รวมเป็นเรื่องซ้ำ", "Link as duplicate"),
        _NEW | {CaseStatus.UNCLEAR},
        CaseStatus.CLOSED,
        (Input.LEAD_CASE,),
        is_public=True,
    ),
    Action.UNLINK_DUPLICATE: StepRules(
        BilingualText("แยกออกจากเรื่องหลัก", "Unlink from the main case"),
        _CLOSED,
        CaseStatus.CHECKING,
        (Input.REASON,),
        is_public=True,
    ),
    Action.RECLASSIFY: StepRules(BilingualText("จัดประเภทใหม่", "Reclassify"), _OPEN),
    Action.SET_POINT: StepRules(BilingualText("ระบุจุดเกิดเหตุ", "Set the point of the incident"), _OPEN),
    Action.MOVE_CENTRE: StepRules(
        BilingualText("ย้ายศูนย์", "Move to another centre"),
        _NEW | {CaseStatus.UNCLEAR},
        CaseStatus.RECEIVED,
        (Input.CENTRE, Input.REASON),
        is_public=True,
    ),
    Action.SET_DUE: StepRules(
        BilingualText("กำหนดวันแล้วเสร็จ", "Set the due date"), _OPEN, required=(Input.DUE, Input.REASON), is_public=True
    ),
    Action.RENEW_CODE: StepRules(BilingualText("เปลี่ยนรหัสติดตาม", "New tracking code"), _ALL, is_public=True),
    Action.REQUEST_DATA: StepRules(
        BilingualText("ขอใช้สิทธิเรื่องข้อมูลส่วนบุคคล", "Request about personal data"),
        _ALL,
        required=(Input.RIGHT,),
        is_public=True,
    ),
    Action.ANSWER_DATA_REQUEST: StepRules(
        BilingualText("ตอบคำขอเรื่องข้อมูลส่วนบุคคล", "Answer the request about personal data"),
        _ALL,
        required=(Input.ANSWER,),
        is_public=True,
    ),
    Action.TAKE_OVER_TEXT: StepRules(BilingualText("ใช้ข้อความจากหนังสือ", "Take over the text of a letter"), _OPEN),
    Action.ADD_NOTE: StepRules(BilingualText("บันทึกภายใน", "Add a note"), _ALL, required=(Input.NOTE,)),
}
# Who else decides whether a case waits for a person: see `Attention` in codes.py.


@dataclass(frozen=True)
class WorkflowFacts:
    """What the target of a step may depend on. `lead_is_active`: an agency leads the work now; `lead_has_accepted`: and
    it has accepted. `had_lead`: an agency led the work before the case was closed."""

    status: CaseStatus
    kind: CentreKind
    lead_is_active: bool = False
    lead_has_accepted: bool = False
    had_lead: bool = False


def is_allowed(action: Action, status: CaseStatus) -> bool:
    """Whether this step exists in this status."""
    return action in WORKFLOW and status in WORKFLOW[action].sources


def target_status(action: Action, facts: WorkflowFacts) -> CaseStatus:
    """The status after this step. APPROVE has the target of what is approved: ORDER or CLOSE."""
    rules = WORKFLOW[action]
    match action:
        case Action.PROPOSE:
            return first_step(facts.kind)
        case Action.SEND_UP:
            return step_above(facts.kind, facts.status) or facts.status
        case Action.RETURN_PROPOSAL | Action.WITHDRAW_PROPOSAL:
            return working_status(facts)
        case Action.RECORD_DETAILS if facts.status is CaseStatus.UNCLEAR:
            return working_status(facts)
        case Action.ACCEPT | Action.REPORT if facts.status is CaseStatus.ORDERED:
            return CaseStatus.IN_PROGRESS
        case Action.REOPEN:
            return CaseStatus.ORDERED if facts.had_lead else CaseStatus.CHECKING
        case _:
            return rules.target or facts.status


def working_status(facts: WorkflowFacts) -> CaseStatus:
    """The status of a case that waits for neither citizen nor superior: at the agency, or at the centre."""
    if not facts.lead_is_active:
        return CaseStatus.CHECKING
    return CaseStatus.IN_PROGRESS if facts.lead_has_accepted else CaseStatus.ORDERED
