"""The invented officers: every role of the province, its districts, some agencies and one tambon team."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from django.contrib.auth.hashers import make_password

from central.agencies.models import Agency
from central.centres.models import Centre, Membership, Officer
from central.demo_data.persons import invent_person
from central.people.models import Profile
from central.people.roles import MATRIX, Role

# User name, role. Several officers of one role have a number.
_PROVINCE_OFFICERS = (
    ("intake1", Role.INTAKE),
    ("intake2", Role.INTAKE),
    ("intake3", Role.INTAKE),
    ("officer1", Role.CASE_OFFICER),
    ("officer2", Role.CASE_OFFICER),
    ("officer3", Role.CASE_OFFICER),
    ("officer4", Role.CASE_OFFICER),
    ("officer5", Role.CASE_OFFICER),
    ("director", Role.DIRECTOR),
    ("chief", Role.CHIEF),
    ("governor", Role.GOVERNOR),
    ("vicegovernor", Role.GOVERNOR),
    ("operator", Role.OPERATOR),
    ("admin", Role.ADMINISTRATOR),
    ("technician", Role.TECHNICIAN),
    ("auditor", Role.AUDITOR),
    ("dpo", Role.DPO),
)


@dataclass
class Staff:
    """The officers by centre and role."""

    by_centre: dict[tuple[int, Role], list[Officer]] = field(default_factory=dict)

    def of(self, centre: Centre, role: Role) -> list[Officer]:
        """The officers with this role at exactly this centre."""
        return self.by_centre.get((centre.pk, role), [])


def create_staff(
    province: Centre, districts: Iterable[Centre], agencies: list[Agency], random: Random, password: str
) -> Staff:
    """Create all officers, with one password."""
    hashed, staff = make_password(password), Staff()

    def create(name: str, centre: Centre, role: Role, agency: Agency | None = None, tambons: str = "") -> None:
        person = invent_person(random)
        officer = Officer.objects.create(
            username=name, password=hashed, first_name=f"{person.title}{person.first_name}", last_name=person.last_name
        )
        Profile.objects.create(officer=officer, position=MATRIX[role].name.th, office=(agency or centre).name_th)
        Membership.objects.create(
            officer=officer,
            centre=centre,
            role=role.value,
            agency=agency,
            tambons=tambons,
            may_read_people=True,
            may_run_fleet=True,
        )
        staff.by_centre.setdefault((centre.pk, role), []).append(officer)

    for name, role in _PROVINCE_OFFICERS:
        create(name, province, role)
    for district in districts:
        create(f"{district.slug}-officer", district, Role.CASE_OFFICER)
        create(f"{district.slug}-chief", district, Role.DISTRICT_CHIEF)
        create(f"{district.slug}-team", district, Role.TEAM_HEAD, tambons=f"{district.area_code}01")
    by_code = {agency.code: agency for agency in agencies}
    for code in ("land-office", "pea", "highways", "police-region-4"):
        create(code, province, Role.AGENCY_OFFICER, by_code[code])
    create("pea-head", province, Role.AGENCY_HEAD, by_code["pea"])
    create("inspector", province, Role.SUPERVISOR, by_code["police-inspector-general"])
    return staff
