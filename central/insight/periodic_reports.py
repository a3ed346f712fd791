"""The reports of a month and of a fiscal year: made for each province and district after the end of the period, kept,
and mailed to its head.

The report is kept as it was made: later changes of its cases do not change it (decision 0183)."""

import hashlib
import logging
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from central.centres.models import Centre, Membership, Officer
from central.insight.memo import write_memo
from central.insight.memo_word import memo_word
from central.insight.models import PeriodicReport
from central.insight.periods import Period, fiscal_year_of, month_number, month_of
from central.insight.report import build_report
from central.people.roles import Role
from central.printed_letters import write_pdf
from protocol.centre_kind import CentreKind
from thai.dates import FIRST_FISCAL_MONTH, day_in_thailand

log = logging.getLogger(__name__)
_PERMANENT = 500  # of SMTP: a server that refuses for now answers with 4xx
_DURATION_S = 600.0  # of one run; the next one goes on
PDF, WORD = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# The head of a centre, who gets its report.
_HEADS = {CentreKind.PROVINCE: Role.GOVERNOR, CentreKind.DISTRICT: Role.DISTRICT_CHIEF}


def send_periodic_reports(now: datetime) -> int:
    """Make the report of the month before, and in October that of the fiscal year before, for every centre with a head
    that has none, and mail what was not mailed. Returns how many were made. Another run goes on where one was
    interrupted."""
    until, made = time.monotonic() + _DURATION_S, 0
    today = day_in_thailand(now)
    last = today.replace(day=1) - timedelta(days=1)
    ended = [month_of(last), *([fiscal_year_of(last)] if today.month == FIRST_FISCAL_MONTH else [])]
    stored = PeriodicReport.objects.filter(month=month_number(last))
    present = set(stored.values_list("centre_id", "months"))
    for centre in _headed_centres():
        for period in ended:
            if time.monotonic() < until and (centre.pk, len(period.months or ())) not in present:
                make_report(centre, period, today)
                made += 1
    _mail_reports(stored.filter(mailed_at=None).select_related("centre"), now)
    return made


def make_report(centre: Centre, period: Period, today: date) -> PeriodicReport:
    """Make and keep the report of a month or a fiscal year. The same period is made once."""
    memo = write_memo(build_report(centre, period, today, is_published=True))
    pdf = write_pdf(render_to_string("insight/memo.html", {"memo": memo, "language": "th"}))
    with transaction.atomic():
        return PeriodicReport.objects.get_or_create(
            centre=centre,
            month=month_number(period.last),
            months=len(period.months or ()),
            defaults={"made_on": today, "pdf": pdf, "word": memo_word(memo)},
        )[0]


def _headed_centres() -> list[Centre]:
    """The centres with a head in service. One query: a country has 928 districts."""
    in_service = Membership.objects.filter(centre__is_active=True, officer__is_active=True, role__in=_HEADS.values())
    rows = in_service.select_related("centre").order_by("centre__path")
    return list(dict.fromkeys(row.centre for row in rows if row.role == _HEADS.get(row.centre.kind)))


def heads_of(centre: Centre) -> list[Officer]:
    """The officers in service who head this centre itself."""
    role = _HEADS.get(centre.kind)
    if role is None:
        return []
    heads = Officer.objects.filter(memberships__centre=centre, memberships__role=role.value, is_active=True)
    return list(heads.distinct().order_by("pk"))


def file_name(report: PeriodicReport, extension: str) -> str:
    """The name of its file: 'khonkaen-2026-11.pdf', 'khonkaen-fy2026.pdf'."""
    return f"{report.centre.slug}-{report.period.code}.{extension}"


def _mail_reports(reports: Iterable[PeriodicReport], now: datetime) -> None:
    """Mail each of them. When some cannot be sent, the others are, the first OSError is raised at the end, and the next
    run sends the rest."""
    failures: list[OSError] = []
    for report in reports:
        try:
            _mail(report, now)
        except OSError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _mail(report: PeriodicReport, now: datetime) -> None:
    """Mail it to the heads with an address. Raises OSError for a mail that cannot be sent. A repeated one has the same
    Message-ID, so that a mailbox shows it once. An address that its server refuses for good gets nothing: the report is
    on the page of reports."""
    addresses = sorted({officer.email for officer in heads_of(report.centre) if officer.email})
    if not addresses or not settings.MAIL_IS_CONFIGURED:
        return
    period = report.period.official_name
    for address in addresses:
        key = hashlib.sha256(f"{report.pk} {address}".encode()).hexdigest()[:32]
        mail = EmailMessage(
            f"รายงานสรุปเรื่องร้องเรียนร้องทุกข์ ประจำ{period}",
            f"{report.centre.name_th} ขอส่งรายงานสรุปประจำ{period} เป็นไฟล์ PDF และ Word ตามแนบ\n",
            settings.ALERT_FROM,
            [address],
            headers={"Message-ID": f"<report-{key}@{settings.ALERT_FROM.rpartition('@')[2]}>"},
        )
        mail.attach(file_name(report, "pdf"), bytes(report.pdf), PDF)
        mail.attach(file_name(report, "docx"), bytes(report.word), WORD)
        try:
            mail.send()
        except SMTPRecipientsRefused as refused:
            if any(code < _PERMANENT for code, _ in refused.recipients.values()):
                raise
            log.warning("%s: the address of a head is refused; its report is not mailed", report.centre.slug)
    PeriodicReport.objects.filter(pk=report.pk).update(mailed_at=now)
