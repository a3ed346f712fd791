"""The people of a centre, for its administrators: list, one person's roles, account and history."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from central.centres.models import Centre, Membership, Officer
from central.desk.account_state import STATE_FILTERS, STATE_LABELS, AccountState, account_state
from central.desk.account_steps import ACCOUNT_STEPS
from central.desk.agency_choices import active_agencies
from central.desk.one_time_link import show_link
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.people_forms import (
    MembershipForm,
    PeopleFilterForm,
    RequiredReasonForm,
    TransferForm,
    centre_choices,
)
from central.desk.people_rows import event_rows, membership_rows, person_row, profile_rows, session_rows
from central.people import invitations, memberships
from central.people.accounts import AccountError
from central.people.memberships import ForbiddenError, PeopleError, can_manage_account, visible_officers
from central.people.models import Registration
from central.people.permission import permitted_centres
from central.people.roles import Action, Role
from protocol.bilingual_text import BilingualText

_PER_PAGE = 50
_WRONG_STATE = BilingualText("บัญชีนี้อยู่ในสถานะนั้นแล้ว หรือปิดไปแล้ว", "The account is in that state already, or has ended")


@require_safe
@desk_page
def people_list(request: HttpRequest) -> HttpResponse:
    """The officers at the centres where this officer manages people, with filters."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = permitted_centres(officer, Action.MANAGE_PEOPLE)
    if not centres.exists():
        raise PermissionDenied
    states = [(state.value, text.in_language(language)) for state, text in STATE_LABELS.items()]
    form = PeopleFilterForm(language, centres, states, request.GET)
    form.is_valid()
    people = _filtered(officer, centres, form.cleaned_data).select_related("profile").order_by("username")
    page = Paginator(people, _PER_PAGE).get_page(request.GET.get("page"))
    rows_of: dict[int, list[Membership]] = {}
    for membership in Membership.objects.filter(officer__in=page.object_list, centre__in=centres).select_related(
        "centre"
    ):
        rows_of.setdefault(membership.officer_id, []).append(membership)
    waiting = Registration.objects.filter(
        status=Registration.Status.WAITING, centre__in=permitted_centres(officer, Action.CERTIFY_OFFICERS)
    )
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    context = {
        "form": form,
        "page": page,
        "query": f"&{urlencode(chosen)}" if chosen else "",
        "rows": [person_row(person, rows_of.get(person.pk, []), language) for person in page],
        "waiting_count": waiting.count(),
    }
    return render_page(request, "desk/people.html", context)


@require_safe
@desk_page
def person(request: HttpRequest, officer_id: int) -> HttpResponse:
    """One person: roles at the centres the officer manages, account, sessions, history."""
    return _person_page(request, _visible(request, officer_id))


@require_POST
@desk_page
def change_account(request: HttpRequest, officer_id: int, step: str) -> HttpResponse:
    """A step in the life of the account: POST a RequiredReasonForm. `step` is a key of ACCOUNT_STEPS."""
    officer = _visible(request, officer_id)
    if step not in ACCOUNT_STEPS:
        raise Http404
    by, language = signed_in_officer(request), page_language(request)
    if not can_manage_account(by, officer):
        raise PermissionDenied
    form = RequiredReasonForm(language, request.POST)
    if not form.is_valid():
        return _person_page(request, officer, form.first_error, 400)
    try:
        code = ACCOUNT_STEPS[step](officer, by, form.cleaned_data["reason"])
    except AccountError:
        return _person_page(request, officer, _WRONG_STATE.in_language(language), 409)
    return show_link(request, officer, code) if code else redirect("desk:person", officer_id)


