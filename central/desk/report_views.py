"""Reports: figures of a centre on a page, as files, and the cases behind each figure."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from central.cases import clock, queues
from central.cases.models import Case
from central.cases.scopes import Scope, action_scope
from central.centres.models import Centre
from central.desk.list_rows import build_row
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.report_forms import ReportForm
from central.insight.case_lists import MEASURES, count_deleted, listed_cases
from central.insight.facts import Dimension
from central.insight.figure_texts import figure_text
from central.insight.figures import EVERY_FACT, count_cases
from central.insight.models import PeriodicReport
from central.insight.month_chart import CHART_WORDS, chart_by_month
from central.insight.periodic_reports import WORD, file_name
from central.insight.periods import months_until
from central.insight.report import Report, build_report
from central.insight.report_pdf import report_pdf
from central.insight.sentences import describe
from central.insight.table_files import FORMATS
from central.insight.tables import Figure, Table
from central.insight.value_names import stored_names, value_name
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_CASES_PER_PAGE = 100
_KEPT_REPORTS = 14
_PDF = "application/pdf"
_OVERDUE = BilingualText("เกินกำหนดวันนี้", "Overdue today")
_TILES = ("received", "closed", "open", "in_time_percent", "indicator_percent", "rating")
_WHOLE_MONTHS = BilingualText(
    "ดาวน์โหลดได้เฉพาะช่วงเวลาที่เป็นเดือนเต็ม และไม่กรองพื้นที่หรือหน่วยงาน",
    "Files are made for whole months, without a place or an agency",
)


@require_safe
@desk_page
def report_page(request: HttpRequest) -> HttpResponse:
    """The figures of a centre and period, with links to their cases. `people=1` adds the tables by sex and age."""
    scope, language, today = _scope(request), page_language(request), clock.today()
    form = ReportForm(language, request.GET, scope, today)
    centre, period, facts = form.shown_centre, form.shown_period(), form.facts()
    with_people = request.GET.get("people") == "1"
    report = build_report(centre, period, today, is_published=False, facts=facts, with_people=with_people)
    chart_end = min(period.last, today)
    by_month = count_cases([centre], months_until(chart_end), (Dimension.ALL,), facts).by_month
    can_publish = period.months is not None and facts == EVERY_FACT
    context = {
        "form": form,
        "report": report,
        "centre_name": centre.name_in(language),
        "period_name": period.name.in_language(language),
        "paragraph": describe(report).in_language(language),
        "chart": chart_by_month(by_month, chart_end, language),
        "tables": [_shown(table, form, language) for table in report.tables],
        "tiles": _tiles(centre, report, form, language),
        "chart_words": CHART_WORDS.in_language(language),
        "own_query": form.query(),
        "file_query": form.query() if can_publish else "",
        "formats": [*FORMATS, "pdf"],
        "no_file": _WHOLE_MONTHS.in_language(language),
        "periodic_reports": _periodic_reports(centre, language),
        "people_query": "" if with_people or not can_publish else form.query(people="1"),
    }
    return render_page(request, "desk/report.html", context)


@require_safe
@desk_page
def report_file(request: HttpRequest, format_name: str) -> HttpResponse:
    """The published tables as a file: cells below 5 are hidden."""
    scope, language, today = _scope(request), page_language(request), clock.today()
    form = ReportForm(language, request.GET, scope, today)
    period = form.shown_period()
    if format_name not in {*FORMATS, "pdf"} or period.months is None or form.facts() != EVERY_FACT:
        raise Http404
    report = build_report(form.shown_centre, period, today, is_published=True)
    if format_name == "pdf":
        content, media_type = report_pdf(report, language), _PDF
    else:
        media_type, write = FORMATS[format_name]
        content = write(report, language)
    response = HttpResponse(content, content_type=media_type)
    name = f"{form.shown_centre.slug}-{period.code}.{format_name}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@desk_page
def periodic_report(request: HttpRequest, report_id: int, format_name: str) -> HttpResponse:
    """A kept report as it was made, as PDF or Word file."""
    scope = _scope(request)
    report = PeriodicReport.objects.filter(pk=report_id, centre__in=scope.centre_ids).select_related("centre").first()
    if report is None or format_name not in ("pdf", "docx"):
        raise Http404
    content, media_type = (report.pdf, _PDF) if format_name == "pdf" else (report.word, WORD)
    response = HttpResponse(bytes(content), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{file_name(report, format_name)}"'
    return response


@require_safe
@desk_page
def report_cases(request: HttpRequest) -> HttpResponse:
    """The cases that a figure counts. GET `measure`, and `by` with `value` for a row of a table."""
    scope, language, today = _scope(request), page_language(request), clock.today()
    form = ReportForm(language, request.GET, scope, today)
    measure, value = request.GET.get("measure", ""), request.GET.get("value", "")
    try:
        dimension = Dimension(request.GET["by"]) if "by" in request.GET else None
        row = (dimension, value) if dimension is not None else None
        figure = (form.shown_centre, form.shown_period(), form.facts(), measure, row)
        cases, deleted = listed_cases(*figure), count_deleted(*figure)
    except (KeyError, ValueError):
        raise Http404 from None
    names = stored_names([value] if dimension is Dimension.AGENCY else [])
    page = Paginator(cases.select_related("centre", "owner").defer("text"), _CASES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    subject = value_name(dimension, value, names).in_language(language) if dimension else ""
    context = {
        "title": MEASURES[measure].in_language(language),
        "subject": subject,
        "centre_name": form.shown_centre.name_in(language),
        "period_name": form.shown_period().name.in_language(language),
        "count": page.paginator.count + deleted,
        "deleted": deleted,
        "rows": [build_row(case, today, language) for case in page],
        "page": page,
        "query": "&" + form.query(measure=measure, **({"by": dimension.value, "value": value} if dimension else {})),
        "back_query": form.query(),
    }
    return render_page(request, "desk/report_cases.html", context)


def _scope(request: HttpRequest) -> Scope:
    scope = action_scope(signed_in_officer(request), Action.VIEW_CASES)
    if not scope.centres:
        raise PermissionDenied
    return scope


def _tiles(centre: Centre, report: Report, form: ReportForm, language: str) -> list[dict[str, str]]:
    """The main figures, and the cases that are overdue today whatever the period is."""
    summary = report.table("summary")
    rows = {row.code: row for row in summary.rows}
    tiles = []
    for code in _TILES:
        now, then = rows[code].figures
        then_text = figure_text(then) if then.number is not None else ""
        shown = _shown_figure(now, summary, "", form)
        tiles.append({"code": code, "name": rows[code].name.in_language(language), "then": then_text, **shown})
    if form.facts() == EVERY_FACT:
        url = f"{reverse('desk:cases')}?{urlencode({'queue': 'overdue', 'centre': centre.slug})}"
        text = f"{_overdue(centre, report.made_on):,}"
        tiles.insert(3, {"code": "overdue", "name": _OVERDUE.in_language(language), "text": text, "url": url})
    return tiles


def _periodic_reports(centre: Centre, language: str) -> list[dict[str, Any]]:
    """The newest kept reports of this centre."""
    newest = PeriodicReport.objects.filter(centre=centre).order_by("-month", "-months").defer("pdf", "word")
    return [{"id": each.pk, "name": each.period.name.in_language(language)} for each in newest[:_KEPT_REPORTS]]


def _overdue(centre: Centre, today: date) -> int:
    keys = list(centre.subtree().values_list("pk", flat=True))
    return queues.overdue(Case.objects.filter(centre__in=keys), today).count()


def _shown(table: Table, form: ReportForm, language: str) -> dict[str, Any]:
    """A table as the template shows it."""
    return {
        "code": table.code,
        "title": table.title.in_language(language),
        "note": table.note.in_language(language) if table.note else "",
        "columns": [column.name.in_language(language) for column in table.columns],
        "rows": [
            {
                "code": row.code,
                "name": row.name.in_language(language),
                "figures": [_shown_figure(figure, table, row.code, form) for figure in row.figures],
            }
            for row in table.rows
        ],
        "has_hidden": any(figure.is_hidden for row in table.rows for figure in row.figures),
    }


def _shown_figure(figure: Figure, table: Table, value: str, form: ReportForm) -> dict[str, str]:
    url = ""
    if figure.measure and figure.number:
        more = {"measure": figure.measure} | ({"by": table.dimension, "value": value} if table.dimension else {})
        url = f"{reverse('desk:report_cases')}?{form.query(**more)}"
    return {"text": figure_text(figure), "url": url}
