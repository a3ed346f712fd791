"""Lists of cases to erase: one officer makes a list, a second one approves it, and a worker erases what it names."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from central.background.tasks import enqueue
from central.cases.errors import ERASED, NO_PERMISSION, NotAllowedError
from central.cases.limits import MAX_REASON_CHARS
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action
from central.privacy.case_classes import CaseClass, class_of
from central.privacy.erasing import erase_listed_cases
from central.privacy.holds import is_held
from central.privacy.models import ErasedCase, Erasure
from central.privacy.periods import current_periods, due_cases
from protocol.bilingual_text import BilingualText

MAX_CASES = 20_000  # of one list: a night's work of about two hours
_ROWS_AT_ONCE = 1000
_NOTHING_DUE = BilingualText("วันนี้ไม่มีเรื่องที่ครบกำหนดลบ", "No case is due for erasure today")
_ONE_AT_A_TIME = BilingualText(
    "มีรายการลบที่รออนุมัติหรือกำลังลบอยู่แล้ว", "A list of this centre waits for its approval, or is being erased"
)
_NO_REASON = BilingualText("โปรดบอกเหตุผลที่ลบ", "Give the reason for the erasure")
_OPEN = BilingualText("ต้องยุติเรื่องก่อน จึงลบข้อมูลได้", "Close the case before its data is erased")
_HELD = BilingualText("เรื่องนี้ถูกกันไว้ไม่ให้ลบ", "This case is held and must not be erased")
_DECIDED = BilingualText("รายการนี้ได้รับการพิจารณาแล้ว", "This list is decided already")
_OWN = BilingualText("ผู้จัดทำรายการอนุมัติรายการของตนเองไม่ได้", "Who made a list cannot approve it")


def due_counts(centre: Centre) -> Mapping[CaseClass, int]:
    """How many cases of each class are due now: the dry run. It changes nothing."""
    return {
        case_class: cases.count() for case_class, cases in due_cases(centre, current_periods(), timezone.now()).items()
    }


def propose_scheduled(officer: Officer, centre: Centre) -> Erasure:
    """List what is due at this centre and the centres below it. Raises NotAllowedError."""
    if not has_permission(officer, Action.KEEP_RETENTION, centre):
        raise NotAllowedError(NO_PERMISSION)
    periods, now = current_periods(), timezone.now()
    with transaction.atomic():
        Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
        if Erasure.objects.filter(centre=centre, basis=Erasure.Basis.SCHEDULE, finished_at=None).exclude(
            is_approved=False
        ):
            raise NotAllowedError(_ONE_AT_A_TIME)
        erasure = Erasure.objects.create(
            centre=centre,
            basis=Erasure.Basis.SCHEDULE,
            periods={each.value: {"years": period.years, "basis": period.basis} for each, period in periods.items()},
            proposed_by=officer,
            proposed_at=now,
        )
        left = MAX_CASES
        for case_class, cases in due_cases(centre, periods, now).items():
            keys = list(cases.values_list("pk", flat=True)[:left])
            left -= len(keys)
            rows = [ErasedCase(erasure=erasure, case_id=key, case_class=case_class.value) for key in keys]
            ErasedCase.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)
        if left == MAX_CASES:
            raise NotAllowedError(_NOTHING_DUE)
    return erasure


def propose_requested(officer: Officer, case: Case, reason: str) -> Erasure:
    """List one case, at the request of its citizen. Raises NotAllowedError."""
    if not has_permission(officer, Action.KEEP_RETENTION, case.centre):
        raise NotAllowedError(NO_PERMISSION)
    if not reason.strip():
        raise NotAllowedError(_NO_REASON)
    if case.erased_at is not None:
        raise NotAllowedError(ERASED)
    if case.closed_at is None:
        raise NotAllowedError(_OPEN)
    if is_held(case.pk):
        raise NotAllowedError(_HELD)
    with transaction.atomic():
        if ErasedCase.objects.filter(case=case, erasure__finished_at=None).exclude(erasure__is_approved=False):
            raise NotAllowedError(_ONE_AT_A_TIME)
        erasure = Erasure.objects.create(
            centre=case.centre,
            basis=Erasure.Basis.REQUEST,
            reason=reason.strip()[:MAX_REASON_CHARS],
            proposed_by=officer,
            proposed_at=timezone.now(),
        )
        case_class = class_of(case.outcome_code, is_complex=case.is_complex)
        ErasedCase.objects.create(erasure=erasure, case=case, case_class=case_class.value)
    return erasure


def decide(officer: Officer, erasure_id: int, *, is_approved: bool) -> Erasure:
    """Approve or refuse a list; an approved one is erased by a worker. Raises NotAllowedError."""
    with transaction.atomic():
        erasure = visible_erasures(officer).select_for_update(of=("self",)).filter(pk=erasure_id).first()
        if erasure is None or not has_permission(officer, Action.APPROVE_ERASURE, erasure.centre):
            raise NotAllowedError(NO_PERMISSION)
        if erasure.decided_at is not None:
            raise NotAllowedError(_DECIDED)
        if erasure.proposed_by_id == officer.pk:
            raise NotAllowedError(_OWN)
        erasure.is_approved, erasure.decided_by, erasure.decided_at = is_approved, officer, timezone.now()
        erasure.save(update_fields=["is_approved", "decided_by", "decided_at"])
        if is_approved:
            enqueue(erase_listed_cases, erasure.pk)
    return erasure


def visible_erasures(officer: Officer) -> QuerySet[Erasure]:
    """The lists that this officer makes or approves."""
    centres = permitted_centres(officer, Action.KEEP_RETENTION) | permitted_centres(officer, Action.APPROVE_ERASURE)
    return Erasure.objects.filter(centre__in=centres).select_related("centre", "proposed_by", "decided_by")
