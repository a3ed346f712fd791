"""What a citizen can choose about notices on the tracking page, and the texts that are agreed to there. A text never
changes: a new wording gets a new version."""

from dataclasses import dataclass

from central.cases.models import Case, Complainant
from central.notices import routes
from central.notices.codes import NoticeChannel
from central.notices.consents import ConsentError, ConsentText, give_consent, withdraw_consent
from central.notices.push_subscriptions import PushSubscription
from protocol.bilingual_text import BilingualText
from protocol.choices import NameDisclosure
from thai.phone import thai_mobile_number

SMS_TEXT_VERSION, EMAIL_TEXT_VERSION, PUSH_TEXT_VERSION = "web-sms-1", "web-email-1", "web-push-1"
SMS_TEXT = BilingualText(
    "ส่ง SMS แจ้งความคืบหน้ามาที่เบอร์มือถือที่ให้ไว้กับเรื่องนี้ ข้อความไม่มีชื่อและเนื้อหาของเรื่อง",
    "Send an SMS when my case moves on, to the mobile number that I gave with it. It has no name and nothing of what I "
    "wrote.",
)
EMAIL_TEXT = BilingualText(
    "ส่งอีเมลแจ้งความคืบหน้ามาที่อีเมลนี้ ข้อความไม่มีชื่อและเนื้อหาของเรื่อง",
    "Send an e-mail to this address when my case moves on. It has no name and nothing of what I wrote.",
)
PUSH_TEXT = BilingualText(
    "แจ้งความคืบหน้าบนเครื่องนี้ ข้อความไม่มีชื่อและเนื้อหาของเรื่อง",
    "Tell me on this device when my case moves on. The message has no name and nothing of what I wrote.",
)
_BAD_SUBSCRIPTION = BilingualText(
    "เบราว์เซอร์นี้รับแจ้งไม่ได้ โปรดเลือกวิธีอื่น", "This browser cannot be told. Please choose another way."
)


@dataclass(frozen=True)
class NoticeChoices:
    """What the citizen has now, and what else the centre can offer."""

    current: tuple[NoticeChannel, ...]
    offered: tuple[NoticeChannel, ...]


def find_choices(case: Case) -> NoticeChoices:
    """The choices for a case. SMS goes to the number on file only: nobody can have messages sent to a stranger. An
    anonymous case is offered nothing, because no contact may be stored with it."""
    active = set(case.notice_consents.filter(withdrawn_at=None).values_list("channel", flat=True))
    current = tuple(channel for channel in NoticeChannel if channel.value in active)
    if case.name_disclosure == NameDisclosure.ANONYMOUS.value:
        return NoticeChoices(current, ())
    working = set(routes.working_channels(case.centre))
    offered = []
    if NoticeChannel.SMS in working and number_on_file(case):
        offered.append(NoticeChannel.SMS)
    if NoticeChannel.EMAIL in working:
        offered.append(NoticeChannel.EMAIL)
    if NoticeChannel.WEB_PUSH in working:
        offered.append(NoticeChannel.WEB_PUSH)
    return NoticeChoices(current, tuple(channel for channel in offered if channel not in current))


def number_on_file(case: Case) -> str:
    """The mobile number of the complainant; '' without one. For a consent only: no page shows it."""
    phone = Complainant.objects.filter(case=case).values_list("phone", flat=True).first()
    return thai_mobile_number(phone or "")


@dataclass(frozen=True)
class CitizenChoice:
    """What a citizen has chosen: channels to stop, and consents. `push` is the subscription of the browser as JSON."""

    stopped: tuple[NoticeChannel, ...] = ()
    wants_sms: bool = False
    email: str = ""
    push: str = ""


def choose(case: Case, choice: CitizenChoice, language: str) -> None:
    """Record what the citizen has chosen on the tracking page. No first notice is sent: a mistyped address gets nothing
    before there is news. Raises ConsentError."""
    for channel in choice.stopped:
        withdraw_consent(case, channel, by="web")
    if choice.wants_sms:
        agreed = ConsentText(SMS_TEXT.in_language(language), SMS_TEXT_VERSION, language)
        give_consent(case, NoticeChannel.SMS, number_on_file(case), agreed, given_by="web", is_announced=False)
    if choice.email:
        agreed = ConsentText(EMAIL_TEXT.in_language(language), EMAIL_TEXT_VERSION, language)
        give_consent(case, NoticeChannel.EMAIL, choice.email, agreed, given_by="web", is_announced=False)
    if choice.push:
        try:
            subscription = PushSubscription.parse(choice.push)
        except ValueError:
            raise ConsentError(_BAD_SUBSCRIPTION) from None
        agreed = ConsentText(PUSH_TEXT.in_language(language), PUSH_TEXT_VERSION, language)
        address = subscription.to_json()
        give_consent(case, NoticeChannel.WEB_PUSH, address, agreed, given_by="web", is_announced=False)
