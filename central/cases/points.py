"""Who sees the point of an incident.

The point of a confidential case tells where somebody lives or whom somebody has accused: only those who work on the
case see it; all others see its tambon."""

from collections.abc import Callable

from django.db.models import Q

from central.cases.codes import ACTIVE_STATES, ReferralKind
from central.cases.coordinates import cover_coordinates
from central.cases.models import Case, Referral
from central.centres.models import Officer
from central.people.permission import acts_in_tambon, memberships_of
from central.people.roles import MATRIX, Action, Role, Scope
from protocol.choices import NameDisclosure
from protocol.topics import Topic

CONFIDENTIAL_TOPICS = frozenset({Topic.CORRUPTION.value, Topic.DRUGS.value, Topic.DEBT.value})


def is_confidential(case: Case) -> bool:
    """Whether only those who work on the case see its point."""
    return case.topic in CONFIDENTIAL_TOPICS or case.name_disclosure != NameDisclosure.NAMED.value


def can_see_point(officer: Officer, case: Case) -> bool:
    """Whether this officer, who sees the case, sees its point too: everybody of another case, its owner, those who
    handle cases at its centre itself, and the team of its tambon."""
    return (
        not is_confidential(case)
        or case.owner_id == officer.pk
        or case.centre_id in _own_centres(officer)
        or acts_in_tambon(officer, Action.SET_POINT, case.centre, case.area)
    )


def shown_words(officer: Officer, case: Case) -> Callable[[str], str]:
    """What is done to words of a case before this officer reads them: coordinates and links of maps are covered for who
    does not see its point."""
    return str if can_see_point(officer, case) else cover_coordinates


def agency_words(referral: Referral) -> Callable[[str], str]:
    """The same for an agency: it sees coordinates while it works on the case, and a supervisor's copy never."""
    works_on_it = referral.kind != ReferralKind.COPY.value and referral.state in ACTIVE_STATES
    return str if works_on_it or not is_confidential(referral.case) else cover_coordinates


def with_visible_point(officer: Officer) -> Q:
    """The condition on cases whose point this officer sees on a map; teams have no map."""
    is_open = ~Q(topic__in=CONFIDENTIAL_TOPICS) & Q(name_disclosure=NameDisclosure.NAMED.value)
    return is_open | Q(owner=officer) | Q(centre__in=list(_own_centres(officer)))


def _own_centres(officer: Officer) -> set[int]:
    rules = ((row.centre_id, MATRIX[Role(row.role)]) for row in memberships_of(officer))
    return {centre for centre, role in rules if role.scope is Scope.CENTRE and Action.SET_POINT in role.actions}
