"""The agencies that officers may work for."""

from django.db.models import QuerySet

from central.agencies.models import Agency
from central.centres.models import Centre


def active_agencies(centre: Centre) -> QuerySet[Agency]:
    """The agencies in the register of this centre that officers may work for."""
    return Agency.objects.filter(centre=centre, is_active=True, status=Agency.Status.ACTIVE)
