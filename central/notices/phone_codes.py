"""One-time codes by SMS to the phone on file, for a citizen who has lost the tracking code.

Whoever requests one learns nothing: number on file or not, the same is stored, queued and answered. A code belongs to
the page that requested it: it lives ten minutes and ends after five wrong attempts of this page, never by a request or
an attempt of somebody else (decision 0108). A number gets six a day, so guessing succeeds once in about 33,000 days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from secrets import token_hex
from uuid import UUID, uuid4

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases.models import Case, Complainant
from central.identity_crypto import one_time_code, phone_hash
from central.notices.codes import NoticeChannel
from central.notices.models import NoticeRoute, PhoneCode
from central.notices.one_time_sms import send_one_time_sms
from central.people.shared_throttle import SharedThrottle, count_attempts
from protocol.bilingual_text import BilingualText
from thai import phone
from thai.numerals import digits
from thai.phone import thai_mobile_number

CODE_DIGITS = 6
CODE_DURATION = timedelta(minutes=10)
PROOF_S = 15 * 60  # after the code: time to choose the case and write the new code down
MAX_LISTED = 20
_MAX_WRONG_ATTEMPTS = 5
_SENT_AGAIN_AFTER = timedelta(minutes=2)
CODES_KEPT = timedelta(days=2)  # longer than the windows of the throttles
# A closed case is found for a year: later the number may belong to somebody else.
_FOUND_AFTER_CLOSING = timedelta(days=365)
# A stranger at one address leaves the citizen at another one three of the day.
_REQUESTS_PER_NUMBER = SharedThrottle("phone code of a number", limit=6, window_s=24 * 3600)
_REQUESTS_PER_NUMBER_AND_CALLER = SharedThrottle("phone code of a number and caller", limit=3, window_s=24 * 3600)
# Many citizens share one address: that of a hall or of a mobile network.
_REQUESTS_PER_CALLER = SharedThrottle("phone code of a caller", limit=30, window_s=3600)
# Seven attempts within ten minutes, the life of a code; after the last pause it has expired.
_SENDING = TaskPolicy(max_attempts=8, retry_delays_s=(5, 15, 30, 60, 120, 240, 480))
_SALT = "central.notices.phone_codes"
_TEXT = BilingualText(
    "รหัส {code} เพื่อขอรหัสติดตามใหม่ ใช้ได้ {minutes} นาที อย่าบอกผู้ใด ดำรงธรรม",
    "Damrongdham: {code} is your code for a new tracking code, valid for {minutes} minutes. Tell it to nobody.",
)
TOO_OFTEN = BilingualText(
    "ขอรหัสหรือใส่รหัสผิดหลายครั้งเกินไป โปรดลองใหม่พรุ่งนี้ โทร 1567 หรือนำบัตรประชาชนมาที่ศูนย์",
    "Too many attempts. Try again tomorrow, call 1567, or bring your ID card to the centre.",
)
NOT_A_MOBILE = BilingualText(
    "SMS ส่งได้เฉพาะเบอร์มือถือไทย 10 หลักที่ขึ้นต้นด้วย 06 08 หรือ 09",
    "An SMS can be sent to Thai mobile numbers only: 10 digits that begin with 06, 08 or 09.",
)
WRONG_CODE = BilingualText("รหัสไม่ถูกต้องหรือหมดอายุแล้ว", "The code is wrong or has expired.")


class PhoneCodeError(Exception):
    """A request or a code that is refused; `sentence` is for the citizen."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


class Sending(Enum):
    """What a request has done. It says nothing about the number."""

    FIRST = "first"
    AGAIN = "again"
    TOO_EARLY = "too_early"  # the same form within two minutes: nothing was sent


@dataclass(frozen=True)
class RequestedCode:
    """`page_key` is the key of the page that enters the code."""

    page_key: UUID
    sending: Sending


@dataclass(frozen=True)
class PhoneProof:
    """Somebody has shown to have the phone; `signed` is for the hidden field of the following forms."""

    signed: str
    cases: list[Case]


def is_offered() -> bool:
    """Whether any centre of this installation can send an SMS."""
    return NoticeRoute.objects.filter(channel=NoticeChannel.SMS.value, is_active=True).exists()


