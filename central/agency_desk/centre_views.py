"""What officers of the centre do with the delivery of a referral: its mails, its link, its printed letter."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST, require_safe

from central.agency_desk import links
from central.agency_desk.delivery_page import build_delivery_page
from central.agency_desk.link_urls import answer_link, link_path, link_url, valid_link
from central.cases import reading
from central.cases.codes import ACTIVE_STATES
from central.cases.commands import Actor, NotAllowedError
from central.cases.commands.referral_notes import note_on_referral
from central.cases.event_kinds import EventKind
from central.cases.models import Referral
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.letters.order_sheet import order_sheet
from central.public_address import absolute_url, service_url


@require_safe
@desk_page
def delivery(request: HttpRequest, referral_id: int) -> HttpResponse:
    """Whether the order has reached the agency: mails, link, letter."""
    return _page(request, _referral(request, referral_id))


@require_GET  # not HEAD: the history records who has printed the link
@desk_page
def letter(request: HttpRequest, referral_id: int) -> HttpResponse:
    """The printable order with the QR code of the link. Whoever has the link can answer as the agency, so it needs the
    right to order, and the history of the case names the officer."""
    referral = _referral(request, referral_id)
    link = valid_link(referral) if referral.state in ACTIVE_STATES else None
    if link is None:
        raise Http404
    try:
        note_on_referral(referral, EventKind.LETTER_PRINTED, Actor.of(signed_in_officer(request)))
    except NotAllowedError:
        raise PermissionDenied from None
    url = link_url(link) or absolute_url(request, link_path(link))
    pdf = order_sheet(referral, answer_link(link, url), service_url(request))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{referral.case.case_number}.pdf"'
    return response


@require_POST
@desk_page
def renew(request: HttpRequest, referral_id: int) -> HttpResponse:
    """Replace the link and mail the new one."""
    referral = _referral(request, referral_id)
    try:
        links.renew_link(referral, Actor.of(signed_in_officer(request)))
    except NotAllowedError as error:
        return _page(request, referral, error=error.sentence.in_language(page_language(request)), status=409)
    return redirect("agency_desk:delivery", referral_id)


@require_POST
@desk_page
def revoke(request: HttpRequest, referral_id: int) -> HttpResponse:
    """Make the link useless."""
    referral = _referral(request, referral_id)
    try:
        links.revoke_link(referral, Actor.of(signed_in_officer(request)))
    except NotAllowedError as error:
        return _page(request, referral, error=error.sentence.in_language(page_language(request)), status=409)
    return redirect("agency_desk:delivery", referral_id)


def _referral(request: HttpRequest, referral_id: int) -> Referral:
    """A referral of a case that the officer may see. Raises Http404."""
    cases = reading.visible_cases(signed_in_officer(request))
    query = Referral.objects.select_related("case__centre", "agency").filter(case__in=cases)
    referral = query.filter(pk=referral_id).first()
    if referral is None:
        raise Http404
    return referral


def _page(request: HttpRequest, referral: Referral, *, error: str = "", status: int = 200) -> HttpResponse:
    context = build_delivery_page(signed_in_officer(request), referral, page_language(request))
    return render_page(request, "agency_desk/delivery.html", {**context, "error": error}, status)
