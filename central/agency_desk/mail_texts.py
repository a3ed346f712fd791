"""The mails to agencies, in Thai and English. They name the case by its number, topic and place, and nobody in it."""

import hashlib

from django.conf import settings
from django.core.mail import EmailMessage

from central.agency_desk import referral_facts, tokens
from central.agency_desk.link_urls import answer_link
from central.agency_desk.models import AccessCode, ReferralLink, ReferralMail
from central.cases.models import Referral
from protocol.bilingual_text import BilingualText
from thai import dates

_Purpose = ReferralMail.Purpose
_SUBJECTS = {
    _Purpose.ORDER: BilingualText("คำสั่งการ", "Order"),
    _Purpose.NEW_LINK: BilingualText("ลิงก์ใหม่ของคำสั่งการ", "New link of the order"),
    _Purpose.NOT_ACCEPTED: BilingualText("ยังไม่ได้รับเรื่อง", "Not yet accepted"),
    _Purpose.BEFORE_DUE: BilingualText("ใกล้ครบกำหนด", "Due soon"),
    _Purpose.DUE_TODAY: BilingualText("ครบกำหนดวันนี้", "Due today"),
    _Purpose.OVERDUE: BilingualText("เกินกำหนดแล้ว", "Overdue"),
}
_OPENINGS = {
    _Purpose.ORDER: BilingualText("ส่งเรื่องนี้ถึงหน่วยงานของท่าน", "sends this case to your agency"),
    _Purpose.NEW_LINK: BilingualText(
        "ออกลิงก์ใหม่ของเรื่องนี้ ลิงก์เดิมใช้ไม่ได้แล้ว", "has made a new link for this case; the former one no longer works"
    ),
    _Purpose.NOT_ACCEPTED: BilingualText(
        "ขอเรียนเตือนว่าหน่วยงานของท่านยังไม่ได้รับเรื่องนี้", "reminds you that your agency has not accepted this case yet"
    ),
    _Purpose.BEFORE_DUE: BilingualText("ขอเรียนเตือนว่าเรื่องนี้ใกล้ครบกำหนด", "reminds you that this case is due soon"),
    _Purpose.DUE_TODAY: BilingualText("ขอเรียนเตือนว่าเรื่องนี้ครบกำหนดวันนี้", "reminds you that this case is due today"),
    _Purpose.OVERDUE: BilingualText(
        "ขอเรียนเตือนว่าเรื่องนี้เกินกำหนดแล้ว โปรดรายงานความคืบหน้า", "reminds you that this case is overdue; please report"
    ),
}
_WITH_LETTER = frozenset({_Purpose.ORDER, _Purpose.NEW_LINK})


def referral_message(mail: ReferralMail, link: ReferralLink, url: str, recipients: list[str]) -> EmailMessage:
    """The mail with the personal link; an order has the printable letter attached."""
    referral, purpose = mail.referral, _Purpose(mail.purpose)
    number = referral.case.case_number
    body = "\n\n".join(_body(referral, _OPENINGS[purpose], link, url, language) for language in ("th", "en"))
    message = _message(f"{_SUBJECTS[purpose].th} · {_SUBJECTS[purpose].en} · {number}", body, recipients)
    message.extra_headers["Message-ID"] = _message_id(f"mail {mail.pk} {mail.created_at.isoformat()}")
    if purpose in _WITH_LETTER:
        # Every command of the command line imports this module, and WeasyPrint takes a third of a command's time.
        from central.letters.order_sheet import order_sheet  # noqa: PLC0415

        pdf = order_sheet(referral, answer_link(link, url), settings.PUBLIC_URL)
        message.attach(f"{number}.pdf", pdf, "application/pdf")
    return message


def code_message(code: AccessCode, recipients: list[str]) -> EmailMessage:
    """The mail with the code that opens name and contact of one case."""
    digits, number = tokens.access_code(code.nonce), code.referral.case.case_number
    until = dates.clock_time(code.expires_at, "th"), dates.clock_time(code.expires_at, "en")
    body = (
        f"รหัสเปิดดูชื่อและการติดต่อผู้ร้อง เรื่องเลขที่ {number}: {digits}\n"
        f"ใช้ได้ถึง {until[0]} การเปิดดูทุกครั้งมีการบันทึก หากท่านไม่ได้ขอรหัสนี้ โปรดแจ้งศูนย์ดำรงธรรม โทร {referral_facts.HOTLINE}\n\n"
        f"Code to see name and contact of the complainant, case {number}: {digits}\n"
        f"It is valid until {until[1]}. Every opening is recorded. If you did not request it, call "
        f"{referral_facts.HOTLINE}."
    )
    message = _message(f"รหัสเปิดดูข้อมูล · Access code · {number}", body, recipients)
    message.extra_headers["Message-ID"] = _message_id(f"code {code.pk} {code.created_at.isoformat()}")
    return message


def _body(referral: Referral, opening: BilingualText, link: ReferralLink, url: str, language: str) -> str:
    case, facts = referral.case, referral_facts
    rows = [
        (BilingualText("เรื่องเลขที่", "Case"), case.case_number),
        (BilingualText("ประเภท", "Topic"), facts.topic_text(referral, language)),
        (BilingualText("พื้นที่", "Place"), facts.place_text(referral, language)),
        (BilingualText("ส่งถึงท่าน", "Sent to you"), facts.request_text(referral, language)),
        (BilingualText("กำหนดแล้วเสร็จ", "Due"), facts.due_text(referral, language)),
    ]
    until = dates.long_date(link.expires_at, language)
    closing = BilingualText(
        f"เปิดเรื่องและตอบได้ที่ลิงก์นี้ ไม่ต้องมีบัญชีผู้ใช้:\n{url}\n"
        f"ลิงก์ใช้ได้เฉพาะเรื่องนี้ ถึงวันที่ {until} โปรดอย่าส่งต่อให้ผู้ที่ไม่เกี่ยวข้อง สอบถามโทร {facts.HOTLINE}",
        f"Open the case and answer at this link, without an account:\n{url}\n"
        f"It opens this case only, until {until}. Do not pass it on. Questions: call {facts.HOTLINE}.",
    )
    name, centre = referral.agency.name_in(language), case.centre.name_in(language)
    return "\n".join(
        [
            BilingualText(f"เรียน {name}", f"To {name}").in_language(language),
            f"{centre} {opening.in_language(language)}",
            "",
            *(f"{label.in_language(language)}: {value}" for label, value in rows if value),
            "",
            closing.in_language(language),
        ]
    )


def _message(subject: str, body: str, recipients: list[str]) -> EmailMessage:
    return EmailMessage(subject, body, settings.ALERT_FROM, recipients, headers={"Auto-Submitted": "auto-generated"})


def _message_id(content: str) -> str:
    digest = hashlib.sha256(content.encode()).hexdigest()[:32]
    return f"<{digest}@{settings.ALERT_FROM.rpartition('@')[2]}>"