@require_POST
@desk_page
def add_role(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Give a role: POST a MembershipForm."""
    officer, language = _visible(request, officer_id), page_language(request)
    form = MembershipForm(language, request.POST)
    if not form.is_valid():
        return _person_page(request, officer, form.first_error, 400)
    centre = _managed_centre(request, form.cleaned_data["centre"])

    agency = active_agencies(centre).filter(code=form.cleaned_data["agency"]).first()

    def step() -> None:
        memberships.add_membership(
            signed_in_officer(request),
            officer,
            centre,
            Role(form.cleaned_data["role"]),
            may_read_people=form.cleaned_data["may_read_people"],
            may_run_fleet=form.cleaned_data["may_run_fleet"],
            agency_id=agency.pk if agency else None,
            tambons=form.cleaned_data["tambons"],
            reason=form.cleaned_data["reason"],
        )

    return _apply(request, officer, step)


@require_POST
@desk_page
def remove_role(request: HttpRequest, officer_id: int, membership_id: int) -> HttpResponse:
    """Take a role away: POST a RequiredReasonForm."""
    officer, membership = _visible_membership(request, officer_id, membership_id)
    form = RequiredReasonForm(page_language(request), request.POST)
    if not form.is_valid():
        return _person_page(request, officer, form.first_error, 400)
    by, reason = signed_in_officer(request), form.cleaned_data["reason"]
    return _apply(request, officer, lambda: memberships.remove_membership(by, membership, reason))


@require_POST
@desk_page
def transfer_role(request: HttpRequest, officer_id: int, membership_id: int) -> HttpResponse:
    """Move a role to another centre: POST a TransferForm."""
    officer, membership = _visible_membership(request, officer_id, membership_id)
    form = TransferForm(page_language(request), request.POST)
    if not form.is_valid():
        return _person_page(request, officer, form.first_error, 400)
    by, centre = signed_in_officer(request), _managed_centre(request, form.cleaned_data["centre"])
    reason, tambons = form.cleaned_data["reason"], form.cleaned_data["tambons"]
    return _apply(request, officer, lambda: memberships.transfer(by, membership, centre, reason, tambons))


def _apply(request: HttpRequest, officer: Officer, step: Callable[[], object]) -> HttpResponse:
    """Run a change of roles. What the officer may not do is 403, what is not possible now a sentence on the page."""
    try:
        step()
    except ForbiddenError:
        raise PermissionDenied from None
    except PeopleError as error:
        return _person_page(request, officer, error.sentence.in_language(page_language(request)), 409)
    return redirect("desk:person", officer.pk)


def _visible(request: HttpRequest, officer_id: int) -> Officer:
    """The person, or 404 when none of the person's roles is at a centre where the officer manages people."""
    return get_object_or_404(visible_officers(signed_in_officer(request)).select_related("profile"), pk=officer_id)


def _visible_membership(request: HttpRequest, officer_id: int, membership_id: int) -> tuple[Officer, Membership]:
    officer = _visible(request, officer_id)
    centres = permitted_centres(signed_in_officer(request), Action.MANAGE_PEOPLE)
    visible = officer.memberships.filter(centre__in=centres).select_related("centre", "officer", "agency")
    return officer, get_object_or_404(visible, pk=membership_id)


def _managed_centre(request: HttpRequest, slug: str) -> Centre:
    centres = permitted_centres(signed_in_officer(request), Action.MANAGE_PEOPLE)
    centre = centres.filter(slug=slug).first()
    if centre is None:
        raise PermissionDenied
    return centre


def _filtered(officer: Officer, centres: Any, chosen: Mapping[str, str]) -> Any:
    people = visible_officers(officer)
    if slug := chosen.get("centre"):
        people = people.filter(memberships__centre__in=centres.filter(slug=slug))
    if role := chosen.get("role"):
        people = people.filter(pk__in=Membership.objects.filter(role=role, centre__in=centres).values("officer_id"))
    if state := chosen.get("state"):
        people = people.filter(STATE_FILTERS[AccountState(state)])
    for word in (chosen.get("name") or "").split():
        people = people.filter(
            Q(username__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
        )
    return people


def _person_page(request: HttpRequest, officer: Officer, error: str = "", status: int = 200) -> HttpResponse:
    by, language = signed_in_officer(request), page_language(request)
    centres = permitted_centres(by, Action.MANAGE_PEOPLE)
    own = officer.memberships.filter(centre__in=centres).select_related("centre", "officer", "agency")
    roles = memberships.offered_roles(by) if by != officer else frozenset()
    can_manage = can_manage_account(by, officer)
    # The history names roles at other centres and addresses: it is for whoever answers for the whole account.
    sees_history = can_manage or by == officer
    invitation = invitations.waiting_invitation(officer)
    context = {
        "person": officer,
        "row": person_row(officer, list(own), language),
        "profile_rows": profile_rows(officer, language),
        "memberships": membership_rows(by, own, language),
        "can_manage": can_manage,
        "sees_history": sees_history,
        "state": account_state(officer).value,
        "invitation": invitation,
        "sessions": session_rows(officer, language) if sees_history else [],
        "events": event_rows(officer, language) if sees_history else [],
        "add_form": MembershipForm(language).offer(roles, language) if roles else None,
        "transfer_form": TransferForm(language),
        "centres": centre_choices(centres, language),
        "reason_form": RequiredReasonForm(language),
        "error": error,
    }
    return render_page(request, "desk/person.html", context, status=status)
