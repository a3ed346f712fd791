"""Mails new alarms to the addresses of CENTRAL_ALERT_TO."""

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from central.alarms.models import Alarm

_MAX_ALARMS_PER_MAIL = 100


def mail_new_alarms(now: datetime) -> None:
    """Send one mail about all open alarms that were not mailed yet. A mail that cannot be sent raises OSError; its
    alarms are mailed by the next call. Rows are locked, so that of several workers one sends the mail."""
    if not settings.ALERT_TO:
        return
    with transaction.atomic():
        unmailed = Alarm.objects.filter(settled_at=None, mailed_at=None).select_related("centre").order_by("at")
        new = list(unmailed.select_for_update(of=("self",), skip_locked=True)[:_MAX_ALARMS_PER_MAIL])
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
        Alarm.objects.filter(pk__in=[alarm.pk for alarm in new]).update(mailed_at=now)
