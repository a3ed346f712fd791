"""One form saves: the table from a step to its fields and its command. One submission is one command.

`STEPS` has a row for every step that a page of the desk offers. A proposal has two rows: to order, and to close."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from central.cases import commands
from central.cases.attachments import prepare_files
from central.cases.commands import Actor, ClosingInputs, NotAllowedError, OrderInputs
from central.cases.models import Case, CaseEvent, Referral
from central.cases.workflow import WORKFLOW
from central.desk.step_choices import contact_name
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_NO_REFERRAL = BilingualText("โปรดเลือกคำสั่งการที่ยังไม่สิ้นสุด", "Choose a referral that has not ended")


@dataclass(frozen=True)
class StepInput:
    """A submitted step: the case, who makes it, and the checked values of the form."""

    case: Case
    by: Actor
    values: Mapping[str, Any]

    @property
    def seen(self) -> int:
        """The revision that the page showed."""
        return int(self.values["seen"])

    @property
    def note(self) -> str:
        return str(self.values["note"])

    @property
    def message(self) -> str:
        return str(self.values["message"])

    @property
    def referral(self) -> Referral:
        """The referral that the step is about. Raises NotAllowedError when none was chosen."""
        referral = self.values["referral"]
        if not isinstance(referral, Referral):
            raise NotAllowedError(_NO_REFERRAL)
        return referral

    def order(self) -> OrderInputs:
        """What is ordered. A date that was left as the clock proposed it stays the clock's: it follows the agency that
        was chosen. Without a name, the contact point of the agency is in charge."""
        values, lead = self.values, self.values["agency"]
        due: date | None = values["due"]
        return OrderInputs(
            lead=lead,
            supports=values["supports"],
            copies=values["copies"],
            text=values["order_text"],
            handler_name=values["handler"].strip() or (contact_name(lead) if lead else ""),
            due=None if due == values["due_proposed"] else due,
        )

    def closing(self) -> ClosingInputs:
        """How the case is closed."""
        return ClosingInputs(self.values["outcome"], self.message, self.values["next_owner"])


@dataclass(frozen=True)
class DeskStep:
    """A step as the form offers it. `key` is the letter of its shortcut; the labels say what note and message are for
    in this step."""

    code: str  # as posted
    action: Action
    key: str
    fields: tuple[str, ...]
    run: Callable[[StepInput], CaseEvent]
    name: BilingualText
    note_label: BilingualText | None = None
    message_label: BilingualText | None = None


_ORDER_FIELDS = ("agency", "supports", "copies", "order_text", "handler", "due")
_CLASSES = ("topic", "subtopic", "urgency", "mission", "about_kind", "is_complex")
_REASON = BilingualText("เหตุผล", "Reason")
_OPINION = BilingualText("ความเห็น", "Opinion")
_SENTENCE = BilingualText("ผลที่แจ้งผู้ร้อง", "Outcome for the citizen")


def _step(
    action: Action, key: str, fields: Sequence[str], run: Callable[[StepInput], CaseEvent], **labels: BilingualText
) -> DeskStep:
    return DeskStep(action.value, action, key, tuple(fields), run, WORKFLOW[action].name, **labels)


STEPS: tuple[DeskStep, ...] = (
    _step(
        Action.TAKE,
        "T",
        ("note",),
        lambda step: commands.take(step.case, step.by, seen_revision=step.seen, note=step.note),
    ),
    _step(
        Action.ORDER,
        "O",
        (*_ORDER_FIELDS, "template", "message", "note"),
        lambda step: commands.order(
            step.case,
            step.by,
            seen_revision=step.seen,
            inputs=step.order(),
            message=step.message,
            note=step.note,
        ),
    ),
    DeskStep(
        "propose_order",
        Action.PROPOSE,
        "P",
        (*_ORDER_FIELDS, "template", "note"),
        lambda step: commands.propose(
            step.case, step.by, seen_revision=step.seen, content=step.order(), opinion=step.note
        ),
        BilingualText("เสนอสั่งการ", "Propose an order"),
        note_label=_OPINION,
    ),
    DeskStep(
        "propose_close",
        Action.PROPOSE,
        "J",
        ("outcome", "template", "message", "next_owner", "note"),
        lambda step: commands.propose(
            step.case, step.by, seen_revision=step.seen, content=step.closing(), opinion=step.note
        ),
        BilingualText("เสนอยุติเรื่อง", "Propose to close"),
        note_label=_OPINION,
        message_label=_SENTENCE,
    ),
    _step(
        Action.APPROVE,
        "A",
        ("message", "note"),
        lambda step: commands.approve(
            step.case, step.by, seen_revision=step.seen, note=step.note, message=step.message
        ),
    ),
    _step(
        Action.SEND_UP,
        "U",
        ("note",),
        lambda step: commands.send_up(step.case, step.by, seen_revision=step.seen, opinion=step.note),
        note_label=_OPINION,
    ),
    _step(
        Action.RETURN_PROPOSAL,
        "B",
        ("note",),
        lambda step: commands.return_proposal(step.case, step.by, seen_revision=step.seen, reason=step.note),
        note_label=_REASON,
    ),
    _step(
        Action.WITHDRAW_PROPOSAL,
        "H",
        ("note",),
        lambda step: commands.withdraw_proposal(step.case, step.by, seen_revision=step.seen, reason=step.note),
        note_label=_REASON,
    ),
    _step(
        Action.ASK_DETAILS,
        "Q",
        ("template", "message", "note"),
        lambda step: commands.ask_details(
            step.case, step.by, seen_revision=step.seen, question=step.message, note=step.note
        ),
        message_label=BilingualText("คำถามถึงผู้ร้อง", "Question to the citizen"),
    ),
    _step(
        Action.RECORD_DETAILS,
        "R",
        ("note",),
        lambda step: commands.record_details(step.case, step.by, seen_revision=step.seen, details=step.note),
        note_label=BilingualText("รายละเอียดที่ได้รับ", "Details that were received"),
    ),
    _step(
        Action.REPORT,
        "G",
        ("referral", "is_done", "template", "message", "note", "files"),
        lambda step: commands.report(
            step.referral,
            step.by,
            seen_revision=step.seen,
            text=step.note,
            is_done=step.values["is_done"],
            message=step.message,
            attachments=prepare_files(step.values["files"]),  # before the command takes its lock
        ),
        note_label=BilingualText("รายงานของหน่วยงาน", "Report of the agency"),
    ),
    _step(
        Action.RETURN_TO_CENTRE,
        "Z",
        ("referral", "better_agency", "note"),
        lambda step: commands.return_to_centre(
            step.referral,
            step.by,
            seen_revision=step.seen,
            reason=step.note,
            proposed_agency=step.values["better_agency"],
        ),
        note_label=_REASON,
    ),
    _step(
        Action.RECALL,
        "L",
        ("referral", "note"),
        lambda step: commands.recall(step.referral, step.by, seen_revision=step.seen, reason=step.note),
        note_label=_REASON,
    ),
    _step(
        Action.CLOSE,
        "C",
        ("outcome", "template", "message", "next_owner", "note"),
        lambda step: commands.close(step.case, step.by, seen_revision=step.seen, inputs=step.closing(), note=step.note),
        message_label=_SENTENCE,
    ),
    _step(
        Action.LINK_DUPLICATE,
        "M",
        ("main_case", "template", "message", "note"),
        lambda step: commands.link_duplicate(
            step.case,
            step.by,
            seen_revision=step.seen,
            lead_case=step.values["main_case"],
            message=step.message,
            note=step.note,
        ),
    ),
    _step(
        Action.CORRECT_OUTCOME,
        "X",
        ("outcome", "template", "message", "next_owner", "note"),
        lambda step: commands.correct_outcome(
            step.case, step.by, seen_revision=step.seen, inputs=step.closing(), reason=step.note
        ),
        note_label=_REASON,
        message_label=_SENTENCE,
    ),
    _step(
        Action.REOPEN,
        "I",
        ("template", "message", "note"),
        lambda step: commands.reopen(
            step.case, step.by, seen_revision=step.seen, reason=step.note, message=step.message
        ),
        note_label=_REASON,
    ),
    _step(
        Action.ASSIGN_OWNER,
        "W",
        ("owner", "note"),
        lambda step: commands.assign_owner(
            step.case, step.by, seen_revision=step.seen, owner=step.values["owner"], note=step.note
        ),
    ),
    _step(
        Action.RECLASSIFY,
        "K",
        (*_CLASSES, "note"),
        lambda step: commands.reclassify(
            step.case,
            step.by,
            seen_revision=step.seen,
            note=step.note,
            **{name: step.values[name] for name in _CLASSES},
        ),
    ),
    _step(
        Action.SET_DUE,
        "Y",
        ("due", "template", "message", "note"),
        lambda step: commands.set_due(
            step.case,
            step.by,
            seen_revision=step.seen,
            due=step.values["due"],
            reason=step.note,
            message=step.message,
        ),
        note_label=_REASON,
    ),
    _step(
        Action.MOVE_CENTRE,
        "V",
        ("centre", "template", "message", "note"),
        lambda step: commands.move_centre(
            step.case,
            step.by,
            seen_revision=step.seen,
            centre=step.values["centre"],
            reason=step.note,
            message=step.message,
        ),
        note_label=_REASON,
    ),
    _step(
        Action.ADD_NOTE,
        "N",
        ("template", "message", "note"),
        lambda step: commands.add_note(
            step.case, step.by, seen_revision=step.seen, note=step.note, message=step.message
        ),
    ),
)
_BY_CODE = {step.code: step for step in STEPS}


def find_step(code: str) -> DeskStep | None:
    """The step with this code."""
    return _BY_CODE.get(code)


def offered_steps(actions: Sequence[Action]) -> tuple[DeskStep, ...]:
    """The steps of these actions, in the order of the table."""
    return tuple(step for step in STEPS if step.action in actions)
