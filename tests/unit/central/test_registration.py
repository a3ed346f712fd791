"""From the registration form to the first session: certified by the superior, a link that works once."""

import re
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from central.agencies.models import Agency
from central.centres.models import Centre, Membership, Officer
from central.people import invitations, registrations, retention
from central.people.memberships import ForbiddenError
from central.people.models import FailureCount, Invitation, OfficerEvent, Profile, Registration
from central.people.positions import is_entitled
from central.people.roles import Role
from tests.unit.central.conftest import client_of
from tests.unit.central.page_text import page_text
from tests.unit.central.people_factories import create_with_role

NEW = "khao-niao-mamuang-1"
FORM = {
    "kind": "first",
    "centre": "nam-phong",
    "first_name": "กัญญา",
    "last_name": "ศรีสุข",
    "position": "เจ้าพนักงานปกครอง",
    "level": "ปฏิบัติการ",
    "office": "ที่ทำการปกครองอำเภอน้ำพอง",
    "mobile_phone": "๐๘๙-๘๗๖-๕๔๓๒",
    "office_phone": "043 123456",
    "email": "kanya@example.go.th",
    "role": "case_officer",
    "username": "kanya",
}
CERTIFY = {"username": "kanya", "role": "case_officer", "may_read_people": "on"}


@pytest.fixture
def nam_phong(khonkaen: Centre) -> Centre:
    return Centre.objects.create(
        parent=khonkaen, slug="nam-phong", area_code="4007", name_th="ศูนย์ดำรงธรรมอำเภอน้ำพอง", name_en="Nam Phong"
    )


@pytest.fixture
def chief(nam_phong: Centre) -> Officer:
    return create_with_role(nam_phong, "prasit", Role.DISTRICT_CHIEF)


@pytest.fixture
def registration(nam_phong: Centre) -> Registration:
    assert Client().post("/desk/register", FORM)["Location"] == "/desk/registered"
    return Registration.objects.get()


def certify(client: Client, registration: Registration, **changes: Any) -> Any:
    return client.post(f"/desk/registrations/{registration.pk}/certify", CERTIFY | changes)


def link_code(response: Any) -> str:
    shown = re.search(r'<code id="code">([0-9A-Z-]+)</code>', response.content.decode())
    assert shown is not None, response.content.decode()
    return shown[1]


def accept(code: str, password: str = NEW, client: Client | None = None, address: str = "127.0.0.1") -> Any:
    fields = {"code": code, "new_password1": password, "new_password2": password}
    return (client or Client()).post("/desk/invitation", fields, REMOTE_ADDR=address)


def test_from_the_form_to_the_first_session(registration: Registration, chief: Officer, nam_phong: Centre) -> None:
    assert (registration.mobile_phone, registration.office_phone) == ("0898765432", "043123456")
    superior = client_of(chief)
    assert "กัญญา ศรีสุข" in page_text(superior.get("/desk/registrations"))
    assert "089-876-5432" in page_text(superior.get(f"/desk/registrations/{registration.pk}"))
    code = link_code(certify(superior, registration))
    officer = Officer.objects.get(username="kanya")
    assert not officer.has_usable_password()
    assert (officer.get_full_name(), officer.email) == ("กัญญา ศรีสุข", "kanya@example.go.th")
    profile = Profile.objects.get(officer=officer)
    assert (profile.position, profile.level, profile.mobile_phone) == ("เจ้าพนักงานปกครอง", "ปฏิบัติการ", "0898765432")
    membership = Membership.objects.get(officer=officer)
    assert (membership.centre, membership.role, membership.may_read_people, membership.may_run_fleet) == (
        nam_phong,
        "case_officer",
        True,
        False,
    )
    assert Client().post("/desk/login", {"username": "kanya", "password": ""}).status_code == 401
    assert code.replace("-", "") not in str(list(Invitation.objects.values())), "hashed"
    client = Client()
    assert accept(code.lower().replace("-", " "), client=client).status_code == 302
    assert client.get("/desk/profile").status_code == 200
    kinds = OfficerEvent.objects.filter(officer=officer).order_by("id").values_list("kind", "by__username")
    assert list(kinds) == [
        ("created", "prasit"),
        ("role_added", "prasit"),
        ("invited", "prasit"),
        ("failed", None),
        ("invitation_used", None),
        ("signed_in", None),
    ]


