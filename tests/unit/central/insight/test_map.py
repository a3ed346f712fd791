"""The map has the figures of the report, shows one place inside another, and hides what must not be published."""

import itertools
import json
import random
import re
from collections import Counter
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median_low
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from central.centres.models import Centre
from central.insight import folding, outlines
from central.insight.colour_classes import MAX_CLASSES, colour_classes
from central.insight.map_areas import MapPlace, map_place
from central.insight.map_drawing import draw, province_outlines
from central.insight.map_table import MEASURES, MapSubject, MapTable, build_map_table
from central.insight.models import CaseFact
from central.insight.periods import fiscal_year_of, month_of
from central.insight.regions import region_of
from central.insight.report import build_report
from central.people.roles import Role
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.factories import create_officer_with
from thai import places

TODAY = date(2026, 11, 30)
YEAR = fiscal_year_of(TODAY)
_AREAS = ("", "40", "4001", "400101", "400102", "400201", "5601", "560101", "100101", "840101")


def test_every_province_has_an_outline_and_the_files_are_the_locked_ones() -> None:
    assert sorted(province_outlines()) == sorted(place.code for place in places.provinces())
    directory = Path(outlines.__path__[0])
    locked = json.loads((directory / "lock.json").read_text())
    assert locked["licence"] == "CC-BY-4.0"
    for name, digest in locked["sha256"].items():
        assert sha256((directory / name).read_bytes()).hexdigest() == digest, name
    # Corners that everybody can look up: the outlines are where they belong.
    west, south = min(province_outlines()["83"][0], key=lambda corner: corner[0])
    assert 98.2 < west < 98.4, "Phuket"
    assert 7.7 < south < 8.3


def test_the_drawing_of_the_country_is_small() -> None:
    drawing = draw(province_outlines())
    assert len(drawing.shapes) == 77
    assert sum(len(shape.path) for shape in drawing.shapes.values()) < 60_000
    assert max(drawing.width, drawing.height) == 1000


@settings(max_examples=50)
@given(st.dictionaries(st.text("ab", min_size=1), st.one_of(st.none(), st.integers(0, 40))))
def test_classes_are_in_order_and_have_every_area_once(numbers: dict[str, int | None]) -> None:
    classes = colour_classes(numbers)
    assert len(classes) <= MAX_CLASSES
    assert Counter(area for each in classes for area in each.areas) == Counter(area for area, n in numbers.items() if n)
    assert [each.shade for each in classes] == sorted({each.shade for each in classes})
    for before, after in itertools.pairwise(classes):
        assert before.highest < after.lowest
    for each in classes:
        assert all(each.lowest <= (numbers[area] or 0) <= each.highest for area in each.areas)


def _facts(centres: list[Centre], seed: int, count: int) -> list[CaseFact]:
    chance = random.Random(seed)
    facts = []
    for _ in range(count):
        received = TODAY - timedelta(days=chance.randint(0, 50))
        closed = received + timedelta(days=chance.randint(0, 30))
        is_closed = closed <= TODAY and chance.random() < 0.8
        is_rated = is_closed and chance.random() < 0.5
        facts.append(
            CaseFact(
                centre=chance.choice(centres),
                area=chance.choice(_AREAS),
                topic="land",
                channel="web",
                outcome=chance.choice(("resolved", "withdrawn")) if is_closed else "",
                received_on=received,
                closed_on=closed if is_closed else None,
                in_time=chance.choice((True, False, None)) if is_closed else None,
                rated_on=closed if is_rated else None,
                stars=chance.randint(1, 5) if is_rated else None,
            )
        )
    return _store(*facts)


def _store(*facts: CaseFact) -> list[CaseFact]:
    stored = CaseFact.objects.bulk_create(facts)
    folding.rebuild()
    return stored


def _fact(centre: Centre, area: str) -> CaseFact:
    return CaseFact(centre=centre, area=area, topic="land", channel="web", received_on=TODAY)


def _numbers(table: MapTable, at: int) -> dict[str, Any]:
    return {row.code: row.figures[at].number for row in table.table.rows if row.figures[at].number}


@pytest.mark.parametrize("seed", range(3))
def test_the_figures_of_the_map_are_those_of_the_report(khonkaen: Centre, phayao: Centre, seed: int) -> None:
    ministry = khonkaen.parent
    assert ministry
    facts = _facts([khonkaen, phayao], seed, 60)
    subjects = [
        (ministry, MapPlace(""), "region"),
        (ministry, MapPlace("", by_province=True), "province"),
        (khonkaen, MapPlace("40", "40"), "district"),
    ]
    for centre, place, code in subjects:
        report = build_report(centre, YEAR, TODAY, is_published=False, with_people=False)
        columns = {column.code: at for at, column in enumerate(report.table(code).columns)}
        assert report.figures.total.received == (60 if centre is ministry else len(_of(khonkaen, facts)))
        for measure in MEASURES:
            table = build_map_table(MapSubject(centre, place, YEAR, measure), TODAY)
            for at, column in enumerate(table.table.columns):
                if column.code in columns:
                    shown = {row.code: row.figures[columns[column.code]].number for row in report.table(code).rows}
                    assert _numbers(table, at) == {key: number for key, number in shown.items() if number}, measure
    region = build_map_table(MapSubject(ministry, MapPlace("northeast"), YEAR), TODAY)
    whole = build_map_table(MapSubject(ministry, MapPlace("", by_province=True), YEAR), TODAY)
    assert _numbers(region, 0) == {
        code: number for code, number in _numbers(whole, 0).items() if region_of(code) == "northeast"
    }
    _check_against_facts(khonkaen, _of(khonkaen, facts))


