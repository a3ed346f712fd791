"""The public page where an agency registers itself: no account, no cookie. An administrator checks and confirms it.

A page of another site cannot send the form for its visitors: browsers state where a form comes from."""

from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from central.agencies import commands
from central.agencies.details import AgencyDetails
from central.agencies.errors import RegisterError
from central.centres.models import Centre
from central.client_address import client_address
from central.desk.agency_forms import RegistrationForm
from central.form_origin import refuse_other_sites
from central.language import LANGUAGES
from central.people.shared_throttle import SharedThrottle
from protocol.bilingual_text import BilingualText

# An office registers once; several agencies of one building share an address.
_REGISTRATIONS = SharedThrottle("agency registration", limit=10, window_s=3600, max_window_s=24 * 3600)
_TOO_MANY = BilingualText(
    "ลงทะเบียนจากเครือข่ายนี้หลายครั้งแล้ว โปรดลองใหม่ภายหลัง หรือโทร 1567",
    "There were many registrations from this network. Please try again later, or call 1567",
)
_NO_EMAIL = BilingualText("โปรดใส่อีเมลหรือโทรศัพท์ เพื่อให้ศูนย์ติดต่อกลับ", "Please state an e-mail or a telephone number")


@csrf_exempt  # it has no login and sets no cookie; refuse_other_sites checks where the form comes from
@require_http_methods(["GET", "HEAD", "POST"])
def register_agency(request: HttpRequest) -> HttpResponse:
    """GET: choose the `centre`, then its form. POST a RegistrationForm with `centre`: stored until it is confirmed."""
    values = request.POST if request.method == "POST" else request.GET
    if any("\0" in text for _, texts in values.lists() for text in texts):
        raise SuspiciousOperation("A NUL character")
    language = values.get("lang", "")
    language = language if language in LANGUAGES else "th"
    with translation.override(language):
        centre = Centre.objects.filter(slug=values.get("centre", ""), is_active=True).first()
        if centre is None:
            return _show(request, language)
        if request.method != "POST":
            return _show(request, language, centre, RegistrationForm(language, centre))
        refuse_other_sites(request)
        return _register(request, language, centre)


def _register(request: HttpRequest, language: str, centre: Centre) -> HttpResponse:
    form = RegistrationForm(language, centre, request.POST)
    if form.is_valid():
        details = form.details(AgencyDetails())
        reachable = (details.email, details.phone, details.contact_point.email, details.contact_point.phone)
        if not any(reachable):
            form.add_error("email", _NO_EMAIL.in_language(language))
        elif not _REGISTRATIONS.count_attempt(client_address(request)):
            return _show(request, language, centre, form, error=_TOO_MANY.in_language(language), status=429)
        else:
            try:
                commands.register(details, centre)
            except RegisterError as refusal:
                _REGISTRATIONS.take_back_attempt(client_address(request))
                form.show_errors(refusal)
            else:
                return _show(request, language, centre, is_done=True)
    return _show(request, language, centre, form, status=422)


def _provincial_centres() -> QuerySet[Centre]:
    """The centres to choose from. A district's own register is reached by a link with its `centre`."""
    return Centre.objects.annotate(digits=Length("area_code")).filter(is_active=True, digits=2).order_by("name_th")


def _show(
    request: HttpRequest,
    language: str,
    centre: Centre | None = None,
    form: RegistrationForm | None = None,
    *,
    error: str = "",
    is_done: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "language": language,
        "centre": centre,
        "provinces": [(one.slug, one.name_in(language)) for one in _provincial_centres()],
        "form": form,
        "error": error,
        "is_done": is_done,
    }
    return render(request, "agencies/register.html", context, status=status)
