"""Mails a one-time link to its officer, in the request that issued it: a job would have to store the code."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from central.centres.models import Officer
from central.people.invitations import VALID_FOR
from thai import dates

log = logging.getLogger(__name__)


def mail_invitation(officer: Officer, link: str) -> bool:
    """Whether the link was mailed. False without CENTRAL_SMTP, without an address, and when the mail server refused."""
    if not settings.MAIL_IS_CONFIGURED or not officer.email:
        return False
    expires = timezone.now() + VALID_FOR
    text = (
        f"เรียน {officer.display_name}\n\n"
        f"ท่านได้รับสิทธิ์เข้าใช้ระบบศูนย์ดำรงธรรม ชื่อผู้ใช้ {officer.username}\n"
        f"โปรดเปิดลิงก์นี้เพื่อตั้งรหัสผ่าน (ใช้ได้ครั้งเดียว ถึง {dates.short_datetime(expires, 'th')})\n{link}\n\n"
        f"Your user name is {officer.username}. Open this link to set your password "
        f"(works once, until {dates.short_datetime(expires, 'en')}).\n"
    )
    try:
        send_mail("ศูนย์ดำรงธรรม: ลิงก์ตั้งรหัสผ่าน · Set your password", text, settings.ALERT_FROM, [officer.email])
    except (OSError, SMTPException) as error:
        log.error("An invitation was not mailed: %s", type(error).__name__)
        return False
    return True
