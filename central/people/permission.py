"""What an officer may do, and where: the matrix of `central.people.roles` applied to the officer's memberships."""

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from central.centres.models import Centre, Membership, Officer, subtree_filter
from central.people.roles import MATRIX, WITHHOLDABLE, Action, Role, Scope, roles_allowing


def load_memberships(officer: Officer) -> None:
    """Load the memberships once, for all checks with this object: for a page that only reads. A page that changes
    something reads them in each check, so that a role that was just taken away allows nothing."""
    prefetch_related_objects([officer], Prefetch("memberships", Membership.objects.select_related("centre")))


def memberships_of(officer: Officer | AnonymousUser) -> list[Membership]:
    """All memberships with their centres; none for a suspended officer. One query, or none after
    `load_memberships`."""
    if not isinstance(officer, Officer) or not officer.is_active:
        return []
    if "memberships" in getattr(officer, "_prefetched_objects_cache", {}):
        return list(officer.memberships.all())
    return list(Membership.objects.filter(officer_id=officer.pk).select_related("centre"))


def _allowing(officer: Officer | AnonymousUser, action: Action, scope: Scope) -> list[Membership]:
    return [row for row in memberships_of(officer) if _scope(row) is scope and action in _actions(row)]


def _scope(membership: Membership) -> Scope:
    return MATRIX[Role(membership.role)].scope


def _actions(membership: Membership) -> frozenset[Action]:
    """The actions of the role without those that the membership withholds."""
    withheld = {action for action, column in WITHHOLDABLE.items() if not getattr(membership, column)}
    return MATRIX[Role(membership.role)].actions - withheld


def memberships_allowing(officer: Officer | AnonymousUser, action: Action, scope: Scope) -> QuerySet[Membership]:
    """The memberships of this scope that allow the action; none for a suspended officer."""
    if not officer.is_authenticated or not officer.is_active:
        return Membership.objects.none()
    roles = [role.value for role in roles_allowing(action) if MATRIX[role].scope is scope]
    memberships = Membership.objects.filter(officer_id=officer.pk, role__in=roles)
    if action in WITHHOLDABLE:
        memberships = memberships.filter(**{WITHHOLDABLE[action]: True})
    return memberships


def actions_anywhere(officer: Officer | AnonymousUser, scopes: Collection[Scope] = tuple(Scope)) -> frozenset[Action]:
    """The actions this officer has by a role of these scopes, at any place: what a menu offers. No check of a page."""
    return frozenset().union(*(actions for scope, actions in actions_by_scope(officer).items() if scope in scopes))


def actions_by_scope(officer: Officer | AnonymousUser) -> dict[Scope, frozenset[Action]]:
    """`actions_anywhere` for each scope."""
    actions: dict[Scope, frozenset[Action]] = dict.fromkeys(Scope, frozenset())
    for row in memberships_of(officer):
        actions[_scope(row)] |= _actions(row)
    return actions


def permitted_centres(officer: Officer | AnonymousUser, action: Action) -> QuerySet[Centre]:
    """The centres where this officer has this action by a role of a centre."""
    subtrees = Q(pk__in=[])
    for path in sorted({row.centre.path for row in _allowing(officer, action, Scope.CENTRE)}):
        subtrees |= subtree_filter(path)
    return Centre.objects.filter(subtrees)


def has_permission(officer: Officer | AnonymousUser, action: Action, centre: Centre) -> bool:
    """Whether this officer has this action at this centre."""
    return any(centre.path.startswith(row.centre.path) for row in _allowing(officer, action, Scope.CENTRE))


def officers_allowed(action: Action, centres: QuerySet[Centre] | Collection[int]) -> QuerySet[Officer]:
    """The officers in service who have this action by a role at one of these centres itself, by name."""
    roles = [role.value for role in roles_allowing(action)]
    members = Membership.objects.filter(centre__in=centres, role__in=roles, officer__is_active=True)
    if action in WITHHOLDABLE:
        members = members.filter(**{WITHHOLDABLE[action]: True})
    return Officer.objects.filter(pk__in=members.values("officer")).order_by("first_name", "last_name", "username")


def roles_at(officer: Officer, centre: Centre) -> frozenset[Role]:
    """The roles this officer has at this centre, by memberships there or at a centre above."""
    rows = [row for row in memberships_of(officer) if centre.path.startswith(row.centre.path)]
    return frozenset(Role(row.role) for row in rows if _scope(row) is Scope.CENTRE)


def team_tambons(officer: Officer | AnonymousUser, action: Action) -> list[tuple[str, frozenset[str]]]:
    """The tambons where this officer has this action by a role of a team: path of the team's centre, and codes."""
    rows = _allowing(officer, action, Scope.TEAM)
    return [(row.centre.path, frozenset(filter(None, row.tambons.split(",")))) for row in rows]


def acts_in_tambon(officer: Officer, action: Action, centre: Centre, area: str) -> bool:
    """Whether this officer has this action for a case of this centre and area by a role of a tambon team."""
    return any(centre.path.startswith(path) and area in codes for path, codes in team_tambons(officer, action))


def actions_at(officer: Officer, centre: Centre, area: str = "") -> frozenset[Action]:
    """The actions this officer has at this centre, and for a case of this area by roles of tambon teams."""
    actions: set[Action] = set()
    for row in memberships_of(officer):
        is_for_area = _scope(row) is Scope.TEAM and bool(area) and area in row.tambons.split(",")
        if centre.path.startswith(row.centre.path) and (_scope(row) is Scope.CENTRE or is_for_area):
            actions |= _actions(row)
    return frozenset(actions)


def acts_for_agency(officer: Officer | AnonymousUser, action: Action, agency_id: int) -> bool:
    """Whether this officer has this action for an agency, by a role of the agency."""
    return any(row.agency_id == agency_id for row in _allowing(officer, action, Scope.AGENCY))


def home_fleet_centre(officer: Officer) -> Centre | None:
    """The centre this officer runs kiosks for by an own membership, the one highest in the tree. None without one."""
    memberships = memberships_allowing(officer, Action.RUN_FLEET, Scope.CENTRE)
    return Centre.objects.filter(memberships__in=memberships).first()
