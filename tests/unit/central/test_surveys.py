"""The yearly survey: its versions, answers without a link to the case, invitations, and its figures."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from central.cases import clock
from central.cases import commands as case_commands
from central.cases.commands import ClosingInputs, OrderInputs
from central.cases.errors import NotAllowedError
from central.cases.models import Case, Complainant
from central.centres.models import Centre, Officer
from central.insight.survey_report import SurveyReport, build_survey_report
from central.insight.survey_suppression import hidden_centres
from central.jobs import JOBS
from central.notices.codes import NoticeChannel
from central.notices.consents import ConsentText, give_consent
from central.notices.models import Notice
from central.people.roles import Role
from central.privacy.processing_record import processing_activities
from central.surveys import commands, inviting
from central.surveys.commands import QuestionContent
from central.surveys.free_texts import delete_old_texts, masked_text
from central.surveys.inviting import delete_old_participation, invite_to_surveys
from central.surveys.models import (
    InvitedPerson,
    Survey,
    SurveyAnswer,
    SurveyParticipation,
    SurveyResponse,
)
from central.surveys.statistics import mean_of, share_of, t_quantile
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.factories import actor_with, create_agency, create_case, create_officer_with
from tests.unit.central.page_text import page_text
from thai.dates import BANGKOK_TIME, fiscal_year, month_and_year


@pytest.fixture
def head(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.DIRECTOR)


@pytest.fixture
def survey(khonkaen: Centre, head: Officer) -> Survey:
    """An open survey with the standard questions."""
    survey = commands.create_survey(head, khonkaen, fiscal_year(clock.today()))
    commands.open_survey(head, survey)
    survey.refresh_from_db()
    return survey


def closed_citizen(centre: Centre, **fields: Any) -> Citizen:
    return Citizen(centre, status="closed", closed_at=timezone.now(), outcome_code="resolved", **fields)


def desk(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def names(survey: Survey) -> list[str]:
    return [f"question_{pk}" for pk in survey.questions.values_list("pk", flat=True)]


def ended_month(today: date) -> date:
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def respond(centre: Centre, survey: Survey, values: list[int], **fields: Any) -> SurveyResponse:
    """A stored response of last month with these values of the scale questions, in their order."""
    fields = {"month": ended_month(clock.today())} | fields
    response = SurveyResponse.objects.create(survey=survey, centre=centre, topic="land", channel="web", **fields)
    for question, value in zip(survey.questions.filter(kind="scale"), values, strict=False):
        SurveyAnswer.objects.create(response=response, question=question, value=value)
    return response


def test_a_citizen_answers_once_on_the_tracking_page_after_closing(
    khonkaen: Centre, survey: Survey, head: Officer
) -> None:
    citizen = Citizen(khonkaen, channel="web", topic="land")
    assert "/t/survey" not in citizen.page(), "the case is open"
    by = actor_with(khonkaen, Role.DIRECTOR)
    agency = create_agency(khonkaen, kind="land")
    case_commands.order(citizen.case, by, seen_revision=None, inputs=OrderInputs(lead=agency, text="โปรดตรวจ"))
    case_commands.close(citizen.reload(), by, seen_revision=None, inputs=ClosingInputs("resolved", "แก้แล้ว"))
    assert 'formaction="/t/survey"' in citizen.page()
    form = page_text(citizen.form("survey"))
    assert (form.count("<fieldset"), "not linked to your name" in form) == (5, True)
    *scales, text = names(survey)
    assert citizen.send("survey").status_code == 409, "nothing is answered"
    sent = {scales[0]: "4", scales[3]: "5", text: "โทร 081-234-5678 แล้วไม่รับ"}
    assert 'id="done"' in page_text(citizen.send("survey", **sent))
    assert "/t/survey" not in citizen.page()
    again = citizen.send("survey", **sent)
    assert (again.status_code, "answered this year" in page_text(again)) == (409, True)
    response = SurveyResponse.objects.get()
    assert (response.agency_group, response.topic, response.channel, response.month.day) == ("land", "land", "web", 1)
    answers = SurveyAnswer.objects.filter(response=response).order_by("question__position")
    assert [(each.value, each.text) for each in answers] == [
        (4, ""),
        (5, ""),
        (None, "โทร [เบอร์โทรศัพท์] แล้วไม่รับ"),
    ]


def report_of(centre: Centre, survey: Survey, *, with_texts: bool = False) -> SurveyReport:
    return build_survey_report(centre, survey.year, clock.today(), with_texts=with_texts)


def below(parent: Centre, slug: str, code: str = "") -> Centre:
    return Centre.objects.create(parent=parent, slug=slug, area_code=code, name_th=slug, name_en=slug)


def test_no_key_and_no_time_leads_from_an_answer_to_its_case() -> None:
    columns = {
        (field.name, field.get_internal_type())
        for model in (SurveyResponse, SurveyAnswer)
        for field in model._meta.concrete_fields
    }
    assert not {kind for _, kind in columns} & {"DateTimeField", "AutoField", "BigAutoField"}, "nothing tells the order"
    related = {field.related_model for model in (SurveyResponse, SurveyAnswer) for field in model._meta.concrete_fields}
    assert Case not in related


@pytest.mark.parametrize("change", [{"value": "6"}, {"value": "0"}, {"value": "x"}, {"text": "ก" * 1001}])
def test_a_wrong_answer_is_refused_and_stores_nothing(khonkaen: Centre, survey: Survey, change: dict[str, str]) -> None:
    citizen, (first, *_, text) = closed_citizen(khonkaen), names(survey)
    fields = {first: change.get("value", "3"), text: change.get("text", "")}
    refused = citizen.send("survey", **fields)
    assert refused.status_code in (409, 422)
    assert not SurveyResponse.objects.exists() and not SurveyParticipation.objects.exists()


def test_a_version_with_answers_is_followed_by_a_new_one(khonkaen: Centre, survey: Survey, head: Officer) -> None:
    first = survey.questions.all()[0]
    content = QuestionContent("scale", "ข้อความใหม่", position=1)
    commands.save_question(head, survey, content, first)
    respond(khonkaen, survey, [5])
    for change in (
        lambda: commands.save_question(head, survey, content, first),
        lambda: commands.save_question(head, survey, content),
        lambda: commands.delete_question(head, survey, first.pk),
    ):
        with pytest.raises(NotAllowedError, match="new version"):
            change()
    following = commands.create_survey(head, khonkaen, survey.year)
    assert following.version == 2
    codes = set(survey.questions.values_list("code", flat=True))
    assert set(following.questions.values_list("code", flat=True)) == codes, "the same questions"
    changed = following.questions.all()[1]
    commands.save_question(
        head, following, QuestionContent("scale", changed.text_th, "New English", position=2), changed
    )
    assert set(following.questions.values_list("code", flat=True)) == codes, "a translation is the same question"
    commands.save_question(head, following, QuestionContent("scale", "คำถามอื่น", position=2), changed)
    assert len(set(following.questions.values_list("code", flat=True)) - codes) == 1
    commands.open_survey(head, following)
    survey.refresh_from_db()
    assert (survey.is_open, survey.responses.count()) == (False, 1)


def test_a_centre_uses_its_own_survey_or_the_one_above(ministry: Centre, khonkaen: Centre, phayao: Centre) -> None:
    administrator = create_officer_with(ministry, Role.ADMINISTRATOR)
    country = commands.create_survey(administrator, ministry, fiscal_year(clock.today()))
    commands.open_survey(administrator, country)
    head = create_officer_with(khonkaen, Role.DIRECTOR)
    own = commands.create_survey(head, khonkaen, fiscal_year(clock.today()))
    commands.change_texts(head, own, commands.SurveyTexts("ของขอนแก่น"))
    commands.open_survey(head, own)
    assert "ของขอนแก่น" in page_text(closed_citizen(khonkaen).form("survey", language="th"))
    assert "ของขอนแก่น" not in page_text(closed_citizen(phayao).form("survey", language="th"))
    commands.close_survey(head, own)
    commands.close_survey(administrator, country)
    assert "no survey" in page_text(closed_citizen(phayao).form("survey"))


def test_the_pages_are_for_those_who_manage_surveys(khonkaen: Centre, phayao: Centre, survey: Survey) -> None:
    page = f"/desk/surveys/{survey.pk}"
    intake = desk(create_officer_with(khonkaen, Role.INTAKE))
    assert intake.get("/desk/surveys").status_code == 403
    other = desk(create_officer_with(phayao, Role.DIRECTOR))
    question = survey.questions.all()[0]
    for client in (intake, other):
        for address in (page, f"{page}/questions/{question.pk}"):
            assert client.get(address).status_code == 404
            assert client.post(address, {"step": "close"}).status_code == 404
    assert other.post("/desk/surveys", {"centre": "khonkaen"}).status_code == 404
    with pytest.raises(NotAllowedError):
        commands.close_survey(create_officer_with(khonkaen, Role.CASE_OFFICER), survey)
    administrator = desk(create_officer_with(khonkaen, Role.ADMINISTRATOR))
    assert administrator.post("/desk/surveys", {"centre": "khonkaen"}).status_code == 302
    draft = Survey.objects.get(version=2)
    page = f"/desk/surveys/{draft.pk}"
    choice = {"step": "add", "kind": "choice", "text_th": "ท่านรู้จักศูนย์จากที่ใด", "position": "7"}
    refused = administrator.post(page, choice | {"choices_th": "เพื่อน"})
    assert (refused.status_code, "ท่านรู้จักศูนย์จากที่ใด" in page_text(refused)) == (409, True)
    assert administrator.post(page, choice | {"choices_th": "เพื่อน\nวิทยุ"}).status_code == 302
    assert administrator.post(page, {"step": "open"}).status_code == 302
    assert Survey.objects.get(opened_at__isnull=False, closed_at=None) == draft


def agreed_case(centre: Centre, phone: str, days: int, **fields: Any) -> Case:
    at = timezone.now() - timedelta(days=days)
    case = create_case(centre, status="closed", closed_at=at, outcome_code="resolved", **fields)
    give_consent(case, NoticeChannel.SMS, phone, ConsentText("ยินยอม", "1", "th"), given_by="kiosk")
    Notice.objects.filter(case=case).delete()
    return case


def test_who_agreed_to_notices_is_invited_once_a_person_and_year(khonkaen: Centre, survey: Survey) -> None:
    invited = agreed_case(khonkaen, "0812345678", 5)
    agreed_case(khonkaen, "0812345678", 4)  # the same person
    agreed_case(khonkaen, "0898765432", 1)  # just closed
    agreed_case(khonkaen, "0899999999", 40)  # long ago
    create_case(khonkaen, status="closed", closed_at=timezone.now() - timedelta(days=5))  # no consent
    withdrawn = agreed_case(khonkaen, "0811111111", 5)
    withdrawn.notice_consents.update(withdrawn_at=timezone.now())
    for _ in range(2):
        invite_to_surveys(timezone.now())
    notices = Notice.objects.filter(news=["survey"])
    assert [notice.case for notice in notices] == [invited]
    assert report_of(khonkaen, survey).invited == 0, "the month has not ended"
    next_month = (clock.today().replace(day=28) + timedelta(days=4)).replace(day=1)
    assert build_survey_report(khonkaen, survey.year, next_month).invited == 1
    assert "0812345678" not in str(InvitedPerson.objects.values())
    delete_old_participation(timezone.now())
    assert InvitedPerson.objects.count() == 1
    delete_old_participation(timezone.now() + timedelta(days=366))
    assert not InvitedPerson.objects.exists() and not SurveyParticipation.objects.exists()


def test_cases_of_areas_without_a_survey_hold_up_no_invitation(
    khonkaen: Centre, phayao: Centre, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "_BATCH", 1)
    agreed_case(phayao, "0811111111", 9)
    invited = agreed_case(khonkaen, "0812345678", 5)
    invite_to_surveys(timezone.now())
    assert [notice.case for notice in Notice.objects.filter(news=["survey"])] == [invited]


def test_nobody_is_invited_without_an_open_survey(khonkaen: Centre, survey: Survey, head: Officer) -> None:
    commands.close_survey(head, survey)
    agreed_case(khonkaen, "0812345678", 5)
    invite_to_surveys(timezone.now())
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("degrees", "known"), [(1, 12.7062), (2, 4.3027), (4, 2.7764), (10, 2.2281), (29, 2.0452), (120, 1.9799)]
)
def test_quantiles_of_t_are_those_of_the_tables(degrees: int, known: float) -> None:
    assert t_quantile(degrees) == pytest.approx(known, abs=5e-5)


def test_intervals_are_those_of_known_examples() -> None:
    # Newcombe (1998), table I: method 3.
    for part, count, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718)):
        share = share_of(part, count)
        assert share is not None and (share.low, share.high) == pytest.approx((low, high), abs=5e-5)
    mean = mean_of([1, 2, 3, 4, 5], 1, 5)  # s = 1.5811, t = 2.7764
    assert mean is not None and mean.low == pytest.approx(3 - 2.7764 * 1.5811 / 5**0.5, abs=1e-3)
    assert (share_of(0, 0), mean_of([], 1, 5)) == (None, None)


def test_figures_are_means_shares_and_an_index_of_trust(khonkaen: Centre, survey: Survey) -> None:
    for values in ([1, 2, 3, 5, 5], [2, 2, 3, 4, 4], [3, 2, 3, 3, 3], [4, 2, 3, 2, 2], [5, 2, 3, 1, 1]):
        respond(khonkaen, survey, values, was_invited=values[0] > 2)
    report = report_of(khonkaen, survey)
    first = report.questions[0]
    assert first.mean is not None and (first.count, first.mean.value) == (5, 3.0)
    assert {value: share.value for value, share in first.shares.items()} == dict.fromkeys(range(1, 6), 0.2)
    assert report.total.trust is not None and report.total.trust.value == 50.0
    assert report.total.satisfaction is not None and report.total.satisfaction.value == pytest.approx(8 / 3)
    assert (report.invited_answered, report.response_rate) == (3, None), "nobody is counted as invited"
    page = page_text(desk(create_officer_with(khonkaen, Role.CHIEF)).get("/desk/reports/survey"))
    assert ('data-tile="trust"' in page, "50.0" in page) == (True, True)


def test_fewer_than_five_answers_are_hidden_also_by_subtraction(
    khonkaen: Centre, survey: Survey, head: Officer
) -> None:
    districts = [below(khonkaen, slug, code) for slug, code in (("a", "4001"), ("b", "4002"), ("c", "4003"))]
    for district, count in zip(districts, (3, 7, 20), strict=True):
        for _ in range(count):
            respond(district, survey, [4, 4, 4, 4, 4])
    report = report_of(khonkaen, survey)
    assert {place.slug: group.is_hidden for place, group in report.centres} == {"a": True, "b": True, "c": False}
    client = desk(head)
    query = "?centre=khonkaen"
    rows = list(csv.DictReader(io.StringIO(client.get(f"/desk/reports/survey/csv{query}").content.decode("utf-8-sig"))))
    centres = {(row["row"], row["column"]): (row["value"], row["hidden"]) for row in rows if row["table"] == "centres"}
    assert centres["a", "count"] == centres["b", "count"] == ("", "hidden")
    assert centres["c", "count"] == ("20", "")
    book = load_workbook(io.BytesIO(client.get(f"/desk/reports/survey/xlsx{query}").content))
    cells = [[cell for cell in row if cell is not None] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert ["a", *["*"] * 7] in cells and ["c", 20, 4, 4, 4, 75, 75, 75] in cells
    few = report_of(districts[0], survey)
    assert (few.total.is_hidden, few.questions[0].is_hidden, few.texts) == (True, True, [])
    partner = report_of(districts[1], survey, with_texts=True)
    assert (partner.total.is_hidden, partner.total.trust, partner.texts) == (True, None, [])
    assert {each.is_hidden for each in partner.questions} | {each.is_hidden for each in partner.years} == {True}
    assert not report_of(districts[2], survey).total.is_hidden
    page = page_text(client.get("/desk/reports/survey?centre=b"))
    assert ("7" in tile(page, "count"), 'id="too-few"' in page) == (False, True)


def tile(page: str, code: str) -> str:
    return page.split(f'data-tile="{code}"')[1].split("<dd>")[1].split("</dd>", maxsplit=1)[0]


def test_a_hidden_centre_has_no_reports_below_it() -> None:
    #       1: a country; 2 and 3: provinces; 4 to 6: districts of 2, 7: the only district of 3
    parents = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3}
    hidden = hidden_centres(parents, {4: 8, 5: 9, 6: 20, 7: 4})
    assert hidden.sums == {2, 3, 4, 5, 6, 7}, "37 would be the sum of the districts of 2, and 4 the rest"
    hidden = hidden_centres(parents, {2: 3, 4: 8, 5: 9, 6: 20, 7: 6})
    assert (hidden.sums, hidden.own) == ({4}, {2, 4}), "the own cases of 2 are hidden with its smallest district"
    assert hidden_centres(parents, {7: 4}).sums == set(parents), "four answers of the country"


def test_a_question_that_few_answered_is_hidden_with_a_partner(khonkaen: Centre, survey: Survey) -> None:
    small, partner, large = (
        below(khonkaen, slug, code) for slug, code in (("a", "4001"), ("b", "4002"), ("c", "4003"))
    )
    for district, answered in ((small, 2), (partner, 6), (large, 9)):
        for number in range(10):
            respond(district, survey, [4, 4, 4, 4, 4] if number < answered else [4, 4, 4])
    for district, is_hidden in ((small, True), (partner, True), (large, False), (khonkaen, False)):
        report = report_of(district, survey)
        assert [each.is_hidden for each in report.questions] == [False, False, False, is_hidden, is_hidden]
        assert (report.total.trust is None, report.total.satisfaction is None) == (is_hidden, False)


def test_answers_count_when_their_month_has_ended(khonkaen: Centre, survey: Survey, head: Officer) -> None:
    for _ in range(5):
        respond(khonkaen, survey, [4, 4, 4, 4, 4])
    present = respond(khonkaen, survey, [1, 1, 1, 1, 1], month=clock.today().replace(day=1))
    write(present, survey, "ข้อความของเดือนนี้")
    report = report_of(khonkaen, survey, with_texts=True)
    assert (report.total.count, report.questions[0].counts[1], report.texts) == (5, 0, [])
    page = page_text(desk(head).get("/desk/reports/survey"))
    assert (month_and_year(ended_month(clock.today()), "th") in page, 'id="until"' in page) == (True, True)
    next_month = (clock.today().replace(day=28) + timedelta(days=4)).replace(day=1)
    assert build_survey_report(khonkaen, survey.year, next_month).total.count == 6


def write(response: SurveyResponse, survey: Survey, text: str) -> SurveyAnswer:
    return SurveyAnswer.objects.create(response=response, question=survey.questions.get(kind="text"), text=text)


def test_free_texts_are_for_those_who_manage_surveys(khonkaen: Centre, survey: Survey, head: Officer) -> None:
    for _ in range(5):
        write(respond(khonkaen, survey, [4]), survey, "อยากให้แจ้งผลเร็วกว่านี้")
    pages = {
        officer: desk(officer).get("/desk/reports/survey?centre=khonkaen").content.decode().replace("\u200b", "")
        for officer in (head, create_officer_with(khonkaen, Role.INTAKE), create_officer_with(khonkaen, Role.AUDITOR))
    }
    assert ["แจ้งผลเร็ว" in page.replace("<wbr>", "") for page in pages.values()] == [True, False, False]


def test_names_in_free_texts_are_masked(khonkaen: Centre) -> None:
    case = create_case(khonkaen)
    Complainant.objects.update_or_create(case=case, defaults={"first_name": "สมหมาย", "last_name": "ทดสอบดี"})
    stored = masked_text("สมหมาย พบนางสาวใจดี มีสุข โทร 081-234-5678 ที่อำเภอ", case)
    assert not [word for word in ("สมหมาย", "ใจดี", "มีสุข", "081") if word in stored]
    assert "ที่อำเภอ" in stored


def test_free_texts_are_deleted_when_the_following_fiscal_year_has_ended(khonkaen: Centre, survey: Survey) -> None:
    response = respond(khonkaen, survey, [4], month=date(2024, 9, 1))
    write(response, survey, "ข้อความ")
    delete_old_texts(datetime(2025, 9, 30, 23, 30, tzinfo=BANGKOK_TIME))
    assert response.answers.count() == 2
    delete_old_texts(datetime(2025, 10, 1, 0, 30, tzinfo=BANGKOK_TIME))
    assert list(response.answers.values_list("value", flat=True)) == [4], "the figures stay"
    later = write(respond(khonkaen, survey, [4], month=date(2024, 10, 1)), survey, "ข้อความ")
    delete_old_texts(datetime(2025, 10, 1, 0, 30, tzinfo=BANGKOK_TIME))
    assert SurveyAnswer.objects.filter(pk=later.pk).exists()
    assert "delete-old-survey-texts" in {job.name for job in JOBS}
    assert "Free texts of the yearly survey" in {row.purpose.en for row in processing_activities()}


def test_years_are_compared_and_reports_are_for_those_who_see_cases(
    khonkaen: Centre, survey: Survey, head: Officer
) -> None:
    before = commands.create_survey(head, khonkaen, survey.year - 1)
    Survey.objects.filter(pk=before.pk).update(opened_at=timezone.now(), closed_at=timezone.now())
    cache.clear()
    for _ in range(5):
        respond(khonkaen, before, [2, 2, 2, 2, 2])
        respond(khonkaen, survey, [4, 4, 4, 4, 4])
    report = report_of(khonkaen, survey)
    trust = [(group.code, group.trust.value) for group in report.years if group.trust]
    assert trust == [(str(survey.year), 75.0), (str(survey.year - 1), 25.0)]
    assert desk(create_officer_with(khonkaen, Role.TECHNICIAN)).get("/desk/reports/survey").status_code == 403
    other = below(khonkaen, "d", "4009")
    page = page_text(desk(create_officer_with(other, Role.INTAKE)).get("/desk/reports/survey?centre=khonkaen"))
    assert "75.0" not in page, "an officer of a district has its figures only"
