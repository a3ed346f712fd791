"""Records that a citizen agrees to notices about a case, and withdraws it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from central.cases.locking import lock_case
from central.cases.models import Case
from central.notices.codes import News, NoticeChannel, NoticeState
from central.notices.models import Notice, NoticeConsent, PhoneCode, ReportedFacts
from central.notices.outbox import add_news
from protocol.bilingual_text import BilingualText
from protocol.choices import NameDisclosure
from thai.phone import thai_mobile_number

NOT_A_THAI_MOBILE = BilingualText(
    "SMS ส่งได้เฉพาะเบอร์มือถือไทยที่ขึ้นต้นด้วย 06 08 หรือ 09",
    "An SMS can be sent to Thai mobile numbers only, which begin with 06, 08 or 09",
)
_ANONYMOUS = BilingualText("เรื่องที่ไม่ประสงค์ออกนามไม่มีช่องทางติดต่อกลับ", "An anonymous case has no way to contact the citizen")


class ConsentError(Exception):
    """A consent that cannot be recorded; `sentence` is for the citizen."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


@dataclass(frozen=True)
class ConsentText:
    """What the citizen has agreed to, as it was shown."""

    text: str
    version: str
    language: str


def give_consent(
    case: Case,
    channel: NoticeChannel,
    address: str,
    agreed: ConsentText,
    *,
    given_by: str,
    given_at: datetime | None = None,
    is_announced: bool = True,
) -> NoticeConsent:
    """Record a consent; an earlier one for the channel ends. `is_announced`: the first notice tells that notices work.
    Raises ConsentError."""
    if case.name_disclosure == NameDisclosure.ANONYMOUS.value:
        raise ConsentError(_ANONYMOUS)
    if channel is NoticeChannel.SMS:
        address = thai_mobile_number(address)
        if not address:
            raise ConsentError(NOT_A_THAI_MOBILE)
    with transaction.atomic():
        locked = lock_case(case.pk)
        _end(locked, channel, given_by)
        consent = NoticeConsent.objects.create(
            case=locked,
            channel=channel.value,
            address=address,
            text=agreed.text,
            text_version=agreed.version,
            language=agreed.language,
            given_by=given_by,
            given_at=given_at or timezone.now(),
        )
        ReportedFacts.objects.get_or_create(
            case=locked,
            defaults={
                "status": locked.status,
                "agency_name": locked.agency_name,
                "handler_name": locked.handler_name,
                "due": locked.due,
            },
        )
        if is_announced:
            add_news(locked, [News.RECEIVED])
        return consent


def withdraw_consent(case: Case, channel: NoticeChannel, *, by: str) -> bool:
    """End the consent for a channel: its address is erased, and what waits is not sent. False without one."""
    with transaction.atomic():
        return _end(lock_case(case.pk), channel, by)


def _end(case: Case, channel: NoticeChannel, by: str) -> bool:
    consent = case.notice_consents.filter(channel=channel.value, withdrawn_at=None).first()
    if consent is None:
        return False
    consent.withdrawn_at, consent.withdrawn_by, consent.address = timezone.now(), by, ""
    consent.save()
    Notice.objects.filter(consent=consent, state=NoticeState.QUEUED.value).update(state=NoticeState.DROPPED.value)
    if not case.notice_consents.filter(withdrawn_at=None).exists():
        ReportedFacts.objects.filter(case=case).delete()
    return True


def erase_notices(case: Case) -> None:
    """Erase where the citizen of this case was told, and what. That and when they agreed stays. In the transaction that
    erases the case."""
    case.notices.all().delete()
    case.notice_consents.filter(withdrawn_at=None).update(withdrawn_at=timezone.now(), withdrawn_by="erasure")
    case.notice_consents.update(address="")
    ReportedFacts.objects.filter(case=case).delete()
    PhoneCode.objects.filter(case=case).delete()
