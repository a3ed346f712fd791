"""The queue of an agency's officers."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from central.agency_desk import referral_facts
from central.agency_desk.queue import GROUPS, QueueGroup, agencies_allowing, in_group, own_referrals
from central.cases import clock, commands
from central.cases.codes import REFERRAL_KINDS, REFERRAL_STATES, ReferralKind, ReferralState
from central.cases.commands import Actor, NotAllowedError
from central.cases.models import Referral
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.people.roles import Action
from thai import dates

_PER_PAGE = 50
_MAX_AT_ONCE = 200  # cases accepted by one request; the page shows 50


@require_safe
@desk_page
def queue(request: HttpRequest) -> HttpResponse:
    """The referrals of the officer's agencies in one `group`."""
    officer, language, today = signed_in_officer(request), page_language(request), clock.today()
    if not agencies_allowing(officer, Action.REPORT):
        if agencies_allowing(officer, Action.SUPERVISE):
            return HttpResponseRedirect(reverse("agency_desk:supervision"))
        raise PermissionDenied
    group = _group(request.GET.get("group"))
    referrals = own_referrals(officer)
    page = Paginator(in_group(referrals, group, today), _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "groups": [
            {
                "code": each.value,
                "name": name.in_language(language),
                "count": in_group(referrals, each, today).count(),
                "is_current": each is group,
            }
            for each, name in GROUPS.items()
        ],
        "query": f"&group={group.value}",
        "may_accept": group is QueueGroup.NEW,
        "rows": [shown_row(referral, language) for referral in page],
        "page": page,
        "accepted": _count(request.GET.get("accepted")),
        "refused": _count(request.GET.get("refused")),
        "supervises": bool(agencies_allowing(officer, Action.SUPERVISE)),
    }
    return render_page(request, "agency_desk/queue.html", context)


@require_POST
@desk_page
def accept_many(request: HttpRequest) -> HttpResponse:
    """Accept the chosen referrals, each by its own command: one that cannot be accepted does not stop the others."""
    officer = signed_in_officer(request)
    chosen = request.POST.getlist("referral")[:_MAX_AT_ONCE]
    ids = [int(text) for text in chosen if len(text) < 19 and text.isascii() and text.isdigit()]
    accepted = refused = 0
    for referral in own_referrals(officer).filter(pk__in=ids):
        try:
            commands.accept(referral, Actor.of(officer), seen_revision=None)
            accepted += 1
        except NotAllowedError:
            refused += 1
    query = urlencode({"group": QueueGroup.NEW.value, "accepted": str(accepted), "refused": str(refused)})
    return HttpResponseRedirect(f"{reverse('agency_desk:queue')}?{query}")


def shown_row(referral: Referral, language: str) -> dict[str, Any]:
    """One line of a list. It has nothing personal."""
    due, today = referral_facts.referral_due(referral), clock.today()
    return {
        "id": referral.pk,
        "number": referral.case.case_number,
        "agency": referral.agency.name_in(language),
        "topic": referral_facts.topic_text(referral, language),
        "place": referral_facts.place_text(referral, language),
        "kind": REFERRAL_KINDS[ReferralKind(referral.kind)].in_language(language),
        "state": referral.state,
        "state_text": REFERRAL_STATES[ReferralState(referral.state)].in_language(language),
        "sent": dates.short_date(referral.sent_at, language),
        "age_days": (today - dates.day_in_thailand(referral.sent_at)).days,
        "due": dates.short_date(due, language) if due else "",
        "is_overdue": due is not None and due < today and referral.ended_at is None,
        "handler": referral.handler_name,
    }


def _group(code: str | None) -> QueueGroup:
    return QueueGroup(code) if code in list(QueueGroup) else QueueGroup.NEW


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else 0
