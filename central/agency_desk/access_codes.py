"""The second factor for personal data: a code of six digits, mailed to the address that the register has.

So a personal link that was forwarded or stolen shows the case, but neither name nor contact. A code lives ten minutes
and dies after five wrong attempts; a referral has ten wrong attempts a day. Guessing succeeds once in 100,000 days."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from central.agency_desk import tokens
from central.agency_desk.mailing import mail_access_code, registered_addresses
from central.agency_desk.models import AccessCode
from central.background.tasks import enqueue
from central.cases.agency_reading import may_read_people
from central.cases.commands import NotAllowedError
from central.cases.limits import MAX_REASON_CHARS
from central.cases.models import Referral
from central.centres.models import Officer
from central.people.shared_throttle import SharedThrottle
from protocol.bilingual_text import BilingualText
from thai.numerals import digits

CODE_DURATION = timedelta(minutes=10)
UNLOCK_S = 30 * 60  # after the code: time to write down or call
_MAX_WRONG_ATTEMPTS = 5
_REQUESTS = SharedThrottle("agency code requests", limit=5, window_s=3600)
_WRONG_CODES = SharedThrottle("agency code", limit=10, window_s=24 * 3600)
_COOKIE = "agency_person"

_COVERED = BilingualText("ชื่อผู้ร้องของเรื่องนี้เปิดให้หน่วยงานไม่ได้", "The name of this complainant is not open to agencies")
_NO_REASON = BilingualText("โปรดบอกเหตุผล", "Give the reason")
_NO_ADDRESS = BilingualText(
    "ทะเบียนหน่วยงานไม่มีอีเมล โปรดติดต่อศูนย์ โทร 1567", "The register has no mail address of your agency. Call 1567"
)
_NO_MAIL = BilingualText("ศูนย์ไม่ได้ส่งรหัสทางอีเมล โปรดติดต่อศูนย์ โทร 1567", "The centre sends no codes by mail. Call 1567")
_TOO_MANY = BilingualText("ขอรหัสหรือใส่รหัสผิดหลายครั้งเกินไป โปรดลองใหม่ภายหลัง", "Too many attempts. Try again later")
_WRONG = BilingualText("รหัสไม่ถูกต้องหรือหมดอายุแล้ว", "The code is wrong or has expired")


def request_code(referral: Referral, officer: Officer | None, reason: str) -> AccessCode:
    """Mail a code; the reason goes into the audit of what the code opens. Raises NotAllowedError."""
    if not may_read_people(referral):
        raise NotAllowedError(_COVERED)
    if not reason.strip():
        raise NotAllowedError(_NO_REASON)
    if settings.MAIL_IS_OFF:
        raise NotAllowedError(_NO_MAIL)
    if not registered_addresses(referral.agency):
        raise NotAllowedError(_NO_ADDRESS)
    if not _REQUESTS.count_attempt(str(referral.pk)):
        raise NotAllowedError(_TOO_MANY)
    now = timezone.now()
    with transaction.atomic():
        AccessCode.objects.filter(referral=referral, used_at=None, expires_at__gt=now).update(expires_at=now)
        code = AccessCode.objects.create(
            referral=referral,
            requested_by=officer,
            reason=reason.strip()[:MAX_REASON_CHARS],
            nonce=tokens.new_nonce(),
            created_at=now,
            expires_at=now + CODE_DURATION,
        )
        enqueue(mail_access_code, code.pk)
    return code


def enter_code(referral: Referral, typed: str) -> AccessCode:
    """The code that was typed. Raises NotAllowedError for a wrong, expired or used one."""
    if not may_read_people(referral):
        raise NotAllowedError(_COVERED)
    if not _WRONG_CODES.count_attempt(str(referral.pk)):
        raise NotAllowedError(_TOO_MANY)
    now = timezone.now()
    with transaction.atomic():
        waiting = AccessCode.objects.select_for_update().filter(referral=referral, used_at=None, expires_at__gt=now)
        code: AccessCode | None = waiting.filter(wrong_attempts__lt=_MAX_WRONG_ATTEMPTS).last()
        is_right = code is not None and constant_time_compare(digits(typed), tokens.access_code(code.nonce))
        if code is not None:
            if is_right:
                code.used_at = now
            else:
                code.wrong_attempts += 1
            code.save(update_fields=["used_at", "wrong_attempts"])
    if code is None or not is_right:
        raise NotAllowedError(_WRONG)
    _WRONG_CODES.take_back_attempt(str(referral.pk))
    return code


def code_is_waiting(referral: Referral) -> bool:
    """Whether a code was mailed that can still be entered."""
    waiting = AccessCode.objects.filter(referral=referral, used_at=None, expires_at__gt=timezone.now())
    return waiting.filter(wrong_attempts__lt=_MAX_WRONG_ATTEMPTS).exists()


def unlock(response: HttpResponse, code: AccessCode, path: str, officer: Officer | None) -> None:
    """Let this browser read what the code opens, below this path: with an account, this officer only."""
    response.set_cookie(
        _COOKIE,
        signing.dumps([code.referral_id, code.pk, _key(officer)], salt=_COOKIE),
        max_age=UNLOCK_S,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def unlocking_code(request: HttpRequest, referral: Referral, officer: Officer | None) -> AccessCode | None:
    """The code by which this browser may read personal data of this referral now."""
    try:
        referral_id, code_id, key = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_COOKIE, max_age=UNLOCK_S)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if (referral_id, key) != (referral.pk, _key(officer)):
        return None
    return AccessCode.objects.filter(referral=referral, pk=code_id).exclude(used_at=None).first()


def _key(officer: Officer | None) -> int:
    return officer.pk if officer else 0
