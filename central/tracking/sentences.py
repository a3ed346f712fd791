"""The sentences of a look-up that finds no case, and that of a main case. Others are in protocol/case_status.py."""

from central.cases.codes import OUTCOMES, Outcome
from central.cases.models import Case
from central.centres.wording import official_text
from protocol.bilingual_text import BilingualText
from thai import dates

NOT_RECEIVED_YET = BilingualText(
    "ยังไม่พบเรื่องนี้ที่ศูนย์ หากท่านเพิ่งยื่นเรื่องที่ตู้ เรื่องของท่านถูกเก็บไว้อย่างปลอดภัยและกำลังส่งมา "
    "โปรดลองใหม่ภายหลัง หรือโทร 1567 แล้วแจ้งเลขเรื่อง",
    "Your case has not arrived yet. If you have just filed it at a kiosk, it is stored safely and on its way: "
    "try again later, or call 1567 and give your case number.",
)
ENDED_CODE = BilingualText(
    "รหัสนี้ถูกยกเลิกแล้ว เพราะมีผู้ขอรหัสใหม่ โปรดใช้รหัสใหม่ หากท่านไม่ได้ขอ โปรดโทร 1567 แล้วแจ้งเลขเรื่อง",
    "This code has ended because a new one was requested. Please use the new code. If you did not request it, call "
    "1567 and give your case number.",
)
INVALID_CODE = BilingualText(
    "รหัสติดตามนี้ไม่ถูกต้อง รหัสมี 13 ตัว เช่น 7KQ2-M9XD-4TBVS โปรดตรวจดูแล้วพิมพ์ใหม่",
    "This is not a valid tracking code. A code has 13 characters, such as 7KQ2-M9XD-4TBVS. Please check and try again.",
)
TOO_MANY_FAILURES = BilingualText(
    "มีการค้นหาที่ไม่พบหลายครั้งเกินไป โปรดรอ 10 นาทีแล้วลองใหม่ หรือโทร 1567",
    "Too many unsuccessful searches. Please wait 10 minutes and try again, or call 1567.",
)
_MAIN_CASE = BilingualText("เรื่องหลักที่รวมเรื่องของท่านไว้: {}", "The case that yours was joined to: {}")
_AGENCY = BilingualText("หน่วยงาน {}", "agency: {}")
_DUE = BilingualText("กำหนดแล้วเสร็จ {}", "due {}")
_OUTCOME = BilingualText("ผล: {}", "outcome: {}")


def main_case_sentence(main: Case, language: str) -> str:
    """How a main case stands, for the citizen of a duplicate. It has no number and no words of the main case: those
    may tell who filed it."""
    parts = [official_text(main.current_status, main.centre, language)]
    if main.agency_name:
        parts.append(_AGENCY.in_language(language).format(main.agency_name))
    if main.closed_at is not None and main.outcome_code in set(Outcome):
        parts.append(_OUTCOME.in_language(language).format(OUTCOMES[Outcome(main.outcome_code)].in_language(language)))
    elif main.due:
        parts.append(_DUE.in_language(language).format(dates.short_date(main.due, language)))
    return _MAIN_CASE.in_language(language).format(" · ".join(parts))
