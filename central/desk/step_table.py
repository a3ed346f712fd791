"""The steps of the one form of a case: which fields each uses, and which command it makes with their values.

`STEPS` has a row for every step that a page of the desk offers. A proposal has two rows: to order, and to close."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from central.cases import commands
from central.cases.models import CaseEvent
from central.cases.workflow import WORKFLOW
from central.classification.schemes import CHOSEN
from central.desk.step_input import CLOSING, FILES, ORDER, TERMS, StepInput
from central.messages.data_requests import answer_data_request
from central.people.roles import Action
from protocol.bilingual_text import BilingualText


@dataclass(frozen=True)
class DeskStep:
    """A step as the form offers it. `key` is the letter of its shortcut; the labels say what note and message are for
    in this step. `inputs` are the keywords of the command, each with the name of its value (`StepInput.value`)."""

    code: str  # as posted
    action: Action
    key: str
    fields: tuple[str, ...]
    command: Callable[..., CaseEvent]
    inputs: Mapping[str, str]
    name: BilingualText
    note_label: BilingualText | None = None
    message_label: BilingualText | None = None

    def run(self, step: StepInput) -> CaseEvent:
        """Make the step. Raises NotAllowedError."""
        subject = step.referral if "referral" in self.fields else step.case
        inputs = {keyword: step.value(name) for keyword, name in self.inputs.items()}
        return self.command(subject, step.by, seen_revision=step.seen, **inputs)


_ORDER_FIELDS = ("agency", "supports", "copies", "order_text", "handler", "due")
_CLOSING_FIELDS = ("outcome", "template", "message", "next_owner", "note")
_CLASSES = ("topic", "subtopic", "urgency", "mission", "about_kind", "is_complex")
_SCHEMES = tuple(scheme.value for scheme in CHOSEN)
_NOTE, _NOTE_AS_REASON, _NOTE_AS_OPINION = {"note": "note"}, {"reason": "note"}, {"opinion": "note"}
_MESSAGE = {"message": "message"}
_REASON = BilingualText("เหตุผล", "Reason")
_OPINION = BilingualText("ความเห็น", "Opinion")
_SENTENCE = BilingualText("ผลที่แจ้งผู้ร้อง", "Outcome for the citizen")


def _step(
    action: Action,
    key: str,
    fields: Sequence[str],
    command: Callable[..., CaseEvent],
    inputs: Mapping[str, str],
    *,
    code: str = "",
    name: BilingualText | None = None,
    **labels: BilingualText,
) -> DeskStep:
    """A row. Code and name are those of the action, unless the action has several rows."""
    return DeskStep(
        code or action.value, action, key, tuple(fields), command, inputs, name or WORKFLOW[action].name, **labels
    )


STEPS: tuple[DeskStep, ...] = (
    _step(Action.TAKE, "T", ("note",), commands.take, _NOTE),
    _step(
        Action.ORDER,
        "O",
        (*_ORDER_FIELDS, "template", "message", "note"),
        commands.order,
        {"inputs": ORDER, **_MESSAGE, **_NOTE},
    ),
    _step(
        Action.PROPOSE,
        "P",
        (*_ORDER_FIELDS, "template", "note"),
        commands.propose,
        {"content": ORDER, **_NOTE_AS_OPINION},
        code="propose_order",
        name=BilingualText("เสนอสั่งการ", "Propose an order"),
        note_label=_OPINION,
    ),
    _step(
        Action.PROPOSE,
        "J",
        _CLOSING_FIELDS,
        commands.propose,
        {"content": CLOSING, **_NOTE_AS_OPINION},
        code="propose_close",
        name=BilingualText("เสนอยุติเรื่อง", "Propose to close"),
        note_label=_OPINION,
        message_label=_SENTENCE,
    ),
    _step(Action.APPROVE, "A", ("message", "note"), commands.approve, {**_MESSAGE, **_NOTE}),
    _step(Action.SEND_UP, "U", ("note",), commands.send_up, _NOTE_AS_OPINION, note_label=_OPINION),
    _step(Action.RETURN_PROPOSAL, "B", ("note",), commands.return_proposal, _NOTE_AS_REASON, note_label=_REASON),
    _step(Action.WITHDRAW_PROPOSAL, "H", ("note",), commands.withdraw_proposal, _NOTE_AS_REASON, note_label=_REASON),
    _step(
        Action.ASK_DETAILS,
        "Q",
        ("template", "message", "note"),
        commands.ask_details,
        {"question": "message", **_NOTE},
        message_label=BilingualText("คำถามถึงผู้ร้อง", "Question to the citizen"),
    ),
    _step(
        Action.RECORD_DETAILS,
        "R",
        ("note", "files"),
        commands.record_details,
        {"details": "note", "attachments": FILES},
        note_label=BilingualText("รายละเอียดที่ได้รับ", "Details that were received"),
    ),
    _step(
        Action.REPORT,
        "G",
        ("referral", "is_done", "template", "message", "note", "files"),
        commands.report,
        {"text": "note", "is_done": "is_done", "attachments": FILES, **_MESSAGE},
        note_label=BilingualText("รายงานของหน่วยงาน", "Report of the agency"),
    ),
    _step(
        Action.RETURN_TO_CENTRE,
        "Z",
        ("referral", "better_agency", "note"),
        commands.return_to_centre,
        {"proposed_agency": "better_agency", **_NOTE_AS_REASON},
        note_label=_REASON,
    ),
    _step(Action.RECALL, "L", ("referral", "note"), commands.recall, _NOTE_AS_REASON, note_label=_REASON),
    _step(Action.CLOSE, "C", _CLOSING_FIELDS, commands.close, {"inputs": CLOSING, **_NOTE}, message_label=_SENTENCE),
    _step(
        Action.LINK_DUPLICATE,
        "M",
        ("main_case", "template", "message", "note"),
        commands.link_duplicate,
        {"lead_case": "main_case", **_MESSAGE, **_NOTE},
    ),
    _step(
        Action.UNLINK_DUPLICATE,
        "D",
        ("template", "message", "note"),
        commands.unlink_duplicate,
        {**_NOTE_AS_REASON, **_MESSAGE},
        note_label=_REASON,
    ),
    _step(
        Action.CORRECT_OUTCOME,
        "X",
        _CLOSING_FIELDS,
        commands.correct_outcome,
        {"inputs": CLOSING, **_NOTE_AS_REASON},
        note_label=_REASON,
        message_label=_SENTENCE,
    ),
    _step(
        Action.REQUEST_REOPENING,
        "E",
        ("note",),
        commands.request_reopening,
        _NOTE_AS_REASON,
        note_label=BilingualText("เหตุผลของผู้ร้อง", "The citizen’s reason"),
    ),
    _step(
        Action.REFUSE_REOPENING,
        "F",
        ("template", "message", "note"),
        commands.refuse_reopening,
        {"reason": "message", **_NOTE},
        message_label=BilingualText("เหตุผลถึงผู้ร้อง", "Reason for the citizen"),
    ),
    _step(
        Action.REOPEN,
        "I",
        ("template", "message", "note"),
        commands.reopen,
        {**_NOTE_AS_REASON, **_MESSAGE},
        note_label=_REASON,
    ),
    _step(Action.ASSIGN_OWNER, "W", ("owner", "note"), commands.assign_owner, {"owner": "owner", **_NOTE}),
    _step(
        Action.RECLASSIFY,
        "K",
        (*_CLASSES, *_SCHEMES, "note"),
        commands.reclassify,
        {**{name: name for name in _CLASSES}, "terms": TERMS, **_NOTE},
    ),
    _step(
        Action.SET_DUE,
        "Y",
        ("due", "template", "message", "note"),
        commands.set_due,
        {"due": "due", **_NOTE_AS_REASON, **_MESSAGE},
        note_label=_REASON,
    ),
    _step(
        Action.MOVE_CENTRE,
        "V",
        ("centre", "template", "message", "note"),
        commands.move_centre,
        {"centre": "centre", **_NOTE_AS_REASON, **_MESSAGE},
        note_label=_REASON,
    ),
    _step(
        Action.ANSWER_DATA_REQUEST,
        "S",
        ("message", "note"),
        answer_data_request,
        {"answer": "message", **_NOTE},
        message_label=BilingualText("คำตอบถึงผู้ร้อง", "Answer to the citizen"),
    ),
    _step(
        Action.ADD_NOTE,
        "N",
        ("template", "message", "note", "files"),
        commands.add_note,
        {"attachments": FILES, **_NOTE, **_MESSAGE},
    ),
)
_BY_CODE = {step.code: step for step in STEPS}


def find_step(code: str) -> DeskStep | None:
    """The step with this code."""
    return _BY_CODE.get(code)


def offered_steps(actions: Sequence[Action]) -> tuple[DeskStep, ...]:
    """The steps of these actions, in the order of the table."""
    return tuple(step for step in STEPS if step.action in actions)
