"""Who may move the due date of a case to a later day, or take it away.

A date that can always be moved is no promise, and a case whose date moves is never overdue. So the officer of a case
moves it once in a round of work, with a reason; every further time is for a superior. Each move is a public event."""

from datetime import date

from central.agencies.models import Agency
from central.cases.case_clock import calculated_due
from central.cases.commands.step import Actor, is_superior
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.models import Case
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_NOT_LATER = BilingualText(
    "ท่านกำหนดวันแล้วเสร็จให้ช้ากว่าที่ระบบคำนวณไม่ได้", "You cannot set a later due date than the one that is calculated"
)
_POSTPONED_ALREADY = BilingualText(
    "เรื่องนี้เลื่อนกำหนดแล้วเสร็จไปแล้ว การเลื่อนอีกครั้งเป็นอำนาจของผู้บังคับบัญชา",
    "The due date was moved to a later day already. A superior decides about the next time",
)
_NOT_COMPLEX = BilingualText(
    "ท่านกำหนดให้เป็นเรื่องซับซ้อนที่ไม่มีวันแล้วเสร็จไม่ได้", "You cannot make this a complex case without a due date"
)
_WHY_COMPLEX = BilingualText(
    "โปรดบอกเหตุผลที่เป็นเรื่องซับซ้อน ในช่องบันทึกภายใน", "Give the reason why the case is complex, as an internal note"
)


def check_order_due(case: Case, by: Actor, lead: Agency | None, due: date | None) -> bool:
    """Whether the date of an order is later than that of the clock. Raises NotAllowedError when this person may not
    promise it."""
    limit = calculated_due(case, lead)
    if due is None or limit is None or due <= limit:
        return False
    check_postponing(case, by)
    return True


def check_postponing(case: Case, by: Actor) -> None:
    """Raises NotAllowedError unless this person may move the due date of the case to a later day."""
    if is_superior(by, case):
        return
    if by.officer is None or not has_permission(by.officer, Action.SET_DUE, case.centre):
        raise NotAllowedError(_NOT_LATER)
    events = case.events.order_by("id")
    reopening = events.filter(kind=EventKind.REOPEN.value).last()
    if reopening is not None:
        events = events.filter(pk__gt=reopening.pk)
    if events.filter(payload__postponed=True).exists():
        raise NotAllowedError(_POSTPONED_ALREADY)


def check_complexity(case: Case, by: Actor, *, is_complex: bool, reason: str) -> None:
    """Raises NotAllowedError unless this person may make the case a complex one, which has no due date."""
    if not is_complex or case.is_complex:
        return
    may_decide = is_superior(by, case) or (
        by.officer is not None and has_permission(by.officer, Action.SET_DUE, case.centre)
    )
    if not may_decide:
        raise NotAllowedError(_NOT_COMPLEX)
    if not reason.strip():
        raise NotAllowedError(_WHY_COMPLEX)
