"""What every command of a case shares: who acts, the checks before a step, and the change with its event after it.

One command is one transaction: it locks the case, checks permission, workflow, inputs and the version that the person
saw, changes the rows, and appends the event."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db import transaction

from central.cases import clock, history
from central.cases.case_clock import active_lead, refresh_clock
from central.cases.codes import Attention, ReferralKind, ReferralState
from central.cases.commands.clock_steps import announced_due, append_due_moved
from central.cases.errors import ERASED, NO_PERMISSION, NotAllowedError
from central.cases.event_kinds import ActorKind, EventKind
from central.cases.limits import MAX_NOTE_CHARS
from central.cases.locking import lock_case
from central.cases.models import Case, CaseEvent, Referral
from central.cases.workflow import MISSING_INPUT, WORKFLOW, Input, WorkflowFacts, is_allowed
from central.centres.models import Officer
from central.people.permission import acts_for_agency, acts_in_tambon, has_permission, roles_at
from central.people.roles import CITIZEN_ONLY, Action, Role
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

_TOO_LONG = BilingualText(
    f"ข้อความยาวเกิน {MAX_NOTE_CHARS:,} ตัวอักษร", f"The text is longer than {MAX_NOTE_CHARS:,} characters"
)
_CHANGED_MEANWHILE = BilingualText(
    "มีผู้บันทึกเรื่องนี้ไปแล้ว โปรดตรวจดูอีกครั้ง", "Someone else has changed this case. Please check it again"
)
_NO_TRANSITION = BilingualText("ทำขั้นตอนนี้จากสถานะปัจจุบันไม่ได้", "This step is not possible in the present status")
_DUE_IMPOSSIBLE = BilingualText(
    "วันแล้วเสร็จต้องเป็นวันนี้หรือหลังจากนี้ และไม่เกินหนึ่งปี", "The due date must be today or later, and within one year"
)
_MAX_DUE_DAYS = 366
_PUBLIC_KINDS = frozenset(action.value for action, rules in WORKFLOW.items() if rules.is_public)
_AGENCY_STEPS = frozenset({Action.ACCEPT, Action.REPORT, Action.RETURN_TO_CENTRE})
# Steps that change nothing that the deadline depends on.
_WITHOUT_CLOCK = frozenset(
    {
        EventKind.ASSIGN_OWNER,
        EventKind.ADD_NOTE,
        EventKind.SET_POINT,
        EventKind.NAME_RESPONDENT,
        EventKind.REMOVE_RESPONDENT,
        EventKind.CORRECT_OUTCOME,
        EventKind.RATE,
        EventKind.RENEW_CODE,
        EventKind.TAKE_OVER_TEXT,
        EventKind.REQUEST_DATA,
        EventKind.ANSWER_DATA_REQUEST,
        EventKind.REQUEST_REOPENING,
        EventKind.REFUSE_REOPENING,
    }
)
_CITIZEN_STEPS = frozenset({Action.RECORD_DETAILS, Action.REQUEST_REOPENING, Action.RENEW_CODE} | CITIZEN_ONLY)
_SUPERIORS = frozenset({Role.DIRECTOR, Role.CHIEF, Role.GOVERNOR, Role.DISTRICT_CHIEF})


@dataclass(frozen=True)
class Actor:
    """Who makes a step: an officer, an agency by the personal link of one referral, the citizen, or the system."""

    kind: ActorKind
    officer: Officer | None = None
    referral_id: int | None = None

    @classmethod
    def of(cls, officer: Officer) -> Self:
        """An officer who is signed in."""
        return cls(ActorKind.OFFICER, officer)

    @classmethod
    def agency_link(cls, referral: Referral) -> Self:
        """Whoever has the personal link of this referral."""
        return cls(ActorKind.AGENCY, referral_id=referral.pk)

    @classmethod
    def citizen(cls) -> Self:
        """The citizen, by the tracking code."""
        return cls(ActorKind.CITIZEN)

    @classmethod
    def system(cls) -> Self:
        """A job of the service."""
        return cls(ActorKind.SYSTEM)


@contextmanager
def locked_case(
    case: Case,
    action: Action,
    by: Actor,
    *,
    seen_revision: int | None,
    inputs: Mapping[Input, object] | None = None,
    texts: Collection[str] = (),
    referral: Referral | None = None,
) -> Iterator[Case]:
    """The locked row of the case, after all checks; the transaction ends with the block. `case` gets the new values.

    `seen_revision` is the version on the person's page, None for the system. `inputs` are the required inputs that were
    given, `texts` the optional ones. `referral` is the one that an agency acts on. Raises NotAllowedError."""
    values = {key: value.strip() if isinstance(value, str) else value for key, value in (inputs or {}).items()}
    all_texts = [*texts, *(text for text in values.values() if isinstance(text, str))]
    if any(len(text) > MAX_NOTE_CHARS for text in all_texts):
        raise NotAllowedError(_TOO_LONG)
    with transaction.atomic():
        locked = lock_case(case.pk)
        if not _may_step(locked, action, by, referral):
            raise NotAllowedError(NO_PERMISSION)
        if locked.erased_at is not None:
            raise NotAllowedError(ERASED)
        if seen_revision is not None and locked.revision != seen_revision:
            raise NotAllowedError(_CHANGED_MEANWHILE)
        if not is_allowed(action, locked.current_status):
            raise NotAllowedError(_NO_TRANSITION)
        for required in WORKFLOW[action].required:
            if not values.get(required):
                raise NotAllowedError(MISSING_INPUT[required])
        yield locked
        for field in Case._meta.concrete_fields:
            setattr(case, field.attname, getattr(locked, field.attname))


def _may_step(case: Case, action: Action, by: Actor, referral: Referral | None) -> bool:
    match by.kind:
        case ActorKind.OFFICER if by.officer is not None:
            if has_permission(by.officer, action, case.centre):
                return True
            if acts_in_tambon(by.officer, action, case.centre, case.area):
                return True
            return referral is not None and acts_for_agency(by.officer, action, referral.agency_id)
        case ActorKind.AGENCY:
            return action in _AGENCY_STEPS and referral is not None and referral.pk == by.referral_id
        case ActorKind.CITIZEN:
            return action in _CITIZEN_STEPS
        case _:
            return True


def save_step(
    case: Case,
    kind: EventKind,
    by: Actor,
    *,
    status: CaseStatus | None = None,
    attention: Attention | None = None,
    payload: Mapping[str, object] | None = None,
    is_public: bool | None = None,
    public_text: str = "",
    note: str = "",
) -> CaseEvent:
    """Save the locked case with its new status and append the event. `attention` None: nothing waits for an officer.

    `is_public` None: as the table of the workflow says; an event with a text for the citizen is always public."""
    now, due_before = clock.now(), announced_due(case)
    if status is not None:
        case.status = status.value
    if kind not in _WITHOUT_CLOCK:
        refresh_clock(case, kind, now)
    case.attention = attention.value if attention else ""
    case.revision += 1
    case.last_activity_at = now
    case.save()
    if is_public is None:
        is_public = kind.value in _PUBLIC_KINDS
    is_pausing = kind is EventKind.ASK_DETAILS  # the question says by itself that the due date is on hold
    event = history.append_event(
        case,
        kind,
        actor=by.kind,
        by=by.officer,
        at=now,
        payload={**(payload or {}), "due": due_before.isoformat()} if is_pausing and due_before else payload,
        is_public=is_public or bool(public_text.strip()),
        public_text=public_text,
        note=note,
    )
    if case.due != due_before and not is_pausing and case.closed_at is None:
        append_due_moved(case, due_before, cause=kind, at=now, has_message=bool(public_text.strip()))
    return event


def is_superior(by: Actor, case: Case) -> bool:
    """Whether this person decides for the centre of the case: a superior there or above, or the system."""
    return by.officer is None or bool(roles_at(by.officer, case.centre) & _SUPERIORS)


def workflow_facts(case: Case) -> WorkflowFacts:
    """What the workflow needs to know about this case."""
    lead = active_lead(case)
    return WorkflowFacts(
        status=case.current_status,
        kind=case.centre.kind,
        lead_is_active=lead is not None,
        lead_has_accepted=lead is not None and lead.state == ReferralState.ACCEPTED.value,
        had_lead=case.referrals.filter(kind=ReferralKind.LEAD.value).exists(),
    )


def kept_attention(case: Case) -> Attention | None:
    """What the case waits for, for a step that does not change it."""
    return Attention(case.attention) if case.attention else None


def take_locked(locked: Case, by: Actor, note: str = "") -> CaseEvent:
    """Take the locked case, as a step of its own or as the first half of an order."""
    locked.owner = locked.owner or by.officer
    return save_step(
        locked, EventKind.TAKE, by, status=CaseStatus.CHECKING, payload={"owner": locked.owner_id}, note=note
    )


def check_due(due: date | None) -> date | None:
    """The date, when it can be promised. Raises NotAllowedError for the past and for more than a year."""
    if due is not None and not 0 <= (due - clock.today()).days <= _MAX_DUE_DAYS:
        raise NotAllowedError(_DUE_IMPOSSIBLE)
    return due
