"""The rules for the police as they are delivered: each branch, installed as rows, twice without doubles."""

from dataclasses import replace

import pytest

from central.agencies import commands
from central.agencies.case_routing import propose_route
from central.agencies.details import details_of
from central.agencies.models import Agency, RegisterChange, RoutingRule
from central.agencies.routing_rules import CaseFacts
from central.agencies.rule_commands import RuleDetails, add_rules
from central.agencies.rule_set_install import RULE_SETS, install_rules
from central.centres.models import Centre, Officer
from protocol.choices import Nature
from tests.unit.central.agencies.conftest import LAND, STATION

BUREAU = replace(
    STATION, code="police-region-4", name_th="ตำรวจภูธรภาค 4", name_en="Police Region 4", areas=(), level="bureau"
)


@pytest.fixture
def registered(khonkaen: Centre, administrator: Officer) -> dict[str, Agency]:
    """Station, bureau and a general rule, then the rules for the police."""
    commands.create(STATION, khonkaen, None)
    commands.create(BUREAU, khonkaen, None)
    add_rules([RuleDetails(lead_agency=commands.create(LAND, khonkaen, None))], khonkaen, None)
    install_rules("police", khonkaen, administrator)
    return {agency.code: agency for agency in Agency.objects.all()}


@pytest.mark.parametrize(
    ("nature", "lead", "copies", "rule"),
    [
        (Nature.COMPLAINT, "police-inspector-general", [], 1),
        (Nature.HELP, "police-region-4", ["police-inspector-general"], 2),
        (Nature.TIP_OFF, "police-region-4", ["police-inspector-general"], 3),
        (Nature.SUGGESTION, "police-region-4", ["police-inspector-general"], 4),
        (Nature.PRAISE, "land-office", [], 5),
    ],
)
def test_each_nature_of_a_case_about_the_police_goes_where_the_rule_says(
    khonkaen: Centre, registered: dict[str, Agency], nature: Nature, lead: str, copies: list[str], rule: int
) -> None:
    facts = CaseFacts(topic="corruption", area="400115", nature=nature.value, about="official", about_kind="police")
    result = propose_route(facts, khonkaen)
    assert result.lead is not None
    assert result.rule is not None
    assert result.lead.key == registered[lead].pk
    assert [copy.key for copy in result.copies] == [registered[code].pk for code in copies]
    assert result.rule.number == rule
    assert len(result.explanation) == rule
    assert registered[lead].name_th in result.explanation[-1].th


@pytest.mark.parametrize("about_kind", ["", "land"])
def test_a_case_about_somebody_else_is_not_taken_by_the_rules_for_the_police(
    khonkaen: Centre, registered: dict[str, Agency], about_kind: str
) -> None:
    facts = CaseFacts(topic="corruption", nature="complaint", about="official", about_kind=about_kind)
    result = propose_route(facts, khonkaen)
    assert result.lead is not None
    assert result.lead.key == registered["land-office"].pk


def test_an_accusation_never_falls_to_a_later_rule(khonkaen: Centre, registered: dict[str, Agency]) -> None:
    Agency.objects.filter(code="police-inspector-general").update(is_active=False)
    result = propose_route(CaseFacts(nature="complaint", about_kind="police", area="4001"), khonkaen)
    assert (result.lead, result.copies) == (None, ())
    assert "โปรดเลือกหน่วยงานเอง" in result.explanation[-1].th


def test_installing_again_adds_nothing_and_keeps_edits(
    khonkaen: Centre, registered: dict[str, Agency], administrator: Officer
) -> None:
    RoutingRule.objects.filter(position=2).update(explanation_th="แก้ไขโดยศูนย์")
    again = install_rules("police", khonkaen, administrator)
    assert (again.added, again.created_agencies) == ((), ())
    assert RoutingRule.objects.count() == 5
    assert RoutingRule.objects.get(position=2).explanation_th == "แก้ไขโดยศูนย์"
    assert RegisterChange.objects.filter(kind="rule_added", by=administrator).count() == 4


def test_the_administrator_is_told_what_is_missing(khonkaen: Centre, phayao: Centre, ministry: Centre) -> None:
    first = install_rules("police", khonkaen, None)
    assert [text.en for text in first.advice] == [
        "Please add this agency, which the register does not have yet: Police (Region or bureau), of the place",
        "Please add the e-mail address of Office of the Police Inspector-General",
    ]
    (general,) = first.created_agencies
    commands.edit(general, replace(details_of(general), email="ig@example.go.th"), None, seen_version=1)
    commands.create(BUREAU, khonkaen, None)
    assert install_rules("police", khonkaen, None).advice == ()


def test_an_inspector_general_of_the_ministry_serves_every_centre(khonkaen: Centre, ministry: Centre) -> None:
    install_rules("police", ministry, None)
    installed = install_rules("police", khonkaen, None)
    assert installed.created_agencies == ()
    assert [rule.lead_agency or rule.copy_agency for rule in installed.added] == [Agency.objects.get()] * 4


def test_every_delivered_set_can_be_installed(khonkaen: Centre) -> None:
    assert RULE_SETS == ("police",)
    for name in RULE_SETS:
        assert install_rules(name, khonkaen, None).added