def test_an_invited_officer_sets_up_a_second_factor(registration: Registration, chief: Officer, settings: Any) -> None:
    code = link_code(certify(client_of(chief), registration))
    settings.REQUIRE_SECOND_FACTOR = True
    client = Client()
    assert accept(code, client=client)["Location"] == "/desk/second-factor/set-up"
    shown = page_text(client.get("/desk/second-factor/set-up"))
    assert "kanya" in shown
    assert client.get("/desk/profile").status_code == 302, "not signed in yet"


def test_a_link_works_once(registration: Registration, chief: Officer) -> None:
    code = link_code(certify(client_of(chief), registration))
    assert accept(code).status_code == 302
    assert accept(code, "another-good-pass-1").status_code == 404
    assert Officer.objects.get(username="kanya").check_password(NEW)


@pytest.mark.parametrize(
    "column", [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"revoked_at": timezone.now()}]
)
def test_an_expired_or_revoked_link_is_refused(registration: Registration, chief: Officer, column: Any) -> None:
    code = link_code(certify(client_of(chief), registration))
    Invitation.objects.update(**column)
    assert accept(code).status_code == 404
    assert not Officer.objects.get(username="kanya").has_usable_password()


def test_a_suspended_account_has_no_link(registration: Registration, chief: Officer) -> None:
    code = link_code(certify(client_of(chief), registration))
    Officer.objects.filter(username="kanya").update(is_active=False)
    assert accept(code).status_code == 404


@pytest.mark.parametrize("password", ["short", "123456789012345", "kanya@example", "password1234"])
def test_a_weak_password_does_not_use_the_link_up(registration: Registration, chief: Officer, password: str) -> None:
    code = link_code(certify(client_of(chief), registration))
    assert accept(code, password).status_code == 400
    assert accept(code).status_code == 302


def test_guessing_codes_is_limited_by_address(registration: Registration, chief: Officer) -> None:
    code = link_code(certify(client_of(chief), registration))
    statuses = [accept("AAAAA-BBBBB-CCCCC-DDDDD", address="192.0.2.1").status_code for _ in range(22)]
    assert statuses == [404] * 20 + [429] * 2
    assert accept(code, address="192.0.2.1").status_code == 429
    assert accept(code, address="192.0.2.2").status_code == 302


@pytest.mark.parametrize("typed", ["", "\x00", "ก" * 3000, "x" * 61])
def test_odd_codes_are_refused(db: None, typed: str) -> None:
    assert accept(typed).status_code in (400, 404)


def test_the_link_is_mailed_where_mail_is_configured(registration: Registration, chief: Officer, settings: Any) -> None:
    settings.MAIL_IS_CONFIGURED = True
    response = certify(client_of(chief), registration)
    assert 'id="mailed"' in page_text(response)
    assert (mail.outbox[0].to, link_code(response) in mail.outbox[0].body) == (["kanya@example.go.th"], True)
    assert link_code(response) not in mail.outbox[0].subject


