"""Two requests at the same moment: codes and links work once, a registration is decided once, a role remains."""

import pytest

from central.centres.models import Centre, Membership, Officer
from central.people import accounts, authenticator_apps, invitations, memberships, recovery_codes, registrations
from central.people.models import OfficerEvent, Registration
from central.people.registrations import Certification
from central.people.roles import Role
from tests.unit.central.at_once import succeeded
from tests.unit.central.authenticator import app_code
from tests.unit.central.people_factories import create_with_role
from tests.unit.central.test_registration import FORM

REQUESTS = 4


@pytest.fixture
def khonkaen(transactional_db: None) -> Centre:
    return Centre.objects.create(slug="khonkaen", area_code="40", name_th="ขอนแก่น", name_en="Khon Kaen")


@pytest.fixture
def administrator(khonkaen: Centre) -> Officer:
    return create_with_role(khonkaen, "napa", Role.ADMINISTRATOR)


@pytest.fixture
def clerk(khonkaen: Centre) -> Officer:
    return create_with_role(khonkaen, "wichai", Role.CASE_OFFICER)


def test_a_code_of_an_app_is_accepted_once(clerk: Officer) -> None:
    key = authenticator_apps.generate_key()
    authenticator_apps.add_app(clerk, key, 0)
    code = app_code(key)
    assert succeeded(*[lambda: authenticator_apps.use_app_code(clerk, code)] * REQUESTS) == 1


def test_a_recovery_code_is_accepted_once(clerk: Officer) -> None:
    code = recovery_codes.renew_recovery_codes(clerk)[0]
    assert succeeded(*[lambda: recovery_codes.use_recovery_code(clerk, code)] * REQUESTS) == 1


def test_a_link_is_used_once(clerk: Officer) -> None:
    code = accounts.reset_access(clerk, None, "", with_second_factor=False)
    invitation = invitations.find_valid(code)
    assert invitation is not None
    assert succeeded(*[lambda: invitations.use(invitation, "")] * REQUESTS) == 1


def test_a_registration_is_decided_once(khonkaen: Centre, administrator: Officer) -> None:
    fields = {name: FORM[name] for name in ("kind", "first_name", "last_name", "position", "office", "email", "role")}
    registration = Registration(centre=khonkaen, username="kanya", mobile_phone="0898765432", **fields)
    registrations.submit(registration)
    decisions = [Certification(f"kanya{number}", Role.CASE_OFFICER) for number in range(REQUESTS)]
    steps = [
        lambda decision=decision: registrations.certify(administrator, registration.pk, decision)
        for decision in decisions
    ]
    assert succeeded(*steps) == 1
    assert Officer.objects.filter(username__startswith="kanya").count() == 1


def test_two_registrations_at_once_keep_the_limit_of_a_district(khonkaen: Centre, administrator: Officer) -> None:
    district = Centre.objects.create(parent=khonkaen, slug="nam-phong", area_code="4007", name_th="น้ำพอง", name_en="NP")
    create_with_role(district, "somsri", Role.CASE_OFFICER)
    fields = {name: FORM[name] for name in ("kind", "first_name", "last_name", "position", "office", "role")}
    steps = []
    for number in range(REQUESTS):
        email, username = f"kanya{number}@example.go.th", f"kanya{number}"
        registration = Registration(
            centre=district, username=username, mobile_phone="0898765432", email=email, **fields
        )
        registrations.submit(registration)
        decision = Certification(username, Role.CASE_OFFICER)
        steps.append(lambda key=registration.pk, decision=decision: registrations.certify(administrator, key, decision))
    assert succeeded(*steps) == 1
    assert registrations.listed_officers(district).count() == registrations.MAX_DISTRICT_OFFICERS


def test_one_name_certified_at_two_centres_at_once_is_one_account(khonkaen: Centre) -> None:
    fields = {name: FORM[name] for name in ("kind", "first_name", "last_name", "position", "office", "email", "role")}
    steps = []
    for number in range(2):
        province = Centre.objects.create(slug=f"p{number}", area_code=f"4{number + 1}", name_th="ก", name_en="P")
        registration = Registration(centre=province, username="kanya", mobile_phone="0898765432", **fields)
        registrations.submit(registration)
        by, decision = (
            create_with_role(province, f"napa{number}", Role.ADMINISTRATOR),
            Certification("kanya", Role.INTAKE),
        )
        steps.append(lambda by=by, key=registration.pk, kind=decision: registrations.certify(by, key, kind))
    assert succeeded(*steps) == 1
    assert Officer.objects.filter(username="kanya").count() == 1


def test_one_role_remains(khonkaen: Centre, administrator: Officer, clerk: Officer) -> None:
    Membership.objects.create(officer=clerk, centre=khonkaen, role="intake")
    roles = list(Membership.objects.filter(officer=clerk).select_related("centre"))

    def remove(membership: Membership) -> bool:
        memberships.remove_membership(administrator, membership)
        return True

    assert succeeded(*[lambda each=each: remove(each) for each in roles]) == 1
    assert Membership.objects.filter(officer=clerk).count() == 1


def test_a_role_that_has_moved_meanwhile_is_judged_where_it_is_now(
    khonkaen: Centre, administrator: Officer, clerk: Officer
) -> None:
    district = Centre.objects.create(parent=khonkaen, slug="nam-phong", area_code="4007", name_th="น้ำพอง", name_en="NP")
    phayao = Centre.objects.create(slug="phayao", area_code="56", name_th="พะเยา", name_en="Phayao")
    shown = Membership.objects.get(officer=clerk)  # as the page showed it
    Membership.objects.filter(pk=shown.pk).update(centre=phayao)
    with pytest.raises(memberships.ForbiddenError):
        memberships.transfer(administrator, shown, district, "ย้าย")
    with pytest.raises(memberships.ForbiddenError):
        memberships.remove_membership(administrator, shown)
    Membership.objects.filter(pk=shown.pk).delete()
    with pytest.raises(memberships.PeopleError):
        memberships.transfer(administrator, shown, district, "ย้าย")


def test_transfers_at_once_follow_each_other(khonkaen: Centre, administrator: Officer, clerk: Officer) -> None:
    districts = [
        Centre.objects.create(parent=khonkaen, slug=f"d{number}", area_code=f"400{number}", name_th="ก", name_en="D")
        for number in range(1, 3)
    ]
    shown = Membership.objects.get(officer=clerk)

    def move(centre: Centre) -> bool:
        memberships.transfer(administrator, Membership.objects.get(pk=shown.pk), centre, "ย้าย")
        return True

    assert succeeded(*[lambda each=each: move(each) for each in districts]) == 2
    first, second = OfficerEvent.objects.filter(kind="transferred").order_by("pk").values_list("detail", flat=True)
    assert first.rpartition(" → ")[2] == second.split()[1], "the second begins where the first has ended"
