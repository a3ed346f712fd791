"""The people of a centre, for administrators: who is seen, who may be changed, and what a change does."""

import re
from typing import Any

import pytest
from django.test import Client

from central.agencies.models import Agency
from central.centres.models import Centre, Membership, Officer
from central.people import invitations
from central.people.events import record_event
from central.people.models import AuthenticatorApp, Invitation, OfficerEvent, OfficerSession, Profile
from central.people.roles import Role
from tests.unit.central.authenticator import app_code, enter_password, set_up_app
from tests.unit.central.conftest import client_of
from tests.unit.central.page_text import page_text
from tests.unit.central.people_factories import create_with_role
from tests.unit.central.served_installation import PASSWORD

NEW = "khao-niao-mamuang-1"
STEPS = ("unlock", "suspend", "activate", "end", "end-sessions", "revoke-link", "reset-password", "reset-factor")
_ROW = re.compile(r'<tr data-officer="(\d+)"')


@pytest.fixture
def nam_phong(khonkaen: Centre) -> Centre:
    return Centre.objects.create(parent=khonkaen, slug="nam-phong", area_code="4007", name_th="อำเภอน้ำพอง", name_en="N")


@pytest.fixture
def administrator(khonkaen: Centre) -> Officer:
    return create_with_role(khonkaen, "napa", Role.ADMINISTRATOR)


@pytest.fixture
def admin_client(administrator: Officer) -> Client:
    return client_of(administrator)


@pytest.fixture
def clerk(nam_phong: Centre) -> Officer:
    return create_with_role(nam_phong, "wichai", Role.CASE_OFFICER)


def listed(client: Client, **filters: str) -> set[str]:
    response = client.get("/desk/people", filters)
    assert response.status_code == 200
    ids = _ROW.findall(response.content.decode())
    return set(Officer.objects.filter(pk__in=ids).values_list("username", flat=True))


def step(client: Client, officer: Officer, name: str, reason: str = "ตามคำสั่ง") -> Any:
    return client.post(f"/desk/people/{officer.pk}/{name}", {"reason": reason})


def snapshot() -> list[Any]:
    """Everything that a refused attempt must leave as it was."""
    return [
        list(Officer.objects.order_by("pk").values("pk", "is_active", "password")),
        list(Membership.objects.order_by("pk").values()),
        list(Profile.objects.order_by("pk").values()),
        list(Invitation.objects.order_by("pk").values()),
        AuthenticatorApp.objects.count(),
        OfficerEvent.objects.exclude(kind="signed_in").count(),
    ]


def test_the_list_has_the_own_subtree_and_its_filters(
    admin_client: Client, clerk: Officer, khonkaen: Centre, phayao: Centre, ministry: Centre
) -> None:
    create_with_role(phayao, "foreign", Role.CASE_OFFICER)
    create_with_role(ministry, "above", Role.CASE_OFFICER)
    malee = create_with_role(khonkaen, "malee", Role.INTAKE)
    assert listed(admin_client) == {"napa", "wichai", "malee"}
    assert listed(admin_client, centre="nam-phong") == {"wichai"}
    assert listed(admin_client, centre="phayao") == set()
    assert listed(admin_client, role="intake") == {"malee"}
    assert listed(admin_client, name="WICH") == {"wichai"}
    step(admin_client, malee, "suspend")
    assert listed(admin_client, state="suspended") == {"malee"}
    assert listed(admin_client, state="active") == {"napa", "wichai"}
    step(admin_client, malee, "end")
    assert listed(admin_client, state="suspended") == set()
    assert listed(admin_client, state="ended") == {"malee"}, "an ended account stays in the list"
    step(admin_client, clerk, "reset-password")
    assert listed(admin_client, state="invited") == {"wichai"}
    assert listed(admin_client, role="x", state="x", centre="x") == set()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.DISTRICT_CHIEF)])
