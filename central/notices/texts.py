"""The text of a notice: centre, case number, the news in plain words, and where to read more.

Nothing personal: no name, no topic, no words of the case. The link has no tracking code, on every channel: an SMS is
readable on a locked screen, a mailbox or a LINE account may be shared, and a push service sees who gets how much
(decision 0097). The page that it leads to asks for the code."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.conf import settings

from central.cases.models import Case
from central.notices.codes import News
from protocol.bilingual_text import BilingualText

# By importance: the first one that a notice has leads, and the page has the rest.
SENTENCES: Mapping[News, BilingualText] = {
    News.CODE: BilingualText(
        "เปลี่ยนรหัสติดตามแล้ว ถ้าไม่ใช่ท่าน โทร 1567", "its tracking code was replaced; if not by you, call 1567"
    ),
    News.QUESTION: BilingualText("เจ้าหน้าที่มีคำถามถึงท่าน โปรดตอบ", "an officer has a question for you"),
    News.CLOSED: BilingualText("ดำเนินการเสร็จแล้ว โปรดดูผล", "the case is closed; please read the result"),
    News.ANSWER: BilingualText("มีข้อความถึงท่าน", "there is a message for you"),
    News.DUE: BilingualText("กำหนดแล้วเสร็จเปลี่ยน", "the due date has changed"),
    News.AGENCY: BilingualText("ส่งให้หน่วยงานแล้ว", "it was sent to an agency"),
    News.OFFICER: BilingualText("มีผู้รับผิดชอบแล้ว", "an officer is now responsible"),
    News.MAIN_CASE: BilingualText("เรื่องหลักที่รวมไว้มีความคืบหน้า", "the case it was joined to has progress"),
    News.SURVEY: BilingualText("ขอเชิญตอบแบบสำรวจ 1 นาที", "please answer a survey of one minute"),
    News.STATUS: BilingualText("มีความคืบหน้า", "there is progress"),
    News.RECEIVED: BilingualText("ศูนย์ได้รับเรื่องแล้ว", "it has been received"),
}
_FORM = BilingualText(
    "ดำรงธรรม{place} เรื่อง {number}: {sentence} {where}", "Damrongdham {place}, case {number}: {sentence}. {where}"
)
_WHERE = BilingualText("ดูที่ {url}", "See {url}")
_NO_ADDRESS = BilingualText("สอบถามโทร 1567", "Ask at 1567")
_SUBJECT = BilingualText("ความคืบหน้าของเรื่อง {number}", "News about case {number}")
_GSM_PART, _GSM_PARTS = 160, 153
_UCS2_PART, _UCS2_PARTS = 70, 67


@dataclass(frozen=True)
class NoticeText:
    """What a citizen reads."""

    subject: str
    body: str
    url: str  # '' when the installation does not know its own address


def compose(case: Case, news: Collection[str]) -> NoticeText:
    """The text of a notice with this news, in the language of the citizen."""
    language = case.language
    sentence = next((text for each, text in SENTENCES.items() if each.value in news), SENTENCES[News.STATUS])
    url = tracking_address(case)
    where = _WHERE.in_language(language).format(url=url) if url else _NO_ADDRESS.in_language(language)
    body = _FORM.in_language(language).format(
        place=case.centre.province_name(language),
        number=case.case_number,
        sentence=sentence.in_language(language),
        where=where,
    )
    subject = _SUBJECT.in_language(language).format(number=case.case_number)
    return NoticeText(subject, " ".join(body.split()), url)


def tracking_address(case: Case) -> str:
    """The address of the tracking page, without a code; '' when it is not known."""
    address = case.centre.public_url or settings.PUBLIC_URL
    return f"{address.rstrip('/')}/t" if address else ""


def sms_parts(text: str) -> int:
    """How many parts of an SMS this text takes, which is what gateways charge for. Thai has 70 characters in one part,
    67 in each of several (3GPP TS 23.038); ASCII has 160 and 153."""
    one, several = (_GSM_PART, _GSM_PARTS) if text.isascii() else (_UCS2_PART, _UCS2_PARTS)
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= one else -(-length // several)
