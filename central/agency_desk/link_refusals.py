"""The page of a personal link that opens nothing: one sentence that says why, and the number to call."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from central.agency_desk.links import LinkState, OpenedLink
from central.cases.codes import ReferralState
from central.cases.models import Referral
from protocol.bilingual_text import BilingualText
from thai import dates

_SENTENCES = {
    LinkState.UNKNOWN: BilingualText(
        "ลิงก์นี้ไม่ถูกต้อง โปรดเปิดจากอีเมลหรือหนังสือของศูนย์อีกครั้ง",
        "This link is not valid. Open it again from the centre's mail or letter",
    ),
    LinkState.EXPIRED: BilingualText(
        "ลิงก์นี้หมดอายุแล้ว โปรดขอลิงก์ใหม่จากศูนย์", "This link has expired. Ask the centre for a new one"
    ),
    LinkState.REVOKED: BilingualText(
        "ศูนย์ยกเลิกลิงก์นี้แล้ว โปรดใช้ลิงก์ในอีเมลฉบับล่าสุด หรือขอลิงก์ใหม่จากศูนย์",
        "The centre has revoked this link. Use the one in the latest mail, or ask the centre for a new one",
    ),
    LinkState.THROTTLED: BilingualText("ลองผิดหลายครั้งเกินไป โปรดรอ 15 นาที", "Too many wrong attempts. Wait 15 minutes"),
}
_ENDINGS = {
    ReferralState.DONE: BilingualText("หน่วยงานของท่านรายงานผลแล้วเสร็จเมื่อ", "Your agency reported its work as done on"),
    ReferralState.RETURNED: BilingualText("หน่วยงานของท่านส่งเรื่องคืนศูนย์เมื่อ", "Your agency returned this case on"),
    ReferralState.RECALLED: BilingualText("ศูนย์เรียกเรื่องนี้คืนเมื่อ", "The centre recalled this case on"),
}
_STATUS = {LinkState.UNKNOWN: 404, LinkState.THROTTLED: 429}


def refusal_page(request: HttpRequest, opened: OpenedLink, language: str) -> HttpResponse:
    """The page for a link that opens nothing."""
    centre = opened.link.referral.case.centre.name_in(language) if opened.link else ""
    context = {
        "language": language,
        "centre": centre,
        "sentence": _sentence(opened, language),
        "number": opened.link.referral.case.case_number if opened.link else "",
        "is_thanks": opened.state is LinkState.ENDED,
    }
    status = _STATUS.get(opened.state, 200 if opened.state is LinkState.ENDED else 410)
    return render(request, "agency_desk/link_closed.html", context, status=status)


def closed_referral(referral: Referral, language: str) -> dict[str, object]:
    """The same page for an officer of the agency, in the frame of the desk."""
    return {
        "base_template": "desk/base.html",
        "sentence": _ending(referral, language),
        "number": referral.case.case_number,
        "is_thanks": True,
    }


def _sentence(opened: OpenedLink, language: str) -> str:
    if opened.state is LinkState.ENDED and opened.link is not None:
        return _ending(opened.link.referral, language)
    return _SENTENCES[opened.state].in_language(language)


def _ending(referral: Referral, language: str) -> str:
    sentence = _ENDINGS[ReferralState(referral.state)].in_language(language)
    return f"{sentence} {dates.short_datetime(referral.ended_at, language)}" if referral.ended_at else sentence