def test_who_does_not_manage_people_sees_and_changes_nothing(khonkaen: Centre, clerk: Officer, role: Role) -> None:
    client, before = client_of(create_with_role(khonkaen, "other", role)), snapshot()
    membership = Membership.objects.get(officer=clerk)
    assert client.get("/desk/people").status_code == 403
    assert client.get(f"/desk/people/{clerk.pk}").status_code == 404
    for name in STEPS:
        assert step(client, clerk, name).status_code == 404
    fields = {"role": "governor", "centre": "nam-phong", "reason": "x"}
    for path in ("roles", f"roles/{membership.pk}/remove", f"roles/{membership.pk}/move"):
        assert client.post(f"/desk/people/{clerk.pk}/{path}", fields).status_code == 404
    assert snapshot() == before


def test_another_centres_person_by_url_is_not_found(admin_client: Client, phayao: Centre, ministry: Centre) -> None:
    for centre in (phayao, ministry):
        person = create_with_role(centre, f"of-{centre.slug}", Role.CASE_OFFICER)
        membership, before = Membership.objects.get(officer=person), snapshot()
        assert admin_client.get(f"/desk/people/{person.pk}").status_code == 404
        for name in STEPS:
            assert step(admin_client, person, name).status_code == 404
        fields = {"role": "intake", "centre": "khonkaen", "reason": "x"}
        for path in ("roles", f"roles/{membership.pk}/remove", f"roles/{membership.pk}/move"):
            assert admin_client.post(f"/desk/people/{person.pk}/{path}", fields).status_code == 404
        assert snapshot() == before


def test_a_role_is_given_at_an_own_centre_only(
    admin_client: Client, clerk: Officer, phayao: Centre, ministry: Centre, khonkaen: Centre
) -> None:
    path, fields = f"/desk/people/{clerk.pk}/roles", {"role": "intake", "reason": "ช่วยงาน", "may_read_people": "on"}
    before = snapshot()
    for centre in ("phayao", "moi", "nowhere", ""):
        assert admin_client.post(path, fields | {"centre": centre}).status_code in (400, 403)
    assert admin_client.post(path, fields | {"centre": "khonkaen", "role": "king"}).status_code == 400
    assert admin_client.post(path, fields | {"centre": "khonkaen", "reason": ""}).status_code == 400
    assert snapshot() == before
    assert admin_client.post(path, fields | {"centre": "khonkaen"}).status_code == 302
    added = Membership.objects.get(officer=clerk, centre=khonkaen)
    assert (added.role, added.may_read_people, added.may_run_fleet) == ("intake", True, False)
    event = OfficerEvent.objects.get(kind="role_added")
    assert (event.detail, event.reason, event.by_id) == ("intake @ khonkaen", "ช่วยงาน", event.by_id)
    assert admin_client.post(path, fields | {"centre": "khonkaen"}).status_code == 409, "has it already"


# What a district chief may give (docs/roles.md), by hand.
DISTRICT_GIVES = {
    "intake",
    "case_officer",
    "operator",
    "technician",
    "team_head",
    "team_member",
    "agency_officer",
    "agency_head",
}


@pytest.mark.parametrize("role", Role)
def test_a_district_chief_gives_what_the_table_says(nam_phong: Centre, clerk: Officer, role: Role) -> None:
    client = client_of(create_with_role(nam_phong, "prasit", Role.DISTRICT_CHIEF))
    Agency.objects.create(centre=nam_phong, code="water", name_th="ประปา", kind="x", level="x")
    Membership.objects.filter(officer=clerk).update(role="dpo" if role is Role.CASE_OFFICER else "case_officer")
    fields = {"role": role.value, "centre": "nam-phong", "reason": "x", "tambons": "400701", "agency": "water"}
    allowed = role.value in DISTRICT_GIVES
    assert client.post(f"/desk/people/{clerk.pk}/roles", fields).status_code == (302 if allowed else 403)
    assert Membership.objects.filter(officer=clerk, role=role.value).exists() is allowed


def test_nobody_changes_the_own_account(admin_client: Client, administrator: Officer) -> None:
    membership, before = Membership.objects.get(officer=administrator), snapshot()
    for name in STEPS:
        assert step(admin_client, administrator, name).status_code == 403
    fields = {"role": "governor", "centre": "khonkaen", "reason": "x"}
    for path in ("roles", f"roles/{membership.pk}/remove", f"roles/{membership.pk}/move"):
        assert admin_client.post(f"/desk/people/{administrator.pk}/{path}", fields).status_code == 403
    assert snapshot() == before


