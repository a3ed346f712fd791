"""Times of the pages of a generated country, and the comparison of their figures with the oracle. A child process of
`country`; prints sentences, and one line of JSON at the end: times in milliseconds, differences, sizes in bytes.

    python -m tests.bench._country_run CASES CASES_OF_THE_BIG_PROVINCE PROVINCES"""

import gzip
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import django

from tests.bench._country_cases import BIG_PROVINCE, Country, create_cases, create_country

_BATCH = 500  # cases in one transaction
_TIMES = 3
Pages = dict[str, str]


def main(count: int, big: int, provinces: int) -> None:
    """Generate, measure, compare."""
    django.setup()
    logging.disable(logging.INFO)  # a line for each request
    from django.core.management import call_command  # noqa: PLC0415  # needs Django set up

    from central.cases import clock  # noqa: PLC0415
    from central.insight import folding  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    today = clock.today()
    times: dict[str, float] = {}
    _say("the country", times, lambda: None)
    country = create_country(provinces)
    _say("rows copied", times, lambda: create_cases(country, count, big, today))
    _say("facts made", times, _make_facts)
    _say("monthly counts made", times, folding.rebuild)
    _analyse()
    sizes = _measure_pages(country, times)
    comparison = _compare(country, today)
    result = {"times": times, "sizes": sizes, "compared": comparison.count, "differences": comparison.differences}
    sys.stdout.write(json.dumps(result) + "\n")


def _say(what: str, times: dict[str, float], call: Callable[[], object]) -> None:
    begun = time.perf_counter()
    call()
    times[what] = (time.perf_counter() - begun) * 1e3
    sys.stdout.write(f"  {what}: {times[what] / 1e3:,.0f} s\n")
    sys.stdout.flush()


def _make_facts() -> None:
    """As the job does that compares cases with their facts (`insight.upkeep`), in larger batches."""
    from central.cases.models import Case  # noqa: PLC0415
    from central.insight.models import FactChange  # noqa: PLC0415
    from central.insight.refreshing import refresh  # noqa: PLC0415

    last = 0
    while cases := list(Case.objects.filter(pk__gt=last).defer("text").order_by("pk")[:_BATCH]):
        refresh(cases)
        last = cases[-1].pk
        if last % 50_000 == 0:
            FactChange.objects.all().delete()  # all counts are made anew afterwards
            sys.stdout.write(f"    {last:,} facts\n")
            sys.stdout.flush()


class _Work:
    """Processor time of this process and of its server process, in milliseconds: other load does not count. The server
    works without parallel helpers."""

    def __init__(self) -> None:
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
            cursor.execute("SELECT pg_backend_pid()")
            self._stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")

    def now(self) -> float:
        """So far."""
        user, system = self._stat.read_text("ascii").rpartition(")")[2].split()[11:13]
        return time.process_time() * 1e3 + (int(user) + int(system)) * 1e3 / os.sysconf("SC_CLK_TCK")


def _analyse() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _pages(country: Country) -> dict[str, Pages]:
    """Paths by name, for each scope."""
    year, month = "period=fy2026", "period=2026-10"
    big = country.provinces[0]
    made: dict[str, Pages] = {}
    for scope, slug, area in (("country", "moi", ""), ("province", big.slug, big.area_code)):
        own = f"centre={slug}"
        made[scope] = {
            "overview": f"/desk/overview?{own}",
            "report, fiscal year": f"/desk/reports?{own}&{year}",
            "report, month": f"/desk/reports?{own}&{month}",
            "map, received": f"/desk/reports/map?{own}&{year}",
            "map, median days": f"/desk/reports/map?{own}&{year}&measure=median_days",
            "map, open": f"/desk/reports/map?{own}&{year}&measure=open",
            "places": f"/desk/reports/places?{own}&{year}",
            "agencies": f"/desk/reports/agencies?{own}&{year}",
            "savings": f"/desk/reports/savings?{own}&{year}",
        }
        if not area:
            made[scope]["map by province"] = f"/desk/reports/map?{own}&{year}&group=province"
            made[scope]["map of a region"] = f"/desk/reports/map?{own}&{year}&at=northeast"
            made[scope]["map of a region, open"] = f"/desk/reports/map?{own}&{year}&at=northeast&measure=open"
        else:
            made[scope]["map of a district"] = f"/desk/reports/map?{own}&{year}&at={area}01"
        made[f"{scope}, files"] = {
            f"{name}, {'year' if period == year else 'month'}": f"/desk/reports/file/{name}?{own}&{period}"
            for name, period in (("csv", month), ("csv", year), ("xlsx", year), ("json", year), ("pdf", year))
        }
    return made


