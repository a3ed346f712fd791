"""Records what happens to accounts, in the database only: no log names an officer."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from central.centres.models import Officer
from central.people.models import OfficerEvent

_AGGREGATED_KINDS = {
    OfficerEvent.Kind.FAILED,
    OfficerEvent.Kind.REFUSED,
    OfficerEvent.Kind.OLD_PASSWORD_WRONG,
    OfficerEvent.Kind.COMPARE_CODE_WRONG,
}
_AGGREGATION_WINDOW = timedelta(
    minutes=15
)  # failures of one account from one address within this time are one row with a count


def record(kind: OfficerEvent.Kind, officer: Officer | None, address: str = "", detail: str = "") -> None:
    """Keep this event. `address` is the network address as `central.throttle.address` has it."""
    now = timezone.now()
    said = {"kind": kind, "officer": officer, "address": address[:64], "detail": detail[:100]}
    with transaction.atomic():
        if kind in _AGGREGATED_KINDS:
            same = OfficerEvent.objects.filter(**said, at__gt=now - _AGGREGATION_WINDOW).order_by("-at").first()
            if same is not None:
                OfficerEvent.objects.filter(pk=same.pk).update(times=F("times") + 1)
                return
        OfficerEvent.objects.create(at=now, **said)
