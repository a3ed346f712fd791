"""Answer templates: inserted without JavaScript, in the citizen's language, and edited by directors and
administrators of their own centre."""

import pytest
from django.test import Client

from central.cases.models import Case
from central.centres.models import Centre
from central.messages.models import AnswerTemplate
from central.messages.standard_templates import STANDARD_TEMPLATES
from central.people.roles import Role
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_agency, create_case, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD
from tests.unit.central.step_posts import post_step


def sign_in(centre: Centre, role: Role) -> Client:
    officer = create_officer_with(centre, role)
    officer.set_password(PASSWORD)
    officer.save()
    return client_of(officer)


@pytest.fixture
def template(ministry: Centre, khonkaen: Centre) -> AnswerTemplate:
    """A template of the ministry, which Khon Kaen uses."""
    return AnswerTemplate.objects.create(
        centre=ministry,
        step="ask_details",
        name="ขอสถานที่",
        text_th="เรื่อง {case} เกิดเหตุที่ใด {unknown}",
        text_en="Where did case {case} happen?",
    )


def test_inserting_shows_the_form_with_the_text_and_saves_nothing(khonkaen: Centre, template: AnswerTemplate) -> None:
    case, client = create_case(khonkaen), sign_in(khonkaen, Role.INTAKE)
    post_step(client, case.case_number, "take")
    shown = post_step(client, case.case_number, "ask_details", template=template.pk, message="เรียนผู้ร้อง", insert="1")
    page = page_text(shown)
    assert (shown.status_code, Case.objects.get().status) == (200, "checking")
    assert f"เรียนผู้ร้อง\nเรื่อง {case.case_number} เกิดเหตุที่ใด {{unknown}}</textarea>" in page
    assert 'id="step-ask_details" value="ask_details" data-key="KeyQ" checked' in page


def test_a_template_chosen_while_saving_is_sent_in_the_language_of_the_citizen(
    khonkaen: Centre, template: AnswerTemplate
) -> None:
    client = sign_in(khonkaen, Role.INTAKE)
    for language, text in (("th", "เกิดเหตุที่ใด"), ("en", "Where did case")):
        case = create_case(khonkaen, language=language)
        post_step(client, case.case_number, "take")
        assert post_step(client, case.case_number, "ask_details", template=template.pk).status_code == 302
        assert text in case.events.get(kind="ask_details").texts.public_text


def test_the_template_of_an_order_fills_the_order_and_one_of_another_centre_nothing(
    khonkaen: Centre, phayao: Centre
) -> None:
    case, client = create_case(khonkaen), sign_in(khonkaen, Role.INTAKE)
    agency = create_agency(khonkaen, "banped")
    own, other = (
        AnswerTemplate.objects.create(centre=centre, step="order", name="ซ่อม", text_th=f"โปรดซ่อม {centre.slug}")
        for centre in (khonkaen, phayao)
    )
    refused = post_step(client, case.case_number, "order", template=other.pk, insert="1")
    assert "โปรดซ่อม phayao" not in page_text(refused)
    post_step(client, case.case_number, "order", agency=agency.code, template=own.pk)
    assert case.referrals.get().order_text == "โปรดซ่อม khonkaen"


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.DISTRICT_CHIEF, Role.ADMINISTRATOR])
def test_directors_and_administrators_add_change_and_delete(khonkaen: Centre, role: Role) -> None:
    client = sign_in(khonkaen, role)
    fields = {"centre": "khonkaen", "step": "close", "name": "ซ่อมแล้ว", "text_th": "ดำเนินการแล้ว", "text_en": ""}
    assert client.post("/desk/templates", fields).status_code == 302
    again = client.post("/desk/templates", fields)
    assert (again.status_code, "ดำเนินการแล้ว" in page_text(again)) == (409, True), "the name is in use; nothing is lost"
    template = AnswerTemplate.objects.get()
    assert "ซ่อมแล้ว" in page_text(client.get(f"/desk/templates/{template.pk}"))
    changed = fields | {"name": "แก้ไขแล้ว"}
    assert client.post(f"/desk/templates/{template.pk}", changed).status_code == 302
    assert AnswerTemplate.objects.get().name == "แก้ไขแล้ว"
    assert client.post(f"/desk/templates/{template.pk}", {"delete": "1"}).status_code == 302
    assert not AnswerTemplate.objects.exists()


@pytest.mark.parametrize(
    "change", [{"centre": "phayao"}, {"step": "approve"}, {"name": " "}, {"text_th": ""}, {"text_th": "ก" * 2001}]
)
def test_a_wrong_template_is_refused(khonkaen: Centre, phayao: Centre, change: dict[str, str]) -> None:
    client = sign_in(khonkaen, Role.DIRECTOR)
    fields = {"centre": "khonkaen", "step": "close", "name": "x", "text_th": "y", **change}
    assert client.post("/desk/templates", fields).status_code == 409
    assert not AnswerTemplate.objects.exists()


def test_nobody_else_edits_templates(khonkaen: Centre, phayao: Centre, template: AnswerTemplate) -> None:
    intake, director = sign_in(khonkaen, Role.INTAKE), sign_in(khonkaen, Role.DIRECTOR)
    assert intake.get("/desk/templates").status_code == 403
    for client in (intake, director):
        assert client.get(f"/desk/templates/{template.pk}").status_code == 404, "it belongs to the ministry"
        assert client.post(f"/desk/templates/{template.pk}", {"delete": "1"}).status_code == 404
    assert AnswerTemplate.objects.exists()


def test_a_template_is_offered_for_its_topic_and_chooses_its_outcome(khonkaen: Centre) -> None:
    for topic, name in (("land", "ที่ดิน"), ("utilities", "ไฟฟ้า"), ("", "ทุกเรื่อง")):
        AnswerTemplate.objects.create(
            centre=khonkaen, step="close", name=name, text_th=f"ผล {name}", topic=topic, outcome="resolved"
        )
    case, client = create_case(khonkaen, topic="utilities"), sign_in(khonkaen, Role.DIRECTOR)
    post_step(client, case.case_number, "take")
    page = page_text(client.get(f"/desk/cases/{case.case_number}"))
    assert (page.index("ผล ไฟฟ้า") < page.index("ผล ทุกเรื่อง"), "ผล ที่ดิน" in page) == (True, False)
    template = AnswerTemplate.objects.get(topic="utilities")
    assert post_step(client, case.case_number, "close", template=template.pk).status_code == 302
    closed = Case.objects.get()
    assert (closed.outcome_code, closed.outcome) == ("resolved", "ผล ไฟฟ้า")


def test_a_centre_without_templates_adds_the_first_set_once(khonkaen: Centre, phayao: Centre) -> None:
    client = sign_in(khonkaen, Role.DIRECTOR)
    assert 'name="standard" value="khonkaen"' in page_text(client.get("/desk/templates"))
    assert client.post("/desk/templates", {"standard": "phayao"}).status_code == 404
    for _ in range(2):
        assert client.post("/desk/templates", {"standard": "khonkaen"}).status_code == 302
    assert AnswerTemplate.objects.count() == len(STANDARD_TEMPLATES)
    assert 'name="standard"' not in page_text(client.get("/desk/templates"))


def test_an_outcome_is_for_closing_only(khonkaen: Centre) -> None:
    fields = {"centre": "khonkaen", "step": "order", "name": "ซ่อม", "text_th": "ซ่อม", "outcome": "resolved"}
    assert sign_in(khonkaen, Role.DIRECTOR).post("/desk/templates", fields).status_code == 409
