"""Where an officer sees cases: the centres, loaded once for all queries of a page."""

from dataclasses import dataclass

from django.db.models import Count, Subquery, Value

from central.cases.ladders import LADDERS
from central.centres.models import Centre, Officer
from central.people.permission import memberships_of, permitted_centres
from central.people.roles import Action, Role
from protocol.case_status import CaseStatus


@dataclass(frozen=True)
class Scope:
    """The centres where an officer has an action. `is_everywhere`: they are all centres of the installation."""

    centres: tuple[Centre, ...]  # in the order of the tree
    is_everywhere: bool

    @property
    def centre_ids(self) -> list[int]:
        """The keys of the centres."""
        return [centre.pk for centre in self.centres]

    def below(self, slug: str) -> list[Centre]:
        """The centre with this slug and those below it, as far as they are in the scope."""
        path = next((centre.path for centre in self.centres if centre.slug == slug), "")
        return [centre for centre in self.centres if path and centre.path.startswith(path)]

    @property
    def province_codes(self) -> list[str]:
        """The provinces of the centres; none for an officer of every centre."""
        codes = {centre.area_code[:2] for centre in self.centres}
        return [] if "" in codes else sorted(codes)


def action_scope(officer: Officer, action: Action) -> Scope:
    """The centres where this officer has this action."""
    every = Centre.objects.order_by().values(one=Value(1)).annotate(count=Count("pk")).values("count")
    centres = tuple(permitted_centres(officer, action).annotate(centre_count=Subquery(every)))
    return Scope(centres, is_everywhere=bool(centres) and len(centres) == centres[0].centre_count)


def deciding_centres(officer: Officer, scope: Scope) -> dict[CaseStatus, list[int]]:
    """For each status of the approval ladder: the centres where a case in it waits for a decision of this officer."""
    steps = {(kind, step.role): step.status for kind, ladder in LADDERS.items() for step in ladder}
    waiting: dict[CaseStatus, list[int]] = {}
    for membership in memberships_of(officer):
        for centre in scope.centres:
            status = steps.get((centre.kind, Role(membership.role)))
            if status is not None and centre.path.startswith(membership.centre.path):
                waiting.setdefault(status, []).append(centre.pk)
    return waiting
