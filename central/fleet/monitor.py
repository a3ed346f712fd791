"""Watches for silent kiosks: opens an alarm when a kiosk falls silent and settles it when the kiosk is back."""

import logging
from datetime import datetime

from django.db.models import Max

from central.alarms.commands import open_alarms
from central.alarms.models import Alarm
from central.fleet import attention
from central.fleet.models import Enrolment
from thai.dates import in_thailand

log = logging.getLogger(__name__)
_MAX_LOGGED_KIOSKS = 100


def check_silence(now: datetime) -> None:
    """Open an alarm for each kiosk that fell silent, and settle the alarms of kiosks that sent a heartbeat since."""
    _open_silence_alarms(now)
    _settle_recovered(now)


def _open_silence_alarms(now: datetime) -> None:
    """One alarm per silence, also after an officer has settled it. Takes three statements for any number of kiosks:
    when the centre itself loses its network, all of them fall silent."""
    silent = list(attention.enrolments_in_use().filter(attention.silent_filter(now)).exclude(centre=None))
    alarms = Alarm.objects.filter(kind=Alarm.Kind.SILENT, kiosk_id__in=[kiosk.kiosk_id for kiosk in silent])
    latest_alarm = dict(alarms.order_by().values_list("kiosk_id").annotate(Max("at")))
    newly_silent = [
        kiosk
        for kiosk in silent
        if kiosk.kiosk_id not in latest_alarm or latest_alarm[kiosk.kiosk_id] < _last_contact(kiosk)
    ]
    if not newly_silent:
        return
    open_alarms(_silence_alarm(kiosk) for kiosk in newly_silent)
    names = " ".join(str(kiosk) for kiosk in newly_silent[:_MAX_LOGGED_KIOSKS])
    log.warning("%d kiosks fell silent: %s", len(newly_silent), names)


def _last_contact(enrolment: Enrolment) -> datetime:
    """Time of the last heartbeat, or of the approval."""
    state = getattr(enrolment, "state", None)
    return state.last_heartbeat_at if state else enrolment.decided_at or enrolment.requested_at


def _silence_alarm(enrolment: Enrolment) -> Alarm:
    return Alarm(
        kind=Alarm.Kind.SILENT,
        centre=enrolment.required_centre,
        kiosk_id=enrolment.kiosk_id,
        detail=f"No contact since {in_thailand(_last_contact(enrolment)):%Y-%m-%d %H:%M}",
    )


def _settle_recovered(now: datetime) -> None:
    silent = attention.enrolments_in_use().filter(attention.silent_filter(now)).values("kiosk_id")
    Alarm.objects.filter(kind=Alarm.Kind.SILENT, settled_at=None).exclude(kiosk_id__in=silent).update(settled_at=now)
