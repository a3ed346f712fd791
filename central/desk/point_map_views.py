"""The map of incidents: clusters of points, and hot spots with the period before.

The page works without a script as a table. The map in it is Leaflet; it asks this server for the clusters of what it
shows, and for tiles only the server that the operator has set."""

import math
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.report_forms import ReportForm, report_form
from central.insight.boundaries import outlines_of
from central.insight.clusters import HOT_SPOT_DEGREES, MAX_CLUSTERS, Cluster, cell_degrees, mark_pixels
from central.insight.map_areas import MapPlace, area_name
from central.insight.periods import Period, first_day, month_of, parse
from central.insight.points import MapBox, PointQuery
from thai import places

_FIELDS = ("centre", "period", "place", "agency")
_HOT_SPOTS = 15
_MIN_HOT_SPOT = 2  # one case is no hot spot
_MAX_ZOOM = 19
_LISTED = 20  # places of the map in the list below it
_MAX_SLIDER_MONTHS = 24


@require_safe
@desk_page
def point_map(request: HttpRequest) -> HttpResponse:
    """The page: GET a ReportForm."""
    form, language = report_form(request, _FIELDS), page_language(request)
    query, period = _query(request, form), form.shown_period()
    count, extent = query.extent()
    hidden = query.hidden_by_area()
    months = _months(period)
    context: dict[str, Any] = {
        "form": form,
        "centre_name": form.shown_centre.name_in(language),
        "period_name": period.name.in_language(language),
        "report_query": form.query(),
        "clusters_url": f"{reverse('desk:point_clusters')}?{form.query()}",
        "areas_url": f"{reverse('desk:point_background')}?{form.query()}",
        "case_url": reverse("desk:case", args=["NUMBER"]),
        "months": [{"code": each.code, "name": each.name.in_language(language)} for each in months],
        "bounds": f"{extent.south},{extent.west},{extent.north},{extent.east}" if extent else "",
        "count": count,
        "listed": _LISTED,
        "hidden": [{"name": _place_name(area, language), "count": count} for area, count in sorted(hidden.items())],
        "hidden_count": sum(hidden.values()),
        "spots": _hot_spots(query.clusters(HOT_SPOT_DEGREES), _query(request, form, period.before()), language),
        "tiles": settings.MAP_TILES,
        "tiles_attribution": settings.MAP_TILES_ATTRIBUTION,
    }
    response = render_page(request, "desk/points.html", context)
    response.uses_map_tiles = bool(settings.MAP_TILES)  # type: ignore[attr-defined]  # central.middleware
    return response


@require_safe
@desk_page
def point_clusters(request: HttpRequest) -> HttpResponse:
    """The clusters of a part of the map: GET `zoom`, `west`, `south`, `east`, `north`, and `month` for one month of
    the period. 404 for other numbers."""
    form, language = report_form(request, _FIELDS), page_language(request)
    zoom, box = _view(request)
    month = parse(request.GET.get("month", ""))
    query = _query(request, form, month if month in _months(form.shown_period()) else None)
    made = query.clusters(cell_degrees(zoom), box)
    shown = [
        {
            "key": f"{zoom}/{each.cell[0]}/{each.cell[1]}",
            "at": (each.latitude, each.longitude),
            "count": each.count,
            "pixels": mark_pixels(each.count),
            "number": each.number,
            "place": _place_name(each.area, language),
        }
        for each in made[:MAX_CLUSTERS]
    ]
    return JsonResponse({"clusters": shown, "count": sum(each.count for each in made)})


@require_safe
@desk_page
def point_background(request: HttpRequest) -> HttpResponse:
    """The outlines below the points: the areas of the centre's own place that have some."""
    form = report_form(request, _FIELDS)
    own = form.shown_centre.area_code
    outlines = outlines_of(MapPlace(own, own, by_province=True)) or outlines_of(MapPlace("", by_province=True))
    rings = outlines.rings if outlines else {}
    near = {code: each for code, each in rings.items() if len(code) > 2 or code.startswith(own[:2])}
    return JsonResponse({"rings": [ring for each in near.values() for ring in each]})


def _query(request: HttpRequest, form: ReportForm, period: Period | None = None) -> PointQuery:
    return PointQuery(signed_in_officer(request), form.shown_centre, period or form.shown_period(), form.facts())


def _months(period: Period) -> list[Period]:
    """The months of the slider; none for a single month and for days."""
    months = period.months
    if months is None or not 1 < len(months) <= _MAX_SLIDER_MONTHS:
        return []
    return [month_of(first_day(number)) for number in months]


def _view(request: HttpRequest) -> tuple[int, MapBox]:
    try:
        zoom = int(request.GET["zoom"])
        box = MapBox(*(float(request.GET[name]) for name in ("west", "south", "east", "north")))
    except (KeyError, ValueError):
        raise Http404 from None
    if not 0 <= zoom <= _MAX_ZOOM or not all(map(math.isfinite, (box.west, box.south, box.east, box.north))):
        raise Http404
    return zoom, box


def _hot_spots(now: Sequence[Cluster], before: PointQuery, language: str) -> list[dict[str, Any]]:
    then = {each.cell: each.count for each in before.clusters(HOT_SPOT_DEGREES)}
    return [
        {
            "name": _place_name(each.area, language),
            "count": each.count,
            "before": then.get(each.cell, 0),
            "at": f"{each.latitude},{each.longitude}",
        }
        for each in now[:_HOT_SPOTS]
        if each.count >= _MIN_HOT_SPOT
    ]


def _place_name(area: str, language: str) -> str:
    return places.full_name(area, language) or area_name(area).in_language(language)
