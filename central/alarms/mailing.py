"""Mails new alarms to the addresses of CENTRAL_ALERT_TO."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage

from central.alarms.models import Alarm

_MAX_ALARMS_PER_MAIL = 100


def mail_new_alarms(now: datetime) -> None:
    """Send one mail about all open alarms that were not mailed yet. A mail that cannot be sent raises OSError; its
    alarms are mailed by the next call.

    No transaction is open meanwhile: it would hold the write lock of SQLite while a mail server takes its time. After a
    kill between the mail and the update the mail is sent again with the same Message-ID, so a mailbox shows it once."""
    if not settings.ALERT_TO or settings.MAIL_IS_OFF:
        return
    unmailed = Alarm.objects.filter(settled_at=None, mailed_at=None).select_related("centre").order_by("at", "pk")
    new = list(unmailed[:_MAX_ALARMS_PER_MAIL])
    if not new:
        return
    lines = [
        f"{alarm.centre.slug}  {alarm.kiosk_id}  {alarm.case_number}  {alarm.kind}: {alarm.detail}" for alarm in new
    ]
    EmailMessage(
        f"Damrongdham: {len(new)} alarms",
        "\n".join([*lines, "", f"{settings.PUBLIC_URL}/desk/alarms"]),
        settings.ALERT_FROM,
        settings.ALERT_TO,
        headers={"Message-ID": _message_id(new)},
    ).send()
    Alarm.objects.filter(pk__in=[alarm.pk for alarm in new]).update(mailed_at=now)


def _message_id(alarms: list[Alarm]) -> str:
    content = " ".join(f"{alarm.pk}@{alarm.at.isoformat()}" for alarm in alarms)
    return f"<alarms-{hashlib.sha256(content.encode()).hexdigest()[:32]}@{settings.ALERT_FROM.rpartition('@')[2]}>"
