"""Which actions the tracking page offers. A function of what the page is made from, so a cached page has them right."""

from datetime import date

from central.cases.commands.reopening import last_day_to_request
from central.tracking.tracked_case import TrackedCase
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

_DETAILS = ("details", BilingualText("เพิ่มรายละเอียดหรือภาพ", "Add details or photos"))
_RATING = ("rating", BilingualText("ให้คะแนน 1–5", "Rate the work, 1–5"))
_SURVEY = ("survey", BilingualText("ตอบแบบสำรวจประจำปี", "Answer the yearly survey"))
_REOPENING = ("reopening", BilingualText("ขอเปิดเรื่องอีกครั้ง", "Ask to reopen the case"))
_HISTORY = ("history", BilingualText("ความเป็นมาทั้งหมด และพิมพ์", "Full history, and print"))

# Seldom used, so folded. For every case.
MORE_ACTIONS = (
    ("notices", BilingualText("วิธีรับแจ้งความคืบหน้า", "How you are told")),
    ("new-code", BilingualText("เปลี่ยนรหัสติดตาม", "New tracking code")),
    ("data", BilingualText("ข้อมูลส่วนบุคคลของท่าน", "Your personal data")),
)


def possible_actions(tracked: TrackedCase, today: date, *, has_survey: bool) -> list[tuple[str, BilingualText]]:
    """Path below /t/ and name of each. The answer to a question has a button beside the question."""
    case, closed_on = tracked.case, tracked.closed_on
    if case.erased_at is not None:
        return [_HISTORY]
    actions = []
    if closed_on is None:
        if case.current_status is not CaseStatus.UNCLEAR:
            actions.append(_DETAILS)
    else:
        if not tracked.has_rated:
            actions.append(_RATING)
        if has_survey:
            actions.append(_SURVEY)
        if not tracked.has_requested_reopening and today <= last_day_to_request(closed_on):
            actions.append(_REOPENING)
    return [*actions, _HISTORY]