def test_a_district_does_not_take_over_an_account_of_the_province(nam_phong: Centre, khonkaen: Centre) -> None:
    client = client_of(create_with_role(nam_phong, "prasit", Role.DISTRICT_CHIEF))
    person = create_with_role(nam_phong, "malee", Role.CASE_OFFICER)
    Membership.objects.create(officer=person, centre=khonkaen, role="director")
    above = create_with_role(nam_phong, "admin", Role.ADMINISTRATOR)
    before = snapshot()
    for officer in (person, above):
        assert client.get(f"/desk/people/{officer.pk}").status_code == 200
        assert "reset-factor" not in page_text(client.get(f"/desk/people/{officer.pk}"))
        for name in STEPS:
            assert step(client, officer, name).status_code == 403
    provincial = Membership.objects.get(officer=person, centre=khonkaen)
    assert client.post(f"/desk/people/{person.pk}/roles/{provincial.pk}/remove", {"reason": "x"}).status_code == 404
    own = Membership.objects.get(officer=above)
    assert client.post(f"/desk/people/{above.pk}/roles/{own.pk}/remove", {"reason": "x"}).status_code == 403
    assert snapshot() == before
    record_event(OfficerEvent.Kind.ROLE_ADDED, person, "192.0.2.77", "director @ khonkaen")
    shown = page_text(client.get(f"/desk/people/{person.pk}"))
    assert "ผู้อำนวยการ" not in shown, "roles elsewhere are not shown"
    assert "director @ khonkaen" not in shown, "neither is the history that names them"
    assert "192.0.2.77" not in shown


def test_a_membership_of_another_person_by_url_is_not_found(
    admin_client: Client, clerk: Officer, khonkaen: Centre
) -> None:
    other = create_with_role(khonkaen, "malee", Role.INTAKE)
    foreign = Membership.objects.get(officer=other)
    assert admin_client.post(f"/desk/people/{clerk.pk}/roles/{foreign.pk}/remove", {"reason": "x"}).status_code == 404


def test_a_role_is_taken_away_except_the_last(admin_client: Client, clerk: Officer, khonkaen: Centre) -> None:
    second = Membership.objects.create(officer=clerk, centre=khonkaen, role="intake")
    first = Membership.objects.get(officer=clerk, role="case_officer")
    assert admin_client.post(f"/desk/people/{clerk.pk}/roles/{first.pk}/remove", {"reason": ""}).status_code == 400
    assert admin_client.post(f"/desk/people/{clerk.pk}/roles/{first.pk}/remove", {"reason": "x"}).status_code == 302
    assert admin_client.post(f"/desk/people/{clerk.pk}/roles/{second.pk}/remove", {"reason": "x"}).status_code == 409
    assert list(Membership.objects.filter(officer=clerk)) == [second]


def test_a_transfer_moves_the_role_and_keeps_the_history(
    admin_client: Client, clerk: Officer, khonkaen: Centre, phayao: Centre
) -> None:
    membership = Membership.objects.get(officer=clerk)
    path = f"/desk/people/{clerk.pk}/roles/{membership.pk}/move"
    assert admin_client.post(path, {"centre": "phayao", "reason": "ย้าย"}).status_code == 403
    assert admin_client.post(path, {"centre": "khonkaen", "reason": ""}).status_code == 400
    assert admin_client.post(path, {"centre": "khonkaen", "reason": "คำสั่งที่ 12"}).status_code == 302
    membership.refresh_from_db()
    assert membership.centre == khonkaen
    event = OfficerEvent.objects.get(kind="transferred")
    assert (event.detail, event.reason) == ("case_officer nam-phong → khonkaen", "คำสั่งที่ 12")
    shown = page_text(admin_client.get(f"/desk/people/{clerk.pk}"))
    assert "คำสั่งที่ 12" in shown
    assert "napa" in shown


