"""The data protection officer copies, corrects and erases the data of a complainant; each reason is recorded."""

import json

import pytest
from django.test import Client

from central.cases.models import Case, CaseEvent, Complainant, PersonalDataRead
from central.centres.models import Centre, Officer
from central.identity_crypto import citizen_id_hash, encrypt_citizen_id
from central.people.roles import Role
from central.privacy.case_classes import CaseClass
from central.privacy.models import Erasure
from central.privacy.periods import set_period
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD

CITIZEN_ID = "1101700207030"


def signed_in(centre: Centre, role: Role) -> Client:
    officer = create_officer_with(centre, role)
    officer.set_password(PASSWORD)
    officer.save()
    return client_of(officer)


@pytest.fixture
def dpo(khonkaen: Centre) -> Client:
    return signed_in(khonkaen, Role.DPO)


@pytest.fixture
def case(khonkaen: Centre) -> Case:
    case = create_case(khonkaen, status="closed", outcome_code="resolved", text="ไฟฟ้าดับทุกคืน")
    Case.objects.filter(pk=case.pk).update(closed_at=case.filed_at)
    Complainant.objects.create(
        case=case,
        source="card",
        title="นาง",
        first_name="สมศรี",
        last_name="ใจงาม",
        phone="0812345678",
        citizen_id_hash=citizen_id_hash(CITIZEN_ID),
        citizen_id_last4=CITIZEN_ID[-4:],
        citizen_id_encrypted=encrypt_citizen_id(CITIZEN_ID),
    )
    case.refresh_from_db()
    return case


def reads(case: Case) -> list[tuple[str, str]]:
    return list(PersonalDataRead.objects.filter(case=case).order_by("pk").values_list("data_kind", "reason"))


def test_a_copy_has_everything_and_is_recorded(dpo: Client, case: Case) -> None:
    address = f"/desk/cases/{case.case_number}/data"
    page = page_text(dpo.get(address))
    assert "สมศรี" not in page, "nothing personal before the reason"
    assert dpo.post(f"{address}/copy/json", {"reason": ""}).status_code == 422
    response = dpo.post(f"{address}/copy/json", {"reason": "คำขอที่ 1"})
    copy = json.loads(response.content)
    assert copy["person"] | {"citizen_id": CITIZEN_ID, "full_name": "นางสมศรี ใจงาม"} == copy["person"]
    assert (copy["texts"]["text"], response["Cache-Control"]) == ("ไฟฟ้าดับทุกคืน", "no-store")
    assert dpo.post(f"{address}/copy/pdf", {"reason": "คำขอที่ 1"}).content.startswith(b"%PDF")
    assert [kind for kind, _ in reads(case)] == ["person", "copy"] * 2


def test_the_number_is_shown_with_a_reason_and_recorded(dpo: Client, case: Case) -> None:
    response = dpo.post(f"/desk/cases/{case.case_number}/data/number", {"reason": "ศาลสั่ง"})
    assert "1-1017-00207-03-0" in page_text(response)
    assert reads(case) == [("person", "ศาลสั่ง"), ("citizen_id", "ศาลสั่ง")]


def test_a_withheld_name_needs_its_grant_here_too(dpo: Client, case: Case) -> None:
    Case.objects.update(name_disclosure="withheld")
    for path in ("copy/json", "number", "correct", "save"):
        values = {"reason": "คำขอ", "first_name": "สมศรี"}
        response = dpo.post(f"/desk/cases/{case.case_number}/data/{path}", values)
        assert (response.status_code, "ใจงาม" in response.content.decode()) == (403, False)
    assert reads(case) == []


def test_a_correction_keeps_which_fields_and_not_the_wrong_values(dpo: Client, case: Case) -> None:
    address = f"/desk/cases/{case.case_number}/data"
    form = page_text(dpo.post(f"{address}/correct", {"reason": "คำขอที่ 2"}))
    assert 'value="สมศรี"' in form
    values = {"title": "นาง", "first_name": "สมศรี", "last_name": "ใจดี", "phone": "081 234 5678", "reason": "บัตรใหม่"}
    assert dpo.post(f"{address}/save", values | {"phone": "12"}).status_code == 409
    assert dpo.post(f"{address}/save", values).status_code == 302
    assert Complainant.objects.get().last_name == "ใจดี"
    event = CaseEvent.objects.get(kind="correct_person")
    assert (event.payload, event.texts.note, event.is_public) == ({"fields": ["last_name"]}, "บัตรใหม่", False)
    assert dpo.post(f"{address}/save", values).status_code == 409, "nothing is different"


