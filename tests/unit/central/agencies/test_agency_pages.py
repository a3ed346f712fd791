"""The pages of the register: list with filters, page of an agency, forms, permissions."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from central.agencies import commands
from central.agencies.details import ContactDetails, details_of
from central.agencies.models import Agency
from central.agencies.rule_commands import RuleDetails, add_rules
from central.cases import clock
from central.cases.commands import OrderInputs, order
from central.cases.models import Referral
from central.centres.models import Centre, Membership, Officer
from central.people.roles import Role
from tests.unit.central.agencies.conftest import LAND, STATION, officer_with_role
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import actor_with, create_case
from tests.unit.central.page_text import page_text

FORM = {
    "name_th": "สำนักงานทดสอบ",
    "name_en": "Test Office",
    "kind": "roads",
    "level": "district",
    "code": "Test-Office",
    "areas": ["4001", "4002"],
    "more_areas": "ต.บ้านเป็ด อ.เมืองขอนแก่น; 4010",
    "email": "office@example.go.th",
    "phone": "043-000-222",
    "address": "ถนน  ทดสอบ",
    "declared_days": "30",
    "supervising_code": "land-office",
    "contact_point_name": "นางสาวทดสอบ",
    "contact_point_email": "test@example.go.th",
    "cceo_name": "นายทดสอบ",
    "other_0_name": "",
    "other_1_name": "นายช่าง",
}


@pytest.fixture
def land(khonkaen: Centre) -> Agency:
    return commands.create(LAND, khonkaen, None)


def codes_on(client: Client, **query: str) -> list[str]:
    shown = page_text(client.get("/desk/agencies", query))
    return [part.partition('"')[0] for part in shown.split('data-agency="')[1:]]


def test_the_list_is_filtered_by_words_area_kind_and_state(
    admin_client: Client, khonkaen: Centre, ministry: Centre, mueang: Centre, phayao: Centre, land: Agency
) -> None:
    commands.create(STATION, khonkaen, None)
    commands.create(replace(STATION, code="ban-phai", name_th="สภ.บ้านไผ่", areas=("4010",)), khonkaen, None)
    commands.create(replace(STATION, code="tambon", name_th="ต", areas=("400115",)), khonkaen, None)
    commands.create(replace(LAND, code="closed", is_active=False), khonkaen, None)
    commands.create(replace(LAND, code="above"), ministry, None)
    commands.create(replace(STATION, code="below", areas=()), mueang, None)
    commands.create(replace(LAND, code="elsewhere"), phayao, None)
    waiting = commands.register(replace(LAND, name_th="รอ"), khonkaen)
    everything = {"land-office", "police-mueang", "ban-phai", "tambon", "closed", "above", "below", waiting.code}
    assert set(codes_on(admin_client)) == everything
    assert codes_on(admin_client, words="BAN-") == ["ban-phai"]
    assert codes_on(admin_client, words="บ้านไผ่") == ["ban-phai"]
    assert set(codes_on(admin_client, words="land office")) == {"land-office", "closed", "above", waiting.code}
    assert set(codes_on(admin_client, kind="police")) == {"police-mueang", "ban-phai", "tambon", "below"}
    assert codes_on(admin_client, state="pending") == [waiting.code]
    assert codes_on(admin_client, state="out_of_use") == ["closed"]
    assert set(codes_on(admin_client, state="in_use")) == everything - {"closed", waiting.code}
    in_mueang = {"police-mueang", "tambon", "below"}
    assert set(codes_on(admin_client, area="4001", kind="police")) == in_mueang
    assert set(codes_on(admin_client, area="4002", kind="land")) == {"land-office", "closed", "above", waiting.code}
    assert set(codes_on(admin_client, area="9999", kind="moon")) == everything, "an invalid value filters nothing"
    assert "below" in codes_on(admin_client, at="mueang-kk")
    assert admin_client.get("/desk/agencies?at=phayao").status_code == 404
    assert "elsewhere" not in codes_on(admin_client)


def test_a_page_has_25_rows_and_a_constant_number_of_queries(
    admin_client: Client, khonkaen: Centre, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        commands.create(replace(STATION, code=f"few-{number}", contact_point=ContactDetails("นาง")), khonkaen, None)
    admin_client.get("/desk/agencies")
    with django_assert_max_num_queries(60) as few:
        admin_client.get("/desk/agencies")
    for number in range(30):
        commands.create(replace(STATION, code=f"many-{number}", contact_point=ContactDetails("นาง")), khonkaen, None)
    with django_assert_max_num_queries(len(few)):
        assert len(codes_on(admin_client, kind="police")) == 25
    assert len(codes_on(admin_client, kind="police", page="2")) == 8
    assert "?page=2&kind=police" in page_text(admin_client.get("/desk/agencies?kind=police")).replace("&amp;", "&")


def test_an_agency_is_added_and_edited_through_the_form(
    admin_client: Client, khonkaen: Centre, administrator: Officer, land: Agency
) -> None:
    response = admin_client.post("/desk/agencies/of/khonkaen/new", FORM)
    agency = Agency.objects.get(code="test-office")
    assert response["Location"] == f"/desk/agencies/{agency.pk}"
    details = details_of(agency)
    assert (details.areas, details.address) == (("4001", "400115", "4002", "4010"), "ถนน ทดสอบ")
    assert (details.declared_days, details.supervising_code) == (30, "land-office")
    assert details.contact_point == ContactDetails("นางสาวทดสอบ", email="test@example.go.th")
    assert details.other_contacts == (ContactDetails("นายช่าง"),)

    form = page_text(admin_client.get(f"/desk/agencies/{agency.pk}/edit"))
    assert (
        'value="4001" id="areas_0" checked' in form or 'value="4001" id="areas_0"  checked' in form or "checked" in form
    )
    assert 'name="seen" value="1"' in form
    edited = FORM | {"seen": "1", "name_th": "ชื่อใหม่", "areas": [], "more_areas": "", "cceo_name": ""}
    assert admin_client.post(f"/desk/agencies/{agency.pk}/edit", edited).status_code == 302
    assert details_of(Agency.objects.get(pk=agency.pk)) == replace(
        details, name_th="ชื่อใหม่", areas=(), cceo=ContactDetails()
    )
    stale = admin_client.post(f"/desk/agencies/{agency.pk}/edit", edited | {"name_th": "ชื่อเก่า"})
    assert stale.status_code == 422
    assert "มีผู้แก้ไขหน่วยงานนี้ไปแล้ว" in page_text(stale)
    assert Agency.objects.get(pk=agency.pk).name_th == "ชื่อใหม่"
    page = page_text(admin_client.get(f"/desk/agencies/{agency.pk}"))
    for text in ("ชื่อใหม่", "30 วันทำการ", "นางสาวทดสอบ", "นายช่าง", LAND.name_th, "พื้นที่รับผิดชอบ", "admin-kk"):
        assert text in page
    assert "แก้ไข: ชื่อหน่วยงาน, พื้นที่รับผิดชอบ, ผู้บริหาร (CCEO)" in page.replace("</b>", "")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name_th": ""}, "ฟิลด์นี้จำเป็น"),
        ({"code": "รหัส"}, "ใช้ได้เฉพาะ a-z"),
        ({"kind": ""}, "ฟิลด์นี้จำเป็น"),
        ({"more_areas": "เมืองลับแลแดนไกล"}, "ไม่พบพื้นที่ «เมืองลับแลแดนไกล»"),
        ({"more_areas": "จ.พะเยา"}, "พะเยา อยู่นอกพื้นที่ของศูนย์"),
        ({"contact_point_email": "x"}, "อีเมลไม่ถูกต้อง"),
        ({"other_0_phone": "081-000-0000"}, "โปรดใส่ชื่อผู้ติดต่อ"),
        ({"declared_days": "999"}, "ต้องเป็นจำนวนวันทำการ"),
        ({"code": "land-office"}, "รหัสนี้มีหน่วยงานอื่นใช้แล้ว"),
    ],
)
def test_a_wrong_form_shows_its_sentence_and_keeps_what_was_typed(
    admin_client: Client, land: Agency, change: dict[str, str], sentence: str
) -> None:
    response = admin_client.post("/desk/agencies/of/khonkaen/new", FORM | change)
    assert response.status_code == 422
    shown = page_text(response)
    assert sentence in shown
    assert "นางสาวทดสอบ" in shown
    assert Agency.objects.count() == 1


def test_an_agency_is_taken_out_of_use_and_back(admin_client: Client, khonkaen: Centre, land: Agency) -> None:
    path = f"/desk/agencies/{land.pk}/state"
    (rule,) = add_rules([RuleDetails(lead_agency=land)], khonkaen, None)
    refused = admin_client.post(path, {"seen": "1", "in_use": "no"})
    assert refused.status_code == 409
    assert "กฎการส่งเรื่อง 1 ข้อยังระบุหน่วยงานนี้อยู่" in page_text(refused)
    assert "กฎที่ระบุหน่วยงานนี้" in page_text(refused)
    rule.delete()
    assert admin_client.post(path, {"seen": "1", "in_use": "no"}).status_code == 302
    assert "ปิดใช้งาน" in page_text(admin_client.get(f"/desk/agencies/{land.pk}"))
    assert admin_client.post(path, {"seen": "1", "in_use": "yes"}).status_code == 409, "a stale page"
    assert admin_client.post(path, {"seen": "2", "in_use": "yes"}).status_code == 302
    assert admin_client.post(path, {"seen": "3", "in_use": "maybe"}).status_code == 422
    assert Agency.objects.get().takes_cases


def test_a_registration_is_confirmed_or_refused_on_its_page(admin_client: Client, khonkaen: Centre) -> None:
    waiting, other = commands.register(LAND, khonkaen), commands.register(STATION, khonkaen)
    assert "รอการยืนยัน: 2" in page_text(admin_client.get("/desk/agencies"))
    page = page_text(admin_client.get(f"/desk/agencies/{waiting.pk}"))
    assert 'id="confirmation"' in page
    assert waiting.code not in page, "the provisional code is nothing to use"
    path = f"/desk/agencies/{waiting.pk}/confirm"
    assert admin_client.post(path, {"seen": "1", "code": "รหัส"}).status_code == 409
    assert admin_client.post(path, {"seen": "1", "code": ""}).status_code == 422
    assert admin_client.post(path, {"seen": "1", "code": "Land-Office "}).status_code == 302
    assert Agency.objects.get(pk=waiting.pk).code == "land-office"
    assert admin_client.post(f"/desk/agencies/{waiting.pk}/refuse").status_code == 409
    assert admin_client.post(f"/desk/agencies/{other.pk}/refuse").status_code == 302
    assert not Agency.objects.filter(pk=other.pk).exists()


def test_an_intake_officer_reads_the_register_and_changes_nothing(
    khonkaen: Centre, mueang: Centre, land: Agency
) -> None:
    for centre in (khonkaen, mueang):
        client = client_of(officer_with_role(centre, f"intake-{centre.slug}", Role.INTAKE))
        waiting = commands.register(STATION, centre)
        assert codes_on(client) == ["land-office"]
        page = page_text(client.get(f"/desk/agencies/{land.pk}"))
        assert LAND.contact_point.name in page
        assert "/edit" not in page
        assert "admin" not in page
        assert client.get(f"/desk/agencies/{waiting.pk}").status_code == 404
        for path in ("edit", "state", "confirm", "refuse"):
            assert client.post(f"/desk/agencies/{land.pk}/{path}", FORM).status_code == 403
        for path in ("new", "import", "import/apply", "export"):
            method = client.get if path == "export" else client.post
            assert method(f"/desk/agencies/of/khonkaen/{path}").status_code == 403
    assert details_of(Agency.objects.get(code="land-office")) == LAND


def test_an_administrator_of_another_centre_sees_nothing_of_this_one(phayao: Centre, land: Agency) -> None:
    client = client_of(officer_with_role(phayao, "admin-py", Role.ADMINISTRATOR))
    assert codes_on(client) == []
    for path in ("", "/edit"):
        assert client.get(f"/desk/agencies/{land.pk}{path}").status_code == 404
    for path in ("edit", "state", "confirm", "refuse"):
        assert client.post(f"/desk/agencies/{land.pk}/{path}", FORM).status_code == 404
    for path in ("new", "import"):
        assert client.post(f"/desk/agencies/of/khonkaen/{path}", FORM).status_code == 404


def test_officers_without_a_register_are_refused(khonkaen: Centre, land: Agency) -> None:
    for role in (Role.TECHNICIAN, Role.AGENCY_OFFICER):
        client = client_of(officer_with_role(khonkaen, role.value, role))
        assert client.get("/desk/agencies").status_code == 403
        assert client.get(f"/desk/agencies/{land.pk}").status_code == 404


def test_the_page_lists_the_agencys_officers_and_those_it_supervises(
    admin_client: Client, khonkaen: Centre, land: Agency
) -> None:
    commands.create(replace(STATION, supervising_code="land-office"), khonkaen, None)
    officer = Officer.objects.create_user(username="land-officer", first_name="สมหญิง", last_name="ทดสอบ")
    Membership.objects.create(officer=officer, centre=khonkaen, agency=land, role=Role.AGENCY_OFFICER.value)
    page = page_text(admin_client.get(f"/desk/agencies/{land.pk}"))
    assert "สมหญิง ทดสอบ" in page
    assert STATION.name_th in page


def test_the_english_pages_are_english(admin_client: Client, land: Agency) -> None:
    admin_client.cookies["desk_language"] = "en"
    shown = page_text(admin_client.get(f"/desk/agencies/{land.pk}"))
    assert "Khon Kaen Land Office" in shown
    assert "20 working days" in shown
    list_page = page_text(admin_client.get("/desk/agencies"))
    assert "Add an agency" in list_page
    assert "http://testserver/agencies/register?centre=khonkaen" in list_page


def test_officers_who_see_cases_see_how_many_the_agency_leads(
    khonkaen: Centre, mueang: Centre, land: Agency, administrator: Officer
) -> None:
    director = actor_with(khonkaen, Role.DIRECTOR)
    for days_left in (30, -1):
        case = create_case(mueang)
        order(case, director, seen_revision=None, inputs=OrderInputs(lead=land, text="โปรดตรวจสอบ"))
        Referral.objects.filter(case=case).update(due=clock.today() + timedelta(days=days_left))
    clerk = client_of(officer_with_role(khonkaen, "clerk", Role.CASE_OFFICER))
    seen = page_text(clerk.get(f"/desk/agencies/{land.pk}"))
    assert '<a href="/desk/cases?agency=land-office">ยังไม่เสร็จ 2</a>' in seen
    assert "เกินกำหนด 1" in seen
    assert clerk.get("/desk/cases?agency=land-office").status_code == 200
    assert 'id="work"' not in page_text(client_of(administrator).get(f"/desk/agencies/{land.pk}"))
