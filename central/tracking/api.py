"""The tracking page as JSON, for the kiosks: look a case up, rate the work on it."""

from django.http import HttpRequest
from ninja import Router

from central.cases import clock
from central.cases.case_clock import public_deadline
from central.cases.commands import Actor
from central.cases.commands.citizen_steps import was_rated
from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.client_address import client_address
from central.identity_crypto import tracking_hash
from central.messages.ratings import RatedBody, rate, rated_bodies
from central.problems import RequestRefusedError, authenticate_unsigned
from central.surveys.answering import answer_survey
from central.surveys.models import Survey, SurveyQuestion
from central.surveys.offering import survey_for
from central.tracking.lookup import LookupOutcome, LookupResult, find_case_status
from protocol import tracking_code
from protocol.messages import BodyToRate, RatingRequest, TrackingRequest, TrackingResponse

router = Router()
_CENTRE_KEY = "centre"
_QUESTION_KEY = "survey-"
_MAX_QUESTIONS = 5  # on one screen of the kiosk


@router.post(
    "/track",
    response=TrackingResponse,
    auth=authenticate_unsigned,
    summary="The status of a case, by its tracking code",
)
def track(request: HttpRequest, question: TrackingRequest) -> TrackingResponse:
    return _response(_find(request, question), question.code)


@router.post(
    "/track/rating",
    response=TrackingResponse,
    auth=authenticate_unsigned,
    summary="Rate the work on a closed case, or answer the yearly survey; the response is the case afterwards",
)
def give_rating(request: HttpRequest, rating: RatingRequest) -> TrackingResponse:
    if _find(request, rating).case is not None:
        if all(each.key.startswith(_QUESTION_KEY) for each in rating.ratings):
            _answer_once(_case(rating.code), rating)
        else:
            _rate_once(_case(rating.code), rating)
    return _response(_find(request, rating), rating.code)


def _find(request: HttpRequest, question: TrackingRequest) -> LookupResult:
    """Raises RequestRefusedError after too many lookups without a result."""
    lookup = find_case_status(question.code, question.language, client_address(request))
    if lookup.outcome is LookupOutcome.TOO_MANY_FAILURES:
        raise RequestRefusedError(
            429, "Too many lookups without a result", lookup.response.sentence, headers={"Retry-After": "600"}
        )
    return lookup


def _rate_once(case: Case, rating: RatingRequest) -> None:
    """Store the rating, unless the present closing is rated already: a kiosk repeats what it got no response to. Raises
    RequestRefusedError for a rating of others than those who worked on the case, and for an open case."""
    if case.closed_at is not None and was_rated(case):
        return
    bodies = {_key(body): body for body in rated_bodies(case)}
    stars_by_key = {each.key: each.stars for each in rating.ratings}
    if stars_by_key.keys() != bodies.keys():
        raise RequestRefusedError(409, "Others have worked on this case")
    try:
        rate(case, Actor.citizen(), {bodies[key]: stars for key, stars in stars_by_key.items()}, comment="")
    except NotAllowedError as error:
        if not was_rated(case):  # not by a request at the same time
            detail = error.sentence.in_language(rating.language)
            raise RequestRefusedError(409, "This case cannot be rated now", detail) from error


def _answer_once(case: Case, rating: RatingRequest) -> None:
    """Store the answers to the survey, unless the citizen has answered this year. Raises RequestRefusedError for other
    questions than those that a kiosk shows."""
    survey = survey_for(case)
    if survey is None:
        return
    questions = {_question_key(question): question for question in _kiosk_questions(survey)}
    answers = {each.key: each.stars for each in rating.ratings}
    if answers.keys() != questions.keys():
        raise RequestRefusedError(409, "The survey has other questions")
    try:
        answer_survey(case, survey, {questions[key]: value for key, value in answers.items()}, at_kiosk=True)
    except NotAllowedError as error:
        if survey_for(case) is not None:  # not answered by a request at the same time
            detail = error.sentence.in_language(rating.language)
            raise RequestRefusedError(409, "This survey cannot be answered now", detail) from error


def _kiosk_questions(survey: Survey) -> list[SurveyQuestion]:
    """The first questions from 1 to 5: no typing in a hall, and no more than one screen."""
    return list(survey.questions.filter(kind=SurveyQuestion.Kind.SCALE.value)[:_MAX_QUESTIONS])


def _question_key(question: SurveyQuestion) -> str:
    return f"{_QUESTION_KEY}{question.pk}"


def _response(lookup: LookupResult, code: str) -> TrackingResponse:
    """The answer with what depends on the day, with who can be rated, and after that with the survey."""
    response = lookup.response
    if lookup.case is None:
        return response
    values: dict[str, object] = {
        "deadline": public_deadline(lookup.case.case, clock.today()).in_language(lookup.language)
    }
    if lookup.case.closed_on is not None and not response.has_rated:
        bodies = rated_bodies(_case(code))
        values["to_rate"] = tuple(BodyToRate(key=_key(body), name=body.name_in(lookup.language)) for body in bodies)
    elif lookup.has_survey and (survey := survey_for(_case(code))) is not None:
        values["survey"] = tuple(
            BodyToRate(key=_question_key(question), name=question.text_in(lookup.language))
            for question in _kiosk_questions(survey)
        )
    return response.model_copy(update=values)


def _case(text: str) -> Case:
    """The case of a code that was found. Raises RequestRefusedError when a new code has just replaced it."""
    code_hash = tracking_hash(tracking_code.code_from_url(text))
    case = Case.objects.select_related("centre").filter(tracking_hash=code_hash).first()
    if case is None:
        raise RequestRefusedError(409, "The tracking code has just been replaced")
    return case


def _key(body: RatedBody) -> str:
    return _CENTRE_KEY if body.agency_id is None else str(body.agency_id)
