"""Where an officer files cases."""

from django.core.exceptions import PermissionDenied

from central.centres.models import Centre, Officer
from central.people.permission import memberships_allowing
from central.people.roles import Action, Scope


def filing_centre_of(officer: Officer) -> Centre:
    """Where this officer files cases, the centre that is highest in the tree. The place of a case may lead it to
    another one. Raises PermissionDenied."""
    memberships = memberships_allowing(officer, Action.FILE_CASES, Scope.CENTRE)
    centre = Centre.objects.filter(memberships__in=memberships).order_by("path").first()
    if centre is None:
        raise PermissionDenied
    return centre
