"""Two administrators at the same moment: one code, one edit, one decision; rules keep their numbers."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from central.agencies import commands
from central.agencies.csv_file import write_file
from central.agencies.csv_import import run_import
from central.agencies.models import Agency, RegisterChange, RoutingRule
from central.agencies.rule_commands import Direction, RuleDetails, add_rules, move_rule
from central.agencies.rule_set_install import install_rules
from central.centres.models import Centre
from tests.unit.central.agencies.conftest import LAND, STATION
from tests.unit.central.at_once import succeeded

REQUESTS = 4


@pytest.fixture
def khonkaen(transactional_db: None) -> Centre:
    return Centre.objects.create(slug="khonkaen", area_code="40", name_th="ขอนแก่น", name_en="Khon Kaen")


def test_a_code_is_given_once(khonkaen: Centre) -> None:
    assert succeeded(*[lambda: commands.create(LAND, khonkaen, None)] * REQUESTS) == 1
    assert Agency.objects.count() == RegisterChange.objects.count() == 1


def test_one_of_two_edits_of_the_same_page_is_stored(khonkaen: Centre) -> None:
    agency = commands.create(LAND, khonkaen, None)

    def edit(phone: str) -> Callable[[], object]:
        return lambda: commands.edit(agency, replace(LAND, phone=phone), None, seen_version=1)

    assert succeeded(*[edit(f"043-000-00{number}") for number in range(REQUESTS)]) == 1
    assert Agency.objects.get().version == 2
    assert agency.contacts.count() == 2


def test_a_registration_is_confirmed_or_refused_once(khonkaen: Centre) -> None:
    agency = commands.register(LAND, khonkaen)

    def refuse() -> bool:
        commands.refuse(agency, None)
        return True

    steps = [lambda: commands.confirm(agency, "land-office", None, seen_version=1), refuse] * 2
    assert succeeded(*steps) == 1
    decided = RegisterChange.objects.filter(kind__in=["confirmed", "refused"])
    assert decided.count() == 1
    assert Agency.objects.exists() == (decided.get().kind == "confirmed")


def test_a_file_imported_twice_at_once_adds_its_agencies_once(khonkaen: Centre) -> None:
    content = write_file([replace(STATION, code=f"station-{number}") for number in range(20)], "en")
    assert succeeded(*[lambda: run_import(content, khonkaen, None).new] * REQUESTS) == 1
    assert Agency.objects.count() == 20


def test_rules_added_and_moved_at_once_keep_their_numbers(khonkaen: Centre) -> None:
    rule = RuleDetails(lead_agency=commands.create(LAND, khonkaen, None))
    assert succeeded(*[lambda: add_rules([rule], khonkaen, None)] * REQUESTS) == REQUESTS
    last = RoutingRule.objects.get(position=REQUESTS)

    def move() -> bool:
        move_rule(last, Direction.UP, None, seen_number=REQUESTS)
        return True

    assert succeeded(*[move] * REQUESTS) == 1
    assert list(RoutingRule.objects.values_list("position", flat=True)) == list(range(1, REQUESTS + 1))
    assert RoutingRule.objects.get(pk=last.pk).position == REQUESTS - 1


def test_the_rules_for_the_police_are_installed_once(khonkaen: Centre) -> None:
    assert succeeded(*[lambda: install_rules("police", khonkaen, None).added] * REQUESTS) == 1
    RoutingRule.objects.all().delete()
    assert succeeded(*[lambda: install_rules("police", khonkaen, None).added] * REQUESTS) == 1, "the agency is there"
    assert RoutingRule.objects.count() == 4
    assert Agency.objects.count() == 1
