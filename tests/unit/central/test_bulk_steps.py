"""Steps on many cases of the list: one command each, a report for each, limits, and forms that are sent twice."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import DatabaseError
from django.test import Client

from central.agencies.models import Agency
from central.cases import commands
from central.cases.commands.bulk import MAX_BULK
from central.cases.models import Case, CaseEvent, Referral
from central.centres.models import Centre, Officer
from central.people.roles import Role
from tests.unit.central.factories import create_agency, create_case, create_officer_with
from tests.unit.central.page_text import page_text


@pytest.fixture
def somsri(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.CASE_OFFICER, name="somsri")


@pytest.fixture
def client(somsri: Officer) -> Client:
    client = Client()
    client.force_login(somsri)
    return client


@pytest.fixture
def cases(khonkaen: Centre) -> list[Case]:
    return [create_case(khonkaen) for _ in range(3)]


def selection(cases: list[Case]) -> list[str]:
    return [f"{case.case_number}:{case.revision}" for case in cases]


def make(client: Client, step: str, cases: list[Case], **fields: Any) -> tuple[int, list[str], dict[str, str]]:
    """(status, numbers done, sentences by refused number) of a confirmed step."""
    response = client.post("/desk/cases/bulk", {"case": selection(cases), "step": step, "confirmed": "yes", **fields})
    html = page_text(response)
    refused = [part.partition('"') for part in html.split('<li data-refused="')[1:]]
    done = [part.partition('"')[0] for part in html.split('<li data-done="')[1:]]
    return response.status_code, done, {number: rest.partition("</li>")[0] for number, _, rest in refused}


def test_the_inputs_are_shown_before_anything_changes(client: Client, cases: list[Case]) -> None:
    response = client.post("/desk/cases/bulk", {"case": selection(cases), "step": "assign_owner"})
    html = page_text(response)
    assert response.status_code == 200
    assert all(f'value="{chosen}" checked' in html for chosen in selection(cases))
    assert 'name="owner"' in html
    assert CaseEvent.objects.count() == len(cases), "only their arrival"


def test_every_step_runs_on_each_case(
    client: Client, somsri: Officer, cases: list[Case], khonkaen: Centre, phayao: Centre
) -> None:
    agency = create_agency(khonkaen, name_th="อบต.บ้านเป็ด")
    numbers = [case.case_number for case in cases]
    steps: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("take", {}, {"status": "checking", "owner": somsri.pk}),
        ("assign_owner", {"owner": create_officer_with(khonkaen, Role.INTAKE).pk}, {}),
        ("reclassify", {"topic": "land", "urgency": "urgent"}, {"topic": "land", "urgency": "urgent"}),
        ("add_note", {"note": "น้ำท่วมหมู่ 4"}, {}),
        ("order", {"agency": agency.pk, "text": "โปรดช่วยเหลือ"}, {"status": "ordered", "agency_name": agency.name_th}),
    ]
    for step, fields, expected in steps:
        assert make(client, step, list(Case.objects.order_by("pk")), **fields) == (200, numbers, {}), step
        for case in Case.objects.values(*expected) if expected else []:
            assert case == expected, step
    assert Referral.objects.filter(kind="lead", agency=agency).count() == 3
    new = [create_case(khonkaen)]
    moved = make(client, "move_centre", new, centre="phayao", reason="เหตุเกิดที่พะเยา")
    assert moved == (200, [new[0].case_number], {})
    assert Case.objects.get(pk=new[0].pk).centre == phayao


def test_what_is_refused_is_named_and_the_rest_is_done(
    client: Client, somsri: Officer, cases: list[Case], phayao: Centre
) -> None:
    stale, done, fresh = cases
    commands.take(done, commands.Actor.of(somsri), seen_revision=None)
    commands.add_note(Case.objects.get(pk=stale.pk), commands.Actor.of(somsri), seen_revision=None, note="โทรแล้ว")
    elsewhere = create_case(phayao)
    status, numbers, refused = make(client, "take", [stale, done, fresh, elsewhere])
    assert (status, numbers) == (200, [fresh.case_number])
    assert "มีผู้บันทึกเรื่องนี้ไปแล้ว" in refused[stale.case_number]
    assert "สถานะปัจจุบันไม่ได้" in refused[done.case_number]
    assert "ไม่พบเรื่องนี้ในศูนย์ของท่าน" in refused[elsewhere.case_number]
    assert Case.objects.get(pk=elsewhere.pk).status == "received"


def test_a_form_sent_twice_changes_nothing_more(client: Client, cases: list[Case]) -> None:
    first = make(client, "add_note", cases, note="โทรแล้ว")
    again = make(client, "add_note", cases, note="โทรแล้ว")
    assert len(first[1]) == 3
    assert (again[1], len(again[2])) == ([], 3)
    assert CaseEvent.objects.filter(kind="add_note").count() == 3


def test_two_thousand_rows_are_refused_in_one_sentence(client: Client, cases: list[Case]) -> None:
    many = [f"KKN07A-{number:06d}-51:0" for number in range(1, 2001)]
    for confirmed in ({}, {"confirmed": "yes"}):
        body = urlencode({"case": many, "step": "take", **confirmed}, doseq=True)  # as a browser sends it
        response = client.post("/desk/cases/bulk", body, content_type="application/x-www-form-urlencoded")
        assert response.status_code == 422
        assert f"ไม่เกิน {MAX_BULK} เรื่อง" in page_text(response)
    assert not CaseEvent.objects.exclude(kind="received").exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"step": "take"}, "ยังไม่ได้เลือกเรื่อง"),
        ({"case": "x", "step": "take"}, "ยังไม่ได้เลือกเรื่อง"),
        ({"case": "KKN07A-000001-51:0", "step": ""}, "โปรดเลือกสิ่งที่จะทำ"),
        ({"case": "KKN07A-000001-51:0", "step": "close"}, "โปรดเลือกสิ่งที่จะทำ"),
    ],
)
def test_a_selection_that_makes_no_sense_is_refused(client: Client, fields: dict[str, str], sentence: str) -> None:
    response = client.post("/desk/cases/bulk", fields)
    assert (response.status_code, sentence in page_text(response)) == (422, True)


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("assign_owner", {"owner": "0"}),
        ("order", {"agency": "", "text": "x"}),
        ("order", {"agency": "9" * 30, "text": "x"}),
        ("reclassify", {}),
        ("reclassify", {"topic": "dragons"}),
        ("add_note", {"note": "ก" * 2001}),
        ("move_centre", {"centre": "nowhere", "reason": "x"}),
        ("move_centre", {"centre": "khonkaen", "reason": " "}),
    ],
)
def test_wrong_inputs_show_the_form_again(client: Client, cases: list[Case], step: str, fields: dict[str, str]) -> None:
    response = client.post("/desk/cases/bulk", {"case": selection(cases), "step": step, "confirmed": "yes", **fields})
    assert response.status_code == 422
    assert 'id="error"' in page_text(response)
    assert not CaseEvent.objects.exclude(kind="received").exists()


def test_an_agency_out_of_reach_is_not_offered(client: Client, cases: list[Case], phayao: Centre) -> None:
    foreign: Agency = create_agency(phayao)
    assert make(client, "order", cases, agency=foreign.pk, text="x")[0] == 422
    assert not Referral.objects.exists()


def test_a_role_without_the_step_is_refused_for_each_case(cases: list[Case], khonkaen: Centre) -> None:
    auditor = Client()
    auditor.force_login(create_officer_with(khonkaen, Role.AUDITOR))
    status, done, refused = make(auditor, "take", cases)
    assert (status, done, len(refused)) == (200, [], 3)
    assert "บทบาทของท่าน" in next(iter(refused.values()))
    assert 'name="step"' not in page_text(auditor.get("/desk/cases"))


def test_a_database_that_fails_in_the_middle_leaves_whole_cases(
    client: Client, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_note = commands.add_note

    def failing(case: Case, *args: Any, **kwargs: Any) -> CaseEvent:
        if case.pk == cases[1].pk:
            raise DatabaseError
        return add_note(case, *args, **kwargs)

    monkeypatch.setattr(commands, "add_note", failing)
    _, done, refused = make(client, "add_note", cases, note="โทรแล้ว")
    assert done == [cases[0].case_number, cases[2].case_number]
    assert "บันทึกไม่สำเร็จ" in refused[cases[1].case_number]


def test_the_way_back_stays_within_the_desk(client: Client, cases: list[Case]) -> None:
    fields = {"case": selection(cases), "step": "add_note", "confirmed": "yes", "note": "x"}
    back = client.post("/desk/cases/bulk", {**fields, "back": "https://evil.example/"})
    assert "evil.example" not in page_text(back)
    assert 'href="/desk/cases?topic=land"' in page_text(
        client.post("/desk/cases/bulk", {**fields, "back": "/desk/cases?topic=land"})
    )
