"""The map of a report: areas coloured by a measure, with the table that has the same figures."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from central.cases import clock
from central.cases.scopes import action_scope
from central.desk.map_form import MapForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.insight.boundaries import Outlines, outlines_of
from central.insight.colour_classes import ColourClass, colour_classes
from central.insight.facts import CODE_LENGTHS
from central.insight.figure_texts import figure_text
from central.insight.map_areas import MapPlace, area_name
from central.insight.map_drawing import Drawing, draw
from central.insight.map_table import MapSubject, MapTable, build_map_table
from central.insight.tables import Figure
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_HIDDEN = BilingualText(
    "ปกปิด (น้อยกว่า 5 หรือใช้คำนวณจำนวนที่น้อยกว่า 5 ได้)", "hidden (fewer than 5, or it would tell a number that is)"
)
_HIDDEN_ON_TILE = BilingualText("ปกปิด", "hidden")
_NO_NUMBER = BilingualText("ไม่มี", "none")
_MAX_NAMED_AREAS = 40  # on the country by province names would cover each other


@require_safe
@desk_page
def map_page(request: HttpRequest) -> HttpResponse:
    """The map of a centre's cases. GET a MapForm; every link has the whole view in its address."""
    scope = action_scope(signed_in_officer(request), Action.VIEW_CASES)
    if not scope.centres:
        raise PermissionDenied
    language, today = page_language(request), clock.today()
    form = MapForm(language, request.GET, scope, today)
    subject = form.subject()
    context: dict[str, Any] = {
        "form": form,
        "place_name": subject.place.name.in_language(language),
        "centre_name": subject.centre.name_in(language),
        "period_name": subject.period.name.in_language(language),
        "crumbs": _crumbs(form, subject.place, language),
        "groupings": _groupings(form, subject.place),
        "report_query": form.query(at="", group="", measure="", figures="", place=subject.counted.area),
        "is_published": form.is_published,
    }
    if form.is_published and not subject.can_publish:
        return render_page(request, "desk/map.html", context)
    table = build_map_table(subject, today, is_published=form.is_published)
    context |= _map(form, subject, table, language) | {"table": _table(form, subject, table, language)}
    return render_page(request, "desk/map.html", context)


def _crumbs(form: MapForm, place: MapPlace, language: str) -> list[dict[str, str]]:
    """The way from the top to this place; the last one is the page itself."""
    steps = list(place.path())
    return [
        {"name": step.name.in_language(language), "query": "" if step is steps[-1] else form.query_at(step)}
        for step in steps
    ]


def _groupings(form: MapForm, place: MapPlace) -> dict[str, str]:
    """The queries of the country by region and by province; '' for the one that is shown, none elsewhere."""
    if not place.is_country:
        return {}
    regions, provinces = MapPlace("", place.within), MapPlace("", place.within, by_province=True)
    return {
        "regions": form.query_at(regions) if place.by_province else "",
        "provinces": "" if place.by_province else form.query_at(provinces),
    }


def _map(form: MapForm, subject: MapSubject, table: MapTable, language: str) -> dict[str, Any]:
    """The areas with their colours, as outlines or as tiles, and the legend."""
    place, figures = subject.place, table.figures()
    shown = {code: figures.get(code, Figure(_number_of_nothing(table))) for code in place.areas}
    classes = colour_classes({code: figure.number for code, figure in shown.items()})
    shades = {code: f"c{each.shade}" for each in classes for code in each.areas}
    areas = [
        {
            "code": code,
            "name": area_name(code).in_language(language),
            "number": _number_text(figure, language),
            "short": _HIDDEN_ON_TILE.in_language(language) if figure.is_hidden else _number_text(figure, language),
            "shade": "hidden-count" if figure.is_hidden else shades.get(code, "c0"),
            "url": _area_url(form, subject, code, figure),
        }
        for code, figure in shown.items()
    ]
    outlines = outlines_of(place)
    drawing = draw(outlines.rings) if outlines else None
    drawn = _drawn(outlines, drawing, place, areas) if outlines and drawing else []
    context: dict[str, Any] = {
        "drawing": drawing,
        "drawn": drawn,
        "tiles": [area for area in areas if area["code"] not in {each["code"] for each in drawn}],
        "measure_name": table.measure.name.in_language(language),
        "legend": [_legend(each, figures) for each in classes],
        "has_hidden": any(figure.is_hidden for figure in shown.values()),
        "has_none": any(not figure.number and not figure.is_hidden for figure in shown.values()),
        "has_more_rows": any(row.code not in shown for row in table.table.rows),
        "attribution": outlines.attribution if outlines else "",
        "is_vendored": bool(outlines and outlines.is_vendored),
    }
    return context


def _drawn(outlines: Outlines, drawing: Drawing, place: MapPlace, areas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The areas with an outline, with its paths and the place of its name."""
    has_names = len(areas) <= _MAX_NAMED_AREAS
    drawn = []
    for area in areas:
        shapes = [drawing.shapes[code] for code in outlines.parts(area["code"], place)]
        if shapes:
            has_room = has_names and len(shapes) == 1 and shapes[0].has_room(area["name"])
            label = {"x": shapes[0].name_x, "y": shapes[0].name_y} if has_room else None
            drawn.append(area | {"paths": [shape.path for shape in shapes], "label": label})
    return drawn


def _number_of_nothing(table: MapTable) -> int | None:
    """What an area without a row has: no cases, and no share or mean."""
    return 0 if table.measure.code in ("received", "closed", "open") else None


def _number_text(figure: Figure, language: str) -> str:
    if figure.is_hidden:
        return _HIDDEN.in_language(language)
    return _NO_NUMBER.in_language(language) if figure.number is None else figure_text(figure)


def _legend(each: ColourClass, figures: Mapping[str, Figure]) -> dict[str, Any]:
    lowest, highest = figure_text(figures[each.areas[0]]), figure_text(figures[each.areas[-1]])
    return {
        "shade": f"c{each.shade}",
        "text": lowest if lowest == highest else f"{lowest.removesuffix(' %')}–{highest}",
        "count": len(each.areas),
    }


def _area_url(form: MapForm, subject: MapSubject, code: str, figure: Figure) -> str:
    """The map of the area; the cases of a tambon."""
    if subject.place.opens(code):
        return f"?{form.query_at(MapPlace(code, subject.place.within))}"
    return _cases_url(form, subject, "received", code) if figure.number else ""


def _cases_url(form: MapForm, subject: MapSubject, measure: str, code: str) -> str:
    more = {"measure": measure, "by": subject.place.dimension.value, "value": code}
    return f"{reverse('desk:report_cases')}?{form.query(at='', group='', figures='', **more)}"


def _table(form: MapForm, subject: MapSubject, table: MapTable, language: str) -> dict[str, Any]:
    """The table as the template shows it."""
    place = subject.place
    is_whole = place.dimension.value == table.table.dimension
    rows = []
    for row in table.table.rows:
        url = f"?{form.query_at(MapPlace(row.code, place.within))}" if place.opens(row.code) else ""
        has_cases = is_whole and len(row.code) in (0, *CODE_LENGTHS.values())
        figures = [
            {
                "text": figure_text(figure),
                "url": _cases_url(form, subject, figure.measure, row.code)
                if figure.measure and figure.number and has_cases
                else "",
            }
            for figure in row.figures
        ]
        rows.append({"code": row.code, "name": row.name.in_language(language), "url": url, "figures": figures})
    return {
        "title": table.table.title.in_language(language),
        "columns": [column.name.in_language(language) for column in table.table.columns],
        "rows": rows,
    }
