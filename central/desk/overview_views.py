"""The overview of a centre on one page, and its places side by side."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from central.cases import clock
from central.cases.work_queues import WorkQueue
from central.desk.page_support import desk_page, page_language, render_page
from central.desk.report_forms import comparison_form, report_form
from central.insight.attention import AttentionItem
from central.insight.charts import spark_bars
from central.insight.facts import Dimension
from central.insight.figure_texts import percent_text
from central.insight.month_chart import CHART_WORDS, chart_by_month
from central.insight.overview import Overview, TopicMonths, build_overview
from central.insight.periods import months_until
from central.insight.places_compared import STALE_DAYS, ComparedPlace, compare_places
from central.insight.ranking import DRAWN_CASES, MIN_CASES
from central.insight.summary import KPI_PERCENT, rating
from central.insight.value_names import value_name
from protocol.bilingual_text import BilingualText
from thai import dates

_NO_FIGURE = "–"


@require_safe
@desk_page
def overview(request: HttpRequest) -> HttpResponse:
    """The single view. GET `centre`: one of the officer's, else the first."""
    language = page_language(request)
    form = report_form(request, ("centre",))
    shown = build_overview(form.shown_centre, clock.today())
    context = {
        "form": form,
        "centre_name": shown.centre.name_in(language),
        "day": dates.long_date(shown.today, language),
        "year_name": shown.year_period.name.in_language(language),
        "tiles": _tiles(shown, language),
        "attention": [_attention_row(item, shown.centre.slug, language) for item in shown.attention],
        "chart": chart_by_month(shown.by_month, shown.today, language),
        "chart_words": CHART_WORDS.in_language(language),
        "topics": [_topic_row(each, shown, language) for each in shown.topics],
        "places": [place_row(each, language) for each in shown.places],
        "own_query": urlencode({"centre": shown.centre.slug}),
        "year_query": urlencode({"centre": shown.centre.slug, "period": shown.year_period.code}),
    }
    return render_page(request, "desk/overview.html", context)


@require_safe
@desk_page
def compared_places(request: HttpRequest) -> HttpResponse:
    """The centres below one, in the order of their place. GET centre and period of a ReportForm."""
    form, language = comparison_form(request), page_language(request)
    centre, period = form.shown_centre, form.shown_period()
    context = {
        "form": form,
        "centre_name": centre.name_in(language),
        "period_name": period.name.in_language(language),
        "rows": [place_row(each, language) for each in compare_places(centre, period, clock.today(), with_days=True)],
        "min_cases": MIN_CASES,
        "drawn_cases": DRAWN_CASES,
        "stale_days": STALE_DAYS,
        "query": form.query(),
    }
    return render_page(request, "desk/places.html", context)


def place_row(place: ComparedPlace, language: str) -> dict[str, Any]:
    """One centre as the tables show it."""
    counts, use, ranked, days = place.counts, place.use, place.ranked, place.days_to_close
    return {
        "slug": place.centre.slug,
        "name": place.centre.name_in(language),
        "place": ranked.place if ranked and ranked.place else _NO_FIGURE,
        "index": f"{ranked.index:.1f}" if ranked and ranked.place else _NO_FIGURE,
        "received": f"{counts.received:,}",
        "closed": f"{counts.closed:,}",
        "in_time": percent_text(counts.in_time, counts.dated),
        "indicator": percent_text(counts.settled, counts.in_indicator),
        "median": days.median if days and days.median is not None else _NO_FIGURE,
        "rating": f"{rating(counts):.2f} ({counts.rated:,})" if counts.rated else _NO_FIGURE,
        "open": f"{use.open_cases:,}",
        "overdue": f"{use.overdue:,}",
        "overdue_url": _cases_url(place.centre.slug, {"queue": WorkQueue.OVERDUE.value, "sort": "due"}),
        "stale": f"{use.stale:,}",
        "officers": f"{use.officers:,}",
        "last_sign_in": dates.short_datetime(use.last_sign_in, language) if use.last_sign_in else _NO_FIGURE,
    }


def _tiles(shown: Overview, language: str) -> list[dict[str, str]]:
    month, year = shown.month, shown.year
    rows: list[tuple[str, BilingualText, str, str]] = [
        (
            "received",
            BilingualText("รับเดือนนี้", "Received this month"),
            f"{month.received:,}",
            _figure_url(shown, "received"),
        ),
        ("closed", BilingualText("ยุติเดือนนี้", "Closed this month"), f"{month.closed:,}", _figure_url(shown, "closed")),
        ("open", BilingualText("ยังไม่ยุติ", "Open now"), f"{shown.open_cases:,}", _cases_url(shown.centre.slug, {})),
        (
            "overdue",
            BilingualText("เกินกำหนดตอนนี้", "Overdue now"),
            f"{shown.overdue:,}",
            _cases_url(shown.centre.slug, {"queue": WorkQueue.OVERDUE.value, "sort": "due"}),
        ),
        ("in_time", BilingualText("ยุติภายในกำหนด ปีนี้", "In time, this year"), percent_text(year.in_time, year.dated), ""),
        (
            "indicator",
            BilingualText(f"ตัวชี้วัด {KPI_PERCENT} % ปีนี้", f"{KPI_PERCENT} % indicator, this year"),
            percent_text(year.settled, year.in_indicator),
            "",
        ),
        (
            "rating",
            BilingualText("คะแนน (เต็ม 5) ปีนี้", "Rating of 5, this year"),
            f"{rating(year):.2f} ({year.rated:,})" if year.rated else _NO_FIGURE,
            "",
        ),
    ]
    if shown.standing:
        ranked, count = shown.standing
        name = BilingualText("อันดับเทียบกับศูนย์ระดับเดียวกัน ปีนี้", "Place among centres of its level, this year")
        rows.append(
            (
                "standing",
                name,
                BilingualText(f"{ranked.place} จาก {count}", f"{ranked.place} of {count}").in_language(language),
                "",
            )
        )
    return [
        {"code": code, "name": name.in_language(language), "text": text, "url": url} for code, name, text, url in rows
    ]


def _attention_row(item: AttentionItem, slug: str, language: str) -> dict[str, str]:
    return {
        "code": item.code,
        "count": f"{item.count:,}",
        "words": item.words.in_language(language),
        "details": item.details.in_language(language) if item.details else "",
        "url": f"{reverse(f'desk:{item.target.value}')}?{urlencode({'centre': slug, **item.query})}",
    }


def _topic_row(each: TopicMonths, shown: Overview, language: str) -> dict[str, Any]:
    *_, before, now = each.received
    months = months_until(shown.today)
    query = {
        "centre": shown.centre.slug,
        "period": "days",
        "first": months.first.isoformat(),
        "last": months.last.isoformat(),
        "measure": "received",
        "by": Dimension.TOPIC.value,
        "value": each.topic,
    }
    return {
        "code": each.topic,
        "name": value_name(Dimension.TOPIC, each.topic, {}).in_language(language),
        "total": f"{each.total:,}",
        "url": f"{reverse('desk:report_cases')}?{urlencode(query)}",
        "before": f"{before:,}",
        "now": f"{now:,}",
        "bars": spark_bars(each.received),
        "numbers": " ".join(map(str, each.received)),
    }


def _figure_url(shown: Overview, measure: str) -> str:
    query = {"centre": shown.centre.slug, "period": f"{shown.today:%Y-%m}", "measure": measure}
    return f"{reverse('desk:report_cases')}?{urlencode(query)}"


def _cases_url(slug: str, query: Mapping[str, str]) -> str:
    return f"{reverse('desk:cases')}?{urlencode({'centre': slug, **query})}"
