"""The editor of the routing rules: order, forms, the test of a case, the rules for the police."""

import pytest
from django.test import Client

from central.agencies import commands
from central.agencies.models import Agency, RoutingRule
from central.agencies.rule_commands import RuleDetails, add_rules, details_of_rule
from central.centres.models import Centre, Membership, Officer
from central.people.roles import Role
from tests.unit.central.agencies.conftest import LAND, STATION, officer_with_role
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_case
from tests.unit.central.page_text import page_text

FORM = {
    "topic": "land",
    "area": "อ.บ้านไผ่",
    "nature": "complaint",
    "about": "",
    "about_kind": "",
    "channel": "post",
    "lead_agency": "",
    "lead_kind": "police",
    "lead_level": "district",
    "support_agency": "",
    "copy_agency": "",
    "explanation_th": "ตามคำสั่ง  จังหวัด",
    "explanation_en": "",
}


@pytest.fixture
def land(khonkaen: Centre) -> Agency:
    return commands.create(LAND, khonkaen, None)


@pytest.fixture
def rules(khonkaen: Centre, land: Agency) -> list[RoutingRule]:
    details = [
        RuleDetails(topic="land", lead_agency=land),
        RuleDetails(lead_kind="police"),
        RuleDetails(lead_agency=land),
    ]
    return add_rules(details, khonkaen, None)


def topics(centre: Centre) -> list[str]:
    return [rule.topic or rule.lead_kind or "rest" for rule in RoutingRule.objects.filter(centre=centre)]


def test_a_rule_is_added_edited_moved_and_deleted(
    admin_client: Client, khonkaen: Centre, rules: list[RoutingRule], land: Agency
) -> None:
    response = admin_client.post("/desk/routing/of/khonkaen/new", FORM | {"copy_agency": str(land.pk)})
    assert response["Location"] == "/desk/routing?at=khonkaen"
    rule = RoutingRule.objects.get(position=4)
    assert details_of_rule(rule) == RuleDetails(
        topic="land",
        area_code="4010",
        nature="complaint",
        channel="post",
        lead_kind="police",
        lead_level="district",
        copy_agency=land,
        explanation_th="ตามคำสั่ง จังหวัด",
    )
    shown = page_text(admin_client.get(f"/desk/routing/{rule.pk}/edit"))
    assert 'value="อ.บ้านไผ่ จ.ขอนแก่น"' in shown
    form = FORM | {"lead_agency": str(land.pk), "lead_kind": "", "lead_level": "", "area": "อ.บ้านไผ่ จ.ขอนแก่น"}
    assert admin_client.post(f"/desk/routing/{rule.pk}/edit", form).status_code == 302
    assert details_of_rule(RoutingRule.objects.get(pk=rule.pk)).lead_agency == land
    admin_client.post(f"/desk/routing/{rules[0].pk}/move", {"seen": "1", "direction": "down"})
    assert topics(khonkaen) == ["police", "land", "rest", "land"]
    stale = admin_client.post(f"/desk/routing/{rules[0].pk}/move", {"seen": "1", "direction": "down"})
    assert stale.status_code == 409
    assert "มีผู้แก้ไขกฎไปแล้ว" in page_text(stale)
    assert admin_client.post(f"/desk/routing/{rules[0].pk}/move", {"seen": "2", "direction": "x"}).status_code == 422
    assert admin_client.post(f"/desk/routing/{rules[1].pk}/delete").status_code == 302
    assert topics(khonkaen) == ["land", "rest", "land"]
    assert admin_client.post(f"/desk/routing/{rules[1].pk}/delete").status_code == 404
    history = page_text(admin_client.get("/desk/routing"))
    assert "ลบกฎ</b>: 1 · ทุกเรื่อง" in history


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"area": "เมืองลับแล"}, "ไม่พบพื้นที่นี้"),
        ({"area": "4001;4002"}, "ไม่พบพื้นที่นี้"),
        ({"lead_kind": ""}, "โปรดเลือกหน่วยงาน หรือประเภทหน่วยงาน"),
        ({"lead_kind": "", "lead_level": ""}, "โปรดเลือกหน่วยงาน หรือประเภทหน่วยงาน"),
        ({"topic": "circus"}, "circus"),
        ({"lead_agency": "999999"}, "999999"),
    ],
)
def test_a_wrong_rule_shows_its_sentence(
    admin_client: Client, khonkaen: Centre, change: dict[str, str], sentence: str
) -> None:
    response = admin_client.post("/desk/routing/of/khonkaen/new", FORM | change)
    assert response.status_code == 422
    assert sentence in page_text(response)
    assert not RoutingRule.objects.exists()


