"""Escalates cases whose lead agency is silent, and mails each level once: to the agency and the owner of the case, from
level 2 on to the supervising agency, at level 3 to the addresses of CENTRAL_ALERT_TO.

A mail has the case number and nothing about the complaint or the people in it."""

from datetime import datetime
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from central.agencies.models import Agency, AgencyContact
from central.cases.codes import ReferralKind
from central.cases.commands.clock import escalate
from central.cases.models import Case, Referral
from central.deadlines.escalation import MAX_LEVEL, STEPS_DAYS
from thai.dates import in_thailand, short_date

_CASES_PER_RUN = 500
_SUPERVISOR_LEVEL = 2


def escalate_silent_cases(now: datetime) -> None:
    """Raise the level of every case whose silence has reached the next one, then mail the levels not mailed yet."""
    today = in_thailand(now).date()
    reached = Case.objects.filter(closed_at=None, next_escalation__lte=today).order_by("next_escalation", "pk")
    for case in reached[:_CASES_PER_RUN]:
        escalate(case, now)
    mail_escalations()


def mail_escalations() -> None:
    """Mail every raised level once. A mail server that is down raises OSError; the mails are sent by the next call."""
    unmailed = Case.objects.filter(closed_at=None, escalation_level__gt=F("escalation_mailed"))
    for case_id in list(unmailed.order_by("pk").values_list("pk", flat=True)[:_CASES_PER_RUN]):
        _mail_case(case_id)


def _mail_case(case_id: int) -> None:
    """Send the mail under the lock of the row, so that of several workers one sends it. A case that another worker has
    locked, or has mailed meanwhile, is left out."""
    with transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",), skip_locked=True).select_related("centre", "owner")
        case = locked.filter(pk=case_id, escalation_level__gt=F("escalation_mailed")).first()
        if case is None:
            return
        referrals = case.referrals.select_related("agency__supervising_agency")
        lead = referrals.filter(kind=ReferralKind.LEAD.value, ended_at=None).first()
        recipients = _recipients(case, lead)
        if lead is not None and recipients:
            _send(case, lead, recipients)
        Case.objects.filter(pk=case_id).update(escalation_mailed=case.escalation_level)


def _recipients(case: Case, lead: Referral | None) -> list[str]:
    """The addresses for this level, each once."""
    addresses = [case.owner.email if case.owner else ""]
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
    try:
        EmailMessage(subject, "\n".join(lines), settings.ALERT_FROM, bcc=recipients).send()
    except SMTPRecipientsRefused:
        return  # no address is valid: the next try would fail too, and the level is shown in the queue of silent cases
