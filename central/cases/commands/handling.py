"""Steps of the officers who handle a case: take, assign, ask, classify, move, note."""

from collections.abc import Mapping, Sequence
from datetime import date

from central.cases.attachments import CleanFile, describe_files, store_files
from central.cases.case_clock import active_lead
from central.cases.codes import Attention, Mission, Urgency
from central.cases.commands.postponing import check_complexity, check_postponing
from central.cases.commands.referral_rows import end_all_referrals
from central.cases.commands.step import (
    Actor,
    check_due,
    kept_attention,
    locked_case,
    save_step,
    take_locked,
    workflow_facts,
)
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.limits import MAX_NAME_CHARS
from central.cases.models import Case, CaseEvent
from central.cases.workflow import Input, target_status
from central.centres.models import Centre, Officer
from central.classification.terms import are_known_terms
from central.people.permission import has_permission
from central.people.roles import Action
from central.pictures import delete_pictures_on_error
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from protocol.topics import Topic

_OWNER_ELSEWHERE = BilingualText("ผู้นี้รับผิดชอบเรื่องของศูนย์นี้ไม่ได้", "This officer cannot own a case of this centre")
_UNKNOWN_CODE = BilingualText("ไม่รู้จักประเภทนี้", "This classification is not known")
_INACTIVE_CENTRE = BilingualText("ศูนย์นี้ปิดใช้งานแล้ว", "This centre is not active")
_NO_MESSAGE = BilingualText("เจ้าหน้าที่ของศูนย์เท่านั้นที่เขียนถึงผู้ร้องได้", "Only officers of the centre write to the citizen")
_SAME_CENTRE = BilingualText("เรื่องอยู่ที่ศูนย์นี้แล้ว", "The case is at this centre already")


def take(case: Case, by: Actor, *, seen_revision: int | None, note: str = "") -> CaseEvent:
    """Take a new case: the officer becomes its owner unless it has one."""
    with locked_case(case, Action.TAKE, by, seen_revision=seen_revision, texts=[note]) as locked:
        return take_locked(locked, by, note=note)


def assign_owner(
    case: Case, by: Actor, *, seen_revision: int | None, owner: Officer | None, note: str = ""
) -> CaseEvent:
    """Make an officer of the centre responsible for the case."""
    inputs = {Input.OWNER: owner}
    with locked_case(case, Action.ASSIGN_OWNER, by, seen_revision=seen_revision, inputs=inputs, texts=[note]) as locked:
        if owner is None or not has_permission(owner, Action.TAKE, locked.centre):
            raise NotAllowedError(_OWNER_ELSEWHERE)
        locked.owner = owner
        payload = {"owner": owner.pk}
        return save_step(
            locked, EventKind.ASSIGN_OWNER, by, attention=kept_attention(locked), payload=payload, note=note
        )


def ask_details(case: Case, by: Actor, *, seen_revision: int | None, question: str, note: str = "") -> CaseEvent:
    """Ask the citizen; the clock pauses until the details are recorded."""
    inputs = {Input.QUESTION: question}
    with locked_case(case, Action.ASK_DETAILS, by, seen_revision=seen_revision, inputs=inputs, texts=[note]) as locked:
        status = target_status(Action.ASK_DETAILS, workflow_facts(locked))
        return save_step(locked, EventKind.ASK_DETAILS, by, status=status, public_text=question, note=note)


def reclassify(
    case: Case,
    by: Actor,
    *,
    seen_revision: int | None,
    topic: str,
    subtopic: str = "",
    urgency: str = "normal",
    mission: str = "",
    about_kind: str = "",
    is_complex: bool = False,
    terms: Mapping[str, str] | None = None,
    note: str = "",
) -> CaseEvent:
    """Set topic, sub-topic, urgency, mission, the kind of agency complained about, and whether the case is complex.
    `terms` are the chosen terms by scheme; None leaves them."""
    with locked_case(
        case, Action.RECLASSIFY, by, seen_revision=seen_revision, texts=[note, subtopic, about_kind]
    ) as locked:
        known = topic in {each.value for each in Topic} and urgency in set(Urgency) and mission in {"", *Mission}
        if not known or len(subtopic) > MAX_NAME_CHARS or len(about_kind) > 20:
            raise NotAllowedError(_UNKNOWN_CODE)
        chosen = dict(locked.terms) if terms is None else {scheme: code for scheme, code in terms.items() if code}
        if terms is not None and not are_known_terms(chosen):
            raise NotAllowedError(_UNKNOWN_CODE)
        check_complexity(locked, by, is_complex=is_complex, reason=note)
        before = _classification(locked)
        locked.topic, locked.subtopic, locked.urgency = topic, subtopic.strip(), urgency
        locked.mission, locked.about_kind, locked.is_complex = mission, about_kind, is_complex
        locked.terms = chosen
        payload = {"before": before, "after": _classification(locked)}
        return save_step(locked, EventKind.RECLASSIFY, by, attention=kept_attention(locked), payload=payload, note=note)


