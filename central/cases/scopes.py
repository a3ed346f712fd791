"""Where an officer sees cases: the centres, loaded once for all queries of a page."""

from dataclasses import dataclass

from central.cases.ladders import LADDERS
from central.centres.models import Centre, Membership, Officer
from central.people.permission import permitted_centres
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
    centres = tuple(permitted_centres(officer, action))
    return Scope(centres, is_everywhere=bool(centres) and len(centres) == Centre.objects.count())


def deciding_centres(officer: Officer, scope: Scope) -> dict[CaseStatus, list[int]]:
    """For each status of the approval ladder: the centres where a case in it waits for a decision of this officer."""
    steps = {(kind, step.role): step.status for kind, ladder in LADDERS.items() for step in ladder}
    memberships = Membership.objects.filter(officer=officer, role__in={role.value for _, role in steps})
    waiting: dict[CaseStatus, list[int]] = {}
    for role, path in memberships.values_list("role", "centre__path"):
        for centre in scope.centres:
            status = steps.get((centre.kind, Role(role)))
            if status is not None and centre.path.startswith(path):
                waiting.setdefault(status, []).append(centre.pk)
    return waiting
