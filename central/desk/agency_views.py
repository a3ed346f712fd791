"""The register of agencies: the list, the page of one agency, and the changes to it."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from central.agencies.commands import rules_naming
from central.agencies.csv_file import write_file
from central.agencies.details import details_of
from central.agencies.models import Agency
from central.agencies.register import confirmed_agencies, own_and_above, with_details
from central.agencies.visibility import covering, viewing_centres, visible_agencies
from central.cases import clock, reading
from central.cases.codes import ReferralKind
from central.cases.models import Referral
from central.centres.models import Centre, Officer, subtree_filter
from central.desk import labels
from central.desk.agency_access import centre_choices, chosen_centre, get_agency, managed_centre
from central.desk.agency_page_forms import AgencyFilterForm, ConfirmationForm
from central.desk.agency_rows import area_names, build_row, change_facts, contact_facts, kind_and_level
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action
from central.public_address import absolute_url

_AGENCIES_PER_PAGE = 25
_CHANGES_SHOWN = 10


@require_safe
@desk_page
def agency_list(request: HttpRequest) -> HttpResponse:
    """The agencies that the centre `at` can order cases to, filtered by words, area, kind and state."""
    officer, language = signed_in_officer(request), page_language(request)
    centre = chosen_centre(request, viewing_centres(officer))
    form = AgencyFilterForm(language, request.GET, centre.area_code)
    form.is_valid()
    agencies = visible_agencies(officer).filter(
        Q(centre__in=Centre.objects.filter(subtree_filter(centre.path))) | Q(centre__in=own_and_above(centre))
    )
    matching = _filter(agencies, form.cleaned_data)
    page = Paginator(with_details(matching), _AGENCIES_PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "centre": centre,
        "centres": centre_choices(viewing_centres(officer), centre, language),
        "rows": [build_row(agency, language) for agency in page],
        "page": page,
        "query": f"&{query.urlencode()}" if query else "",
        "form": form,
        "is_filtered": any(form.cleaned_data.values()),
        "pending": agencies.filter(status=Agency.Status.PENDING).count(),
        "is_managed": has_permission(officer, Action.MANAGE_AGENCIES, centre),
        "registration_url": _registration_url(request, centre),
        "routes_cases": has_permission(officer, Action.MANAGE_ROUTING, centre),
    }
    return render_page(request, "desk/agencies.html", context)


@require_safe
@desk_page
def agency_page(request: HttpRequest, agency_id: int) -> HttpResponse:
    """One agency: areas, contacts, declared days, supervision, officers, rules that name it, latest changes."""
    return show_agency(request, get_agency(request, agency_id))


@require_safe
@desk_page
def export_agencies(request: HttpRequest, slug: str) -> HttpResponse:
    """The register of one centre as a file that the import reads."""
    centre = managed_centre(request, slug)
    rows = map(details_of, with_details(confirmed_agencies(centre)))
    response = HttpResponse(write_file(rows, page_language(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="agencies-{centre.slug}.csv"'
    return response


def _registration_url(request: HttpRequest, centre: Centre) -> str:
    """The address to give to agencies: that of the public page, with this centre chosen."""
    return absolute_url(request, f"{reverse('register_agency')}?{urlencode({'centre': centre.slug})}")


def _filter(agencies: QuerySet[Agency], chosen: dict[str, str]) -> QuerySet[Agency]:
    states = {
        "in_use": Q(is_active=True, status=Agency.Status.ACTIVE),
        "out_of_use": Q(is_active=False),
        "pending": Q(status=Agency.Status.PENDING),
    }
    agencies = agencies.filter(states.get(chosen.get("state", ""), Q()))
    if kind := chosen.get("kind"):
        agencies = agencies.filter(kind=kind)
    if words := chosen.get("words"):
        agencies = agencies.filter(Q(name_th__icontains=words) | Q(name_en__icontains=words) | Q(code__icontains=words))
    return covering(agencies, chosen["area"]) if chosen.get("area") else agencies


def show_agency(request: HttpRequest, agency: Agency, error: str = "", status: int = 200) -> HttpResponse:
    """The page of an agency, with the error of a change that was refused."""
    officer, language = signed_in_officer(request), page_language(request)
    is_managed = has_permission(officer, Action.MANAGE_AGENCIES, agency.centre)
    changes = agency.changes.select_related("by")[:_CHANGES_SHOWN] if is_managed else []
    context = {
        "agency": agency,
        "name": agency.name_in(language),
        "kind": kind_and_level(agency, language),
        "areas": area_names(agency, language),
        "contacts": [(labels.label(labels.AGENCY_CONTACT, row.kind, language), row) for row in contact_facts(agency)],
        "supervising": agency.supervising_agency,
        "supervised": visible_agencies(officer).filter(supervising_agency=agency),
        "work": _open_work(officer, agency),
        "officers": agency.memberships.select_related("officer").order_by("officer__username"),
        "rules": rules_naming([agency.pk]).filter(centre__in=viewing_centres(officer)).select_related("centre"),
        "changes": [change_facts(change, language) for change in changes],
        "is_managed": is_managed,
        "confirmation": ConfirmationForm(language, initial={"seen": agency.version}),
        "error": error,
    }
    return render_page(request, "desk/agency.html", context, status=status)


def _open_work(officer: Officer, agency: Agency) -> dict[str, Any] | None:
    """How many cases the agency leads, and how many are overdue, among those that the officer sees. None for an officer
    who sees no cases."""
    if not permitted_centres(officer, Action.VIEW_CASES).exists():
        return None
    leads = Referral.objects.filter(
        agency=agency, kind=ReferralKind.LEAD.value, ended_at=None, case__in=reading.visible_cases(officer)
    )
    late = Q(due__lt=clock.today())
    return leads.aggregate(open=Count("pk"), overdue=Count("pk", filter=late))
