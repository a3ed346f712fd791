"""Routing rules as rows: order, checks, inheritance from the centres above."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext

from central.agencies import commands, rule_commands
from central.agencies.case_routing import facts_of, propose_route
from central.agencies.errors import RegisterError
from central.agencies.models import Agency, RegisterChange, RoutingRule
from central.agencies.routing_rules import CaseFacts
from central.agencies.rule_commands import (
    Direction,
    RuleDetails,
    add_rules,
    delete_rule,
    details_of_rule,
    edit_rule,
    move_rule,
)
from central.centres.models import Centre, Officer
from central.people.roles import Role
from tests.unit.central.agencies.conftest import LAND, STATION, officer_with_role

TOPICS = ("land", "drugs", "debt")


@pytest.fixture
def land(khonkaen: Centre) -> Agency:
    return commands.create(LAND, khonkaen, None)


@pytest.fixture
def rules(khonkaen: Centre, land: Agency) -> list[RoutingRule]:
    return add_rules([RuleDetails(topic=topic, lead_agency=land) for topic in TOPICS], khonkaen, None)


def order(centre: Centre) -> list[tuple[int, str]]:
    return list(RoutingRule.objects.filter(centre=centre).values_list("position", "topic"))


def test_rules_are_numbered_moved_and_deleted(
    khonkaen: Centre, rules: list[RoutingRule], administrator: Officer
) -> None:
    assert order(khonkaen) == [(1, "land"), (2, "drugs"), (3, "debt")]
    move_rule(rules[2], Direction.UP, administrator, seen_number=3)
    assert order(khonkaen) == [(1, "land"), (2, "debt"), (3, "drugs")]
    move_rule(rules[0], Direction.UP, administrator, seen_number=1)
    move_rule(rules[1], Direction.DOWN, administrator, seen_number=3)
    assert order(khonkaen) == [(1, "land"), (2, "debt"), (3, "drugs")], "the ends do not move"
    with pytest.raises(RegisterError, match="changed the rules"):
        move_rule(rules[2], Direction.UP, administrator, seen_number=3)
    delete_rule(rules[0], administrator)
    assert order(khonkaen) == [(1, "debt"), (2, "drugs")]
    with pytest.raises(RegisterError):
        delete_rule(rules[0], administrator)
    assert [row.kind for row in RegisterChange.objects.order_by("id")][-2:] == ["rule_moved", "rule_deleted"]


def test_a_rule_is_edited_in_its_place_and_recorded(
    khonkaen: Centre, rules: list[RoutingRule], administrator: Officer
) -> None:
    wanted = replace(details_of_rule(rules[1]), nature="help", explanation_th="ตามคำสั่งจังหวัด")
    assert edit_rule(rules[1], wanted, administrator).position == 2
    assert details_of_rule(RoutingRule.objects.get(position=2)) == wanted
    edit_rule(rules[1], wanted, administrator)
    assert RegisterChange.objects.filter(kind="rule_edited").count() == 1
    assert (
        RegisterChange.objects.get(kind="rule_edited").detail
        == "2 · ประเภทเรื่อง ยาเสพติด/อบายมุข และ ลักษณะเรื่อง ขอความช่วยเหลือ"
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"topic": "circus"}, "topic"),
        ({"nature": "circus"}, "nature"),
        ({"about": "circus"}, "about"),
        ({"about_kind": "circus"}, "about_kind"),
        ({"channel": "circus"}, "channel"),
        ({"area_code": "99"}, "area_code"),
        ({"lead_agency": None}, "lead_agency"),
        ({"lead_kind": "police"}, "lead_agency"),
        ({"lead_agency": None, "lead_kind": "circus"}, "lead_kind"),
        ({"lead_agency": None, "lead_kind": "police", "lead_level": "moon"}, "lead_level"),
        ({"lead_level": "district"}, "lead_level"),
        ({"explanation_th": "ก" * 301}, "explanation_th"),
    ],
)
def test_a_wrong_rule_is_refused_with_a_sentence_at_its_field(
    khonkaen: Centre, land: Agency, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(RegisterError) as refused:
        add_rules([replace(RuleDetails(lead_agency=land), **change)], khonkaen, None)
    assert list(refused.value.errors) == [field]
    assert not RoutingRule.objects.exists()


def test_a_rule_names_only_agencies_that_the_centre_can_send_to(
    khonkaen: Centre, phayao: Centre, mueang: Centre, ministry: Centre, land: Agency
) -> None:
    below = commands.create(STATION, mueang, None)
    above = commands.create(replace(LAND, code="land-department"), ministry, None)
    elsewhere = commands.create(LAND, phayao, None)
    pending = commands.register(LAND, khonkaen)
    add_rules([RuleDetails(lead_agency=land, support_agency=below, copy_agency=above)], khonkaen, None)
    for agency in (elsewhere, pending):
        with pytest.raises(RegisterError, match="cannot send"):
            add_rules([RuleDetails(lead_agency=land, copy_agency=agency)], khonkaen, None)


def test_only_who_manages_the_routing_may_change_rules(
    khonkaen: Centre, phayao: Centre, rules: list[RoutingRule]
) -> None:
    for officer in (
        officer_with_role(khonkaen, "intake", Role.INTAKE),
        officer_with_role(phayao, "admin", Role.ADMINISTRATOR),
    ):
        for attempt in (
            lambda by: add_rules([details_of_rule(rules[0])], khonkaen, by),
            lambda by: edit_rule(rules[0], details_of_rule(rules[1]), by),
            lambda by: move_rule(rules[1], Direction.UP, by, seen_number=2),
            lambda by: delete_rule(rules[0], by),
        ):
            with pytest.raises(RegisterError, match="may not"):
                attempt(officer)
    assert [topic for _, topic in order(khonkaen)] == list(TOPICS)


def test_the_number_of_rules_is_limited(khonkaen: Centre, land: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_commands, "MAX_RULES", 1)
    with pytest.raises(RegisterError, match="More than"):
        add_rules([RuleDetails(lead_agency=land), RuleDetails(lead_agency=land)], khonkaen, None)


def test_the_database_refuses_a_rule_with_two_leads_or_none(khonkaen: Centre, land: Agency) -> None:
    for columns in ({}, {"lead_agency": land, "lead_kind": "police"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoutingRule.objects.create(centre=khonkaen, position=1, **columns)


def test_own_rules_are_applied_before_those_of_the_centres_above(
    khonkaen: Centre, ministry: Centre, mueang: Centre, phayao: Centre, land: Agency
) -> None:
    department = commands.create(replace(LAND, code="land-department", name_en="Department"), ministry, None)
    add_rules([RuleDetails(lead_agency=department)], ministry, None)
    add_rules([RuleDetails(topic="land", lead_agency=land)], khonkaen, None)
    add_rules([RuleDetails(topic="land", nature="praise", lead_agency=land)], mueang, None)
    result = propose_route(CaseFacts(topic="land", area="400115", nature="complaint"), mueang)
    assert result.lead is not None
    assert result.lead.key == land.pk
    assert [sentence.en for sentence in result.explanation] == [
        "Rule 1 does not apply: the nature is «Complaint», not «Praise».",
        "Rule 1 of Damrongdham Centre, Khon Kaen applies: to Khon Kaen Land Office.",
    ]
    for centre in (khonkaen, phayao):
        inherited = propose_route(CaseFacts(topic="drugs"), centre)
        assert inherited.lead is not None
        assert inherited.lead.key == department.pk
    assert "กฎข้อ 1 ของศูนย์ดำรงธรรมกระทรวงมหาดไทย ใช้กับเรื่องนี้" in inherited.explanation[-1].th


def test_the_agency_of_a_kind_is_searched_around_the_place(
    khonkaen: Centre, ministry: Centre, mueang: Centre, phayao: Centre
) -> None:
    commands.create(replace(STATION, code="national", areas=(), level="national"), ministry, None)
    commands.create(replace(STATION, code="province", areas=(), level="province"), khonkaen, None)
    commands.create(replace(STATION, code="ban-phai", areas=("4010",)), khonkaen, None)
    commands.create(replace(STATION, code="mueang", areas=()), mueang, None)
    commands.create(replace(STATION, code="inactive", areas=("401001",), is_active=False), khonkaen, None)
    commands.create(replace(STATION, code="phayao", areas=()), phayao, None)
    add_rules([RuleDetails(lead_kind="police")], ministry, None)

    def lead(area: str, centre: Centre = khonkaen) -> str:
        result = propose_route(CaseFacts(area=area), centre)
        return Agency.objects.get(pk=result.lead.key).code if result.lead else ""

    assert lead("401001") == "ban-phai"
    assert lead("400115") == "mueang"
    assert lead("4002") == "province"
    assert lead("") == "province", "a case without a place is in the centre's area"
    assert lead("5601") == "national"
    assert lead("5601", phayao) == "phayao"
    assert lead("400115", mueang) == "mueang"


def test_the_number_of_queries_does_not_grow_with_the_rules(
    khonkaen: Centre, land: Agency, django_assert_max_num_queries: Any
) -> None:
    add_rules([RuleDetails(topic="drugs", lead_agency=land), RuleDetails(lead_kind="land")], khonkaen, None)
    with django_assert_max_num_queries(4) as few:
        assert isinstance(few, CaptureQueriesContext)
        propose_route(CaseFacts(topic="land"), khonkaen)
    add_rules([RuleDetails(topic="debt", lead_agency=land)] * 20, khonkaen, None, first=True)
    with django_assert_max_num_queries(4):
        propose_route(CaseFacts(topic="land"), khonkaen)


def test_the_facts_of_a_case_are_its_columns() -> None:
    class Row:
        topic, area, nature, about, about_kind, channel = "land", "4001", "help", "nobody", "police", "post"

    assert facts_of(Row()) == CaseFacts("land", "4001", "help", "nobody", "police", "post")
