"""The menu of the desk has what an officer may do, and every page links to a section of the handbook that exists."""

import re
from pathlib import Path

import pytest
from django.test import Client

import central
from central.centres.models import Centre, Membership, Officer
from central.desk import urls
from central.desk.help_sections import SECTIONS
from central.desk.navigation import AGENCY_ENTRIES, ENTRIES, build_navigation, help_anchor
from central.people.permission import actions_anywhere
from central.people.roles import MATRIX, Action, Role, Scope
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_agency
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD

PAGE_NAMES = [entry.name for entry in urls.urlpatterns if entry.name]


def officer_with(role: Role, centre: Centre, *, fleet: bool = True) -> Officer:
    officer = Officer.objects.create_user(username=role.value, password=PASSWORD)
    agency = create_agency(centre) if MATRIX[role].scope is Scope.AGENCY else None
    Membership.objects.create(
        officer=officer, centre=centre, role=role.value, agency=agency, may_read_people=True, may_run_fleet=fleet
    )
    return officer


@pytest.mark.parametrize("role", Role)
def test_the_menu_has_the_pages_of_the_role(role: Role, khonkaen: Centre) -> None:
    officer = officer_with(role, khonkaen)
    menu = build_navigation(officer, "cases", "th")
    rules = MATRIX[role]
    entries = [entry for entry in (*ENTRIES, *AGENCY_ENTRIES) if rules.scope in entry.scopes]
    allowed = [entry.label.th for entry in entries if not entry.actions or rules.actions & set(entry.actions)]
    assert sorted(entry.label for entry in menu.work + menu.manage) == sorted(allowed)


@pytest.mark.parametrize("role", Role)
def test_every_entry_of_the_menu_opens(role: Role, khonkaen: Centre) -> None:
    officer = officer_with(role, khonkaen)
    client, menu = client_of(officer), build_navigation(officer, None, "en")
    assert {entry.url: client.get(entry.url).status_code for entry in menu.work + menu.manage} == {
        entry.url: 200 for entry in menu.work + menu.manage
    }


def test_an_action_that_is_withheld_or_of_a_suspended_officer_is_not_in_the_menu(khonkaen: Centre) -> None:
    clerk = officer_with(Role.INTAKE, khonkaen, fleet=False)
    assert Action.RUN_FLEET not in actions_anywhere(clerk)
    assert Action.TAKE in actions_anywhere(clerk)
    clerk.is_active = False
    assert actions_anywhere(clerk) == frozenset()


def test_entries_name_pages_that_exist() -> None:
    named = {name for entry in ENTRIES for name in (entry.url_name, *entry.pages)}
    assert named <= set(PAGE_NAMES)


# Pages without an entry: those of the own account, and downloads.
_WITHOUT_ENTRY = {"help", "print_help", "technician_help", "print_technician_help", "registered", "export_centres"}


def test_every_page_without_a_number_in_its_address_belongs_to_an_entry(desk_client: Client) -> None:
    named = {name for entry in ENTRIES for name in (entry.url_name, *entry.pages)}
    for route in urls.urlpatterns:
        if "<" in str(route.pattern) or route.name in named | _WITHOUT_ENTRY or help_anchor(route.name):
            continue
        assert desk_client.get(f"/desk/{route.pattern}").status_code == 405, f"{route.name} is in no entry of the menu"


def test_every_link_to_the_handbook_leads_to_a_section(desk_client: Client) -> None:
    handbook = page_text(desk_client.get("/desk/help"))
    anchors = set(re.findall(r'<section class="card" id="([^"]+)"', handbook))
    assert {help_anchor(name) for name in PAGE_NAMES} - {""} <= anchors
    assert set(re.findall(r'href="#([^"]+)"', handbook)) == anchors
    shown = page_text(desk_client.get("/desk/password"))
    assert 'href="/desk/help#sign-in"' in shown


def test_every_section_of_the_handbook_has_its_template_in_both_languages(desk_client: Client) -> None:
    templates = Path(central.__file__).parent / "templates"
    assert {templates / section.template for section in SECTIONS} == set((templates / "desk/help").glob("*.html"))
    thai = page_text(desk_client.get("/desk/help"))
    desk_client.cookies["desk_language"] = "en"
    english = page_text(desk_client.get("/desk/help"))
    for section in SECTIONS:
        assert f"<h2>{section.title.en}</h2>" in english
        assert section.title.th in thai
    body = english[english.index('<div class="handbook">') :]
    assert not re.search("[\u0e01-\u0e5b]", body.replace("ไทย", ""))


def test_the_handbook_is_open_before_signing_in() -> None:
    assert Client().get("/desk/help").status_code == 200
    assert 'href="/desk/help#sign-in"' in page_text(Client().get("/desk/login"))


def test_the_current_page_is_marked_once_in_each_form_of_the_menu(desk_client: Client) -> None:
    shown = page_text(desk_client.get("/desk/alarms"))
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', shown) == ["/desk/alarms"] * 2
