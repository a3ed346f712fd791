"""The compare code: the desk does not show it, so an officer can approve a kiosk only with the code from its screen."""

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

# Enough for misreading; five attempts are negligible against a code of 40 bits.
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
    """The typed code is wrong. `too_many`: it was not compared, because there were too many wrong ones."""

    def __init__(self, sentence: BilingualText, *, too_many: bool) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence
        self.too_many = too_many


def check_typed_code(enrolment_id: UUID, typed: str, officer: Officer, address: str) -> None:
    """Compare the typed code with that of a pending kiosk; case, spaces and hyphens do not matter.

    Nothing is checked for a kiosk that is not pending: the approval refuses it. A wrong code is recorded and counted.
    Raises WrongCodeError."""
    pending = Enrolment.objects.filter(pk=enrolment_id, status=EnrolmentStatus.PENDING.value).first()
    if pending is None:
        return
    if not _CODE_THROTTLE.count_attempt(str(enrolment_id)):
        raise WrongCodeError(_with_kiosk_id(pending, _TOO_MANY_CODES), too_many=True)
    if not constant_time_compare(
        crockford.normalise_lookalikes(typed), crockford.normalise_lookalikes(pending.compare_code)
    ):
        record_event(OfficerEvent.Kind.COMPARE_CODE_WRONG, officer, address, pending.kiosk_id)
        raise WrongCodeError(_with_kiosk_id(pending, _WRONG_CODE), too_many=False)
    _CODE_THROTTLE.reset(str(enrolment_id))


def _with_kiosk_id(enrolment: Enrolment, sentence: BilingualText) -> BilingualText:
    return BilingualText(f"{enrolment.kiosk_id}: {sentence.th}", f"{enrolment.kiosk_id}: {sentence.en}")
