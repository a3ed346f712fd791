"""Times of figures with generated facts. A child process of `insight`; prints one line of JSON, milliseconds by name.

    python -m tests.bench._insight_figures CASES

The figures are those of the page and of the report, recounted by plain SQL; a change is a step of a real case, with and
without counting."""

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from statistics import median
from typing import Any

import django

TODAY = date(2026, 11, 30)
_DAYS = 3 * 365
_TOPICS = ("utilities", "land", "environment", "safety", "corruption", "drugs", "debt", "consumer", "labour", "help")
_CHANNELS = ("kiosk", "counter", "web", "phone_1567", "line", "post")
_OUTCOMES = ("resolved", "resolved", "resolved", "explained", "withdrawn", "duplicate", "not_our_power")


def main(cases: int) -> None:
    """Generate and measure."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  # needs Django set up
    from django.db import connection  # noqa: PLC0415

    from central.insight import folding, report  # noqa: PLC0415
    from central.insight.overview import build_overview  # noqa: PLC0415
    from central.insight.periods import fiscal_year_of, month_of  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    first, districts, agencies = _create_tree()
    _create_facts(cases, [first, *districts], agencies)
    times = {"rebuild": _milliseconds(folding.rebuild)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    year, month = fiscal_year_of(TODAY - timedelta(days=90)), month_of(TODAY)

    def build(centre: Any, period: Any, *, is_published: bool) -> Callable[[], object]:
        return lambda: report.build_report(centre, period, TODAY, is_published=is_published, with_people=is_published)

    times["view"] = median(_milliseconds(build(first, year, is_published=False)) for _ in range(5))
    times["view, month"] = median(_milliseconds(build(first, month, is_published=False)) for _ in range(5))
    overview = partial(build_overview, first, TODAY)
    times["overview"] = median(_milliseconds(overview) for _ in range(5))
    times["report"] = _milliseconds(build(first, year, is_published=True))
    _recount(first, year)
    for measure in ("received", "median_days", "open"):
        draw_it = partial(_draw_map, first, year, measure)
        times[f"map, {measure}"] = median(_milliseconds(draw_it) for _ in range(5))
    times["change"] = _time_of_changes(first)
    sys.stdout.write(json.dumps(times) + "\n")


def _recount(centre: Any, period: Any) -> None:
    """Counts the facts again by plain SQL, which shares no code with the report. Raises AssertionError when a figure of
    the report is another one."""
    from django.db import connection  # noqa: PLC0415

    from central.insight.report import build_report  # noqa: PLC0415

    report = build_report(centre, period, TODAY, is_published=False, with_people=False)
    for code, column in (("topic", "topic"), ("channel", "channel"), ("province", "substr(area, 1, 2)")):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {column}, count(CASE WHEN received_on BETWEEN %s AND %s THEN 1 END),"
                " count(CASE WHEN closed_on BETWEEN %s AND %s THEN 1 END) FROM insight_casefact f"
                " JOIN centres_centre c ON c.id = f.centre_id WHERE c.path LIKE %s GROUP BY 1",
                [*(period.first, period.last) * 2, f"{centre.path}%"],
            )
            expected = {value: numbers for value, *numbers in cursor.fetchall() if any(numbers)}
        if any(table.code == code for table in report.tables):
            columns = [column.code for column in report.table(code).columns]
            at = columns.index("received"), columns.index("closed")
            shown = {row.code: [row.figures[place].number for place in at] for row in report.table(code).rows}
            assert shown == expected, code


def _create_tree() -> tuple[Any, list[Any], list[int]]:
    from central.agencies.models import Agency  # noqa: PLC0415
    from central.centres.models import Centre  # noqa: PLC0415
    from thai import places  # noqa: PLC0415

    ministry = Centre.objects.create(slug="moi", name_th="กระทรวง", name_en="Ministry")
    place = places.provinces()[0]
    names = {"name_th": place.th, "name_en": place.en}
    province = Centre.objects.create(parent=ministry, slug=f"p{place.code}", area_code=place.code, **names)
    districts = [
        Centre.objects.create(
            parent=province, slug=f"d{each.code}", area_code=each.code, name_th=each.th, name_en=each.en
        )
        for each in places.districts(place.code)
    ]
    agencies = []
    for number in range(270):
        name = {"name_th": f"หน่วยงาน {number}", "kind": "other", "level": "province"}
        agencies.append(Agency.objects.create(centre=province, code=f"a{number}", **name).pk)
    return province, districts, agencies


def _create_facts(count: int, centres: list[Any], agencies: list[int]) -> None:
    from central.insight.models import CaseFact  # noqa: PLC0415

    chance = random.Random(count)
    for start in range(0, count, 5_000):
        CaseFact.objects.bulk_create(
            (_fact(CaseFact, chance, centres, agencies) for _ in range(min(5_000, count - start))), batch_size=1_000
        )


def _fact(model: Any, chance: random.Random, centres: list[Any], agencies: list[int]) -> Any:
    centre = chance.choice(centres)
    area = f"{centre.area_code:0<4}".replace("00", "01") + f"{chance.randint(1, 9):02d}"
    received = TODAY - timedelta(days=chance.randint(0, _DAYS))
    closed = received + timedelta(days=min(int(chance.expovariate(1 / 14)), 300))
    is_closed = closed <= TODAY and chance.random() < 0.9
    is_rated = is_closed and chance.random() < 0.2
    return model(
        centre=centre,
        area=area,
        topic=chance.choices(_TOPICS, range(10, 0, -1))[0],
        channel=chance.choice(_CHANNELS),
        outcome=chance.choice(_OUTCOMES) if is_closed else "",
        agency_id=chance.choice(agencies),
        sex=chance.choice(("male", "female", "")),
        age_band=chance.choice(("18-29", "30-44", "45-59", "60-74", "75", "")),
        received_on=received,
        closed_on=closed if is_closed else None,
        in_time=chance.random() < 0.85 if is_closed else None,
        rated_on=closed if is_rated else None,
        stars=chance.randint(3, 5) if is_rated else None,
        days_to_take=chance.randint(0, 3),
        days_to_order=chance.randint(0, 6),
        days_at_agency=chance.randint(1, 30),
    )


def _draw_map(centre: Any, period: Any, measure: str) -> None:
    """What the page of a province's map calculates, with the outlines of the country as the largest drawing."""
    from central.insight.map_areas import MapPlace  # noqa: PLC0415
    from central.insight.map_drawing import draw, province_outlines  # noqa: PLC0415
    from central.insight.map_table import MapSubject, build_map_table  # noqa: PLC0415

    code = centre.area_code
    build_map_table(MapSubject(centre, MapPlace(code, code), period, measure), TODAY)
    draw(province_outlines())


def _time_of_changes(centre: Any) -> float:
    """Median milliseconds of what counting adds to a step of a case."""
    from django.utils import timezone  # noqa: PLC0415

    from central.cases.models import Case  # noqa: PLC0415
    from central.insight.refreshing import refresh  # noqa: PLC0415
    from tests.bench._desk_pages import case_row  # noqa: PLC0415

    chance, times = random.Random(1), []
    rows = [case_row(Case, number, "received", timezone.now(), None, [centre.pk], chance) for number in range(50)]
    for row in rows:
        row.due = None
        row.save(force_insert=True)
        times.append(_milliseconds(partial(refresh, [row])))
        row.topic = "labour"
        times.append(_milliseconds(partial(refresh, [row])))
    return median(times)


def _milliseconds(call: Callable[[], object]) -> float:
    """Processor time where the database is in this process, so that other load does not count; else elapsed time."""
    from django.db import connection  # noqa: PLC0415

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    begun = clock()
    call()
    return (clock() - begun) * 1e3


if __name__ == "__main__":
    main(*(int(size) for size in sys.argv[1:]))
