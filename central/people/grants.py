"""Which role may give which roles to others: certify a registration for it, add it, take it away.

Pure: no Django. A role is given by whoever is above it in the office, or by the administrator. Nobody gives a role to
the own account (central.people.memberships)."""

from collections.abc import Mapping

from central.people.roles import Role

_DESK = frozenset({Role.INTAKE, Role.CASE_OFFICER, Role.OPERATOR, Role.TECHNICIAN})
_TEAM = frozenset({Role.TEAM_HEAD, Role.TEAM_MEMBER})
_AGENCY = frozenset({Role.AGENCY_OFFICER, Role.AGENCY_HEAD})

GRANTS: Mapping[Role, frozenset[Role]] = {
    Role.ADMINISTRATOR: frozenset(Role),
    Role.GOVERNOR: _DESK
    | _TEAM
    | _AGENCY
    | {Role.DIRECTOR, Role.CHIEF, Role.DISTRICT_CHIEF, Role.SUPERVISOR, Role.DPO},
    Role.CHIEF: _DESK | _TEAM | _AGENCY | {Role.DIRECTOR, Role.DISTRICT_CHIEF, Role.SUPERVISOR},
    Role.DIRECTOR: _DESK | _TEAM | _AGENCY | {Role.SUPERVISOR},
    Role.DISTRICT_CHIEF: _DESK | _TEAM | _AGENCY,
    Role.AGENCY_HEAD: frozenset({Role.AGENCY_OFFICER}),
}


def roles_granted_by(roles: frozenset[Role]) -> frozenset[Role]:
    """The roles that somebody with these roles may give."""
    return frozenset().union(*(GRANTS.get(role, frozenset()) for role in roles))