def test_a_mail_server_that_fails_stops_nothing(
    registration: Registration, chief: Officer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise SMTPException("kanya@example.go.th refused")

    settings.MAIL_IS_CONFIGURED = True
    monkeypatch.setattr("central.people.invitation_mail.send_mail", fail)
    response = certify(client_of(chief), registration)
    assert 'id="mailed"' not in page_text(response)
    assert accept(link_code(response)).status_code == 302


def test_a_refusal_needs_a_reason(registration: Registration, chief: Officer) -> None:
    superior = client_of(chief)
    path = f"/desk/registrations/{registration.pk}/refuse"
    assert superior.post(path, {"reason": " "}).status_code == 400
    assert superior.post(path, {"reason": "ไม่ได้สังกัดอำเภอ"}).status_code == 302
    assert superior.post(path, {"reason": "อีกครั้ง"}).status_code == 409
    assert certify(superior, registration).status_code == 409, "decided"
    registration.refresh_from_db()
    assert (registration.status, registration.reason, registration.decided_by) == ("refused", "ไม่ได้สังกัดอำเภอ", chief)
    assert not Officer.objects.filter(username="kanya").exists()


def test_nobody_certifies_the_own_registration(registration: Registration, chief: Officer, khonkaen: Centre) -> None:
    superior = client_of(chief)
    registration.submitted_by = chief
    registration.save()
    assert certify(superior, registration).status_code == 403
    registration.submitted_by = None
    registration.email = "PRASIT@example.go.th"
    registration.save()
    assert certify(superior, registration).status_code == 403
    assert superior.post(f"/desk/registrations/{registration.pk}/refuse", {"reason": "x"}).status_code == 403
    assert 'name="username"' not in page_text(superior.get(f"/desk/registrations/{registration.pk}"))
    above = client_of(create_with_role(khonkaen, "somporn", Role.CHIEF))
    assert certify(above, registration).status_code == 200


def test_a_registration_sent_while_signed_in_names_the_sender(nam_phong: Centre, chief: Officer) -> None:
    client_of(chief).post("/desk/register", FORM)
    assert Registration.objects.get().submitted_by == chief


def test_another_centre_and_another_role_cannot_certify(
    registration: Registration, khonkaen: Centre, phayao: Centre, nam_phong: Centre
) -> None:
    foreign = client_of(create_with_role(phayao, "foreign", Role.ADMINISTRATOR))
    for path in ("", "/certify", "/refuse"):
        send = foreign.post if path else foreign.get
        assert send(f"/desk/registrations/{registration.pk}{path}", CERTIFY | {"reason": "x"}).status_code == 404
    for role in (Role.INTAKE, Role.CASE_OFFICER, Role.OPERATOR, Role.TECHNICIAN, Role.AUDITOR, Role.DPO):
        clerk = client_of(create_with_role(nam_phong, f"clerk-{role}", role))
        assert clerk.get("/desk/registrations").status_code == 403
        assert certify(clerk, registration).status_code == 404
    registration.refresh_from_db()
    assert registration.status == "waiting"
    assert not Officer.objects.filter(username="kanya").exists()


@pytest.mark.parametrize(
    ("certifier", "role", "allowed"),
    [
        (Role.DISTRICT_CHIEF, "intake", True),
        (Role.DISTRICT_CHIEF, "district_chief", False),
        (Role.DISTRICT_CHIEF, "administrator", False),
        (Role.DISTRICT_CHIEF, "governor", False),
        (Role.DIRECTOR, "director", False),
        (Role.CHIEF, "director", True),
        (Role.CHIEF, "chief", False),
        (Role.GOVERNOR, "chief", True),
        (Role.GOVERNOR, "administrator", False),
        (Role.ADMINISTRATOR, "administrator", True),
    ],
)
def test_a_forged_role_is_certified_by_nobody_below(
    registration: Registration, nam_phong: Centre, certifier: Role, role: str, allowed: bool
) -> None:
    client = client_of(create_with_role(nam_phong, "superior", certifier))
    response = certify(client, registration, role=role, reason="ตามคำสั่งแต่งตั้ง")
    assert response.status_code == (200 if allowed else 400)
    assert Membership.objects.filter(role=role, officer__username="kanya").exists() is allowed


def test_the_rule_is_checked_below_the_form_too(registration: Registration, chief: Officer) -> None:
    with pytest.raises(ForbiddenError):
        registrations.certify(chief, registration.pk, registrations.Certification("kanya", Role.ADMINISTRATOR))


def test_a_taken_name_is_changed_by_the_certifier(registration: Registration, chief: Officer) -> None:
    Officer.objects.create(username="Kanya")
    superior = client_of(chief)
    assert 'id="name-taken"' in page_text(superior.get(f"/desk/registrations/{registration.pk}"))
    assert certify(superior, registration).status_code == 409
    assert certify(superior, registration, username="kanya2").status_code == 200
    assert Client().post("/desk/register", FORM).status_code == 302, "the public form does not tell"


def test_a_person_with_an_account_is_pointed_out(registration: Registration, chief: Officer) -> None:
    path, superior = f"/desk/registrations/{registration.pk}", client_of(chief)
    assert 'id="has-account"' not in page_text(superior.get(path))
    Officer.objects.create(username="kanya-old", email="KANYA@example.go.th")
    assert 'id="has-account"' in page_text(superior.get(path))


def test_a_third_officer_of_a_district_needs_a_reason(
    registration: Registration, chief: Officer, nam_phong: Centre
) -> None:
    for name in ("wichai", "malee"):
        create_with_role(nam_phong, name, Role.CASE_OFFICER)
    superior = client_of(chief)
    assert 'id="over-limit"' in page_text(superior.get(f"/desk/registrations/{registration.pk}"))
    assert certify(superior, registration).status_code == 409
    assert certify(superior, registration, reason="งานมากช่วงน้ำท่วม").status_code == 200
    assert OfficerEvent.objects.get(kind="created").reason == "งานมากช่วงน้ำท่วม"


def test_the_replaced_officer_leaves_when_the_new_one_arrives(
    nam_phong: Centre, khonkaen: Centre, chief: Officer
) -> None:
    leaving = create_with_role(nam_phong, "wichai", Role.CASE_OFFICER)
    create_with_role(nam_phong, "malee", Role.CASE_OFFICER)
    assert Client().post("/desk/register", FORM | {"kind": "replacing"}).status_code == 400, "the name is missing"
    Client().post("/desk/register", FORM | {"kind": "replacing", "replaces_name": "นายวิชัย"})
    registration, superior = Registration.objects.get(), client_of(chief)
    session = client_of(leaving)
    assert certify(superior, registration).status_code == 409, "who is replaced is to be chosen"
    assert certify(superior, registration, replaces=str(chief.pk)).status_code == 400, "not oneself"
    code = link_code(certify(superior, registration, replaces=str(leaving.pk)))
    assert session.get("/desk/profile").status_code == 200, "the desk is not left empty"
    assert accept(code).status_code == 302
    assert session.get("/desk/profile").status_code == 302
    leaving.refresh_from_db()
    assert not leaving.is_active
    assert Profile.objects.get(officer=leaving).ended_at is not None
    assert Membership.objects.filter(officer=leaving).exists(), "still listed at the centre"


def test_a_replaced_officer_with_another_role_keeps_it(nam_phong: Centre, khonkaen: Centre, chief: Officer) -> None:
    leaving = create_with_role(nam_phong, "wichai", Role.CASE_OFFICER)
    Membership.objects.create(officer=leaving, centre=khonkaen, role=Role.INTAKE.value)
    Client().post("/desk/register", FORM | {"kind": "replacing", "replaces_name": "นายวิชัย"})
    code = link_code(certify(client_of(chief), Registration.objects.get(), replaces=str(leaving.pk)))
    accept(code)
    leaving.refresh_from_db()
    assert leaving.is_active
    assert list(Membership.objects.filter(officer=leaving).values_list("centre__slug", flat=True)) == ["khonkaen"]
    assert OfficerEvent.objects.filter(officer=leaving, kind="role_removed").exists()


def test_an_officer_above_the_certifier_cannot_be_replaced(nam_phong: Centre, khonkaen: Centre, chief: Officer) -> None:
    administrator = create_with_role(nam_phong, "admin", Role.ADMINISTRATOR)
    foreign = create_with_role(khonkaen, "foreign", Role.CASE_OFFICER)
    Client().post("/desk/register", FORM | {"kind": "replacing", "replaces_name": "x"})
    for officer in (administrator, foreign):
        assert certify(client_of(chief), Registration.objects.get(), replaces=str(officer.pk)).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"centre": "nowhere"},
        {"role": "king"},
        {"role": "agency_officer"},
        {"kind": "second"},
        {"mobile_phone": "12"},
        {"email": "x"},
        {"username": "a b"},
        {"username": "ｋanya"},
        {"first_name": ""},
        {"position": "x" * 151},
    ],
)
def test_a_wrong_form_is_shown_again(nam_phong: Centre, change: dict[str, str]) -> None:
    response = Client().post("/desk/register", FORM | change)
    assert response.status_code == 400
    assert 'role="alert"' in page_text(response)
    assert not Registration.objects.exists()