def test_typed_facts_show_the_rule_that_takes_them_and_why(
    admin_client: Client, khonkaen: Centre, rules: list[RoutingRule]
) -> None:
    shown = page_text(admin_client.get("/desk/routing", {"at": "khonkaen", "test": "1", "topic": "drugs"}))
    assert "กฎข้อ 1 ไม่ใช้: ประเภทเรื่องคือ «ยาเสพติด/อบายมุข» ไม่ใช่ «ที่ดิน/ที่สาธารณประโยชน์»" in shown
    assert "กฎข้อ 2 ใช้กับเรื่องนี้ แต่ทะเบียนยังไม่มีหน่วยงาน «ตำรวจ» ที่ดูแล จ.ขอนแก่น" in shown
    assert 'data-rule="2" class="taken"' in shown
    commands.create(STATION, khonkaen, None)
    query = {"test": "1", "topic": "drugs", "area": "อ.เมืองขอนแก่น"}
    assert f"กฎข้อ 2 ใช้กับเรื่องนี้: ส่ง {STATION.name_th}" in page_text(admin_client.get("/desk/routing", query))
    assert "ไม่พบพื้นที่นี้" in page_text(admin_client.get("/desk/routing", {"test": "1", "area": "ลับแลแดนไกล"}))


def test_a_case_is_tested_by_its_number_only_by_who_may_see_it(
    khonkaen: Centre, phayao: Centre, mueang: Centre, rules: list[RoutingRule]
) -> None:
    case = create_case(mueang, topic="land", area="400115")
    director = officer_with_role(khonkaen, "director", Role.DIRECTOR)
    shown = page_text(client_of(director).get("/desk/routing", {"test": "1", "number": case.case_number.lower()}))
    assert f"กฎข้อ 1 ของ{khonkaen.name_th} ใช้กับเรื่องนี้: ส่ง {LAND.name_th}" in shown
    assert "ต.บ้านเป็ด อ.เมืองขอนแก่น จ.ขอนแก่น" in shown
    assert case.text not in shown
    elsewhere = officer_with_role(phayao, "director-py", Role.DIRECTOR)
    administrator = officer_with_role(khonkaen, "admin", Role.ADMINISTRATOR)
    for officer in (elsewhere, administrator):
        hidden = page_text(client_of(officer).get("/desk/routing", {"test": "1", "number": case.case_number}))
        assert "ไม่พบเรื่องนี้ในเรื่องที่ท่านดูได้" in hidden
        assert 'id="result"' not in hidden
    Membership.objects.create(officer=administrator, centre=khonkaen, role=Role.CASE_OFFICER.value)
    allowed = client_of(administrator).get("/desk/routing", {"test": "1", "number": case.case_number})
    assert 'id="result"' in page_text(allowed)


def test_the_rules_for_the_police_are_installed_by_a_button(admin_client: Client, khonkaen: Centre) -> None:
    shown = page_text(admin_client.post("/desk/routing/of/khonkaen/police"))
    assert "กฎเรื่องเกี่ยวกับตำรวจ: เพิ่มแล้ว 4 ข้อ" in shown
    assert "โปรดใส่อีเมลของสำนักงานจเรตำรวจ" in shown
    assert "มีครบแล้ว" in page_text(admin_client.post("/desk/routing/of/khonkaen/police"))
    assert RoutingRule.objects.count() == 4
    query = {"test": "1", "nature": "complaint", "about_kind": "police"}
    shown = page_text(admin_client.get("/desk/routing", query))
    assert "กฎข้อ 1 ใช้กับเรื่องนี้: ส่ง สำนักงานจเรตำรวจ (เรื่องกล่าวหาตำรวจให้จเรตำรวจตรวจสอบ)" in shown


def test_rules_of_the_centres_above_are_shown_and_not_editable(
    admin_client: Client, khonkaen: Centre, ministry: Centre
) -> None:
    department = commands.create(LAND, ministry, None)
    (rule,) = add_rules([RuleDetails(lead_agency=department)], ministry, None)
    shown = page_text(admin_client.get("/desk/routing"))
    assert 'id="inherited"' in shown
    assert f"/desk/routing/{rule.pk}/edit" not in shown
    for path in ("edit", "move", "delete"):
        assert admin_client.post(f"/desk/routing/{rule.pk}/{path}", FORM).status_code == 404


def test_a_rule_behind_a_wider_one_is_marked(
    admin_client: Client, khonkaen: Centre, ministry: Centre, rules: list[RoutingRule]
) -> None:
    department = commands.create(LAND, ministry, None)
    add_rules([RuleDetails(topic="drugs", lead_agency=department)], ministry, None)
    shown = page_text(admin_client.get("/desk/routing"))
    assert shown.count("ไม่ถูกใช้: กฎข้อ 2 รับเรื่องเหล่านี้ทั้งหมด") == 2, "own rule 3, and the one of the ministry"


def test_only_who_manages_the_routing_opens_the_editor(
    khonkaen: Centre, phayao: Centre, rules: list[RoutingRule], administrator: Officer
) -> None:
    intake = client_of(officer_with_role(khonkaen, "intake", Role.INTAKE))
    assert intake.get("/desk/routing").status_code == 403
    assert intake.post("/desk/routing/of/khonkaen/new", FORM).status_code == 403
    elsewhere = client_of(officer_with_role(phayao, "admin-py", Role.ADMINISTRATOR))
    for path in ("of/khonkaen/new", "of/khonkaen/police", f"{rules[0].pk}/edit", f"{rules[0].pk}/delete"):
        assert elsewhere.post(f"/desk/routing/{path}", FORM).status_code == 404
    assert elsewhere.get("/desk/routing?at=khonkaen").status_code == 404
    assert RoutingRule.objects.count() == 3
