"""The yearly survey of the invented province, with answers from its districts."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from central.centres.models import Centre, Officer
from central.surveys.commands import create_survey, open_survey
from central.surveys.models import InvitationCount, Survey, SurveyAnswer, SurveyResponse
from thai.dates import fiscal_year

_RESPONSES = 60
_INVITED_OF = 3  # one of three invited citizens answers
_TOPICS = ("utilities", "land", "environment", "help", "debt")
_WEIGHTS = (1, 2, 5, 9, 6)  # of the answers 1 to 5
_TEXTS = ("อยากให้แจ้งผลเร็วกว่านี้", "เจ้าหน้าที่พูดจาดี", "ขอให้มีคนรับสายตอนเย็น")


def create_answered_survey(
    province: Centre, districts: Sequence[Centre], director: Officer, random: Random, today: date
) -> None:
    """Open the standard survey of the province; for this fiscal year and the one before it has answers."""
    for year in (fiscal_year(today) - 1, fiscal_year(today)):
        survey = create_survey(director, province, year)
        open_survey(director, survey)
        _add_answers(survey, [province, *districts], random, min(_ended_month(today), date(year, 9, 1)))


def _ended_month(today: date) -> date:
    """The month before this one: reports count no month that has not ended."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _add_answers(survey: Survey, centres: Sequence[Centre], random: Random, month: date) -> None:
    questions = list(survey.questions.all())
    for centre in centres:
        InvitationCount.objects.create(survey=survey, centre=centre, month=month, count=_INVITED_OF * _RESPONSES // 8)
    for number in range(_RESPONSES):
        response = SurveyResponse.objects.create(
            survey=survey,
            centre=random.choice(centres),
            agency_group="local_government",
            topic=random.choice(_TOPICS),
            channel="kiosk",
            month=month,
            was_invited=number % 2 == 0,
        )
        answers = [
            SurveyAnswer(response=response, question=question, value=random.choices(range(1, 6), _WEIGHTS)[0])
            for question in questions
            if question.kind == "scale"
        ]
        if number % 10 == 0:
            answers.append(SurveyAnswer(response=response, question=questions[-1], text=random.choice(_TEXTS)))
        SurveyAnswer.objects.bulk_create(answers)