def _classification(case: Case) -> dict[str, object]:
    fields = ("topic", "subtopic", "urgency", "mission", "about_kind", "is_complex", "terms")
    return {field: getattr(case, field) for field in fields}


def move_centre(
    case: Case, by: Actor, *, seen_revision: int | None, centre: Centre | None, reason: str, message: str = ""
) -> CaseEvent:
    """Move the case, with its history, into the queue of another centre. Active referrals are recalled."""
    inputs = {Input.CENTRE: centre, Input.REASON: reason}
    with locked_case(
        case, Action.MOVE_CENTRE, by, seen_revision=seen_revision, inputs=inputs, texts=[message]
    ) as locked:
        if centre is None or centre.pk == locked.centre_id:
            raise NotAllowedError(_SAME_CENTRE)
        if not centre.is_active:
            raise NotAllowedError(_INACTIVE_CENTRE)
        end_all_referrals(locked)
        payload = {"from": locked.centre.slug, "to": centre.slug, "from_id": locked.centre_id}
        locked.centre, locked.owner = centre, None
        locked.agency_name = locked.handler_name = ""
        return save_step(
            locked,
            EventKind.MOVE_CENTRE,
            by,
            status=CaseStatus.RECEIVED,
            attention=Attention.NEW,
            payload=payload,
            public_text=message,
            note=reason,
        )


def set_due(
    case: Case, by: Actor, *, seen_revision: int | None, due: date | None, reason: str, message: str = ""
) -> CaseEvent:
    """Set the due date by hand; the citizen sees the new date."""
    inputs = {Input.DUE: due, Input.REASON: reason}
    with locked_case(case, Action.SET_DUE, by, seen_revision=seen_revision, inputs=inputs, texts=[message]) as locked:
        before = locked.due
        is_later = due is not None and before is not None and due > before
        if is_later:
            check_postponing(locked, by)
        locked.due, locked.period_basis = check_due(due), "manual"
        lead = active_lead(locked)
        if lead:
            lead.due = due
            lead.save(update_fields=["due"])
        payload: dict[str, object] = {
            "before": before.isoformat() if before else "",
            "after": due.isoformat() if due else "",
            "postponed": is_later,
        }
        return save_step(
            locked,
            EventKind.SET_DUE,
            by,
            attention=kept_attention(locked),
            payload=payload,
            public_text=message,
            note=reason,
        )


def add_note(
    case: Case,
    by: Actor,
    *,
    seen_revision: int | None,
    note: str,
    message: str = "",
    attachments: Sequence[CleanFile] = (),
) -> CaseEvent:
    """Add an internal note, or files from `cases.attachments.prepare_files`, which are covered like a letter; `message`
    is read by the citizen, so a tambon team has none."""
    inputs = {Input.NOTE: note.strip() or message.strip() or bool(attachments)}
    texts = [note, message]
    with (
        locked_case(case, Action.ADD_NOTE, by, seen_revision=seen_revision, inputs=inputs, texts=texts) as locked,
        delete_pictures_on_error() as stored,
    ):
        if message.strip() and by.officer and not has_permission(by.officer, Action.ADD_NOTE, locked.centre):
            raise NotAllowedError(_NO_MESSAGE)
        event = save_step(
            locked,
            EventKind.ADD_NOTE,
            by,
            attention=kept_attention(locked),
            payload={"files": describe_files(attachments)} if attachments else None,
            public_text=message,
            note=note,
        )
        store_files(event, attachments, stored)
        return event
