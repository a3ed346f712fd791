"""The queue of agencies' officers and the supervisor's page: own agency only, nothing else by URL."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from central.agencies.models import Agency
from central.agency_desk.answering import answer_version
from central.cases import commands
from central.cases.commands import Actor, OrderInputs
from central.cases.models import Case, CaseEvent, PersonalDataRead, Referral
from central.centres.models import Centre, Membership, Officer
from central.people.roles import Role
from tests.unit.central.agency_desk.conftest import send_case
from tests.unit.central.factories import create_agency, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD


def client_for(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def worker(khonkaen: Centre, electricity: Agency) -> Officer:
    return create_officer_with(khonkaen, Role.AGENCY_OFFICER, name="prasert", agency=electricity)


def test_an_officer_of_an_agency_signs_in_to_the_queue(worker: Officer, settings: object) -> None:
    worker.set_password(PASSWORD)
    worker.save()
    client = Client()
    response = client.post("/desk/login", {"username": "prasert", "password": PASSWORD, "next": "/desk/"})
    assert client.get(response["Location"])["Location"] == "/desk/agency/"
    assert client.get("/desk/agency/").status_code == 200


def test_the_groups_of_the_queue(khonkaen: Centre, electricity: Agency, legal_officer: Actor, worker: Officer) -> None:
    today = timezone.localdate()
    new, accepted, due, late, done = (send_case(khonkaen, electricity, legal_officer) for _ in range(5))
    for referral in (accepted, due, late):
        commands.accept(referral, Actor.of(worker), seen_revision=None)
    Case.objects.filter(pk=due.case_id).update(due=today)
    Case.objects.filter(pk=late.case_id).update(due=today - timedelta(days=1))
    commands.report(done, Actor.of(worker), seen_revision=None, text="เสร็จ", is_done=True)
    client = client_for(worker)
    groups = {
        "new": [new],
        "accepted": [late, due, accepted],
        "due_today": [due],
        "overdue": [late],
        "done": [done],
        "nonsense": [new],
    }
    for group, expected in groups.items():
        response = client.get(f"/desk/agency/?group={group}")
        assert [row["id"] for row in response.context["rows"]] == [each.pk for each in expected], group
        assert "สมชาย" not in page_text(response)


def test_several_cases_are_accepted_at_once_each_by_its_own_command(
    khonkaen: Centre, electricity: Agency, legal_officer: Actor, worker: Officer, phayao: Centre
) -> None:
    referrals = [send_case(khonkaen, electricity, legal_officer) for _ in range(3)]
    foreign = send_case(khonkaen, create_agency(khonkaen), legal_officer)
    commands.accept(referrals[0], Actor.agency_link(referrals[0]), seen_revision=None)
    ids = [str(each.pk) for each in (*referrals, foreign)]
    response = client_for(worker).post("/desk/agency/accept", {"referral": [*ids, "x", "9" * 30, "-1"]})
    assert response["Location"] == "/desk/agency/?group=new&accepted=2&refused=1"
    assert [Referral.objects.get(pk=each).state for each in ids] == ["accepted", "accepted", "accepted", "sent"]
    assert CaseEvent.objects.filter(kind="accept", by=worker).count() == 2


def test_the_officer_answers_and_the_reading_names_both(referral: Referral, worker: Officer) -> None:
    client, page = client_for(worker), f"/desk/agency/{referral.pk}"
    assert client.get(page).status_code == 200
    read = PersonalDataRead.objects.get()
    assert (read.officer, read.agency, read.reader) == (worker, referral.agency, "prasert · การไฟฟ้าส่วนภูมิภาค")
    form = {"seen": answer_version(referral), "done": "yes", "text": "เปลี่ยนหม้อแปลงแล้ว"}
    assert client.post(f"{page}/report", form).status_code == 302
    event = CaseEvent.objects.latest("id")
    assert (event.kind, event.by, event.actor) == ("report", worker, "officer")
    assert client.get(page).status_code == 200, "an ended referral can be read"
    assert "<textarea" not in page_text(client.get(page))


@pytest.mark.parametrize("step", ["", "/accept", "/report", "/return", "/code", "/person", "/pages/0", "/files/1"])
def test_a_referral_of_another_agency_does_not_exist(referral: Referral, khonkaen: Centre, step: str) -> None:
    stranger = create_officer_with(khonkaen, Role.AGENCY_HEAD, agency=create_agency(khonkaen))
    client, url = client_for(stranger), f"/desk/agency/{referral.pk}{step}"
    is_read = step in ("", "/pages/0", "/files/1")
    assert (client.get(url) if is_read else client.post(url, {})).status_code == 404
    assert (Client().get(url) if is_read else Client().post(url, {})).status_code == 302, "to the sign-in"


def test_officers_of_the_centre_and_former_ones_have_no_queue(
    referral: Referral, legal_officer: Actor, worker: Officer
) -> None:
    assert legal_officer.officer is not None
    client = client_for(legal_officer.officer)
    for page in ("/desk/agency/", "/desk/agency/supervision"):
        assert client.get(page).status_code == 403
    assert client.get(f"/desk/agency/{referral.pk}").status_code == 404
    Membership.objects.filter(officer=worker).delete()
    assert client_for(worker).get(f"/desk/agency/{referral.pk}").status_code == 404


def test_an_agency_officer_sees_no_page_of_the_centre(referral: Referral, worker: Officer) -> None:
    client = client_for(worker)
    assert client.get(f"/desk/cases/{referral.case.case_number}").status_code == 404
    assert client.get(f"/desk/referrals/{referral.pk}").status_code == 404


@pytest.fixture
def supervisor(khonkaen: Centre, electricity: Agency) -> Officer:
    inspector = create_agency(khonkaen, "inspector", name_th="สำนักงานจเรตำรวจ")
    Agency.objects.filter(pk=electricity.pk).update(supervising_agency=inspector)
    return create_officer_with(khonkaen, Role.SUPERVISOR, name="jare", agency=inspector)


def test_a_supervisor_follows_copies_and_ageing_and_changes_nothing(
    referral: Referral, legal_officer: Actor, supervisor: Officer, khonkaen: Centre
) -> None:
    other = send_case(khonkaen, referral.agency, legal_officer)
    inspector = Agency.objects.get(code="inspector")
    commands.order(referral.case, legal_officer, seen_revision=None, inputs=OrderInputs(copies=[inspector]))
    copy = Referral.objects.get(kind="copy")
    Referral.objects.exclude(kind="copy").update(sent_at=timezone.now() - timedelta(days=5))
    Case.objects.filter(pk=other.case_id).update(due=timezone.localdate() - timedelta(days=1))
    client = client_for(supervisor)
    assert client.get("/desk/agency/")["Location"] == "/desk/agency/supervision"
    response = client.get("/desk/agency/supervision")
    assert [row["id"] for row in response.context["copies"]] == [copy.pk]
    (age,) = response.context["ages"]
    assert (age.active, age.not_accepted, age.overdue, age.oldest_days) == (2, 2, 1, 5)
    assert {row["number"] for row in response.context["rows"]} == {referral.case.case_number, other.case.case_number}
    page = client.get(f"/desk/agency/{copy.pk}")
    assert page.status_code == 200
    assert "<textarea" not in page_text(page)
    assert "ดูชื่อและการติดต่อ" not in page_text(page)
    assert client.get(f"/desk/agency/{referral.pk}").status_code == 404, "without a copy: the ageing only"
    before = CaseEvent.objects.count()
    for step in ("accept", "report", "return", "code"):
        form = {"seen": answer_version(copy), "done": "yes", "text": "x", "reason": "x", "proposed": "unknown"}
        assert client.post(f"/desk/agency/{copy.pk}/{step}", form).status_code == 409, step
    assert CaseEvent.objects.count() == before


def test_the_number_of_queries_does_not_grow_with_the_queue(
    khonkaen: Centre, electricity: Agency, legal_officer: Actor, worker: Officer, django_assert_max_num_queries: object
) -> None:
    for _ in range(12):
        send_case(khonkaen, electricity, legal_officer)
    client = client_for(worker)
    with django_assert_max_num_queries(28):  # type: ignore[operator]
        assert len(client.get("/desk/agency/").context["rows"]) == 12
