"""Asks for the password again before a change that could let somebody else in. At a computer that was left unlocked,
the session does not prove who uses it."""

from django.http import HttpRequest

from central.centres.models import Officer
from central.client_address import client_address
from central.people.events import record_event
from central.people.models import OfficerEvent
from central.people.sign_in import OLD_PASSWORD_THROTTLE
from protocol.bilingual_text import BilingualText

TOO_MANY_OLD_PASSWORDS = BilingualText(
    "ใส่รหัสผ่านเดิมผิดหลายครั้งเกินไป โปรดรอ 15 นาทีแล้วลองใหม่",
    "The old password was wrong too often. Please wait 15 minutes and try again.",
)
_WRONG_PASSWORD = BilingualText("รหัสผ่านไม่ถูกต้อง", "The password is wrong")


def password_error(request: HttpRequest, officer: Officer, password: str) -> BilingualText | None:
    """Why the change is refused; None for the right password. Limited as the change of the password is."""
    if not OLD_PASSWORD_THROTTLE.count_attempt(str(officer.pk)):
        return TOO_MANY_OLD_PASSWORDS
    if not officer.check_password(password):
        record_event(OfficerEvent.Kind.OLD_PASSWORD_WRONG, officer, client_address(request))
        return _WRONG_PASSWORD
    OLD_PASSWORD_THROTTLE.take_back_attempt(str(officer.pk))
    return None
