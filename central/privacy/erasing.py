"""The task that erases an approved list: case by case, then the files, then the space that both have freed.

It can be interrupted at any point, and goes on where it stopped when it is taken again. On PostgreSQL a list that is
approved by day is finished in the night (`freed_space.may_overwrite`)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases import clock
from central.cases.commands import Actor, erase_case
from central.cases.locking import lock_case
from central.cases.models import Case
from central.pictures import delete_for_good
from central.privacy.freed_space import may_overwrite, overwrite_freed_space
from central.privacy.holds import is_held
from central.privacy.kept_reasons import KeptReason
from central.privacy.models import ErasedCase, ErasedFile, Erasure
from central.privacy.periods import is_due

_AT_ONCE = 100  # rows that are read together; each case has a transaction of its own
_MAX_DURATION_S = 6 * 3600.0


@background_task(TaskPolicy(max_duration_s=_MAX_DURATION_S), priority=-8)
def erase_listed_cases(erasure_id: int) -> str:
    """Erase an approved list to its end. Returns how many cases are erased."""
    erasure = Erasure.objects.get(pk=erasure_id)
    if not erasure.is_approved or erasure.finished_at is not None:
        return "nothing to erase"
    waiting = erasure.cases.filter(erased_at=None, kept_because="")
    while keys := list(waiting.values_list("pk", flat=True)[:_AT_ONCE]):
        for key in keys:
            _erase_one(erasure, key)
    _delete_files(erasure)
    erased = erasure.cases.exclude(erased_at=None).count()
    if not may_overwrite(clock.now()):
        return f"{erased} cases; what they have left is overwritten in the night"
    overwrite_freed_space()
    Erasure.objects.filter(pk=erasure.pk).update(finished_at=timezone.now())
    return f"{erased} cases"


def queue_unfinished_erasures(now: datetime) -> None:
    """Queue each approved list that is not finished: by night it is. Two tasks for one list repeat without effect."""
    for key in Erasure.objects.filter(is_approved=True, finished_at=None).values_list("pk", flat=True):
        enqueue(erase_listed_cases, key)


def _erase_one(erasure: Erasure, key: int) -> None:
    """One transaction: what must not be erased any more is noted instead."""
    with transaction.atomic():
        listed = ErasedCase.objects.get(pk=key)
        case = lock_case(listed.case_id)
        reason = _kept_because(erasure, case)
        if reason is not None:
            listed.kept_because = reason.value
        else:
            names = erase_case(case.pk, Actor.system(), erasure_id=erasure.pk)
            ErasedFile.objects.bulk_create([ErasedFile(erasure=erasure, name=name) for name in names])
            listed.erased_at = timezone.now()
        listed.save(update_fields=["kept_because", "erased_at"])


def _kept_because(erasure: Erasure, case: Case) -> KeptReason | None:
    if case.erased_at is not None:
        return KeptReason.ERASED
    if case.closed_at is None:
        return KeptReason.REOPENED
    if is_held(case.pk):
        return KeptReason.HELD
    is_scheduled = erasure.basis == Erasure.Basis.SCHEDULE
    return KeptReason.NOT_DUE if is_scheduled and not is_due(case, timezone.now()) else None


def _delete_files(erasure: Erasure) -> None:
    while files := list(erasure.files.all()[:_AT_ONCE]):
        for file in files:
            delete_for_good(file.name)
        ErasedFile.objects.filter(pk__in=[file.pk for file in files]).delete()
