"""The page of notices: the state of the channels, dead letters, costs; and stopping the notices of a case."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from central.desk.case_access import case_url, find_case
from central.desk.notice_rows import cost_rows, route_rows, shown_notice
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.notices import retrying
from central.notices.codes import NoticeChannel
from central.notices.consents import withdraw_consent
from central.people.permission import has_permission, memberships_allowing, permitted_centres
from central.people.roles import Action, Scope

_LETTERS_PER_PAGE = 50
_MAX_ID = 2**63 - 1


@require_safe
@desk_page
def notice_page(request: HttpRequest) -> HttpResponse:
    """Channels, dead letters and costs of the officer's centres."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = permitted_centres(officer, Action.VIEW_ALARMS)
    if not centres.exists():
        raise PermissionDenied
    letters = retrying.dead_letters(officer).select_related("case")
    page = Paginator(letters, _LETTERS_PER_PAGE).get_page(request.GET.get("page", "1"))
    again = request.GET.get("again", "")
    managing = memberships_allowing(officer, Action.MANAGE_CENTRES, Scope.CENTRE).select_related("centre")
    context = {
        "routes": route_rows(centres, language),
        "page": page,
        "rows": [shown_notice(letter, language) for letter in page],
        "costs": cost_rows(centres, language),
        "managed": list({row.centre.pk: row.centre for row in managing}.values()),
        "sent_again": again if again.isascii() and again.isdecimal() and len(again) < 6 else "",
    }
    return render_page(request, "desk/notices.html", context)


@require_POST
@desk_page
def send_again(request: HttpRequest) -> HttpResponse:
    """Queue the dead letter `notice` again, or with `all` up to a thousand of them."""
    officer, chosen = signed_in_officer(request), request.POST.get("notice", "")
    count = 0
    if "all" in request.POST:
        count = retrying.send_again(officer)
    elif chosen.isascii() and chosen.isdecimal() and len(chosen) < 20 and int(chosen) <= _MAX_ID:
        count = retrying.send_again(officer, int(chosen))
    return redirect(f"{reverse('desk:notices')}?again={count}")


@require_POST
@desk_page
def stop_notices(request: HttpRequest, number: str) -> HttpResponse:
    """The citizen has said that no further notice is wanted by `channel`."""
    case, officer = find_case(request, number), signed_in_officer(request)
    if not has_permission(officer, Action.RECORD_DETAILS, case.centre):
        raise PermissionDenied
    chosen = request.POST.get("channel", "")
    if chosen in set(NoticeChannel):
        withdraw_consent(case, NoticeChannel(chosen), by="counter")
    return redirect(case_url(number))
