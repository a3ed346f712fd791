"""The tracking API that kiosks use: question, due date with its reason, outcome, and the rating after closing."""

import json
import logging
from datetime import date, timedelta

import pytest
from django.test import Client

from central.cases import commands
from central.cases.commands import Actor, ClosingInputs, OrderInputs
from central.cases.models import CaseEvent
from central.centres.models import Centre
from central.messages.models import Rating
from central.people.roles import Role
from central.surveys.commands import create_survey, open_survey
from central.surveys.models import SurveyResponse
from protocol.messages import TrackingResponse
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.factories import actor_with, create_agency, create_officer_with
from tests.unit.central.kiosk_client import ClientResponse
from thai.dates import fiscal_year, long_date

QUESTION = "เสาไฟต้นที่เท่าไรจากปากซอย"


@pytest.fixture
def director(khonkaen: Centre) -> Actor:
    return actor_with(khonkaen, Role.DIRECTOR)


@pytest.fixture
def closed(khonkaen: Centre, director: Actor) -> Citizen:
    """The citizen of a case that two agencies have worked on, closed."""
    citizen = Citizen(khonkaen)
    lead, helper = (create_agency(khonkaen, name_th=name) for name in ("อบต.บ้านเป็ด", "การไฟฟ้า"))
    order = OrderInputs(lead=lead, supports=[helper], text="โปรดซ่อม")
    commands.order(citizen.case, director, seen_revision=None, inputs=order)
    commands.close(citizen.reload(), director, seen_revision=None, inputs=ClosingInputs("resolved", "ซ่อมไฟแล้ว"))
    return citizen


def post(path: str, citizen: Citizen, **fields: object) -> ClientResponse:
    body = json.dumps({"code": citizen.code, **fields})
    response: ClientResponse = Client().post(f"/api/v1{path}", body, content_type="application/json")
    return response


def track(citizen: Citizen, **fields: object) -> TrackingResponse:
    return TrackingResponse.model_validate_json(post("/track", citizen, **fields).content)


def stars_for(response: TrackingResponse, *stars: int) -> list[dict[str, object]]:
    return [{"key": body.key, "stars": number} for body, number in zip(response.to_rate, stars, strict=True)]


def test_an_unclear_case_shows_the_question_and_that_it_waits(khonkaen: Centre, director: Actor) -> None:
    citizen = Citizen(khonkaen)
    commands.take(citizen.case, director, seen_revision=None)
    commands.ask_details(citizen.reload(), director, seen_revision=None, question=QUESTION)
    response = track(citizen)
    assert (response.is_question, response.message, response.accepts_details) == (True, QUESTION, True)
    assert "หยุดนับ" in response.deadline
    assert "on hold" in track(citizen, language="en").deadline


def test_an_ordered_case_shows_the_date_with_its_reason(khonkaen: Centre, director: Actor) -> None:
    citizen, due = Citizen(khonkaen), date.today() + timedelta(days=20)
    order = OrderInputs(lead=create_agency(khonkaen, name_th="อบต.บ้านเป็ด"), text="โปรดซ่อม", due=due)
    commands.order(citizen.case, director, seen_revision=None, inputs=order)
    response = track(citizen)
    assert (response.due, response.is_question, response.to_rate) == (due.isoformat(), False, ())
    assert long_date(due) in response.deadline
    assert "(" in response.deadline, "the reason"


def test_a_closed_case_is_rated_once_however_often_it_is_sent(closed: Citizen) -> None:
    shown = track(closed)
    assert (shown.outcome, shown.accepts_details, shown.has_rated) == ("ซ่อมไฟแล้ว", False, False)
    assert [body.name for body in shown.to_rate] == ["อบต.บ้านเป็ด", "การไฟฟ้า"]
    for stars in ((5, 2), (5, 2), (1, 1)):
        response = post("/track/rating", closed, ratings=stars_for(shown, *stars))
        rated = TrackingResponse.model_validate_json(response.content)
        assert (rated.has_rated, rated.to_rate) == (True, ())
    assert set(Rating.objects.values_list("agency__name_th", "stars")) == {("อบต.บ้านเป็ด", 5), ("การไฟฟ้า", 2)}
    assert CaseEvent.objects.filter(kind="rate").count() == 1
    assert "/t/rating" not in closed.page()


def test_the_survey_follows_the_rating_and_is_answered_once(khonkaen: Centre, closed: Citizen) -> None:
    head = create_officer_with(khonkaen, Role.DIRECTOR)
    survey = create_survey(head, khonkaen, fiscal_year(date.today()))
    open_survey(head, survey)
    shown = track(closed)
    assert shown.survey == (), "first the rating"
    response = post("/track/rating", closed, ratings=stars_for(shown, 5, 4))
    rated = TrackingResponse.model_validate_json(response.content)
    assert (len(rated.survey), rated.to_rate) == (5, ())
    answers = [{"key": question.key, "stars": 4} for question in rated.survey]
    for wrong in (
        answers[:4],
        [*answers[:4], {"key": "survey-0", "stars": 4}],
        [*answers[:4], {"key": "7", "stars": 4}],
    ):
        assert post("/track/rating", closed, ratings=wrong).status_code in (200, 409)
        assert not SurveyResponse.objects.exists()
    for _ in range(2):
        response = post("/track/rating", closed, ratings=answers)
        answered = TrackingResponse.model_validate_json(response.content)
        assert (response.status_code, answered.survey, answered.has_rated) == (200, (), True)
    stored = SurveyResponse.objects.get()
    assert (stored.at_kiosk, stored.answers.count(), set(stored.answers.values_list("value", flat=True))) == (
        True,
        5,
        {4},
    )


@pytest.mark.parametrize(
    "ratings",
    [
        [{"key": "centre", "stars": 5}],
        [{"key": "x" * 65, "stars": 5}],
        [{"key": "centre", "stars": 6}],
        [{"key": "centre", "stars": 0}],
        [],
    ],
)
def test_a_rating_of_others_or_without_stars_changes_nothing(closed: Citizen, ratings: list[object]) -> None:
    assert post("/track/rating", closed, ratings=ratings).status_code in (409, 422)
    assert not Rating.objects.exists()
    assert track(closed).to_rate


def test_an_open_case_is_not_rated(khonkaen: Centre) -> None:
    citizen = Citizen(khonkaen)
    refused = post("/track/rating", citizen, language="en", ratings=[{"key": "centre", "stars": 5}])
    assert (refused.status_code, refused.json()["title"]) == (409, "This case cannot be rated now")
    assert not Rating.objects.exists()


def test_an_unknown_code_rates_nothing_and_counts_as_a_guess(closed: Citizen) -> None:
    body = json.dumps({"code": "7KQ2-M9XD-4TBVS", "ratings": [{"key": "centre", "stars": 5}]})
    responses = [Client().post("/api/v1/track/rating", body, content_type="application/json") for _ in range(35)]
    assert not responses[0].json()["found"]
    assert responses[-1].status_code == 429, "each request looks the code up twice"
    assert not Rating.objects.exists()


def test_neither_code_nor_question_is_logged(closed: Citizen, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = track(closed)
    post("/track/rating", closed, ratings=stars_for(shown, 3, 3))
    post("/track/rating", closed, ratings=[])
    assert closed.code not in caplog.text
    assert "ซ่อมไฟแล้ว" not in caplog.text