def test_a_team_is_transferred_with_its_new_tambons(admin_client: Client, nam_phong: Centre, khonkaen: Centre) -> None:
    head = create_with_role(nam_phong, "head", Role.TEAM_HEAD, tambons="400701")
    other = Centre.objects.create(parent=khonkaen, slug="ban-phai", area_code="4010", name_th="บ้านไผ่", name_en="B")
    membership = Membership.objects.get(officer=head)
    path = f"/desk/people/{head.pk}/roles/{membership.pk}/move"
    for tambons in ("", "400701"):
        assert admin_client.post(path, {"centre": other.slug, "reason": "x", "tambons": tambons}).status_code == 409
    assert admin_client.post(path, {"centre": other.slug, "reason": "x", "tambons": "401001"}).status_code == 302


def test_suspending_ends_the_sessions_at_once(admin_client: Client, clerk: Officer) -> None:
    browsers = [client_of(clerk), client_of(clerk)]
    invitations.issue(clerk, None)
    assert step(admin_client, clerk, "suspend", " ").status_code == 400
    assert step(admin_client, clerk, "suspend", "สอบสวน").status_code == 302
    assert [browser.get("/desk/profile").status_code for browser in browsers] == [302, 302]
    assert not OfficerSession.objects.filter(officer=clerk).exists()
    assert invitations.waiting_invitation(clerk) is None, "an unused link does not come back with the account"
    assert step(admin_client, clerk, "suspend").status_code == 409
    assert step(admin_client, clerk, "reset-factor").status_code == 409, "no link for a suspended account"
    assert Client().post("/desk/login", {"username": "wichai", "password": PASSWORD}).status_code == 401
    assert step(admin_client, clerk, "activate").status_code == 302
    assert client_of(clerk).get("/desk/profile").status_code == 200
    event = OfficerEvent.objects.get(kind="suspended")
    assert (event.reason, event.by.username if event.by else "") == ("สอบสวน", "napa")


def test_an_ended_account_is_kept_and_never_comes_back(admin_client: Client, clerk: Officer) -> None:
    browser = client_of(clerk)
    step(admin_client, clerk, "reset-password")
    assert step(admin_client, clerk, "end", "เกษียณ").status_code == 302
    assert browser.get("/desk/profile").status_code == 302
    assert step(admin_client, clerk, "activate").status_code == 409
    assert step(admin_client, clerk, "end").status_code == 409
    assert Invitation.objects.get().revoked_at is not None
    clerk.refresh_from_db()
    assert not clerk.has_usable_password()
    assert Membership.objects.filter(officer=clerk).exists()
    assert page_text(admin_client.get(f"/desk/people/{clerk.pk}")).count('data-state="ended"') == 1


def test_sessions_of_a_person_are_ended(admin_client: Client, clerk: Officer, administrator: Officer) -> None:
    browser = client_of(clerk)
    assert step(admin_client, clerk, "end-sessions").status_code == 302
    assert browser.get("/desk/profile").status_code == 302
    assert admin_client.get("/desk/profile").status_code == 200


def test_a_lost_second_factor_is_reset_with_a_link(admin_client: Client, clerk: Officer, settings: Any) -> None:
    set_up = Client()
    settings.REQUIRE_SECOND_FACTOR = True
    set_up_app(set_up, clerk)
    settings.REQUIRE_SECOND_FACTOR = False
    response = step(admin_client, clerk, "reset-factor", "ทำโทรศัพท์หาย")
    code = re.search(r'<code id="code">([0-9A-Z-]+)</code>', response.content.decode())
    assert code is not None
    assert set_up.get("/desk/profile").status_code == 302
    assert not AuthenticatorApp.objects.exists()
    stolen = {"username": clerk.username, "password": PASSWORD}
    assert Client().post("/desk/login", stolen).status_code == 401, "the password alone is not enough"
    settings.REQUIRE_SECOND_FACTOR = True
    own = Client()
    accepted = own.post("/desk/invitation", {"code": code[1], "new_password1": NEW, "new_password2": NEW})
    assert accepted["Location"] == "/desk/second-factor/set-up"
    event = OfficerEvent.objects.get(kind="factor_reset")
    assert (event.reason, event.by.username if event.by else "") == ("ทำโทรศัพท์หาย", "napa")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "mirror.example.go.th"])
