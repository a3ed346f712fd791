"""Escalates cases whose lead agency is silent, and mails each level once: to the agency and the owner of the case, from
level 2 on to the supervising agency, at level 3 to the addresses of CENTRAL_ALERT_TO.

A mail has the case number and nothing about the complaint or the people in it."""

import logging
from datetime import datetime
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F

from central.agencies.models import Agency, AgencyContact
from central.cases.codes import ReferralKind
from central.cases.commands.clock_steps import escalate
from central.cases.models import Case, Referral
from central.deadlines.escalation import MAX_LEVEL, STEPS_DAYS
from thai.dates import day_in_thailand, short_date

log = logging.getLogger(__name__)
_CASES_PER_RUN = 500
_SUPERVISOR_LEVEL = 2


def escalate_silent_cases(now: datetime) -> None:
    """Raise the level of every case whose silence has reached the next one, then mail the levels not mailed yet."""
    today = day_in_thailand(now)
    reached = Case.objects.filter(closed_at=None, next_escalation__lte=today).order_by("next_escalation", "pk")
    for case in reached[:_CASES_PER_RUN]:
        escalate(case, now)
    mail_escalations()


def mail_escalations() -> None:
    """Mail every raised level once. A mail server that is down raises OSError; the mails are sent by the next call."""
    if settings.MAIL_IS_OFF:
        return
    unmailed = Case.objects.filter(closed_at=None, escalation_level__gt=0).filter(
        escalation_level__gt=F("escalation_mailed")
    )
    for case in unmailed.select_related("centre", "owner").order_by("pk")[:_CASES_PER_RUN]:
        _mail_case(case)


def _mail_case(case: Case) -> None:
    """Send the mail of this level. The column is set first, and back when the mail cannot be sent: of several workers
    one sends it, none holds a lock while the mail server works, and a worker that is killed sends nothing twice."""
    before, level = case.escalation_mailed, case.escalation_level
    if not _change_mailed_level(case, level, before, level):
        return  # another worker sends it, or the agency has reported meanwhile
    referrals = case.referrals.select_related("agency__supervising_agency")
    lead = referrals.filter(kind=ReferralKind.LEAD.value, ended_at=None).first()
    recipients = _recipients(case, lead)
    if lead is None or not recipients:
        return
    try:
        _send(case, lead, recipients)
    except SMTPRecipientsRefused:
        log.warning("Case %s: no address for its escalation is valid", case.case_number)
    except OSError:
        _change_mailed_level(case, level, level, before)
        raise


def _change_mailed_level(case: Case, level: int, before: int, after: int) -> bool:
    """Set the level that was mailed from `before` to `after`, unless something has changed meanwhile."""
    rows = Case.objects.filter(pk=case.pk, escalation_level=level, escalation_mailed=before)
    return rows.update(escalation_mailed=after) == 1


def _recipients(case: Case, lead: Referral | None) -> list[str]:
    """The addresses for this level, each once."""
    addresses = [case.owner.email if case.owner is not None and case.owner.is_active else ""]
    if lead is not None:
        addresses += _agency_addresses(lead.agency)
        if case.escalation_level >= _SUPERVISOR_LEVEL and lead.agency.supervising_agency is not None:
            addresses += _agency_addresses(lead.agency.supervising_agency)
    if case.escalation_level >= MAX_LEVEL:
        addresses += settings.ALERT_TO
    return list(dict.fromkeys(address for address in addresses if address))


def _agency_addresses(agency: Agency) -> list[str]:
    """The agency's own address, its contact point and its executive who answers for complaints."""
    kinds = [AgencyContact.Kind.CONTACT_POINT, AgencyContact.Kind.CCEO]
    return [agency.email, *agency.contacts.filter(kind__in=kinds).values_list("email", flat=True)]


def _send(case: Case, lead: Referral, recipients: list[str]) -> None:
    days = sum(STEPS_DAYS[: case.escalation_level])
    since = max(lead.sent_at, case.last_report_at or lead.sent_at)
    lines = [
        f"เรื่องเลขที่ {case.case_number} ({case.centre.name_th})",
        f"ศูนย์ยังไม่ได้รับรายงานจาก {lead.agency.name_th} ตั้งแต่ {short_date(since)} เกิน {days} วันแล้ว",
        "โปรดรายงานความคืบหน้า การรายงานทุกครั้งเริ่มนับใหม่",
        "",
        f"Case {case.case_number} ({case.centre.name_en})",
        f"No report from {lead.agency.name.en} since {short_date(since, 'en')}: more than {days} days.",
        "Please report progress. Any report starts the count again.",
    ]
    subject = f"ขอให้รายงานความคืบหน้า ครั้งที่ {case.escalation_level}: {case.case_number}"
    EmailMessage(subject, "\n".join(lines), settings.ALERT_FROM, bcc=recipients).send()
