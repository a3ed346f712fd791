"""The content of the page about the delivery of a referral."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from central.agency_desk.link_urls import valid_link
from central.agency_desk.mailing import registered_addresses
from central.agency_desk.models import ReferralLink, ReferralMail
from central.cases.codes import ACTIVE_STATES, REFERRAL_KINDS, REFERRAL_STATES, ReferralKind, ReferralState
from central.cases.models import Referral
from central.centres.models import Officer
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from thai import dates

PURPOSES: Mapping[str, BilingualText] = {
    ReferralMail.Purpose.ORDER: BilingualText("คำสั่งการ", "Order"),
    ReferralMail.Purpose.NEW_LINK: BilingualText("ลิงก์ใหม่", "New link"),
    ReferralMail.Purpose.NOT_ACCEPTED: BilingualText("เตือน: ยังไม่รับเรื่อง", "Reminder: not accepted"),
    ReferralMail.Purpose.BEFORE_DUE: BilingualText("เตือน: ใกล้ครบกำหนด", "Reminder: due soon"),
    ReferralMail.Purpose.DUE_TODAY: BilingualText("เตือน: ครบกำหนดวันนี้", "Reminder: due today"),
    ReferralMail.Purpose.OVERDUE: BilingualText("เตือน: เกินกำหนด", "Reminder: overdue"),
}
FAILURES: Mapping[str, BilingualText] = {
    ReferralMail.Failure.NO_ADDRESS: BilingualText(
        "ทะเบียนไม่มีอีเมลของหน่วยงาน โปรดพิมพ์หนังสือส่ง", "The register has no mail address. Print the letter"
    ),
    ReferralMail.Failure.NO_MAIL: BilingualText(
        "ระบบนี้ไม่ส่งอีเมล โปรดพิมพ์หนังสือส่ง", "This service sends no mail. Print the letter"
    ),
    ReferralMail.Failure.NO_URL: BilingualText(
        "ระบบยังไม่ได้ตั้งที่อยู่เว็บ โปรดแจ้งผู้ดูแลระบบ", "The service has no public address. Inform the administrator"
    ),
    ReferralMail.Failure.REFUSED: BilingualText(
        "ที่อยู่อีเมลใช้ไม่ได้ โปรดแก้ทะเบียนหน่วยงาน", "The address does not work. Correct the register"
    ),
    ReferralMail.Failure.NOT_SENT: BilingualText("ส่งไม่สำเร็จ ระบบจะลองใหม่", "Not sent yet; the service tries again"),
    ReferralMail.Failure.ENDED: BilingualText("ไม่ส่ง เพราะคำสั่งการหรือลิงก์สิ้นสุดก่อน", "Not sent: order or link had ended"),
}
_WAITING = BilingualText("รอส่ง", "Waiting to be sent")


@dataclass(frozen=True)
class ShownMail:
    purpose: str
    state: str
    is_failed: bool


def build_delivery_page(officer: Officer, referral: Referral, language: str) -> dict[str, Any]:
    """The context of the page."""
    newest, link = ReferralLink.objects.filter(referral=referral).last(), valid_link(referral)
    is_active = referral.state in ACTIVE_STATES
    may_change = has_permission(officer, Action.ORDER, referral.case.centre)
    return {
        "referral": referral,
        "number": referral.case.case_number,
        "agency": referral.agency.name_in(language),
        "kind": REFERRAL_KINDS[ReferralKind(referral.kind)].in_language(language),
        "state": REFERRAL_STATES[ReferralState(referral.state)].in_language(language),
        "addresses": registered_addresses(referral.agency),
        "mails": [_shown_mail(mail, language) for mail in ReferralMail.objects.filter(referral=referral).reverse()],
        "link": link if is_active else None,
        "newest_link": newest,
        "is_revoked": newest is not None and newest.revoked_at is not None,
        "is_expired": newest is not None and newest.expires_at <= timezone.now(),
        "expires": dates.long_date(newest.expires_at, language) if newest else "",
        "used": dates.short_datetime(newest.last_used_at, language) if newest and newest.last_used_at else "",
        "may_change": may_change and is_active,
        "is_active": is_active,
    }


def _shown_mail(mail: ReferralMail, language: str) -> ShownMail:
    purpose = PURPOSES[mail.purpose].in_language(language)
    if mail.mailed_at:
        return ShownMail(purpose, dates.short_datetime(mail.mailed_at, language), is_failed=False)
    if mail.failure:
        return ShownMail(purpose, FAILURES[mail.failure].in_language(language), is_failed=True)
    return ShownMail(purpose, _WAITING.in_language(language), is_failed=False)
