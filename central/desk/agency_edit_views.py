"""The changes to an agency: adding, editing, taking out of use, confirming and refusing a registration."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from central.agencies import commands
from central.agencies.details import AgencyDetails, details_of
from central.agencies.errors import RegisterError
from central.agencies.models import Agency
from central.agencies.register import own_and_above
from central.centres.models import Centre
from central.desk.agency_access import get_managed_agency, managed_centre
from central.desk.agency_forms import AgencyForm
from central.desk.agency_page_forms import ConfirmationForm, StateForm
from central.desk.agency_views import show_agency
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def create_agency(request: HttpRequest, slug: str) -> HttpResponse:
    """Add an agency to the register of a centre: POST an AgencyForm."""
    centre = managed_centre(request, slug)
    before = AgencyDetails(level="province" if len(centre.area_code) < 4 else "district")
    return _edit(
        request, centre, before, lambda details, _: commands.create(details, centre, signed_in_officer(request))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit_agency(request: HttpRequest, agency_id: int) -> HttpResponse:
    """Change an agency: POST an AgencyForm."""
    agency = get_managed_agency(request, agency_id)

    def save(details: AgencyDetails, seen_version: int) -> Agency:
        return commands.edit(agency, details, signed_in_officer(request), seen_version=seen_version)

    return _edit(request, agency.centre, details_of(agency), save, agency)


@require_POST
@desk_page
def set_state(request: HttpRequest, agency_id: int) -> HttpResponse:
    """Take an agency out of use, or back: POST a StateForm."""
    agency, form = get_managed_agency(request, agency_id), StateForm(page_language(request), request.POST)
    if not form.is_valid():
        return show_agency(request, agency, error=form.first_error, status=422)
    change = commands.reactivate if form.cleaned_data["in_use"] else commands.deactivate
    try:
        change(agency, signed_in_officer(request), seen_version=form.cleaned_data["seen"])
    except RegisterError as refusal:
        return show_agency(request, agency, error=_sentence(request, refusal), status=409)
    return redirect("desk:agency", agency.pk)


@require_POST
@desk_page
def confirm_agency(request: HttpRequest, agency_id: int) -> HttpResponse:
    """Take a registration into the register: POST a ConfirmationForm."""
    agency, form = get_managed_agency(request, agency_id), ConfirmationForm(page_language(request), request.POST)
    if not form.is_valid():
        return show_agency(request, agency, error=form.first_error, status=422)
    code, seen = form.cleaned_data["code"].strip().lower(), form.cleaned_data["seen"]
    try:
        commands.confirm(agency, code, signed_in_officer(request), seen_version=seen)
    except RegisterError as refusal:
        return show_agency(request, agency, error=_sentence(request, refusal), status=409)
    return redirect("desk:agency", agency.pk)


@require_POST
@desk_page
def refuse_agency(request: HttpRequest, agency_id: int) -> HttpResponse:
    """Delete a registration."""
    agency = get_managed_agency(request, agency_id)
    try:
        commands.refuse(agency, signed_in_officer(request))
    except RegisterError as refusal:
        return show_agency(request, agency, error=_sentence(request, refusal), status=409)
    return redirect("desk:agencies")


def _edit(
    request: HttpRequest,
    centre: Centre,
    before: AgencyDetails,
    save: Callable[[AgencyDetails, int], Agency],
    agency: Agency | None = None,
) -> HttpResponse:
    """Show the form, or save it and show the agency."""
    supervisors = Agency.objects.filter(centre__in=own_and_above(centre), status=Agency.Status.ACTIVE)
    if agency is not None:
        supervisors = supervisors.exclude(pk=agency.pk)
    data = request.POST if request.method == "POST" else None
    form = AgencyForm(page_language(request), centre, supervisors, before, data)
    if form.is_valid():
        try:
            saved = save(form.details(before), form.cleaned_data["seen"] or 0)
        except RegisterError as refusal:
            form.show_errors(refusal)
        else:
            return redirect("desk:agency", saved.pk)
    seen = request.POST.get("seen", "") if data is not None else agency.version if agency else ""
    context = {"form": form, "centre": centre, "agency": agency, "seen": seen}
    return render_page(request, "desk/agency_form.html", context, status=422 if form.is_bound else 200)


def _sentence(request: HttpRequest, refusal: RegisterError) -> str:
    return " ".join(text.in_language(page_language(request)) for text in refusal.errors.values())
