"""The public page on which somebody registers as an officer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from central.centres.models import Centre, Officer
from central.client_address import client_address
from central.desk.agency_choices import active_agencies
from central.desk.page_support import open_page, page_language, render_page
from central.desk.people_forms import RegistrationForm
from central.people import registrations
from central.people.memberships import PeopleError
from central.people.models import Registration
from central.people.positions import SUGGESTED_POSITIONS
from central.people.shared_throttle import SharedThrottle
from protocol.bilingual_text import BilingualText

_ADDRESS_THROTTLE = SharedThrottle("registration address", limit=10, window_s=3600, max_window_s=24 * 3600)
_TOO_MANY = BilingualText("ส่งคำขอหลายครั้งเกินไป โปรดรอสักพัก", "Too many registrations. Please wait a while.")
_COPIED_FIELDS = (
    "kind", "replaces_name", "username", "first_name", "last_name", "position", "level", "office", "agency_name",
    "office_phone", "mobile_phone", "email", "role",
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@open_page
def register(request: HttpRequest) -> HttpResponse:
    """The form for somebody who is to become an officer: POST a RegistrationForm. `?centre=SLUG` chooses the centre."""
    language, centres = page_language(request), Centre.objects.filter(is_active=True)
    if request.method != "POST":
        initial = {name: request.GET.get(name, "") for name in ("centre", "agency")}
        form = RegistrationForm(language, centres, initial=initial)
        return render_page(request, "desk/register.html", _context(form))
    form = RegistrationForm(language, centres, request.POST)
    if not form.is_valid():
        return render_page(request, "desk/register.html", _context(form), status=400)
    if form.cleaned_data["website"]:  # a program: it learns nothing
        return redirect("desk:registered")
    if not _ADDRESS_THROTTLE.count_attempt(client_address(request)):
        context = _context(form) | {"error": _TOO_MANY.in_language(language)}
        return render_page(request, "desk/register.html", context, status=429)
    centre = centres.get(slug=form.cleaned_data["centre"])
    registration = Registration(
        centre=centre,
        agency=active_agencies(centre).filter(code=form.cleaned_data["agency"]).first(),
        submitted_by=request.user if isinstance(request.user, Officer) else None,
        **{name: form.cleaned_data[name] for name in _COPIED_FIELDS},
    )
    try:
        registrations.submit(registration)
    except PeopleError as error:
        context = _context(form) | {"error": error.sentence.in_language(language)}
        return render_page(request, "desk/register.html", context, status=409)
    return redirect("desk:registered")


@require_safe
@open_page
def registered(request: HttpRequest) -> HttpResponse:
    """Says what happens next."""
    return render_page(request, "desk/registered.html", {})


def _context(form: RegistrationForm) -> dict[str, object]:
    return {"form": form, "positions": SUGGESTED_POSITIONS}
