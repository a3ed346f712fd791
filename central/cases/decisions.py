"""The proposals that wait for one officer: of the step of the approval ladder that a role of the officer decides."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from central.cases.ladders import LADDERS
from central.cases.models import Proposal
from central.centres.models import Centre, Membership, Officer, subtree_filter
from central.people.roles import Role
from protocol.centre_kind import CentreKind

_AREA_LENGTHS = {CentreKind.MINISTRY: 0, CentreKind.PROVINCE: 2, CentreKind.DISTRICT: 4}
_DECIDING_ROLES = frozenset(step.role for ladder in LADDERS.values() for step in ladder)


def waiting_proposals(officer: Officer) -> QuerySet[Proposal]:
    """The open proposals that this officer decides, the oldest first. Nobody decides their own. Two queries."""
    roles = [role.value for role in _DECIDING_ROLES]
    memberships = Membership.objects.filter(officer=officer, officer__is_active=True, role__in=roles)
    mine = Q(pk__in=[])
    for role, path in memberships.values_list("role", "centre__path"):
        mine |= _steps_of(Role(role)) & Q(case__centre__in=Centre.objects.filter(subtree_filter(path)))
    proposals = Proposal.objects.annotate(area_length=Length("case__centre__area_code"))
    waiting = proposals.filter(mine, decided_at=None).exclude(proposed_by=officer)
    return waiting.select_related("case__centre", "case__owner", "proposed_by").order_by("proposed_at", "pk")


def _steps_of(role: Role) -> Q:
    """The proposals at a step that this role decides: status and kind of centre."""
    steps = Q(pk__in=[])
    for kind, ladder in LADDERS.items():
        for step in ladder:
            if step.role is role:
                steps |= Q(status=step.status.value, area_length=_AREA_LENGTHS[kind])
    return steps
