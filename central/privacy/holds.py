"""Holds: cases that a court or an inquiry needs are not erased, whatever their age."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from central.cases.errors import ERASED, NO_PERMISSION, NotAllowedError
from central.cases.limits import MAX_REASON_CHARS
from central.cases.locking import lock_case
from central.cases.models import Case
from central.centres.models import Officer
from central.people.permission import has_permission
from central.people.roles import Action
from central.privacy.models import ErasureHold
from protocol.bilingual_text import BilingualText

_NO_REASON = BilingualText("โปรดบอกเหตุผลที่ต้องเก็บเรื่องนี้ไว้", "Give the reason why the case must be kept")
_HELD_ALREADY = BilingualText("เรื่องนี้ถูกกันไว้ไม่ให้ลบอยู่แล้ว", "This case is held already")
_NOT_HELD = BilingualText("เรื่องนี้ไม่ได้ถูกกันไว้", "This case is not held")


def place_hold(officer: Officer, case: Case, reason: str) -> ErasureHold:
    """Hold this case. Raises NotAllowedError."""
    _check(officer, case)
    if not reason.strip():
        raise NotAllowedError(_NO_REASON)
    try:
        with transaction.atomic():
            if lock_case(case.pk).erased_at is not None:
                raise NotAllowedError(ERASED)
            return ErasureHold.objects.create(
                case=case, reason=reason.strip()[:MAX_REASON_CHARS], placed_by=officer, placed_at=timezone.now()
            )
    except IntegrityError as error:
        raise NotAllowedError(_HELD_ALREADY) from error


def lift_hold(officer: Officer, case: Case) -> None:
    """End the hold of this case. Raises NotAllowedError."""
    _check(officer, case)
    lifted = ErasureHold.objects.filter(case=case, lifted_at=None).update(lifted_by=officer, lifted_at=timezone.now())
    if not lifted:
        raise NotAllowedError(_NOT_HELD)


def is_held(case_id: int) -> bool:
    """Whether the case must not be erased."""
    return ErasureHold.objects.filter(case=case_id, lifted_at=None).exists()


def _check(officer: Officer, case: Case) -> None:
    if not has_permission(officer, Action.KEEP_RETENTION, case.centre):
        raise NotAllowedError(NO_PERMISSION)
