"""Officers and agencies for the tests of the register."""

import pytest
from django.test import Client

from central.agencies.details import AgencyDetails, ContactDetails
from central.centres.models import Centre, Membership, Officer
from central.people.roles import Role
from tests.unit.central.conftest import client_of
from tests.unit.central.served_installation import PASSWORD

LAND = AgencyDetails(
    code="land-office",
    name_th="สำนักงานที่ดินจังหวัดขอนแก่น",
    name_en="Khon Kaen Land Office",
    kind="land",
    level="province",
    email="land@example.go.th",
    phone="043-000-111 ต่อ 12",
    address="ถนนหน้าเมือง อำเภอเมืองขอนแก่น",
    declared_days=20,
    contact_point=ContactDetails("นางสาวพิมพ์ใจ ทดสอบ", "นักวิชาการที่ดิน", "081-000-0000", "pim@example.go.th"),
    cceo=ContactDetails("นายสมคิด ตัวอย่าง", "เจ้าพนักงานที่ดินจังหวัด", "", ""),
)
STATION = AgencyDetails(
    code="police-mueang",
    name_th="สถานีตำรวจภูธรเมืองขอนแก่น",
    kind="police",
    level="district",
    areas=("4001",),
)


def officer_with_role(centre: Centre, name: str, role: Role) -> Officer:
    officer = Officer.objects.create_user(username=name, password=PASSWORD)
    Membership.objects.create(officer=officer, centre=centre, role=role.value)
    return officer


@pytest.fixture
def administrator(khonkaen: Centre) -> Officer:
    return officer_with_role(khonkaen, "admin-kk", Role.ADMINISTRATOR)


@pytest.fixture
def admin_client(administrator: Officer) -> Client:
    return client_of(administrator)


@pytest.fixture
def mueang(khonkaen: Centre) -> Centre:
    """A district centre below Khon Kaen."""
    return Centre.objects.create(
        parent=khonkaen, slug="mueang-kk", area_code="4001", name_th="ศูนย์ดำรงธรรมอำเภอเมืองขอนแก่น", name_en="Mueang"
    )
