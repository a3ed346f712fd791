"""The list of the districts' officers, as the circular asks for: two for each district, by name."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from central.centres.models import Membership
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.people_rows import role_name
from central.people.permission import permitted_centres
from central.people.registrations import DISTRICT_ROLES, MAX_DISTRICT_OFFICERS
from central.people.roles import Action
from thai import phone

_PER_PAGE = 60  # the districts of all provinces but two


@require_safe
@desk_page
def district_officers(request: HttpRequest) -> HttpResponse:
    """The districts where this officer manages people, each with its officers in service."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = permitted_centres(officer, Action.MANAGE_PEOPLE)
    if not centres.exists():
        raise PermissionDenied
    districts = centres.annotate(code_length=Length("area_code")).filter(code_length=4, is_active=True)
    page = Paginator(districts.order_by("path"), _PER_PAGE).get_page(request.GET.get("page"))
    rows_of: dict[int, list[dict[str, str]]] = {}
    for membership in (
        Membership.objects.filter(centre__in=page.object_list, role__in=DISTRICT_ROLES, officer__is_active=True)
        .select_related("officer__profile")
        .order_by("officer__username")
    ):
        rows_of.setdefault(membership.centre_id, []).append(_officer_row(membership, language))
    rows = [
        {
            "centre": centre.name_in(language),
            "officers": rows_of.get(centre.pk, []),
            "is_complete": len(rows_of.get(centre.pk, [])) >= MAX_DISTRICT_OFFICERS,
        }
        for centre in page
    ]
    return render_page(request, "desk/district_officers.html", {"page": page, "rows": rows})


def _officer_row(membership: Membership, language: str) -> dict[str, str]:
    officer, profile = membership.officer, getattr(membership.officer, "profile", None)
    return {
        "id": str(officer.pk),
        "name": officer.display_name,
        "position": profile.position if profile else "",
        "phone": phone.display(profile.mobile_phone) if profile else "",
        "role": role_name(membership.role, language),
    }