def test_a_one_time_link_leads_to_the_address_of_the_installation(
    admin_client: Client, clerk: Officer, settings: Any, host: str
) -> None:
    """Whoever sends the request chooses the Host header, also among the hosts that the service accepts."""
    settings.PUBLIC_URL = "https://track.example.go.th"
    settings.ALLOWED_HOSTS = ["track.example.go.th", "localhost", "127.0.0.1", "mirror.example.go.th"]
    path = f"/desk/people/{clerk.pk}/reset-password"
    shown = admin_client.post(path, {"reason": "ลืมรหัสผ่าน"}, headers={"host": host, "x-forwarded-host": host})
    assert "https://track.example.go.th/desk/invitation#" in page_text(shown)
    assert host not in page_text(shown)
    settings.PUBLIC_URL = ""
    shown = admin_client.post(path, {"reason": "ลืมรหัสผ่าน"}, headers={"host": host})
    assert f"http://{host}/desk/invitation#" in page_text(shown), "the only address that is known"


def test_a_new_link_keeps_the_second_factor_and_revokes_the_earlier_link(
    admin_client: Client, clerk: Officer, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    set_up_app(Client(), clerk)
    settings.REQUIRE_SECOND_FACTOR = False
    codes = []
    for _ in range(2):
        shown = re.search(
            r'<code id="code">([0-9A-Z-]+)</code>', step(admin_client, clerk, "reset-password").content.decode()
        )
        assert shown is not None
        codes.append(shown[1])
    fields = {"new_password1": NEW, "new_password2": NEW}
    assert Client().post("/desk/invitation", fields | {"code": codes[0]}).status_code == 404
    assert Client().post("/desk/invitation", fields | {"code": codes[1]})["Location"] == "/desk/second-factor"
    step(admin_client, clerk, "reset-password")
    assert step(admin_client, clerk, "revoke-link").status_code == 302
    assert Invitation.objects.filter(used_at=None, revoked_at=None).count() == 0


def test_the_page_of_a_person_has_a_fixed_number_of_queries(
    admin_client: Client, clerk: Officer, khonkaen: Centre, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        Centre.objects.create(
            parent=khonkaen, slug=f"d{number}", area_code=f"40{number + 10}", name_th="อ", name_en="d"
        )
        create_with_role(khonkaen, f"officer{number}", Role.INTAKE)
    with django_assert_max_num_queries(40):
        admin_client.get("/desk/people")
    with django_assert_max_num_queries(40):
        admin_client.get(f"/desk/people/{clerk.pk}")


def test_the_list_of_the_districts_shows_who_is_missing(
    admin_client: Client, clerk: Officer, nam_phong: Centre, phayao: Centre, khonkaen: Centre
) -> None:
    Profile.objects.create(officer=clerk, position="ปลัดอำเภอ", mobile_phone="0812345678")
    shown = page_text(admin_client.get("/desk/people/districts"))
    assert "ปลัดอำเภอ" in shown
    assert "081-234-5678" in shown
    assert shown.count("data-incomplete") == 1, "one of two"
    create_with_role(nam_phong, "malee", Role.INTAKE)
    assert "data-incomplete" not in page_text(admin_client.get("/desk/people/districts"))
    Officer.objects.filter(pk=clerk.pk).update(is_active=False)
    assert "data-incomplete" in page_text(admin_client.get("/desk/people/districts"))
    assert (
        client_of(create_with_role(khonkaen, "other", Role.DIRECTOR)).get("/desk/people/districts").status_code == 403
    )


def test_a_locked_account_is_unlocked(admin_client: Client, clerk: Officer, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    key, _ = set_up_app(Client(), clerk)
    settings.REQUIRE_SECOND_FACTOR = False
    own = Client()
    enter_password(own, clerk)
    for _ in range(6):
        own.post("/desk/second-factor", {"code": "000000"})
    assert own.post("/desk/second-factor", {"code": app_code(key, 1)}).status_code == 429
    assert step(admin_client, clerk, "unlock").status_code == 302
    assert own.post("/desk/second-factor", {"code": app_code(key, 1)}).status_code == 302
    assert OfficerEvent.objects.filter(officer=clerk, kind="unlocked").exists()
