"""Stores the answers of a citizen, without a link to the case."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from central.cases import clock
from central.cases.codes import ReferralKind
from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.surveys.free_texts import masked_text
from central.surveys.models import (
    MAX_ANSWER_CHARS,
    Survey,
    SurveyAnswer,
    SurveyParticipation,
    SurveyQuestion,
    SurveyResponse,
)
from protocol.bilingual_text import BilingualText

ANSWERED_ALREADY = BilingualText("ท่านตอบแบบสำรวจของปีนี้แล้ว ขอบคุณ", "You have answered this year’s survey. Thank you")
NO_SURVEY = BilingualText("ขณะนี้ไม่มีแบบสำรวจ", "There is no survey at present")
NO_ANSWER = BilingualText("โปรดตอบอย่างน้อยหนึ่งข้อ", "Please answer at least one question")
_TOO_LONG = BilingualText(
    f"ข้อความยาวได้ไม่เกิน {MAX_ANSWER_CHARS:,} ตัวอักษร", f"A text has at most {MAX_ANSWER_CHARS:,} characters"
)
_WRONG = BilingualText("คำตอบไม่ตรงกับแบบสำรวจ โปรดเปิดหน้าใหม่", "The answers do not fit the survey. Open the page again")
SCALE = 5


def answer_survey(
    case: Case, survey: Survey, answers: Mapping[SurveyQuestion, int | str], *, at_kiosk: bool = False
) -> None:
    """Store these answers once for the case and year. Raises NotAllowedError."""
    wanted = {question: value for question, value in answers.items() if value not in ("", None)}
    if not wanted:
        raise NotAllowedError(NO_ANSWER)
    for question, value in wanted.items():
        _check(survey, question, value)
    with transaction.atomic():
        if not Survey.objects.filter(pk=survey.pk, opened_at__isnull=False, closed_at=None).exists():
            raise NotAllowedError(NO_SURVEY)
        was_invited = _take_part(case, survey.year)
        lead = case.referrals.filter(kind=ReferralKind.LEAD.value).select_related("agency").order_by("-pk").first()
        response = SurveyResponse.objects.create(
            survey=survey,
            centre=case.centre,
            agency_group=lead.agency.kind if lead else "",
            topic=case.topic,
            channel=case.channel,
            month=clock.today().replace(day=1),
            at_kiosk=at_kiosk,
            was_invited=was_invited,
        )
        SurveyAnswer.objects.bulk_create(
            SurveyAnswer(response=response, question=question, text=masked_text(value, case))
            if isinstance(value, str)
            else SurveyAnswer(response=response, question=question, value=value)
            for question, value in wanted.items()
        )


def _take_part(case: Case, year: int) -> bool:
    """Mark that the case has an answer; returns whether it was invited. Raises NotAllowedError for a second one."""
    row = SurveyParticipation.objects.select_for_update().filter(case=case, year=year).first()
    if row is None:
        try:
            with transaction.atomic():
                SurveyParticipation.objects.create(case=case, year=year, has_answered=True)
        except IntegrityError:  # at the same time
            raise NotAllowedError(ANSWERED_ALREADY) from None
        return False
    if row.has_answered:
        raise NotAllowedError(ANSWERED_ALREADY)
    row.has_answered = True
    row.save(update_fields=["has_answered"])
    return row.is_invited


def _check(survey: Survey, question: SurveyQuestion, value: int | str) -> None:
    if question.survey_id != survey.pk:
        raise NotAllowedError(_WRONG)
    if question.kind == SurveyQuestion.Kind.TEXT.value:
        if not isinstance(value, str):
            raise NotAllowedError(_WRONG)
        if len(value) > MAX_ANSWER_CHARS:
            raise NotAllowedError(_TOO_LONG)
        return
    limit = SCALE if question.kind == SurveyQuestion.Kind.SCALE.value else len(question.choices_in("th"))
    if not isinstance(value, int) or not 1 <= value <= limit:
        raise NotAllowedError(_WRONG)
