"""E-mail by the mail server of the installation. A repeated attempt has the same Message-ID, so a mailbox shows
the mail once."""

from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage

from central.notices.adapters.result import Gateway, OutgoingNotice, SendResult
from central.notices.codes import NoticeFailure


def send_email(gateway: Gateway, notice: OutgoingNotice) -> SendResult:
    """Send one mail."""
    sender = gateway.sender or settings.ALERT_FROM
    message_id = f"<notice-{notice.key}@{sender.rpartition('@')[2]}>"
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(notice.subject, notice.text, sender, [notice.address], headers=headers).send()
    except SMTPRecipientsRefused as error:
        is_final = all(code >= 500 for code, _ in error.recipients.values())
        return SendResult(NoticeFailure.REFUSED if is_final else NoticeFailure.SERVER_ERROR)
    except SMTPException:
        return SendResult(NoticeFailure.SERVER_ERROR)
    except OSError:
        return SendResult(NoticeFailure.UNREACHABLE)
    return SendResult(gateway_id=message_id)