def _of(centre: Centre, facts: list[CaseFact]) -> list[CaseFact]:
    return [fact for fact in facts if fact.centre_id == centre.pk]


def _check_against_facts(centre: Centre, facts: list[CaseFact]) -> None:
    """Tambons, the median and the open cases, which the report does not have by area: counted here once more."""
    town = MapPlace("4001", "40")
    inside = [fact for fact in facts if fact.area.startswith("4001")]
    table = build_map_table(MapSubject(centre, town, YEAR, "median_days"), TODAY)
    assert _numbers(table, 0) == Counter(fact.area for fact in inside)
    closed: dict[str, list[int]] = {}
    for fact in inside:
        if fact.closed_on:
            closed.setdefault(fact.area, []).append((fact.closed_on - fact.received_on).days)
    assert _numbers(table, 2) == {area: median_low(days) for area, days in closed.items() if median_low(days)}
    october = month_of(date(2026, 10, 1))
    opened = build_map_table(MapSubject(centre, MapPlace("40", "40"), october, "open"), TODAY)
    expected = Counter(
        fact.area[:4]
        for fact in facts
        if fact.received_on <= october.last and (fact.closed_on is None or fact.closed_on > october.last)
    )
    assert _numbers(opened, 2) == expected


def test_a_place_outside_the_own_area_is_not_shown() -> None:
    assert map_place("5601", "40").code == "40"
    assert map_place("northeast", "40").code == "40"
    assert map_place("9999", "").code == ""
    assert [place.code for place in map_place("4001", "").path()] == ["", "northeast", "40", "4001"]
    assert [place.code for place in map_place("4001", "40").path()] == ["40", "4001"]


@pytest.fixture
def ministry_client(khonkaen: Centre, phayao: Centre) -> Client:
    assert khonkaen.parent
    return client_of(create_officer(khonkaen.parent, "minister"))


def _page(client: Client, query: str = "") -> str:
    response = client.get(f"/desk/reports/map?period={YEAR.code}&{query}")
    assert response.status_code == 200
    assert len(response.content) < 300_000
    return response.content.decode()


def _links(html: str) -> dict[str, str]:
    """The links of the map by area."""
    tags = re.findall(r"<a [^>]*data-area=[^>]*>", html)
    return {
        re.search(r'data-area="(\w+)"', tag)[1]: re.search(r'href="([^"]+)"', tag)[1].replace("&amp;", "&")  # type: ignore[index]
        for tag in tags
    }


def test_from_the_country_to_a_tambon_and_its_cases(khonkaen: Centre, phayao: Centre, ministry_client: Client) -> None:
    _facts([khonkaen, phayao], 7, 80)
    html = _page(ministry_client, "measure=open")
    for code in ("northeast", "40", "4001"):
        url = _links(html)[code]
        assert "measure=open" in url, "the address has the whole view"
        html = ministry_client.get(f"/desk/reports/map{url}").content.decode()
    assert [crumb for crumb in ("ประเทศไทย", "ขอนแก่น") if crumb in html]
    assert html.count("<li><a href") >= 3, "three places above"
    number = re.search(r'data-row="400101".*?number nowrap"><a href="([^"]+)">(\d+)<', html, re.DOTALL)
    assert number
    cases = ministry_client.get(number[1].replace("&amp;", "&")).content.decode()
    assert re.search(rf'id="count">{number[2]}<', cases)


def test_the_country_by_province_and_a_tile_map_fit_the_budget(ministry_client: Client) -> None:
    html = _page(ministry_client, "group=province")
    assert len(_links(html)) == 77
    assert 'id="attribution"' in html
    tiles = _page(ministry_client, "at=40")
    assert 'id="tiles-of-areas"' in tiles
    assert len(_links(tiles)) == len(places.districts("40"))


def test_small_counts_are_hatched_where_the_map_may_be_published(khonkaen: Centre, ministry_client: Client) -> None:
    _store(*(_fact(khonkaen, area) for area in 9 * ["400101"] + 3 * ["400201"]))
    html = _page(ministry_client, "centre=khonkaen&figures=published")
    small = re.search(r'<a class="area ([\w-]+)" data-area="4002".*?</a>', html, re.DOTALL)
    assert small
    assert small[1] == "hidden-count"
    assert "ปกปิด" in small[0]
    assert ">3<" not in small[0]
    assert "hidden-count" not in _page(ministry_client, "centre=khonkaen")[html.index("<main") :].split("</style>")[-1]
    for query in ("centre=khonkaen&at=4001", "measure=rating", "at=40"):
        assert 'id="not-published"' in _page(ministry_client, f"figures=published&{query}"), query


def test_a_case_without_a_closer_place_has_its_own_row_and_list(khonkaen: Centre, ministry_client: Client) -> None:
    _store(*(_fact(khonkaen, area) for area in ("40", "400101", "4001")))
    html = _page(ministry_client, "centre=khonkaen")
    link = re.search(r'data-row="40".*?number nowrap"><a href="([^"]+)">1<', html, re.DOTALL)
    assert link
    assert re.search(r'id="count">1<', ministry_client.get(link[1].replace("&amp;", "&")).content.decode())


def test_the_map_needs_the_permission_of_reports(khonkaen: Centre) -> None:
    client = Client()
    client.force_login(create_officer_with(khonkaen, Role.TECHNICIAN))
    assert client.get("/desk/reports/map").status_code == 403
