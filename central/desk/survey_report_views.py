"""The results of the yearly survey: a page, and files with the same values."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from central.cases import clock
from central.cases.scopes import action_scope
from central.centres.models import Centre
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.insight.survey_files import FORMATS, survey_tables
from central.insight.survey_report import SurveyReport, build_survey_report, shown_years
from central.insight.survey_sentences import describe_changes
from central.insight.tables import Figure
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from thai.dates import month_and_year

_ERAS_APART = 543


@require_safe
@desk_page
def survey_report(request: HttpRequest) -> HttpResponse:
    """The figures of a centre and a fiscal year: GET `centre` and `year`."""
    language = page_language(request)
    report, centres, years = _report(request)
    tables = [
        {
            "code": table.code,
            "title": table.title.in_language(language),
            "columns": [column.name.in_language(language) for column in table.columns],
            "rows": [
                {
                    "code": row.code,
                    "name": row.name.in_language(language),
                    "figures": [_text(figure) for figure in row.figures],
                }
                for row in table.rows
            ],
            "note": table.note.in_language(language) if table.note else "",
        }
        for table in survey_tables(report)
    ]
    rate, trust = report.response_rate, report.total.trust
    context: dict[str, Any] = {
        "centres": [(centre.slug, centre.name_in(language)) for centre in centres],
        "years": [(year, _shown_year(year, language)) for year in years],
        "centre": report.centre,
        "year": report.year,
        "centre_name": report.centre.name_in(language),
        "year_name": _shown_year(report.year, language),
        "count": report.total.count,
        "is_hidden": report.total.is_hidden,
        "invited": report.invited,
        "rate": f"{100 * rate.value:.1f} % ({100 * (rate.low or 0):.1f}–{100 * (rate.high or 0):.1f})" if rate else "–",
        "trust": f"{trust.value:.1f}" if trust else "–",
        "tables": tables,
        "changes": [sentence.in_language(language) for sentence in describe_changes(report)],
        "texts": [(question.text_in(language), texts) for question, texts in report.texts],
        "formats": list(FORMATS),
        "month": month_and_year(report.until - timedelta(days=1), language),
        "may_write": _may_manage(request, report.centre),
    }
    return render_page(request, "desk/survey_report.html", context)


@require_safe
@desk_page
def survey_file(request: HttpRequest, format_name: str) -> HttpResponse:
    """The same tables as CSV or XLSX. Raises Http404 for another format."""
    if format_name not in FORMATS:
        raise Http404
    report, _, _ = _report(request)
    media_type, write = FORMATS[format_name]
    response = HttpResponse(write(report, page_language(request)), content_type=media_type)
    name = f"survey-{report.centre.slug}-{report.year}.{format_name}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _report(request: HttpRequest) -> tuple[SurveyReport, tuple[Centre, ...], list[int]]:
    centres = action_scope(signed_in_officer(request), Action.VIEW_CASES).centres
    if not centres:
        raise PermissionDenied
    chosen = request.GET.get("centre", "")
    centre = next((each for each in centres if each.slug == chosen), centres[0])
    years = shown_years(centre, clock.today())
    try:
        year = forms.IntegerField(min_value=2000, max_value=2200).clean(request.GET.get("year", "")[:6])
    except forms.ValidationError:
        year = years[0]
    year = year if year in years else years[0]
    report = build_survey_report(centre, year, clock.today(), with_texts=_may_manage(request, centre))
    return report, centres, years


def _may_manage(request: HttpRequest, centre: Centre) -> bool:
    return has_permission(signed_in_officer(request), Action.MANAGE_SURVEYS, centre)


def _shown_year(year: int, language: str) -> str:
    name = BilingualText(f"ปีงบประมาณ {year + _ERAS_APART}", f"Fiscal year {year}")
    return name.in_language(language)


def _text(figure: Figure) -> str:
    if figure.is_hidden:
        return "*"
    if figure.number is None:
        return "–"
    number = f"{figure.number:,}" if isinstance(figure.number, int) else f"{figure.number:.2f}"
    return f"{float(figure.number):.1f} %" if figure.unit == "%" else number
