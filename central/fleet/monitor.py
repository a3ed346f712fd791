"""Looking after the fleet each minute: kiosks that fell silent are alarmed, and alarms are told to people elsewhere.

Every worker of `central serve` does so in a thread of its own; the database decides who was first."""

import logging
import threading
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import Max
from django.utils import timezone

from central.fleet import attention
from central.fleet.models import Enrolment
from central.intake.models import Alarm
from central.people.retention import delete_expired

log = logging.getLogger(__name__)
CHECK_INTERVAL_S = 60.0
_MAX_ALARMS_PER_MAIL = 100  # alarms in one letter, kiosks in one line


def start_monitor_thread() -> None:
    """Look each minute, in a thread that ends with the process."""
    threading.Thread(target=_run_forever, name="fleet-monitor", daemon=True).start()


def _run_forever() -> None:
    pause = threading.Event()
    while not pause.wait(CHECK_INTERVAL_S):
        try:
            check_fleet(timezone.now())
            delete_expired(timezone.now())
        except (DatabaseError, OSError) as error:  # OSError: the mail server
            log.error("The fleet could not be looked after: %s", error)
        finally:
            close_old_connections()


def check_fleet(now: datetime) -> None:
    """Open an alarm for each kiosk that fell silent, settle those of kiosks heard again, and tell what is new."""
    _open_silence_alarms(now)
    _settle_recovered(now)
    _mail_new_alarms(now)


def _open_silence_alarms(now: datetime) -> None:
    """One alarm for one silence, also when somebody has settled it meanwhile. In three statements however many fell
    silent: when the centre itself was cut off, that is everybody."""
    kiosks = list(attention.enrolments_in_use().filter(attention.silent_filter(now)).exclude(centre=None))
    alarms = Alarm.objects.filter(kind=Alarm.Kind.SILENT, kiosk_id__in=[kiosk.kiosk_id for kiosk in kiosks])
    latest = dict(alarms.order_by().values_list("kiosk_id").annotate(Max("at")))
    fallen = [
        kiosk for kiosk in kiosks if kiosk.kiosk_id not in latest or latest[kiosk.kiosk_id] < _last_contact(kiosk)
    ]
    if fallen:
        Alarm.objects.bulk_create((_silence_alarm(kiosk) for kiosk in fallen), ignore_conflicts=True)
        log.warning(
            "%d kiosks fell silent: %s", len(fallen), " ".join(str(kiosk) for kiosk in fallen[:_MAX_ALARMS_PER_MAIL])
        )


def _last_contact(kiosk: Enrolment) -> datetime:
    """Its last word, or when it was taken in."""
    state = getattr(kiosk, "state", None)
    return state.heard_at if state else kiosk.decided_at or kiosk.asked_at


def _silence_alarm(kiosk: Enrolment) -> Alarm:
    return Alarm(
        kind=Alarm.Kind.SILENT,
        centre=kiosk.required_centre,
        kiosk_id=kiosk.kiosk_id,
        detail=f"Not heard since {_last_contact(kiosk):%Y-%m-%d %H:%M} UTC",
    )


def _settle_recovered(now: datetime) -> None:
    still = attention.enrolments_in_use().filter(attention.silent_filter(now)).values("kiosk_id")
    Alarm.objects.filter(kind=Alarm.Kind.SILENT, settled_at=None).exclude(kiosk_id__in=still).update(settled_at=now)


def _mail_new_alarms(now: datetime) -> None:
    """One letter about every open alarm that was not told yet. What cannot be sent is told with the next look."""
    if not settings.ALERT_TO:
        return
    with transaction.atomic():
        waiting = Alarm.objects.filter(settled_at=None, told_at=None).select_related("centre").order_by("at")
        new = list(waiting.select_for_update(of=("self",), skip_locked=True)[:_MAX_ALARMS_PER_MAIL])
        if not new:
            return
        lines = [
            f"{alarm.centre.slug}  {alarm.kiosk_id}  {alarm.case_number}  {alarm.kind}: {alarm.detail}" for alarm in new
        ]
        send_mail(
            f"Damrongdham: {len(new)} alarms",
            "\n".join([*lines, "", f"{settings.PUBLIC_URL}/desk/alarms"]),
            settings.ALERT_FROM,
            settings.ALERT_TO,
        )
        Alarm.objects.filter(pk__in=[alarm.pk for alarm in new]).update(told_at=now)
