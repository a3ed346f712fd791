"""Registration of officers: the public form, and the superior's decision."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from central.centres.models import Officer
from central.desk.agency_choices import active_agencies
from central.desk.one_time_link import manages_people, show_link
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.people_forms import KIND_LABELS, CertificationForm, RequiredReasonForm
from central.people import registrations
from central.people.memberships import ForbiddenError, PeopleError
from central.people.models import Registration
from central.people.permission import actions_anywhere, memberships_allowing
from central.people.positions import is_entitled
from central.people.registrations import Certification
from central.people.roles import MATRIX, Action, Role, Scope
from central.public_address import absolute_url
from protocol.bilingual_text import BilingualText
from thai import dates, phone

_PER_PAGE = 50
_ROW_LABELS = (
    ("position", BilingualText("ตำแหน่ง", "Position")),
    ("level", BilingualText("ระดับ", "Level")),
    ("office", BilingualText("สังกัด", "Office")),
    ("agency_name", BilingualText("หน่วยงาน", "Agency")),
    ("email", BilingualText("อีเมล", "E-mail")),
    ("replaces_name", BilingualText("แทนใคร", "Who is replaced")),
)
STATUS_LABELS = {
    Registration.Status.WAITING: BilingualText("รอพิจารณา", "Waiting"),
    Registration.Status.CERTIFIED: BilingualText("รับรองแล้ว", "Certified"),
    Registration.Status.REFUSED: BilingualText("ไม่รับรอง", "Refused"),
}


@require_safe
@desk_page
def registration_list(request: HttpRequest) -> HttpResponse:
    """The registrations at the centres where the officer certifies: waiting ones first."""
    officer, language = signed_in_officer(request), page_language(request)
    if Action.CERTIFY_OFFICERS not in actions_anywhere(officer):
        raise PermissionDenied
    visible = registrations.visible_registrations(officer).select_related("centre", "decided_by")
    waiting = visible.filter(status=Registration.Status.WAITING).order_by("submitted_at")
    decided = visible.exclude(status=Registration.Status.WAITING).order_by("-decided_at")[:_PER_PAGE]
    page = Paginator(waiting, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "waiting": [_list_row(registration, language) for registration in page],
        "decided": [_list_row(registration, language) for registration in decided],
        "register_link": absolute_url(request, f"{reverse('desk:register')}{_register_query(officer)}"),
    }
    return render_page(request, "desk/registrations.html", context)


@require_safe
@desk_page
def registration_page(request: HttpRequest, registration_id: int) -> HttpResponse:
    """One registration, with the form that decides it."""
    registration = _visible(request, registration_id)
    return _registration_page(request, registration)


@require_POST
@desk_page
def certify_registration(request: HttpRequest, registration_id: int) -> HttpResponse:
    """Certify: POST a CertificationForm. Shows the one-time link, which can be seen only now."""
    registration, language = _visible(request, registration_id), page_language(request)
    form = _certification_form(request, registration, request.POST)
    if not form.is_valid():
        return _registration_page(request, registration, form, status=400)
    replaces, agency = form.cleaned_data["replaces"], form.cleaned_data["agency"]
    decision = Certification(
        username=form.cleaned_data["username"],
        role=Role(form.cleaned_data["role"]),
        replaces=Officer.objects.filter(pk=replaces).first() if replaces else None,
        agency_id=int(agency) if agency else None,
        tambons=form.cleaned_data["tambons"],
        may_read_people=form.cleaned_data["may_read_people"],
        may_run_fleet=form.cleaned_data["may_run_fleet"],
        reason=form.cleaned_data["reason"],
    )
    try:
        officer, code = registrations.certify(signed_in_officer(request), registration.pk, decision)
    except ForbiddenError:
        raise PermissionDenied from None
    except PeopleError as error:
        return _registration_page(request, registration, form, error.sentence.in_language(language), 409)
    return show_link(request, officer, code)


@require_POST
@desk_page
def refuse_registration(request: HttpRequest, registration_id: int) -> HttpResponse:
    """Refuse with a reason: POST a RequiredReasonForm."""
    registration, language = _visible(request, registration_id), page_language(request)
    reason = RequiredReasonForm(language, request.POST)
    if not reason.is_valid():
        return _registration_page(request, registration, error=reason.first_error, status=400)
    try:
        registrations.refuse(signed_in_officer(request), registration.pk, reason.cleaned_data["reason"])
    except ForbiddenError:
        raise PermissionDenied from None
    except PeopleError as error:
        return _registration_page(request, registration, error=error.sentence.in_language(language), status=409)
    return redirect("desk:registrations")


def _register_query(officer: Officer) -> str:
    """The query of the link to the form: the head of an agency passes on the link of the agency."""
    heading = memberships_allowing(officer, Action.CERTIFY_OFFICERS, Scope.AGENCY).select_related("agency", "centre")
    membership = heading.first()
    if membership is None or membership.agency is None:
        return ""
    return f"?{urlencode({'centre': membership.centre.slug, 'agency': membership.agency.code})}"


def _visible(request: HttpRequest, registration_id: int) -> Registration:
    """The registration, or 404 when it is at a centre where the officer does not certify."""
    visible = registrations.visible_registrations(signed_in_officer(request))
    return get_object_or_404(visible.select_related("centre", "decided_by", "officer", "agency"), pk=registration_id)


def _certification_form(
    request: HttpRequest, registration: Registration, data: QueryDict | None = None
) -> CertificationForm:
    officer, language = signed_in_officer(request), page_language(request)
    roles = registrations.certifiable_roles(officer, registration)
    agencies = active_agencies(registration.centre)
    if registration.agency_id is not None:
        agencies = agencies.filter(pk=registration.agency_id)
    replaceable = [
        (str(each.pk), each.display_name) for each in registrations.replaceable_officers(officer, registration.centre)
    ]
    alike = agencies.filter(name_th=registration.agency_name).first() if registration.agency_name else None
    initial = {
        "role": registration.role,
        "username": registration.username,
        "may_read_people": True,
        "agency": registration.agency_id or (alike.pk if alike else ""),
    }
    choices = [(str(agency.pk), agency.name_in(language)) for agency in agencies]
    return CertificationForm(language, roles, choices, replaceable, data, initial=initial)


def _registration_page(
    request: HttpRequest,
    registration: Registration,
    form: CertificationForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    officer, language = signed_in_officer(request), page_language(request)
    name_taken = Officer.objects.filter(username__iexact=registration.username).exists()
    listed = [each.display_name for each in registrations.listed_officers(registration.centre)]
    context = {
        "registration": registration,
        "row": _list_row(registration, language),
        "rows": _detail_rows(registration, language),
        "can_certify": registration.status == Registration.Status.WAITING
        and registrations.can_certify(officer, registration),
        "form": form or _certification_form(request, registration),
        "reason_form": RequiredReasonForm(language),
        "is_over_limit": registrations.is_over_limit(registration.centre, Role(registration.role), None),
        "is_entitled": is_entitled(Role(registration.role), registration.position),
        "listed": listed,
        "name_taken": name_taken,
        "has_account": Officer.objects.filter(email__iexact=registration.email, is_active=True).exists(),
        "needs_scope": error or MATRIX[Role(registration.role)].scope is not Scope.CENTRE,
        "manages_people": manages_people(request),
        "error": error,
    }
    return render_page(request, "desk/registration.html", context, status=status)


def _detail_rows(registration: Registration, language: str) -> list[dict[str, str]]:
    rows = [{"label": label.in_language(language), "value": getattr(registration, name)} for name, label in _ROW_LABELS]
    for name, label in (
        ("mobile_phone", BilingualText("โทรศัพท์มือถือ", "Mobile phone")),
        ("office_phone", BilingualText("โทรศัพท์ที่ทำงาน", "Office phone")),
    ):
        rows.append({"label": label.in_language(language), "value": phone.display(getattr(registration, name))})
    return [row for row in rows if row["value"]]


def _list_row(registration: Registration, language: str) -> dict[str, object]:
    status, kind = Registration.Status(registration.status), Registration.Kind(registration.kind)
    return {
        "registration": registration,
        "name": f"{registration.first_name} {registration.last_name}",
        "role": MATRIX[Role(registration.role)].name.in_language(language),
        "centre": registration.centre.name_in(language),
        "kind": KIND_LABELS[kind].in_language(language),
        "status": STATUS_LABELS[status].in_language(language),
        "submitted": dates.short_datetime(registration.submitted_at, language),
        "decided": dates.short_datetime(registration.decided_at, language) if registration.decided_at else "",
    }
