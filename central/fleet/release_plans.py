"""Which release each kiosk should run: a plan for each centre, for its kiosks and those of the centres below.

The nearest plan up the tree counts. When a plan ends, that above counts again from this moment: kiosks refuse a request
that is older than their last one, so the row of an ended plan stays and says when it ended (decision 0220). A kiosk is
included by a number from its id and the version: a larger percentage only adds kiosks, and another version begins with
other kiosks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from pydantic import ValidationError

from central.centres.models import Centre, Officer
from central.fleet.models import Enrolment, KioskState, ReleasePlan
from central.keyring import keyring
from central.people.events import record_event
from central.people.models import OfficerEvent
from protocol import messages, signing
from protocol.encoding import from_base64
from protocol.messages import ReleaseReport
from protocol.release_request import mark_of

DEFAULT_FROM_HOUR, DEFAULT_UNTIL_HOUR = 1, 5  # local time at the kiosk


@dataclass(frozen=True)
class PlanValues:
    """What an officer decides. `version` '' ends the plan. The window is in hours of the kiosk's day and may include
    midnight."""

    version: str
    percentage: int
    from_hour: int
    until_hour: int


def set_plan(centre: Centre, values: PlanValues, officer: Officer, address: str) -> None:
    """Set or end the plan of a centre. The caller has checked the officer's permission; `address` is the officer's
    network address, for the record. Kiosks whose last try of this version failed try it again."""
    with transaction.atomic():
        Centre.objects.select_for_update().get(pk=centre.pk)
        before = ReleasePlan.objects.filter(centre=centre).first()
        detail = f"{centre.slug} {values.version or 'no release'}"
        if values.version:
            detail += f" {values.percentage} % {values.from_hour:02}-{values.until_hour:02}"
        record_event(OfficerEvent.Kind.RELEASE_PLANNED, officer, address, detail)
        if before is None and not values.version:
            return
        # Grows with each change, also when this machine's clock is set back: kiosks refuse an older request.
        now = timezone.now()
        changed_at = now if before is None else max(now, before.changed_at + timedelta(milliseconds=1))
        ReleasePlan.objects.update_or_create(
            centre=centre,
            defaults={
                "version": values.version,
                # No kiosk is included by an ended plan: workers of the version before take it for a plan.
                "percentage": values.percentage if values.version else 0,
                "from_hour": values.from_hour,
                "until_hour": values.until_hour,
                "changed_at": changed_at,
                "changed_by": officer,
            },
        )


def plans_in_force(permitted: QuerySet[Centre]) -> QuerySet[ReleasePlan]:
    """The plans of these centres that have not ended."""
    return ReleasePlan.objects.filter(centre__in=permitted).exclude(version="").select_related("centre", "changed_by")


def plan_of(centre: Centre) -> ReleasePlan | None:
    """The plan that counts at this centre: its own, or the nearest above."""
    counting = _counting_plan(centre)
    return counting[0] if counting else None


def _counting_plan(centre: Centre) -> tuple[ReleasePlan, datetime] | None:
    """The plan that counts, and since when: when it was changed, or when a nearer one ended after that."""
    slugs = centre.path.strip("/").split("/")
    paths = ["/" + "/".join(slugs[:count]) + "/" for count in range(1, len(slugs) + 1)]
    plans = ReleasePlan.objects.filter(centre__path__in=paths).select_related("centre")
    changes = []
    for plan in sorted(plans, key=lambda plan: len(plan.centre.path), reverse=True):
        changes.append(plan.changed_at)
        if plan.version:
            return plan, max(changes)
    return None


def is_included(plan: ReleasePlan, kiosk_id: str) -> bool:
    """Whether the plan's percentage includes this kiosk."""
    number = int.from_bytes(sha256(f"{plan.version} {kiosk_id}".encode()).digest()[:8])
    return number % 100 < plan.percentage


def sign_request(enrolment: Enrolment) -> messages.ReleaseRequest | None:
    """The request to this kiosk, signed by the receipt key that it uses; None when no plan includes it."""
    counting = _counting_plan(enrolment.required_centre)
    if counting is None or not is_included(counting[0], enrolment.kiosk_id):
        return None
    plan, counts_since = counting
    statement = messages.ReleaseRequestStatement(
        enrolment_id=enrolment.id,
        version=plan.version,
        from_hour=plan.from_hour,
        until_hour=plan.until_hour,
        requested_at=counts_since,
    )
    return signing.sign_release_request(statement, keyring().load_receipt_key(enrolment.receipt_fingerprint))


def header_mark(enrolment: Enrolment) -> str:
    """The mark of the present request to this kiosk; '' when there is none."""
    request = sign_request(enrolment)
    return mark_of(from_base64(request.statement)) if request else ""


def release_report(state: KioskState) -> ReleaseReport:
    """What the kiosk's last heartbeat says of its releases."""
    try:
        return ReleaseReport.model_validate(state.release or {})
    except ValidationError:
        return ReleaseReport()
