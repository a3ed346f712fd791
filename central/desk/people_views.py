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
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.people_forms import MembershipForm, PeopleFilterForm, RequiredReasonForm, TransferForm
from central.desk.people_rows import event_rows, membership_rows, person_row, profile_rows, session_rows
from central.desk.registration_views import show_link
from central.people import accounts, invitations, memberships
from central.people.accounts import AccountError
from central.people.events import record_event
from central.people.memberships import ForbiddenError, PeopleError, can_manage_account, visible_officers
from central.people.models import OfficerEvent, Registration
from central.people.permission import permitted_centres
from central.people.roles import Action, Role
from central.people.sessions import end_sessions
from protocol.bilingual_text import BilingualText
from thai import places

_PER_PAGE = 50
_WRONG_STATE = BilingualText("บัญชีนี้อยู่ในสถานะนั้นแล้ว หรือปิดไปแล้ว", "The account is in that state already, or has ended")
_UNKNOWN_TAMBON = BilingualText("ไม่รู้จักรหัสตำบล", "Unknown tambon code")
_TAMBONS_NEEDED = BilingualText("โปรดระบุตำบลของชุดปฏิบัติการ", "Please give the tambons of the team")


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
    """A step in the life of the account: POST a RequiredReasonForm. `step` is a key of _ACCOUNT_STEPS."""
    officer = _visible(request, officer_id)
    if step not in _ACCOUNT_STEPS:
        raise Http404
    by, language = signed_in_officer(request), page_language(request)
    if not can_manage_account(by, officer):
        raise PermissionDenied
    form = RequiredReasonForm(language, request.POST)
    if not form.is_valid():
        return _person_page(request, officer, form.first_error, 400)
    try:
        code = _ACCOUNT_STEPS[step](officer, by, form.cleaned_data["reason"])
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
    role, tambons = Role(form.cleaned_data["role"]), _tambon_codes(form.cleaned_data["tambons"])
    is_of_team = role in (Role.TEAM_HEAD, Role.TEAM_MEMBER)
    if tambons is None or (is_of_team and not tambons):
        sentence = _UNKNOWN_TAMBON if tambons is None else _TAMBONS_NEEDED
        return _person_page(request, officer, sentence.in_language(language), 400)
    centre = _managed_centre(request, form.cleaned_data["centre"])

    def step() -> None:
        memberships.add_membership(
            signed_in_officer(request),
            officer,
            centre,
            role,
            may_read_people=form.cleaned_data["may_read_people"],
            may_run_fleet=form.cleaned_data["may_run_fleet"],
            tambons=",".join(tambons),
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
    return _apply(request, officer, lambda: memberships.transfer(by, membership, centre, form.cleaned_data["reason"]))


def _suspend(officer: Officer, by: Officer, reason: str) -> str:
    accounts.suspend(officer, by, reason)
    return ""


def _activate(officer: Officer, by: Officer, reason: str) -> str:
    accounts.activate(officer, by, reason)
    return ""


def _end(officer: Officer, by: Officer, reason: str) -> str:
    accounts.end(officer, by, reason)
    return ""


def _end_sessions(officer: Officer, by: Officer, reason: str) -> str:
    end_sessions(officer)
    record_event(OfficerEvent.Kind.SESSIONS_ENDED, officer, by=by, reason=reason)
    return ""


def _revoke_link(officer: Officer, by: Officer, reason: str) -> str:
    invitations.revoke_all(officer, by, reason)
    return ""


def _reset_password(officer: Officer, by: Officer, reason: str) -> str:
    _require_active(officer)
    return accounts.reset_access(officer, by, reason, with_second_factor=False)


def _reset_factor(officer: Officer, by: Officer, reason: str) -> str:
    _require_active(officer)
    return accounts.reset_access(officer, by, reason, with_second_factor=True)


def _require_active(officer: Officer) -> None:
    if not officer.is_active:
        raise AccountError(f"{officer.username} is suspended")


# Each returns the code of a one-time link, '' when it issues none.
_ACCOUNT_STEPS: Mapping[str, Callable[[Officer, Officer, str], str]] = {
    "suspend": _suspend,
    "activate": _activate,
    "end": _end,
    "end-sessions": _end_sessions,
    "revoke-link": _revoke_link,
    "reset-password": _reset_password,
    "reset-factor": _reset_factor,
}


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
    visible = officer.memberships.filter(centre__in=centres).select_related("centre", "officer")
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


def _tambon_codes(typed: str) -> list[str] | None:
    """The codes of the tambons; None when one of them is not known."""
    codes = [code for code in typed.replace(",", " ").split() if code]
    return codes if all(len(code) == 6 and places.place(code) for code in codes) else None


def _person_page(request: HttpRequest, officer: Officer, error: str = "", status: int = 200) -> HttpResponse:
    by, language = signed_in_officer(request), page_language(request)
    centres = permitted_centres(by, Action.MANAGE_PEOPLE)
    offered = list(centres)
    own = officer.memberships.filter(centre__in=centres).select_related("centre", "officer")
    roles = memberships.offered_roles(by) if by != officer else frozenset()
    invitation = invitations.waiting_invitation(officer)
    context = {
        "person": officer,
        "row": person_row(officer, list(own), language),
        "profile_rows": profile_rows(officer, language),
        "memberships": membership_rows(by, own, language),
        "can_manage": can_manage_account(by, officer),
        "state": account_state(officer).value,
        "invitation": invitation,
        "sessions": session_rows(officer, language),
        "events": event_rows(officer, language),
        "add_form": MembershipForm(language).offer(offered, roles, language) if roles else None,
        "transfer_form": TransferForm(language).offer(offered, language),
        "reason_form": RequiredReasonForm(language),
        "error": error,
    }
    return render_page(request, "desk/person.html", context, status=status)
