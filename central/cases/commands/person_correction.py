"""Corrects what a case says of its complainant, at the complainant's request."""

from collections.abc import Mapping

from central.cases import clock, history
from central.cases.commands.step import Actor
from central.cases.errors import ERASED, NO_PERMISSION, NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.limits import MAX_NOTE_CHARS
from central.cases.locking import lock_case
from central.cases.models import Case, CaseEvent, Complainant
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from thai import phone

CORRECTABLE = ("title", "first_name", "middle_name", "last_name", "address", "phone")
_NOTHING = BilingualText("ไม่มีข้อมูลใดเปลี่ยน", "Nothing is different")
_NO_REASON = BilingualText("โปรดบอกว่าแก้ไขตามหลักฐานใด", "Say which evidence the correction is based on")
_NO_NAME = BilingualText("ชื่อว่างไม่ได้ หากต้องลบข้อมูลให้จัดทำรายการลบ", "The name cannot be empty. To erase it, make a list")
_NO_PHONE = BilingualText("เบอร์โทรศัพท์ไม่ถูกต้อง", "This is not a phone number")
_TOO_LONG = BilingualText("ข้อความยาวเกินไป", "The text is too long")
_NOBODY = BilingualText("เรื่องนี้ไม่มีข้อมูลผู้ร้อง", "This case has no complainant on file")
_MAX_CHARS = 300


def correct_person(case: Case, by: Actor, *, values: Mapping[str, str], reason: str) -> CaseEvent:
    """Replace fields of CORRECTABLE. The history keeps which fields, not what they were: the wrong data is gone. In the
    caller's transaction. Raises NotAllowedError."""
    locked = lock_case(case.pk)
    if by.officer is None or not has_permission(by.officer, Action.CORRECT_PERSON, locked.centre):
        raise NotAllowedError(NO_PERMISSION)
    if locked.erased_at is not None:
        raise NotAllowedError(ERASED)
    if not reason.strip():
        raise NotAllowedError(_NO_REASON)
    complainant = Complainant.objects.filter(case=locked).first()
    if complainant is None:
        raise NotAllowedError(_NOBODY)
    wanted = {name: _checked(name, values[name]) for name in CORRECTABLE if name in values}
    changed = [name for name, value in wanted.items() if getattr(complainant, name) != value]
    if not changed:
        raise NotAllowedError(_NOTHING)
    if len(reason) > MAX_NOTE_CHARS:
        raise NotAllowedError(_TOO_LONG)
    for name in changed:
        setattr(complainant, name, wanted[name])
    complainant.save(update_fields=changed)
    locked.revision += 1
    locked.last_activity_at = clock.now()
    locked.save(update_fields=["revision", "last_activity_at"])
    return history.append_event(
        locked, EventKind.CORRECT_PERSON, actor=by.kind, by=by.officer, payload={"fields": changed}, note=reason
    )


def _checked(name: str, value: str) -> str:
    value = " ".join(value.split())
    if len(value) > _MAX_CHARS:
        raise NotAllowedError(_TOO_LONG)
    if name == "first_name" and not value:
        raise NotAllowedError(_NO_NAME)
    if name == "phone" and value:
        try:
            return phone.normalise(value)
        except ValueError:
            raise NotAllowedError(_NO_PHONE) from None
    return value
