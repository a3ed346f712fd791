"""Stores a heartbeat as the state of the kiosk, unless it is a replay.

A recorded heartbeat can be sent again at any time, and the clock of a kiosk may be wrong. So the order comes from the
kiosk itself: within a boot the milliseconds since its start grow, and a boot that ended never returns (decision 0012).
"""

import logging

from django.db import transaction
from django.utils import timezone

from central import database_values
from central.fleet import staff_calls
from central.fleet.models import Enrolment, KioskState, PastBoot
from protocol.messages import ClockReading, Heartbeat

log = logging.getLogger(__name__)
MAX_PAST_BOOTS = 4096  # stored per kiosk: eleven years of one boot per day


def store(enrolment: Enrolment, heartbeat: Heartbeat) -> bool:
    """Store this heartbeat. False for a replay, which changes nothing."""
    with transaction.atomic():
        # Lock: one heartbeat per kiosk at a time.
        Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
        if not _is_later(enrolment, heartbeat.moment):
            log.warning("Replayed heartbeat of %s ignored", enrolment)
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
                "consumables": heartbeat.consumables.model_dump(),
                "release": database_values.clean_mapping(heartbeat.release.model_dump(exclude={"is_on_trial"}))
                | {"is_on_trial": heartbeat.release.is_on_trial},
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
    """Whether this reading follows all earlier heartbeats of the kiosk. Stores the boot that ended."""
    state = KioskState.objects.filter(enrolment=enrolment).first()
    if state is None:
        return True
    boot = database_values.clean_text(moment.boot_id, 64)
    if boot == state.boot_id:
        return moment.monotonic_ms > state.monotonic_ms
    past = PastBoot.objects.filter(enrolment=enrolment)
    if past.filter(boot_id=boot).exists():
        return False
    if state.boot_id:  # '': stored by a version without boot ids
        PastBoot.objects.get_or_create(enrolment=enrolment, boot_id=state.boot_id)
        for oldest in past.order_by("-pk").values_list("pk", flat=True)[MAX_PAST_BOOTS : MAX_PAST_BOOTS + 1]:
            past.filter(pk__lte=oldest).delete()
    return True
