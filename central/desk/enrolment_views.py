"""Kiosks that ask to belong to a centre, and the decisions about them."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from central.centres.models import Centre
from central.client_address import client_address
from central.desk.forms import ApprovalForm
from central.desk.kiosk_rows import build_kiosk_row
from central.desk.kiosk_views import KIOSKS_PER_PAGE
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.fleet import compare_code, enrolments
from central.fleet.models import Enrolment
from central.people.permission import home_fleet_centre, permitted_centres
from central.people.roles import Action
from protocol.messages import EnrolmentStatus
from thai import dates


@require_safe
@desk_page
def enrolment_list(request: HttpRequest) -> HttpResponse:
    """The waiting kiosks, which belong to no centre yet, and the decided ones of the officer's centres."""
    return _show_enrolments(request)


@require_POST
@desk_page
def decide_enrolment(request: HttpRequest, enrolment_id: UUID, decision: str) -> HttpResponse:
    """`decision` is approve (POST an ApprovalForm), refuse or revoke."""
    officer = signed_in_officer(request)
    try:
        if decision == "approve":
            _approve(request, enrolment_id)
        elif decision == "refuse":
            enrolments.refuse(enrolment_id, officer)
        elif decision == "revoke":
            enrolments.revoke(enrolment_id, officer)
        else:
            raise Http404
    except compare_code.WrongCodeError as error:
        sentence = error.sentence.in_language(page_language(request))
        return _show_enrolments(request, error=sentence, status=429 if error.too_many else 409)
    except enrolments.EnrolmentError as error:
        return _show_enrolments(request, error=str(error), status=409)
    return redirect("desk:enrolments")


def _approve(request: HttpRequest, enrolment_id: UUID) -> None:
    form = ApprovalForm(page_language(request), request.POST)
    form.is_valid()  # every text is valid: the code and the centre are checked below
    centre = _fleet_centres(request).filter(is_active=True, slug=form.cleaned_data["centre"]).first()
    if centre is None:
        raise PermissionDenied
    officer = signed_in_officer(request)
    compare_code.check_typed_code(enrolment_id, form.cleaned_data["code"], officer, client_address(request))
    enrolments.approve(enrolment_id, officer, centre)


def _fleet_centres(request: HttpRequest) -> QuerySet[Centre]:
    return permitted_centres(signed_in_officer(request), Action.RUN_FLEET)


def _show_enrolments(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    centres, language = _fleet_centres(request), page_language(request)
    if not centres.exists():
        raise PermissionDenied
    waiting = Enrolment.objects.filter(status=EnrolmentStatus.PENDING.value)[:KIOSKS_PER_PAGE]  # newest first
    decided = Enrolment.objects.filter(centre__in=centres).select_related("centre", "decided_by", "state")
    context = {
        "waiting": [
            {"kiosk": kiosk, "requested": dates.short_datetime(kiosk.requested_at, language)} for kiosk in waiting
        ],
        "decided": [build_kiosk_row(kiosk, [], language) for kiosk in decided],
        "centres": [(centre.slug, centre.name_in(language)) for centre in centres.filter(is_active=True)],
        "home_centre": home_fleet_centre(signed_in_officer(request)),
        "error": error,
    }
    return render_page(request, "desk/enrolments.html", context, status=status)
