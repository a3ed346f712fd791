"""Queries on the register: which agencies a centre can use, and whom a code names."""

from django.db.models import Q, QuerySet

from central.agencies.limits import MAX_OFFERED
from central.agencies.models import Agency
from central.centres.models import Centre, subtree_filter


def own_and_above(centre: Centre) -> QuerySet[Centre]:
    """This centre and the centres above it, from here up to the root."""
    slugs = centre.path.strip("/").split("/")
    paths = [f"/{'/'.join(slugs[:depth])}/" for depth in range(1, len(slugs) + 1)]
    return Centre.objects.filter(path__in=paths).order_by("-path")  # each path begins with the one above it


def reachable_agencies(centre: Centre) -> QuerySet[Agency]:
    """The agencies that a case of this centre can be ordered to: registered here, at a centre above or below, confirmed
    and in use."""
    below = Centre.objects.filter(subtree_filter(centre.path))
    return Agency.objects.filter(
        Q(centre__in=own_and_above(centre)) | Q(centre__in=below), is_active=True, status=Agency.Status.ACTIVE
    )


def can_get_case(centre: Centre, agency_id: int) -> bool:
    """Whether a case of this centre can be ordered to this agency now."""
    return reachable_agencies(centre).filter(pk=agency_id).exists()


def offered_agencies(centre: Centre) -> list[Agency]:
    """The agencies to offer in the form of a rule, by name: those registered here and above, then those below, as many
    as a page can list. The ministry reaches the 25,000 agencies of the country; its rules name its own."""
    reachable, near = reachable_agencies(centre), own_and_above(centre).values("pk")
    own = list(reachable.filter(centre__in=near)[:MAX_OFFERED])
    return own + list(reachable.exclude(centre__in=near)[: MAX_OFFERED - len(own)])


def confirmed_agencies(centre: Centre) -> QuerySet[Agency]:
    """The register of this centre alone, those out of use included, registrations that wait excluded."""
    return Agency.objects.filter(centre=centre, status=Agency.Status.ACTIVE).order_by("code")


def find_by_code(code: str, centre: Centre, *, other_than: int | None = None) -> Agency | None:
    """The confirmed agency with this code at the centre, or at the nearest centre above that has one."""
    named = Agency.objects.filter(centre__in=own_and_above(centre), code=code, status=Agency.Status.ACTIVE)
    if other_than is not None:
        named = named.exclude(pk=other_than)
    return named.order_by("-centre__path").first()


def with_details(agencies: QuerySet[Agency]) -> QuerySet[Agency]:
    """The agencies with everything that `details_of` reads, in three queries."""
    return agencies.select_related("supervising_agency", "centre").prefetch_related("areas", "contacts")
