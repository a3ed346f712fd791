"""What an officer may do, and where: the matrix of `central.people.roles` applied to the officer's memberships."""

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from central.centres.models import Centre, Membership, Officer, subtree_filter
from central.people.roles import MATRIX, WITHHOLDABLE, Action, Role, Scope, roles_allowing


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
    """`actions_anywhere` for each scope. One query."""
    actions: dict[Scope, frozenset[Action]] = dict.fromkeys(Scope, frozenset())
    if not officer.is_authenticated or not officer.is_active:
        return actions
    for membership in Membership.objects.filter(officer_id=officer.pk):
        rules = MATRIX[Role(membership.role)]
        withheld = {action for action, column in WITHHOLDABLE.items() if not getattr(membership, column)}
        actions[rules.scope] |= rules.actions - withheld
    return actions


def permitted_centres(officer: Officer | AnonymousUser, action: Action) -> QuerySet[Centre]:
    """The centres where this officer has this action by a role of a centre."""
    subtrees = Q(pk__in=[])
    for path in memberships_allowing(officer, action, Scope.CENTRE).values_list("centre__path", flat=True).distinct():
        subtrees |= subtree_filter(path)
    return Centre.objects.filter(subtrees)


def has_permission(officer: Officer | AnonymousUser, action: Action, centre: Centre) -> bool:
    """Whether this officer has this action at this centre."""
    return permitted_centres(officer, action).filter(pk=centre.pk).exists()


def officers_allowed(action: Action, centres: QuerySet[Centre] | Collection[int]) -> QuerySet[Officer]:
    """The officers in service who have this action by a role at one of these centres itself, by name."""
    roles = [role.value for role in roles_allowing(action)]
    members = Membership.objects.filter(centre__in=centres, role__in=roles, officer__is_active=True)
    if action in WITHHOLDABLE:
        members = members.filter(**{WITHHOLDABLE[action]: True})
    return Officer.objects.filter(pk__in=members.values("officer")).order_by("first_name", "last_name", "username")


def roles_at(officer: Officer, centre: Centre) -> frozenset[Role]:
    """The roles this officer has at this centre, by memberships there or at a centre above."""
    if not officer.is_active:
        return frozenset()
    memberships = Membership.objects.filter(officer=officer).values_list("role", "centre__path")
    roles = {Role(role) for role, path in memberships if centre.path.startswith(path)}
    return frozenset(role for role in roles if MATRIX[role].scope is Scope.CENTRE)


def team_tambons(officer: Officer | AnonymousUser, action: Action) -> list[tuple[str, frozenset[str]]]:
    """The tambons where this officer has this action by a role of a team: path of the team's centre, and codes."""
    memberships = memberships_allowing(officer, action, Scope.TEAM).values_list("centre__path", "tambons")
    return [(path, frozenset(filter(None, codes.split(",")))) for path, codes in memberships]


def acts_in_tambon(officer: Officer, action: Action, centre: Centre, area: str) -> bool:
    """Whether this officer has this action for a case of this centre and area by a role of a tambon team."""
    return any(centre.path.startswith(path) and area in codes for path, codes in team_tambons(officer, action))


def actions_at(officer: Officer, centre: Centre, area: str = "") -> frozenset[Action]:
    """The actions this officer has at this centre, and for a case of this area by roles of tambon teams. One query."""
    if not officer.is_active:
        return frozenset()
    actions: set[Action] = set()
    for membership in Membership.objects.filter(officer=officer).select_related("centre"):
        rules, tambons = MATRIX[Role(membership.role)], membership.tambons.split(",")
        if not centre.path.startswith(membership.centre.path):
            continue
        if rules.scope is Scope.CENTRE or (rules.scope is Scope.TEAM and area and area in tambons):
            withheld = {action for action, column in WITHHOLDABLE.items() if not getattr(membership, column)}
            actions |= rules.actions - withheld
    return frozenset(actions)


def acts_for_agency(officer: Officer | AnonymousUser, action: Action, agency_id: int) -> bool:
    """Whether this officer has this action for an agency, by a role of the agency."""
    return memberships_allowing(officer, action, Scope.AGENCY).filter(agency_id=agency_id).exists()


def home_fleet_centre(officer: Officer) -> Centre | None:
    """The centre this officer runs kiosks for by an own membership, the one highest in the tree. None without one."""
    memberships = memberships_allowing(officer, Action.RUN_FLEET, Scope.CENTRE)
    return Centre.objects.filter(memberships__in=memberships).first()
