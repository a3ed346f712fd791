"""Records events of accounts, in the database only: no log names an officer."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from central.centres.models import Officer
from central.people.models import OfficerEvent

_Kind = OfficerEvent.Kind
_AGGREGATED_KINDS = {
    _Kind.SIGN_IN_FAILED,
    _Kind.SIGN_IN_THROTTLED,
    _Kind.OLD_PASSWORD_WRONG,
    _Kind.COMPARE_CODE_WRONG,
    _Kind.FACTOR_FAILED,
    _Kind.FACTOR_THROTTLED,
}
# Failures of one account from one address within this time share one row with a count.
_AGGREGATION_WINDOW = timedelta(minutes=15)
# Events about the use of an account, deleted after a year. All others are the history of the account and stay with it.
USE_KINDS = _AGGREGATED_KINDS | {
    _Kind.SIGNED_IN,
    _Kind.SIGNED_OUT,
    _Kind.SESSIONS_ENDED,
    _Kind.PROFILE_CHANGED,
    _Kind.RECOVERY_CODE_USED,
    _Kind.RECOVERY_CODES_RENEWED,
    _Kind.PASSWORD_CHANGED,
}


def record_event(
    kind: OfficerEvent.Kind,
    officer: Officer | None,
    address: str = "",
    detail: str = "",
    *,
    by: Officer | None = None,
    reason: str = "",
) -> None:
    """Store an event. `address` is the network address from `central.client_address`, '' for a command. `by` is the
    officer who did it, None when that is the officer of the account."""
    now = timezone.now()
    event = {"kind": kind, "officer": officer, "address": address[:64], "detail": detail[:100]}
    with transaction.atomic():
        if kind in _AGGREGATED_KINDS:
            same = OfficerEvent.objects.filter(**event, at__gt=now - _AGGREGATION_WINDOW).order_by("-at").first()
            if same is not None:
                OfficerEvent.objects.filter(pk=same.pk).update(occurrences=F("occurrences") + 1)
                return
        OfficerEvent.objects.create(at=now, by=by, reason=reason[:300], **event)
