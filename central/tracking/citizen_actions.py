"""What a citizen can do on the tracking page: one row for each action, with its form, its command and its sentences.

An action is possible while `refusal` has no reason against it. The commands check again, under the lock of the case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from central.cases import clock, commands
from central.cases.attachments import prepare_files
from central.cases.commands import Actor
from central.cases.commands.citizen_rights import REQUEST_WAITS, has_open_data_request
from central.cases.commands.citizen_steps import RATED_ALREADY, was_rated
from central.cases.commands.reopening import REQUESTED_ALREADY, TOO_LATE, last_day_to_request, was_requested
from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.messages.data_requests import request_data
from central.messages.ratings import rate
from central.messages.renewed_codes import renew_code
from central.surveys.answering import ANSWERED_ALREADY, NO_SURVEY, answer_survey
from central.surveys.offering import has_answered, offered_survey, survey_for
from central.tracking.forms import (
    CitizenForm,
    DataRequestForm,
    DetailsForm,
    NewCodeForm,
    RatingForm,
    ReopeningForm,
    SurveyForm,
)
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from thai.dates import day_in_thailand

KEEP_FIRST = BilingualText(
    "โปรดจดหรือถ่ายภาพรหัสใหม่ก่อน แล้วทำเครื่องหมายว่าเก็บไว้แล้ว",
    "Write the new code down or take a picture of it, then tick that you have kept it.",
)
_NOT_PROPOSED = BilingualText("หน้านี้หมดอายุแล้ว โปรดเริ่มใหม่", "This page has expired. Please start again.")
_NOT_CLOSED = BilingualText("ทำได้หลังศูนย์ยุติเรื่องแล้ว", "This is possible once the centre has closed the case")
_CLOSED = BilingualText(
    "เรื่องนี้ยุติแล้ว จึงเพิ่มรายละเอียดไม่ได้ สอบถามโทร 1567", "This case is closed, so nothing can be added. Questions: call 1567"
)
_NOTHING_SENT = BilingualText(
    "โปรดเขียนรายละเอียด หรือแนบภาพถ่ายหรือ PDF", "Please write the details, or attach photos or a PDF"
)


@dataclass(frozen=True)
class CitizenAction:
    """One row. `prepare` makes, before any lock, the step of a checked form."""

    title: Callable[[Case], BilingualText]
    form: type[CitizenForm]
    submit: BilingualText
    done: BilingualText
    refusal: Callable[[Case], BilingualText | None]
    prepare: Callable[[Case, Any], Callable[[], object]]


def _details_title(case: Case) -> BilingualText:
    if case.current_status is CaseStatus.UNCLEAR:
        return BilingualText("ตอบคำถามของศูนย์", "Answer the centre’s question")
    return BilingualText("เพิ่มรายละเอียดหรือภาพ", "Add details or photos")


def _send_details(case: Case, form: DetailsForm) -> Callable[[], object]:
    values = form.cleaned_data
    if not values["text"].strip() and not values["files"]:
        raise NotAllowedError(_NOTHING_SENT)
    files = prepare_files(values["files"], keep_positions=values["with_place"])
    return lambda: commands.record_details(
        case, Actor.citizen(), seen_revision=None, details=values["text"], attachments=files
    )


DETAILS = CitizenAction(
    title=_details_title,
    form=DetailsForm,
    submit=BilingualText("ส่งให้ศูนย์", "Send to the centre"),
    done=BilingualText(
        "ศูนย์ได้รับสิ่งที่ท่านส่งแล้ว และแจ้งเจ้าหน้าที่ผู้รับผิดชอบแล้ว",
        "The centre has received what you sent, and the officer in charge sees it.",
    ),
    refusal=lambda case: _CLOSED if case.closed_at is not None else None,
    prepare=_send_details,
)


def _why_not_rate(case: Case) -> BilingualText | None:
    if case.closed_at is None:
        return _NOT_CLOSED
    return RATED_ALREADY if was_rated(case) else None


def _send_rating(case: Case, form: RatingForm) -> Callable[[], object]:
    return lambda: rate(case, Actor.citizen(), form.stars, form.cleaned_data["comment"])


RATING = CitizenAction(
    title=lambda case: BilingualText("ให้คะแนนการแก้ไขเรื่องนี้", "Rate the work on this case"),
    form=RatingForm,
    submit=BilingualText("ส่งคะแนน", "Send the rating"),
    done=BilingualText("ขอบคุณสำหรับคะแนนของท่าน", "Thank you for your rating."),
    refusal=_why_not_rate,
    prepare=_send_rating,
)


def _survey_title(case: Case) -> BilingualText:
    survey = survey_for(case)
    if survey is None:
        return BilingualText("แบบสำรวจประจำปี", "Yearly survey")
    return BilingualText(survey.title_th, survey.in_language("title", "en"))


def _why_not_answer(case: Case) -> BilingualText | None:
    if case.closed_at is None:
        return _NOT_CLOSED
    if survey_for(case) is not None:
        return None
    offered = offered_survey(case.centre.area_code)
    return ANSWERED_ALREADY if offered and has_answered(offered.year, case.tracking_hash) else NO_SURVEY


def _send_answers(case: Case, form: SurveyForm) -> Callable[[], object]:
    if form.survey is None:
        raise NotAllowedError(NO_SURVEY)
    survey = form.survey
    return lambda: answer_survey(case, survey, form.answers)


SURVEY = CitizenAction(
    title=_survey_title,
    form=SurveyForm,
    submit=BilingualText("ส่งคำตอบ", "Send the answers"),
    done=BilingualText(
        "ขอบคุณที่ตอบแบบสำรวจ คำตอบไม่ผูกกับเรื่องของท่าน", "Thank you. Your answers are not linked to your case."
    ),
    refusal=_why_not_answer,
    prepare=_send_answers,
)


def _why_not_reopen(case: Case) -> BilingualText | None:
    if case.closed_at is None:
        return _NOT_CLOSED
    if was_requested(case):
        return REQUESTED_ALREADY
    return TOO_LATE if clock.today() > last_day_to_request(day_in_thailand(case.closed_at)) else None


def _send_request(case: Case, form: ReopeningForm) -> Callable[[], object]:
    reason = form.cleaned_data["reason"]
    return lambda: commands.request_reopening(case, Actor.citizen(), seen_revision=None, reason=reason)


REOPENING = CitizenAction(
    title=lambda case: BilingualText("ขอเปิดเรื่องอีกครั้ง", "Ask to reopen the case"),
    form=ReopeningForm,
    submit=BilingualText("ส่งคำขอ", "Send the request"),
    done=BilingualText(
        "ศูนย์ได้รับคำขอแล้ว ผู้อำนวยการจะพิจารณา และท่านอ่านผลได้ที่หน้าติดตามเรื่อง",
        "The centre has received your request. The director decides, and the result is on the tracking page.",
    ),
    refusal=_why_not_reopen,
    prepare=_send_request,
)


def _renew(case: Case, form: NewCodeForm) -> Callable[[], object]:
    if not form.new_code:
        raise NotAllowedError(_NOT_PROPOSED)
    if not form.cleaned_data["is_kept"]:
        raise NotAllowedError(KEEP_FIRST)
    return lambda: renew_code(case, Actor.citizen(), form.new_code)


NEW_CODE = CitizenAction(
    title=lambda case: BilingualText("เปลี่ยนรหัสติดตาม", "New tracking code"),
    form=NewCodeForm,
    submit=BilingualText("ใช้รหัสใหม่ และยกเลิกรหัสเดิม", "Use the new code and end the old one"),
    done=BilingualText("ใช้รหัสใหม่ได้แล้ว รหัสเดิมใช้ไม่ได้อีก", "The new code works. The old one has ended."),
    refusal=lambda case: None,
    prepare=_renew,
)


def _send_data_request(case: Case, form: DataRequestForm) -> Callable[[], object]:
    values = form.cleaned_data
    return lambda: request_data(case, Actor.citizen(), right=values["right"], text=values["text"])


DATA_REQUEST = CitizenAction(
    title=lambda case: BilingualText("ข้อมูลส่วนบุคคลของท่าน", "Your personal data"),
    form=DataRequestForm,
    submit=BilingualText("ส่งคำขอ", "Send the request"),
    done=BilingualText(
        "ศูนย์ได้รับคำขอแล้ว เจ้าหน้าที่คุ้มครองข้อมูลส่วนบุคคลต้องตอบภายใน 30 วัน อ่านคำตอบได้ที่หน้าติดตามเรื่อง",
        "The centre has received your request. The data protection officer must answer on the tracking page within 30 "
        "days.",
    ),
    refusal=lambda case: REQUEST_WAITS if has_open_data_request(case) else None,
    prepare=_send_data_request,
)
