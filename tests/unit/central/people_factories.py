"""Officers who can sign in, with one role each."""

from typing import Any

from central.centres.models import Centre, Membership, Officer
from central.people.roles import Role
from tests.unit.central.served_installation import PASSWORD


def create_with_role(centre: Centre, name: str, role: Role, **columns: Any) -> Officer:
    """An officer with this role at this centre. `columns` are those of the membership."""
    officer = Officer.objects.create_user(username=name, password=PASSWORD, email=f"{name}@example.go.th")
    Membership.objects.create(officer=officer, centre=centre, role=role.value, **columns)
    return officer
