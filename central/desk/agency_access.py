"""Which centre and which agency a page of the register is about, and whether the officer may change it."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from central.agencies.models import Agency
from central.agencies.register import own_and_above, with_details
from central.agencies.visibility import visible_agencies
from central.centres.models import Centre
from central.desk.page_support import signed_in_officer
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action


def chosen_centre(request: HttpRequest, centres: QuerySet[Centre]) -> Centre:
    """The centre `at`, or the topmost one. Raises PermissionDenied when there is none, Http404 for another one."""
    slug = request.GET.get("at", "")
    centre = centres.filter(slug=slug).first() if slug else centres.first()
    if centre is None:
        if slug and centres.exists():
            raise Http404
        raise PermissionDenied
    return centre


def centre_choices(centres: QuerySet[Centre], centre: Centre, language: str) -> list[tuple[str, str]]:
    """The centres to switch to: the topmost ones, this one, those above it and those directly below it."""
    near = Q(pk__in=own_and_above(centre).values("pk")) | Q(parent=centre) | ~Q(parent__in=centres.values("pk"))
    shown = centres.filter(near | Q(parent=None))
    return [(one.slug, one.name_in(language)) for one in shown]


def managed_centre(request: HttpRequest, slug: str, action: Action = Action.MANAGE_AGENCIES) -> Centre:
    """The centre, if the officer manages it. Raises PermissionDenied, Http404."""
    centres = permitted_centres(signed_in_officer(request), action)
    centre = centres.filter(slug=slug).first()
    if centre is None:
        if centres.exists():
            raise Http404
        raise PermissionDenied
    return centre


def get_agency(request: HttpRequest, agency_id: int) -> Agency:
    """An agency that the officer sees. Raises Http404."""
    agency = with_details(visible_agencies(signed_in_officer(request)).filter(pk=agency_id)).first()
    if agency is None:
        raise Http404
    return agency


def get_managed_agency(request: HttpRequest, agency_id: int) -> Agency:
    """An agency that the officer may change. Raises Http404, PermissionDenied."""
    agency = get_agency(request, agency_id)
    if not has_permission(signed_in_officer(request), Action.MANAGE_AGENCIES, agency.centre):
        raise PermissionDenied
    return agency
