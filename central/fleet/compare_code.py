"""The code a kiosk shows is typed at the desk and not shown there, so that an officer cannot approve without it."""

from uuid import UUID

from django.utils.crypto import constant_time_compare

from central.centres.models import Officer
from central.fleet.enrolments import EnrolmentError
from central.fleet.models import Enrolment
from central.people.events import record_event
from central.people.models import OfficerEvent
from central.people.shared_throttle import SharedThrottle
from protocol import crockford
from protocol.bilingual_text import BilingualText
from protocol.messages import EnrolmentStatus

# Enough for misreading; five tries are nothing against a code of 40 bits.
_CODE_THROTTLE = SharedThrottle("compare code", limit=5, window_s=900)
_WRONG_CODE = BilingualText(
    "รหัสไม่ตรงกับตู้นี้ โปรดให้ช่างอ่านรหัสอีกครั้ง หากตู้แสดงรหัสนี้จริง อาจมีผู้แทรกกลางการเชื่อมต่อ อย่ารับตู้นี้",
    "This is not the kiosk's code. Have it read out again. If the kiosk really shows this code, the connection may be "
    "intercepted: refuse the kiosk.",
)
_TOO_MANY_CODES = BilingualText(
    "ใส่รหัสผิดหลายครั้งเกินไป โปรดรอ 15 นาทีแล้วลองใหม่", "Too many wrong codes. Please wait 15 minutes and try again."
)


class WrongCodeError(EnrolmentError):
    """The typed code is not the kiosk's; `too_many`: it was not compared, after too many wrong ones."""

    def __init__(self, sentence: BilingualText, *, too_many: bool) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence
        self.too_many = too_many


def check(enrolment_id: UUID, typed: str, officer: Officer, address: str) -> None:
    """Compare what an officer typed with the code of a waiting kiosk; case, spaces and hyphens do not matter. A wrong
    one is recorded. Raises WrongCodeError; whether the kiosk waits is decided where it is approved."""
    pending = Enrolment.objects.filter(pk=enrolment_id, status=EnrolmentStatus.PENDING.value).first()
    if pending is None:
        return
    if not _CODE_THROTTLE.try_acquire(str(enrolment_id)):
        raise WrongCodeError(_with_kiosk_id(pending, _TOO_MANY_CODES), too_many=True)
    if not constant_time_compare(
        crockford.normalise_lookalikes(typed), crockford.normalise_lookalikes(pending.compare_code)
    ):
        record_event(OfficerEvent.Kind.COMPARE_CODE_WRONG, officer, address, pending.kiosk_id)
        raise WrongCodeError(_with_kiosk_id(pending, _WRONG_CODE), too_many=False)
    _CODE_THROTTLE.reset(str(enrolment_id))


def _with_kiosk_id(kiosk: Enrolment, sentence_text: BilingualText) -> BilingualText:
    return BilingualText(f"{kiosk.kiosk_id}: {sentence_text.th}", f"{kiosk.kiosk_id}: {sentence_text.en}")
