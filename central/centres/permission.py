"""What an officer may do at which centres. A membership holds for a centre and all centres below it."""

from enum import Enum

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from central.centres.models import Centre, Membership, Officer, subtree_filter


class Ability(Enum):
    """What a membership allows. Every membership allows WORK; the others are its columns."""

    WORK = "work"
    READ_PEOPLE = "may_read_people"
    RUN_FLEET = "may_run_fleet"


def permitted_centres(officer: Officer | AnonymousUser, ability: Ability) -> QuerySet[Centre]:
    """The centres where this officer has this ability."""
    if not officer.is_authenticated or not officer.is_active:
        return Centre.objects.none()
    memberships = Membership.objects.filter(officer_id=officer.pk)
    if ability is not Ability.WORK:
        memberships = memberships.filter(**{ability.value: True})
    subtrees = Q(pk__in=[])
    for path in memberships.values_list("centre__path", flat=True):
        subtrees |= subtree_filter(path)
    return Centre.objects.filter(subtrees)


def has_ability(officer: Officer | AnonymousUser, ability: Ability, centre: Centre) -> bool:
    """Whether this officer has this ability at this centre."""
    return permitted_centres(officer, ability).filter(pk=centre.pk).exists()


def home_fleet_centre(officer: Officer) -> Centre | None:
    """The centre this officer runs kiosks for by an own membership, the one highest in the tree. None without one."""
    return Centre.objects.filter(memberships__officer=officer, memberships__may_run_fleet=True).first()