def test_only_the_data_protection_officer_has_the_page(khonkaen: Centre, officer: Officer, case: Case) -> None:
    for role in (Role.DIRECTOR, Role.CASE_OFFICER, Role.AUDITOR):
        client = signed_in(khonkaen, role)
        assert client.get(f"/desk/cases/{case.case_number}/data").status_code == 403
        for path in ("copy/json", "number", "correct", "save", "erase"):
            assert client.post(f"/desk/cases/{case.case_number}/data/{path}", {"reason": "x"}).status_code == 403


def test_a_list_goes_from_the_request_to_the_certificate(khonkaen: Centre, dpo: Client, case: Case) -> None:
    response = dpo.post(f"/desk/cases/{case.case_number}/data/erase", {"reason": "คำขอลบข้อมูล"})
    erasure = Erasure.objects.get()
    assert response["Location"] == f"/desk/retention/lists/{erasure.pk}"
    page = page_text(dpo.get(response["Location"]))
    assert (case.case_number in page, "อนุมัติให้ลบ" in page) == (True, False)
    chief = signed_in(khonkaen, Role.CHIEF)
    assert "อนุมัติให้ลบ" in page_text(chief.get(response["Location"]))
    assert "รายการที่" in page_text(chief.get("/desk/retention"))
    assert chief.post(f"{response['Location']}/approve").status_code == 302
    assert chief.post(f"{response['Location']}/approve").status_code == 409
    assert dpo.get(f"{response['Location']}/pdf").status_code == 404, "it is not erased yet"
    assert case.case_number in dpo.get(f"{response['Location']}/csv").content.decode()
    Erasure.objects.update(finished_at=erasure.proposed_at)
    assert dpo.get(f"{response['Location']}/pdf").content.startswith(b"%PDF")


def test_the_page_holds_a_case_and_lists_what_is_due(khonkaen: Centre, dpo: Client, case: Case) -> None:
    Case.objects.update(closed_at=case.filed_at.replace(year=case.filed_at.year - 11))
    assert 'name="centre" value="khonkaen"' in page_text(dpo.get("/desk/retention"))
    held = dpo.post("/desk/retention/holds", {"number": case.case_number, "reason": "ศาลขอสำนวน"})
    assert held.status_code == 302
    assert 'name="centre" value="khonkaen"' not in page_text(dpo.get("/desk/retention"))
    assert dpo.post("/desk/retention/lists", {"centre": "khonkaen"}).status_code == 409
    wrong = dpo.post("/desk/retention/holds", {"number": "KKN99Z-000001-00", "reason": "x"})
    assert (wrong.status_code, "ไม่พบเรื่องเลขที่นี้" in page_text(wrong)) == (409, True)
    assert dpo.post(f"/desk/retention/holds/{case.case_number}/lift").status_code == 302
    assert dpo.post("/desk/retention/lists", {"centre": "khonkaen"}).status_code == 302
    assert (
        dpo.post("/desk/retention/periods", {"case_class": "complex", "years": "15", "basis": "x"}).status_code == 409
    )
    assert signed_in(khonkaen, Role.INTAKE).get("/desk/retention").status_code == 403


def test_the_record_of_processing_has_the_periods_as_they_are_set(
    khonkaen: Centre, ministry: Centre, dpo: Client
) -> None:
    assert "2 ถึง 20 ปีหลังยุติเรื่อง" in page_text(dpo.get("/desk/data-record"))
    for case_class in CaseClass:
        set_period(create_officer_with(ministry, Role.DPO), case_class, 7, "กฎหมายใหม่")
    page = page_text(dpo.get("/desk/data-record"))
    assert "7 ถึง 7 ปี" not in page
    assert "7 ปีหลังยุติเรื่อง" in page
    assert signed_in(khonkaen, Role.INTAKE).get("/desk/data-record").status_code == 403
