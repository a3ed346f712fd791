"""What waits for the decision of one officer: requests to reopen, and proposals at the step of the approval ladder that
a role of the officer decides."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from central.cases.codes import Attention
from central.cases.ladders import LADDERS
from central.cases.models import Case, Proposal
from central.centres.models import Centre, Officer, subtree_filter
from central.people.permission import memberships_of, permitted_centres
from central.people.roles import Action, Role
from protocol.centre_kind import CentreKind

_AREA_LENGTHS = {CentreKind.MINISTRY: 0, CentreKind.PROVINCE: 2, CentreKind.DISTRICT: 4}


def waiting_proposals(officer: Officer) -> QuerySet[Proposal]:
    """The open proposals that this officer decides, the oldest first. Nobody decides their own."""
    mine = Q(pk__in=[])
    for membership in memberships_of(officer):
        centres = Centre.objects.filter(subtree_filter(membership.centre.path))
        mine |= _steps_of(Role(membership.role)) & Q(case__centre__in=centres)
    proposals = Proposal.objects.annotate(area_length=Length("case__centre__area_code"))
    waiting = proposals.filter(mine, decided_at=None).exclude(proposed_by=officer)
    return waiting.select_related("case__centre", "case__owner", "proposed_by").order_by("proposed_at", "pk")


def requests_to_reopen(officer: Officer) -> QuerySet[Case]:
    """Closed cases whose citizen asks to open them again, at centres where this officer may reopen."""
    waiting = Case.objects.filter(attention=Attention.REOPENING_REQUESTED.value)
    waiting = waiting.exclude(attention="")  # names the partial index, which SQLite does not infer
    return waiting.filter(centre__in=permitted_centres(officer, Action.REOPEN)).order_by()


def _steps_of(role: Role) -> Q:
    """The proposals at a step that this role decides: status and kind of centre."""
    steps = Q(pk__in=[])
    for kind, ladder in LADDERS.items():
        for step in ladder:
            if step.role is role:
                steps |= Q(status=step.status.value, area_length=_AREA_LENGTHS[kind])
    return steps
