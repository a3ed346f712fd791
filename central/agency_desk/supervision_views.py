"""What a supervisor sees: the copies sent to the own agency, what the supervised agencies have done in a fiscal year,
and how old their work is.

Read-only. A case is opened by its copy; without a copy there are number, state and dates only."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from central.agency_desk import queue, referral_facts
from central.agency_desk.queue_views import shown_row
from central.agency_desk.reminders import LATE_ACCEPTANCE_DAYS
from central.cases import clock
from central.cases.codes import ReferralState
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.report_forms import offered_periods
from central.insight.figure_texts import percent_text
from central.insight.periods import Period, fiscal_year_of
from central.insight.scorecards import scorecards_of_agencies
from central.people.roles import Action
from thai.dates import day_in_thailand

_PER_PAGE = 100
_NO_FIGURE = "–"


@dataclass
class AgencyAge:
    """The open work of one supervised agency."""

    name: str
    active: int = 0
    not_accepted: int = 0
    overdue: int = 0
    oldest_days: int = 0


@require_safe
@desk_page
def supervision(request: HttpRequest) -> HttpResponse:
    """Copies, results and ageing. GET `year`: the fiscal year, else the present one."""
    officer, language = signed_in_officer(request), page_language(request)
    if not queue.agencies_allowing(officer, Action.SUPERVISE):
        raise PermissionDenied
    ages = {agency.pk: AgencyAge(agency.name_in(language)) for agency in queue.supervised_agencies(officer)}
    referrals = queue.active_referrals_of(list(ages))
    today = clock.today()
    for referral in referrals.iterator(chunk_size=500):
        age, due = ages[referral.agency_id], referral_facts.referral_due(referral)
        days = (today - day_in_thailand(referral.sent_at)).days
        age.active += 1
        age.not_accepted += referral.state == ReferralState.SENT.value and days >= LATE_ACCEPTANCE_DAYS
        age.overdue += due is not None and due < today
        age.oldest_days = max(age.oldest_days, days)
    page = Paginator(referrals, _PER_PAGE).get_page(request.GET.get("page"))
    years = [each for each in offered_periods(today) if each.code == fiscal_year_of(each.first).code]
    year = next((each for each in years if each.code == request.GET.get("year", "")), years[0])
    context = {
        "years": [(each.code, each.name.in_language(language), each is year) for each in years],
        "results": _results(list(ages), year, language),
        "copies": [shown_row(copy, language) for copy in queue.copies_of(officer)[:_PER_PAGE]],
        "ages": sorted(ages.values(), key=lambda age: (-age.overdue, -age.oldest_days, age.name)),
        "rows": [shown_row(referral, language) for referral in page],
        "page": page,
    }
    return render_page(request, "agency_desk/supervision.html", context)


def _results(agency_ids: list[int], year: Period, language: str) -> list[dict[str, Any]]:
    """The supervised agencies in the order of their place among each other, with their share of the year before."""
    before = {card.agency_id: card.ranked for card in scorecards_of_agencies(agency_ids, year.before())}
    rows = []
    for card in scorecards_of_agencies(agency_ids, year):
        last = before.get(card.agency_id)
        rows.append(
            {
                "place": card.ranked.place or _NO_FIGURE,
                "name": card.name.in_language(language),
                "closed": f"{card.closed:,}",
                "in_time": percent_text(card.ranked.in_time, card.ranked.dated),
                "before": percent_text(last.in_time, last.dated) if last else _NO_FIGURE,
                "median": _NO_FIGURE if card.median_days is None else card.median_days,
                "rating": f"{card.rating:.2f} ({card.rated:,})" if card.rating is not None else _NO_FIGURE,
            }
        )
    return rows