def test_forged_fields_of_the_form_change_nothing(nam_phong: Centre, chief: Officer) -> None:
    forged = {
        "status": "certified",
        "decided_by": str(chief.pk),
        "officer": str(chief.pk),
        "submitted_by": str(chief.pk),
    }
    Client().post("/desk/register", FORM | forged)
    registration = Registration.objects.get()
    assert (registration.status, registration.decided_by, registration.officer, registration.submitted_by) == (
        "waiting",
        None,
        None,
        None,
    )


def test_programs_and_floods_are_stopped(nam_phong: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().post("/desk/register", FORM | {"website": "x"}).status_code == 302
    assert not Registration.objects.exists()
    statuses = [Client().post("/desk/register", FORM, REMOTE_ADDR="192.0.2.9").status_code for _ in range(12)]
    assert statuses == [302] * 10 + [429] * 2
    FailureCount.objects.all().delete()
    monkeypatch.setattr("central.people.registrations.MAX_WAITING", 10)
    assert Client().post("/desk/register", FORM, REMOTE_ADDR="192.0.2.9").status_code == 409


def test_undecided_and_refused_registrations_are_deleted(registration: Registration) -> None:
    now = timezone.now()
    retention.delete_expired(now + timedelta(days=179))
    assert Registration.objects.exists()
    Registration.objects.update(status="refused", decided_at=now)
    retention.delete_expired(now + timedelta(days=91))
    assert not Registration.objects.exists()


@pytest.fixture
def water(khonkaen: Centre) -> Agency:
    return Agency.objects.create(centre=khonkaen, code="water", name_th="การประปาขอนแก่น", kind="x", level="x")


def test_the_head_of_an_agency_certifies_its_officers(khonkaen: Centre, water: Agency) -> None:
    other = Agency.objects.create(centre=khonkaen, code="power", name_th="การไฟฟ้าขอนแก่น", kind="x", level="x")
    head = create_with_role(khonkaen, "head", Role.AGENCY_HEAD, agency=water)
    foreign = client_of(create_with_role(khonkaen, "foreign", Role.AGENCY_HEAD, agency=other))
    fields = FORM | {"centre": "khonkaen", "agency": "water", "role": "agency_officer"}
    Client().post("/desk/register", fields)
    registration, client = Registration.objects.get(), client_of(head)
    assert registration.agency == water
    assert "centre=khonkaen&amp;agency=water" in page_text(client.get("/desk/registrations"))
    assert certify(foreign, registration, role="agency_officer", agency=str(other.pk)).status_code == 404
    assert certify(client, registration, role="agency_head", agency=str(water.pk)).status_code == 400
    assert certify(client, registration, role="case_officer", agency=str(water.pk)).status_code == 400
    assert certify(client, registration, role="agency_officer", agency=str(other.pk)).status_code == 400
    assert certify(client, registration, role="agency_officer", agency="").status_code == 403
    assert certify(client, registration, role="agency_officer", agency=str(water.pk)).status_code == 200
    membership = Membership.objects.get(officer__username="kanya")
    assert (membership.role, membership.agency, membership.centre) == ("agency_officer", water, khonkaen)


def test_the_centre_certifies_an_agency_that_was_typed(khonkaen: Centre, water: Agency) -> None:
    director = client_of(create_with_role(khonkaen, "director", Role.DIRECTOR))
    fields = FORM | {"centre": "khonkaen", "agency_name": "การประปาขอนแก่น", "role": "agency_officer"}
    Client().post("/desk/register", fields)
    registration = Registration.objects.get()
    shown = page_text(director.get(f"/desk/registrations/{registration.pk}"))
    assert f'<option value="{water.pk}" selected>' in shown
    assert certify(director, registration, role="agency_officer").status_code == 409, "the agency is missing"
    assert not Officer.objects.filter(username="kanya").exists(), "nothing half done"
    assert certify(director, registration, role="agency_officer", agency=str(water.pk)).status_code == 200


def test_a_tambon_team_needs_its_tambons(registration: Registration, chief: Officer) -> None:
    superior = client_of(chief)
    for tambons in ("", "999999", "400101", "x"):  # none, unknown, of another district, no code
        assert certify(superior, registration, role="team_head", tambons=tambons).status_code == 409, tambons
    assert certify(superior, registration, role="team_head", tambons="๔๐๐๗๐๑, 400702").status_code == 200
    assert Membership.objects.get(officer__username="kanya").tambons == "400701,400702"


def test_requests_at_the_same_moment_use_a_link_once(registration: Registration, chief: Officer) -> None:
    code = link_code(certify(client_of(chief), registration))
    both = [invitations.find_valid(code), invitations.find_valid(code)]
    assert [invitations.use(each, "") for each in both if each] == [True, False]


@pytest.mark.parametrize(
    ("role", "position", "entitled"),
    [
        (Role.CASE_OFFICER, "ปลัดอำเภอน้ำพอง", True),
        (Role.CASE_OFFICER, "เจ้าพนักงาน ปกครองชำนาญการ", True),
        (Role.INTAKE, "พนักงานขับรถ", False),
        (Role.DISTRICT_CHIEF, "นายอำเภอน้ำพอง", True),
        (Role.DISTRICT_CHIEF, "ปลัดอำเภอ", False),
        (Role.GOVERNOR, "รองผู้ว่าราชการจังหวัดขอนแก่น", True),
        (Role.TECHNICIAN, "ช่างเทคนิค", True),
    ],
)
def test_positions_entitle_to_roles(role: Role, position: str, entitled: bool) -> None:
    assert is_entitled(role, position) is entitled


def test_another_position_needs_a_reason(nam_phong: Centre, chief: Officer) -> None:
    Client().post("/desk/register", FORM | {"position": "พนักงานขับรถ"})
    registration, superior = Registration.objects.get(), client_of(chief)
    assert 'id="not-entitled"' in page_text(superior.get(f"/desk/registrations/{registration.pk}"))
    assert certify(superior, registration).status_code == 409
    assert certify(superior, registration, reason="คำสั่งมอบหมายที่ 7/2569").status_code == 200
