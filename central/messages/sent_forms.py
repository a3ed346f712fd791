"""A form that a citizen sends twice is carried out once: each form has a token, and a token is used once.

The citizen has no session. The token is made with the form, and its use is stored in the transaction of the step."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from central.cases.locking import lock_case
from central.cases.models import Case
from central.messages.models import SentForm

_KEPT = timedelta(days=30)  # a browser that restores its pages may send a form again days later


def was_sent(case: Case, token: UUID) -> bool:
    """Whether the form with this token was carried out for this case."""
    return SentForm.objects.filter(token=_stored(case, token)).exists()


def carry_out_once(case: Case, token: UUID, step: Callable[[], object]) -> None:
    """Make the step of a form, unless it was made before. Raises what the step raises; then the token is still free."""
    with transaction.atomic():
        lock_case(case.pk)  # first, as every command does (decision 0077); two equal forms wait for each other here
        if not was_sent(case, token):
            step()
            SentForm.objects.create(token=_stored(case, token), case=case, at=timezone.now())


def delete_old_tokens(now: datetime) -> int:
    """Delete the tokens that no browser sends any more; returns their number."""
    deleted, _ = SentForm.objects.filter(at__lt=now - _KEPT).delete()
    return deleted


def _stored(case: Case, token: UUID) -> UUID:
    """The token of this case: somebody who sends one token for two cases gets no conflict between them."""
    return uuid5(token, case.case_number)
