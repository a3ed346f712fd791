"""Agencies of a centre: a scorecard of each, their ranking with its method, and certificates of the best three."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from central.cases import clock
from central.desk.page_support import desk_page, page_language, render_page
from central.desk.report_forms import ReportForm, comparison_form
from central.insight.certificates import best_agencies, certificates_pdf
from central.insight.figure_texts import percent_text
from central.insight.ranking import DRAWN_CASES, MIN_CASES
from central.insight.scorecards import Scorecard, build_scorecards, has_ended


@require_safe
@desk_page
def agency_ranking(request: HttpRequest) -> HttpResponse:
    """Scorecards in the order of the ranking. GET centre and period of a ReportForm."""
    form, language = comparison_form(request), page_language(request)
    centre, period = form.shown_centre, form.shown_period()
    cards = build_scorecards(centre, period) if centre.area_code else []
    context: dict[str, Any] = {
        "form": form,
        "centre_name": centre.name_in(language),
        "period_name": period.name.in_language(language),
        "rows": [_shown(card, form, language) for card in cards],
        "is_country": not centre.area_code,
        "has_certificates": has_ended(period, clock.today()) and bool(best_agencies(cards)),
        "min_cases": MIN_CASES,
        "drawn_cases": DRAWN_CASES,
        "query": form.query(),
    }
    return render_page(request, "desk/ranking.html", context)


@require_safe
@desk_page
def agency_certificates(request: HttpRequest) -> HttpResponse:
    """The certificates of a period that has ended, as PDF. 404 when no agency is ranked."""
    form = comparison_form(request)
    centre, period = form.shown_centre, form.shown_period()
    best = best_agencies(build_scorecards(centre, period)) if centre.area_code else []
    if not best or not has_ended(period, clock.today()):
        raise Http404
    response = HttpResponse(certificates_pdf(centre, period, best), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificates-{centre.slug}-{period.code}.pdf"'
    return response


def _shown(card: Scorecard, form: ReportForm, language: str) -> dict[str, Any]:
    ranked = card.ranked
    more = {"measure": "closed", "by": "agency", "value": str(card.agency_id)}
    return {
        "place": ranked.place or "–",
        "name": card.name.in_language(language),
        "closed": f"{card.closed:,}",
        "url": f"{reverse('desk:report_cases')}?{form.query(**more)}",
        "open_now": f"{card.open_now:,}",
        "in_time": percent_text(ranked.in_time, ranked.dated),
        "expected": "–" if not ranked.dated else f"{100 * ranked.expected / ranked.dated:.1f} %",
        "index": f"{ranked.index:.1f}",
        "median": "–" if card.median_days is None else card.median_days,
        "rating": "–" if card.rating is None else f"{card.rating:.2f} ({card.rated:,})",
    }
