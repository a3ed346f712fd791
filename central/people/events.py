"""Records events of accounts, in the database only: no log names an officer."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from central.centres.models import Officer
from central.people.models import OfficerEvent

_AGGREGATED_KINDS = {
    OfficerEvent.Kind.SIGN_IN_FAILED,
    OfficerEvent.Kind.SIGN_IN_THROTTLED,
    OfficerEvent.Kind.OLD_PASSWORD_WRONG,
    OfficerEvent.Kind.COMPARE_CODE_WRONG,
}
# Failures of one account from one address within this time share one row with a count.
_AGGREGATION_WINDOW = timedelta(minutes=15)


def record_event(kind: OfficerEvent.Kind, officer: Officer | None, address: str = "", detail: str = "") -> None:
    """Store an event. `address` is the network address from `central.client_address`, '' for a command."""
    now = timezone.now()
    event = {"kind": kind, "officer": officer, "address": address[:64], "detail": detail[:100]}
    with transaction.atomic():
        if kind in _AGGREGATED_KINDS:
            same = OfficerEvent.objects.filter(**event, at__gt=now - _AGGREGATION_WINDOW).order_by("-at").first()
            if same is not None:
                OfficerEvent.objects.filter(pk=same.pk).update(occurrences=F("occurrences") + 1)
                return
        OfficerEvent.objects.create(at=now, **event)
