"""Stores what a heartbeat says as the kiosk's state, unless the same or a later one came before.

A signed heartbeat that somebody recorded can be sent again at any time, and a kiosk may have no trustworthy clock. So
the order is the kiosk's own: within a boot the milliseconds since its start grow, and a boot that another one followed
never comes back (decision 0012).
"""

import logging

from django.db import transaction
from django.utils import timezone

from central import database_values
from central.fleet import staff_calls
from central.fleet.models import Enrolment, KioskState, PastBoot
from protocol.messages import ClockReading, Heartbeat

log = logging.getLogger(__name__)
MAX_PAST_BOOTS = 4096  # remembered of one kiosk: eleven years of one start a day


def store(enrolment: Enrolment, heartbeat: Heartbeat) -> bool:
    """Keep what this heartbeat says. False when it is a replay, which changes nothing."""
    with transaction.atomic():
        Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)  # one heartbeat of a kiosk at a time
        if not _is_later(enrolment, heartbeat.moment):
            log.warning("A heartbeat of %s was sent again and changes nothing", enrolment)
            return False
        KioskState.objects.update_or_create(
            enrolment=enrolment,
            defaults={
                "last_heartbeat_at": timezone.now(),
                "version": database_values.clean_text(heartbeat.version, 64),
                "clock_quality": heartbeat.moment.quality.value,
                "outbox_count": min(heartbeat.outbox_count, database_values.MAX_INT32),
                "oldest_unsent": database_values.clamp_datetime(heartbeat.oldest_unsent)
                if heartbeat.oldest_unsent
                else None,
                "devices": database_values.clean_mapping(heartbeat.devices),
                "findings": [database_values.clean_text(code) for code in heartbeat.findings],
                "staff_called": heartbeat.staff_called,
                "disk_free_bytes": None
                if heartbeat.disk_free is None
                else min(heartbeat.disk_free, database_values.MAX_INT64),
                "rejected_count": min(heartbeat.refused, database_values.MAX_INT32),
                "versions": database_values.clean_mapping(heartbeat.versions),
                "boot_id": database_values.clean_text(heartbeat.moment.boot_id, 64),
                "monotonic_ms": min(heartbeat.moment.monotonic_ms, database_values.MAX_INT64),
            },
        )
        staff_calls.apply_heartbeat(enrolment, heartbeat)
    return True


def _is_later(enrolment: Enrolment, moment: ClockReading) -> bool:
    """Does this moment follow everything heard of this kiosk? Remembers the boot that ended."""
    state = KioskState.objects.filter(enrolment=enrolment).first()
    if state is None:
        return True
    boot = database_values.clean_text(moment.boot_id, 64)
    if boot == state.boot_id:
        return moment.monotonic_ms > state.monotonic_ms
    past = PastBoot.objects.filter(enrolment=enrolment)
    if past.filter(boot_id=boot).exists():
        return False
    if state.boot_id:  # '': heard before boots were kept
        PastBoot.objects.get_or_create(enrolment=enrolment, boot_id=state.boot_id)
        for oldest in past.order_by("-pk").values_list("pk", flat=True)[MAX_PAST_BOOTS : MAX_PAST_BOOTS + 1]:
            past.filter(pk__lte=oldest).delete()
    return True