def request_phone_code(typed: str, caller: str, page_key: str = "") -> RequestedCode:
    """Send a code to this number, if a case has it. Raises PhoneCodeError.

    `caller` is the network address. `page_key` is the key of the form. The same form within two minutes sends nothing:
    it was sent twice. Later, while its code is valid, it sends the same code again, so the order in which two SMS
    arrive does not matter."""
    number = _number(typed)
    stored_hash, key, now = phone_hash(number), _uuid(page_key) or uuid4(), timezone.now()
    earlier = PhoneCode.objects.filter(page_key=key).first()
    if earlier is not None and not _can_be_sent_again(earlier, stored_hash, now):
        key, earlier = uuid4(), None
    if earlier is not None and earlier.expires_at - CODE_DURATION > now - _SENT_AGAIN_AFTER:
        return RequestedCode(key, Sending.TOO_EARLY)
    throttles = [
        (_REQUESTS_PER_CALLER, caller),
        (_REQUESTS_PER_NUMBER_AND_CALLER, f"{stored_hash} {caller}"),
        (_REQUESTS_PER_NUMBER, stored_hash),
    ]
    if not count_attempts(throttles):
        raise PhoneCodeError(TOO_OFTEN)
    try:
        with transaction.atomic():
            code = earlier or PhoneCode(
                phone_hash=stored_hash,
                page_key=key,
                case=_cases_of(number, now).first(),
                nonce=token_hex(16),
                created_at=now,
            )
            code.key, code.expires_at = uuid4(), now + CODE_DURATION
            code.save(update_fields=["key", "expires_at"] if earlier else None)
            enqueue(send_phone_code, code.pk)
    except IntegrityError:  # the same form at the same moment has stored the row
        pass
    return RequestedCode(key, Sending.AGAIN if earlier else Sending.FIRST)


class _NotSentError(Exception):
    """The gateway is away: the task is tried again."""


@background_task(_SENDING, priority=60)
def send_phone_code(code_id: int) -> str:
    """Send the SMS of a request; while the gateway is away, again until the code expires. Each repetition has the same
    text and the same idempotency key."""
    valid = PhoneCode.objects.filter(pk=code_id, used_at=None, expires_at__gt=timezone.now())
    code = valid.select_related("case__centre").first()
    if code is None or code.case is None:
        return "nothing to send"
    number = Complainant.objects.filter(case=code.case).values_list("phone", flat=True).first() or ""
    if phone_hash(number) != code.phone_hash:
        return "nothing to send"
    text = _TEXT.in_language(code.case.language).format(
        code=_digits_of(code), minutes=CODE_DURATION // timedelta(minutes=1)
    )
    address = thai_mobile_number(number)
    result = send_one_time_sms(code.case.centre, address, text, code.key, code.case.language)
    if result.failure and not result.is_permanent:
        raise _NotSentError
    return result.failure.value if result.failure else "accepted"


def enter_phone_code(typed_number: str, typed_code: str, page_key: str) -> PhoneProof:
    """The proof for the right code of this page, with the cases of the number. Raises PhoneCodeError."""
    number = _number(typed_number)
    stored_hash, now = phone_hash(number), timezone.now()
    with transaction.atomic():
        valid = PhoneCode.objects.select_for_update().filter(
            page_key=_uuid(page_key) or uuid4(),
            phone_hash=stored_hash,
            used_at=None,
            expires_at__gt=now,
            wrong_attempts__lt=_MAX_WRONG_ATTEMPTS,
        )
        code: PhoneCode | None = valid.first()
        is_right = code is not None and constant_time_compare(digits(typed_code), _digits_of(code))
        if code is not None:
            # Without a case nobody has received the code; a right guess is a wrong one.
            is_right = is_right and code.case_id is not None
            code.used_at = now if is_right else None
            code.wrong_attempts += not is_right
            code.save(update_fields=["used_at", "wrong_attempts"])
    if not is_right:
        raise PhoneCodeError(WRONG_CODE)
    return PhoneProof(signing.dumps(number, salt=_SALT, compress=False), list(_cases_of(number, now)[:MAX_LISTED]))


def proven_cases(signed: str) -> list[Case] | None:
    """The cases of the number that was proven with this field; None when it is forged or too old."""
    try:
        number = signing.loads(signed, salt=_SALT, max_age=PROOF_S)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return list(_cases_of(str(number), timezone.now())[:MAX_LISTED])


def delete_old_phone_codes(now: datetime) -> int:
    """Delete the rows that no throttle and no form needs; returns their number."""
    deleted, _ = PhoneCode.objects.filter(expires_at__lt=now - CODES_KEPT).delete()
    return deleted


def _cases_of(number: str, now: datetime) -> QuerySet[Case]:
    is_recent = Q(closed_at=None) | Q(closed_at__gt=now - _FOUND_AFTER_CLOSING)
    cases = Case.objects.filter(is_recent, complainant__phone=number).select_related("centre")
    return cases.order_by("-received_at", "-pk")


def _can_be_sent_again(code: PhoneCode, stored_hash: str, now: datetime) -> bool:
    is_open = code.used_at is None and code.wrong_attempts < _MAX_WRONG_ATTEMPTS and code.expires_at > now
    return is_open and code.phone_hash == stored_hash


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _digits_of(code: PhoneCode) -> str:
    return one_time_code("phone code", code.nonce, CODE_DIGITS)


def _number(typed: str) -> str:
    """The number as a complainant's row has it. Raises PhoneCodeError for one that no SMS can reach."""
    try:
        number = phone.normalise(typed)
    except ValueError:
        raise PhoneCodeError(NOT_A_MOBILE) from None
    if not thai_mobile_number(number):
        raise PhoneCodeError(NOT_A_MOBILE)
    return number
