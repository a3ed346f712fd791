"""Which agencies an officer sees, and which of them the officer may change."""

from django.db.models import Q, QuerySet

from central.agencies.models import Agency
from central.centres.models import Centre, Officer
from central.people.permission import memberships_allowing, permitted_centres
from central.people.roles import Action, Scope

# An officer with one of these at a centre sees its register.
VIEWING_ACTIONS = (Action.VIEW_CASES, Action.MANAGE_AGENCIES, Action.MANAGE_ROUTING)


def viewing_centres(officer: Officer) -> QuerySet[Centre]:
    """The centres whose register this officer sees: where they work on cases, or manage the register or its rules."""
    centres = Q(pk__in=[])
    for action in VIEWING_ACTIONS:
        centres |= Q(pk__in=permitted_centres(officer, action).values("pk"))
    return Centre.objects.filter(centres)


def visible_agencies(officer: Officer) -> QuerySet[Agency]:
    """The agencies of these centres and of the centres above, which their cases can be ordered to. A registration that
    waits is seen only by who may confirm it."""
    roots: set[str] = set()
    for action in VIEWING_ACTIONS:
        roots |= set(memberships_allowing(officer, action, Scope.CENTRE).values_list("centre__path", flat=True))
    above = {path[: index + 1] for path in roots for index, character in enumerate(path) if character == "/"}
    managed = permitted_centres(officer, Action.MANAGE_AGENCIES).values("pk")
    return Agency.objects.filter(
        Q(centre__in=viewing_centres(officer).values("pk")) | Q(centre__path__in=above - {"/"}),
        Q(status=Agency.Status.ACTIVE) | Q(centre__in=managed),
    )


def covering(agencies: QuerySet[Agency], area: str) -> QuerySet[Agency]:
    """Those that work in this area or in a part of it. An agency without areas works in the area of its centre."""
    around = [area[:length] for length in (2, 4, 6) if len(area) >= length]
    stated = Q(areas__area_code__in=around) | Q(areas__area_code__startswith=area)
    by_centre = Q(areas=None) & Q(centre__area_code__in=["", *around])
    return agencies.filter(stated | by_centre).distinct()