def _measure_pages(country: Country, times: dict[str, float]) -> dict[str, int]:
    from django.test import Client  # noqa: PLC0415

    from central.cases import clock  # noqa: PLC0415
    from central.centres.models import Membership, Officer  # noqa: PLC0415
    from central.people.roles import Role  # noqa: PLC0415
    from central.wall_screens.panels import panel  # noqa: PLC0415

    officer = Officer.objects.create_user(username="somsri")
    Membership.objects.create(officer=officer, centre=country.ministry, role=Role.CASE_OFFICER.value)
    client = Client(SERVER_NAME="localhost")
    client.force_login(officer)
    sizes: dict[str, int] = {}
    work = _Work()
    for scope, pages in _pages(country).items():
        for name, path in pages.items():
            repeats = 1 if scope.endswith("files") else _TIMES
            taken = []
            for _ in range(repeats):
                begun = work.now()
                response = client.get(path)
                taken.append(work.now() - begun)
                assert response.status_code == 200, (path, response.status_code)
            key = f"{scope}: {name}"
            times[key], sizes[key] = median(taken), len(response.content)
            packed = len(gzip.compress(response.content, 6))
            sys.stdout.write(f"  {key:42} {times[key]:9,.0f} ms {sizes[key]:10,} bytes, {packed:,} packed\n")
            sys.stdout.flush()
    for scope, centre in (("country", country.ministry), ("province", country.provinces[0])):
        for number in range(4):
            begun = work.now()
            panel(centre, clock.today(), number, "th")
            times[f"{scope}: wall, panel {number + 1}"] = work.now() - begun
            sys.stdout.write(
                f"  {scope}: wall, panel {number + 1}: {times[f'{scope}: wall, panel {number + 1}']:,.0f} ms\n"
            )
    return sizes


def _compare(country: Country, today: Any) -> Any:
    from central.insight.figures import FactFilter  # noqa: PLC0415
    from central.insight.map_areas import MapPlace  # noqa: PLC0415
    from central.insight.map_table import MapSubject, build_map_table  # noqa: PLC0415
    from central.insight.overview import build_overview  # noqa: PLC0415
    from central.insight.periods import Period, days, parse  # noqa: PLC0415
    from central.insight.report import build_report  # noqa: PLC0415
    from central.insight.scorecards import build_scorecards  # noqa: PLC0415
    from tests.bench import _country_compare as compare  # noqa: PLC0415

    comparison = compare.Comparison()
    big, second = country.provinces[0], country.provinces[-1]
    district = country.centres_of[BIG_PROVINCE][1]

    def period(code: str) -> Period:
        known = parse(code)
        assert known is not None
        return known

    def reports() -> Iterator[tuple[Any, Any, bool]]:
        for centre in (country.ministry, big, second, district):
            for code in ("2026-10", "fy2026q3", "fy2026", "fy2027"):
                yield centre, period(code), False
            yield centre, period("fy2026"), True
            yield centre, period("2026-09"), True
        yield country.ministry, days(today.replace(day=3), today), False
        yield big, days(today.replace(day=3), today), False

    for centre, each, is_published in reports():
        report = build_report(centre, each, today, is_published=is_published)
        compare.compare_report(comparison, report, today)
    agency = country.agencies_of[BIG_PROVINCE][0]
    for facts, narrowed in (
        (FactFilter(area=f"{BIG_PROVINCE}01"), f"left(t.area, 4) = '{BIG_PROVINCE}01'"),
        (FactFilter(agency_id=agency), f"t.agency_id = {agency}"),
    ):
        report = build_report(big, period("fy2026"), today, is_published=False, facts=facts)
        compare.compare_report(comparison, report, today, narrowed)
    for centre in (country.ministry, big, second, district):
        compare.compare_overview(comparison, build_overview(centre, today))
    year = period("fy2026")
    places = (
        (country.ministry, MapPlace(""), "region"),
        (country.ministry, MapPlace("", by_province=True), "province"),
        (country.ministry, MapPlace("northeast"), "province"),
        (country.ministry, MapPlace(BIG_PROVINCE), "district"),
        (big, MapPlace(BIG_PROVINCE, BIG_PROVINCE), "district"),
        (big, MapPlace(f"{BIG_PROVINCE}01", BIG_PROVINCE), "tambon"),
    )
    for centre, place, dimension in places:
        for measure in compare.MAPS:
            subject = MapSubject(centre, place, year, measure)
            compare.compare_map(comparison, subject, build_map_table(subject, today), today, dimension)
    for centre in (big, second):
        cards = build_scorecards(centre, year)
        compare.compare_scorecards(comparison, centre, year, cards, today)
    _check_that_one_case_is_noticed(country, year, today)
    return comparison


def _check_that_one_case_is_noticed(country: Country, year: Any, today: Any) -> None:
    """A comparison that cannot fail shows nothing. Raises AssertionError when a count too many stays unnoticed."""
    from django.db.models import F  # noqa: PLC0415

    from central.insight.models import MonthlyCount  # noqa: PLC0415
    from central.insight.report import build_report  # noqa: PLC0415
    from tests.bench import _country_compare as compare  # noqa: PLC0415

    counts = MonthlyCount.objects.filter(centre=country.ministry, dimension="topic", month=year.months.start)
    row = MonthlyCount.objects.filter(pk=counts.order_by("pk").values("pk")[:1].get()["pk"])
    row.update(received=F("received") + 1)
    comparison = compare.Comparison()
    compare.compare_report(comparison, build_report(country.ministry, year, today, is_published=False), today)
    row.update(received=F("received") - 1)
    assert comparison.differences


if __name__ == "__main__":
    main(*(int(size) for size in sys.argv[1:]))
