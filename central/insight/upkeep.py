"""The job that keeps the counts: compares cases with their facts in turn, and folds changes into the monthly counts.

The comparison makes the facts of an older installation, and mends what a worker of an older version has left out."""

import time
from datetime import datetime

from django.db import transaction

from central.cases.models import Case
from central.insight.folding import STATE_KEY, fold
from central.insight.models import CountState
from central.insight.refreshing import refresh

_BATCH = 200  # cases in one transaction: 0.1 s on SQLite
_CHECKED_PER_RUN = 1_000  # 10⁵ cases are compared every 100 minutes
_FIRST_RUN_S = 20.0  # a run of an installation whose cases have no facts yet
_FOLDING_S = 20.0


def keep_counts(now: datetime) -> tuple[int, int]:
    """Compare some cases with their facts, fold what has changed. Returns how many facts were made or mended, and how
    many changes were folded."""
    mended, folded = _check_cases(), 0
    until = time.monotonic() + _FOLDING_S
    while (count := fold()) and time.monotonic() < until:
        folded += count
    return mended, folded


def _check_cases() -> int:
    state = CountState.objects.get_or_create(pk=STATE_KEY)[0]
    mended = checked = 0
    until = time.monotonic() + _FIRST_RUN_S
    while checked < _CHECKED_PER_RUN or (not state.is_complete and time.monotonic() < until):
        with transaction.atomic():
            cases = list(
                Case.objects.select_for_update(no_key=True).filter(pk__gt=state.checked_to).order_by("pk")[:_BATCH]
            )
            mended += refresh(cases)
            state.checked_to = cases[-1].pk if len(cases) == _BATCH else 0
            state.is_complete = state.is_complete or len(cases) < _BATCH
            state.save(update_fields=["checked_to", "is_complete"])
        checked += _BATCH
        if state.checked_to == 0:
            break
    return mended
