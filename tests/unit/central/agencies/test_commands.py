"""The commands of the register: checks, permissions, stale forms, records."""

from dataclasses import replace
from typing import Any

import pytest

from central.agencies import commands
from central.agencies.details import ContactDetails, details_of
from central.agencies.errors import RegisterError
from central.agencies.limits import MAX_AREAS
from central.agencies.models import Agency, AgencyArea, AgencyContact, RegisterChange, RoutingRule
from central.centres.models import Centre, Officer
from central.people.roles import Role
from tests.unit.central.agencies.conftest import LAND, STATION, officer_with_role

PERSON = ContactDetails("นางทดสอบ ตัวอย่าง")


def changes() -> list[tuple[str, str | None, str]]:
    rows = RegisterChange.objects.order_by("id").values_list("kind", "by__username", "detail")
    return [(kind, name, detail) for kind, name, detail in rows]


def test_an_agency_is_stored_with_areas_and_contacts_and_recorded(khonkaen: Centre, administrator: Officer) -> None:
    details = replace(LAND, areas=("4001", "400115"), other_contacts=(PERSON, PERSON))
    agency = commands.create(details, khonkaen, administrator)
    assert details_of(Agency.objects.get()) == details
    assert (agency.takes_cases, agency.status, agency.version) == (True, "active", 1)
    assert changes() == [("created", "admin-kk", "")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "Land"}, "code"),
        ({"code": "-land"}, "code"),
        ({"code": "a" * 51}, "code"),
        ({"name_th": ""}, "name_th"),
        ({"name_th": "ก" * 201}, "name_th"),
        ({"name_en": "a" * 201}, "name_en"),
        ({"address": "a" * 501}, "address"),
        ({"kind": "circus"}, "kind"),
        ({"level": ""}, "level"),
        ({"areas": ("99",)}, "areas"),
        ({"areas": ("5601",)}, "areas"),
        ({"areas": tuple(f"40{n:04}" for n in range(MAX_AREAS + 1))}, "areas"),
        ({"email": "land office"}, "email"),
        ({"email": "a" * 250 + "@b.th"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"phone": "<043000111>"}, "phone"),
        ({"declared_days": 0}, "declared_days"),
        ({"declared_days": 366}, "declared_days"),
        ({"supervising_code": "nobody"}, "supervising_code"),
        ({"contact_point": ContactDetails(phone="043000111")}, "contact_point.name"),
        ({"contact_point": replace(PERSON, email="x")}, "contact_point.email"),
        ({"cceo": replace(PERSON, position="a" * 201)}, "cceo.position"),
        ({"other_contacts": (PERSON, replace(PERSON, phone="x"))}, "other_contacts.1.phone"),
        ({"other_contacts": (PERSON,) * 21}, "other_contacts"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence_at_its_field(
    khonkaen: Centre, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(RegisterError) as refused:
        commands.create(replace(LAND, **change), khonkaen, None)
    assert list(refused.value.errors) == [field]
    assert refused.value.errors[field].th
    assert not Agency.objects.exists()
    assert changes() == []


def test_a_code_is_unique_within_its_centre(khonkaen: Centre, phayao: Centre) -> None:
    commands.create(LAND, khonkaen, None)
    commands.create(LAND, phayao, None)
    with pytest.raises(RegisterError) as refused:
        commands.create(LAND, khonkaen, None)
    assert refused.value.errors == {"code": commands.CODE_TAKEN}


def test_only_who_manages_agencies_of_the_centre_may_change_them(
    khonkaen: Centre, phayao: Centre, mueang: Centre, administrator: Officer
) -> None:
    elsewhere = officer_with_role(phayao, "admin-py", Role.ADMINISTRATOR)
    intake = officer_with_role(khonkaen, "intake-kk", Role.INTAKE)
    agency = commands.create(STATION, mueang, administrator)
    for officer in (elsewhere, intake):
        for attempt in (
            lambda by: commands.create(LAND, khonkaen, by),
            lambda by: commands.edit(agency, LAND, by, seen_version=1),
            lambda by: commands.deactivate(agency, by, seen_version=1),
            lambda by: commands.confirm(agency, "x", by, seen_version=1),
            lambda by: commands.refuse(agency, by),
        ):
            with pytest.raises(RegisterError, match="may not"):
                attempt(officer)
    assert changes() == [("created", "admin-kk", "")]


def test_an_edit_replaces_the_details_and_counts_a_version(khonkaen: Centre, administrator: Officer) -> None:
    agency = commands.create(replace(LAND, other_contacts=(PERSON,)), khonkaen, None)
    other = replace(LAND, code="land", areas=("4002",), cceo=ContactDetails(), declared_days=None)
    edited = commands.edit(agency, other, administrator, seen_version=1)
    assert details_of(Agency.objects.get()) == other
    assert edited.version == 2
    assert AgencyContact.objects.count() == 1
    assert changes()[-1] == ("edited", "admin-kk", "code, areas, declared_days, cceo, other_contacts")
    assert commands.edit(agency, other, administrator, seen_version=2).version == 2, "nothing has changed"
    assert len(changes()) == 2


def test_a_form_older_than_the_last_change_is_refused(khonkaen: Centre, administrator: Officer) -> None:
    agency = commands.create(LAND, khonkaen, None)
    commands.edit(agency, replace(LAND, phone="191"), administrator, seen_version=1)
    with pytest.raises(RegisterError, match="Someone else"):
        commands.edit(agency, replace(LAND, phone="199"), administrator, seen_version=1)
    assert Agency.objects.get().phone == "191"


def test_a_supervising_agency_is_registered_here_or_above_and_never_in_a_circle(
    khonkaen: Centre, ministry: Centre, phayao: Centre
) -> None:
    general = commands.create(replace(STATION, code="igp", areas=(), level="national"), ministry, None)
    commands.create(replace(STATION, code="elsewhere", areas=()), phayao, None)
    province = commands.create(
        replace(STATION, code="province", areas=(), level="province", supervising_code="igp"), khonkaen, None
    )
    station = commands.create(replace(STATION, supervising_code="province"), khonkaen, None)
    assert (province.supervising_agency, station.supervising_agency) == (general, province)
    with pytest.raises(RegisterError) as refused:
        commands.edit(province, replace(details_of(province), supervising_code=STATION.code), None, seen_version=1)
    assert refused.value.errors == {"supervising_code": commands.SUPERVISES_ITSELF}
    with pytest.raises(RegisterError) as refused:
        commands.edit(station, replace(STATION, supervising_code=STATION.code), None, seen_version=1)
    assert refused.value.errors == {"supervising_code": commands.SUPERVISES_ITSELF}
    with pytest.raises(RegisterError):
        commands.edit(station, replace(STATION, supervising_code="elsewhere"), None, seen_version=1)


def test_an_agency_that_a_rule_names_cannot_be_deactivated(khonkaen: Centre, administrator: Officer) -> None:
    agency = commands.create(LAND, khonkaen, None)
    rule = RoutingRule.objects.create(centre=khonkaen, position=1, lead_agency=agency)
    with pytest.raises(RegisterError, match="Routing rules that name this agency: 1"):
        commands.deactivate(agency, administrator, seen_version=1)
    rule.delete()
    assert not commands.deactivate(agency, administrator, seen_version=1).takes_cases
    assert commands.reactivate(agency, administrator, seen_version=2).takes_cases
    assert [kind for kind, *_ in changes()] == ["created", "deactivated", "reactivated"]


def test_a_registration_waits_until_it_is_confirmed_under_a_code(khonkaen: Centre, administrator: Officer) -> None:
    agency = commands.register(replace(LAND, supervising_code="x", code="free"), khonkaen)
    assert agency.code.startswith("pending-")
    assert not agency.takes_cases
    with pytest.raises(RegisterError) as refused:
        commands.confirm(agency, "", administrator, seen_version=1)
    assert list(refused.value.errors) == ["code"]
    with pytest.raises(RegisterError, match="still waiting"):
        commands.deactivate(agency, administrator, seen_version=1)
    commands.confirm(agency, "land-office", administrator, seen_version=1)
    assert details_of(Agency.objects.get()) == LAND
    assert Agency.objects.get().takes_cases
    with pytest.raises(RegisterError, match="not waiting"):
        commands.confirm(agency, "land-office", administrator, seen_version=2)
    with pytest.raises(RegisterError, match="not waiting"):
        commands.refuse(agency, administrator)
    assert [(kind, by) for kind, by, _ in changes()] == [("registered", None), ("confirmed", "admin-kk")]


def test_a_refused_registration_leaves_no_contacts(khonkaen: Centre, administrator: Officer) -> None:
    commands.refuse(commands.register(replace(LAND, areas=("4001",)), khonkaen), administrator)
    assert not (Agency.objects.exists() or AgencyContact.objects.exists() or AgencyArea.objects.exists())
    assert changes()[-1] == ("refused", "admin-kk", LAND.name_th)


def test_registrations_of_one_centre_are_limited(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MAX_PENDING", 2)
    for _ in range(2):
        commands.register(LAND, khonkaen)
    with pytest.raises(RegisterError, match="contact the centre"):
        commands.register(LAND, khonkaen)
