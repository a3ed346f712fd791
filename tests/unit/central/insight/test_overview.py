"""The overview, what needs attention, and centres side by side: each figure equals the list that it leads to."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from central.cases import clock
from central.cases.models import Case
from central.centres.models import Centre
from central.insight.attention import list_attention
from central.insight.facts import Dimension
from central.insight.figures import count_cases, count_each
from central.insight.folding import rebuild
from central.insight.models import CaseFact
from central.insight.overview import build_overview
from central.insight.periods import fiscal_year_of, month_of
from central.insight.places_compared import compare_places, place_among_siblings
from central.insight.topic_counts import count_topics, days_to_close
from central.people.roles import Role
from tests.unit.central.factories import create_agency, create_case, create_officer_with
from tests.unit.central.sql_queries import repeated_queries

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_the_end_of_november() -> object:
    with clock.steps_made_at(NOW):
        yield


@pytest.fixture
def districts(khonkaen: Centre) -> list[Centre]:
    return [
        Centre.objects.create(parent=khonkaen, slug=f"d{code}", area_code=code, name_th=f"ศูนย์ {code}", name_en=code)
        for code in ("4001", "4002")
    ]


def _fact(centre: Centre, day: date, **fields: object) -> CaseFact:
    values: dict[str, object] = {"area": "400201", "topic": "roads", "channel": "web", "received_on": day, **fields}
    return CaseFact(centre=centre, **values)


def _closed(centre: Centre, count: int, in_time: int, topic: str = "utilities") -> None:
    rows = [
        _fact(
            centre, date(2026, 10, 1), topic=topic, closed_on=date(2026, 10, 9), outcome="resolved", in_time=n < in_time
        )
        for n in range(count)
    ]
    CaseFact.objects.bulk_create(rows)
    rebuild()  # the counts by month do not have them


def test_a_topic_that_rises_in_a_district_is_named_with_its_cases(khonkaen: Centre, desk_client: Client) -> None:
    for week in range(1, 9):
        create_case(khonkaen, at=NOW - timedelta(days=7 * week), topic="land")
    for hour in range(7):
        create_case(khonkaen, at=NOW - timedelta(hours=hour), topic="land", area="400101")
    html = desk_client.get("/desk/overview").content.decode()
    item = re.search(r'data-attention="rising"><a href="([^"]+)"><b class="count">(\d+)</b>', html)
    assert item
    assert item[2] == "7"
    listed = desk_client.get(item[1].replace("&amp;", "&")).content.decode()
    assert re.search(r'id="count">7<', listed)


def test_each_item_leads_to_as_many_cases(khonkaen: Centre, desk_client: Client) -> None:
    agency = create_agency(khonkaen)
    late, soon = create_case(khonkaen, at=NOW), create_case(khonkaen, at=NOW)
    Case.objects.filter(pk=late.pk).update(due=TODAY - timedelta(days=3), agency_name=agency.name_th)
    Case.objects.filter(pk=soon.pk).update(due=TODAY + timedelta(days=2), attention="reopening_requested")
    CaseFact.objects.filter(case=late).update(rated_on=TODAY, stars=1)
    html = desk_client.get("/desk/overview").content.decode()
    items = re.findall(r'data-attention="(\w+)"><a href="([^"]+)"><b class="count">(\d+)</b>', html)
    assert {code: int(count) for code, _, count in items} == {
        "overdue": 1,
        "reopening_requested": 1,
        "due_soon": 1,
        "unowned": 2,
        "rated_low": 1,
    }
    assert f"{agency.name_th} 1" in re.sub("<wbr>|\u200b|</?span[^>]*>", "", html)
    for code, url, count in items:
        listed = desk_client.get(url.replace("&amp;", "&")).content.decode()
        assert len(re.findall(r"data-number", listed)) == int(count), code


def test_nothing_needs_attention_in_an_empty_centre(khonkaen: Centre) -> None:
    assert list_attention(khonkaen, TODAY, {}) == []


def test_centres_are_ranked_and_their_use_is_shown(khonkaen: Centre, districts: list[Centre]) -> None:
    first, second = districts
    _closed(first, 20, 10)
    _closed(second, 20, 18)
    case = create_case(first, at=NOW - timedelta(days=40))
    Case.objects.filter(pk=case.pk).update(due=TODAY - timedelta(days=1))
    officer = create_officer_with(first, Role.CASE_OFFICER)
    officer.last_login = timezone.now()
    officer.save()
    create_officer_with(first, Role.TECHNICIAN)
    compared = compare_places(khonkaen, fiscal_year_of(TODAY), TODAY)
    assert [each.centre for each in compared] == [second, first]
    assert [each.ranked.place for each in compared if each.ranked] == [1, 2]
    use = compared[1].use
    assert (use.officers, use.last_sign_in, use.open_cases, use.overdue, use.stale) == (2, officer.last_login, 1, 1, 1)
    standing = place_among_siblings(first, fiscal_year_of(TODAY))
    assert standing
    assert (standing[0].place, standing[1]) == (2, 2)


def test_a_centre_where_nobody_signs_in_needs_attention(khonkaen: Centre, districts: list[Centre]) -> None:
    officer = create_officer_with(districts[0], Role.CASE_OFFICER)
    officer.last_login = NOW - timedelta(days=2)
    officer.save()
    shown = build_overview(khonkaen, TODAY)
    assert [(item.code, item.count) for item in shown.attention] == [("unused", 1)]
    assert shown.attention[0].details
    assert shown.attention[0].details.th == districts[1].name_th


def test_figures_of_each_centre_equal_those_of_one(khonkaen: Centre, districts: list[Centre]) -> None:
    for number, centre in enumerate([khonkaen, *districts]):
        _closed(centre, number + 2, number + 1, topic=("roads", "land", "debt")[number])
    period, dimensions = month_of(date(2026, 10, 1)), (Dimension.ALL, Dimension.TOPIC)
    each, topics = count_each(districts, period, dimensions), count_topics(districts, period)
    for centre in districts:
        alone = count_cases([centre], period, dimensions)
        assert each[centre.pk] == alone
        assert topics[centre.pk] == alone.of(Dimension.TOPIC)
    days = days_to_close(districts, period)[districts[0].pk]
    assert (days.cases, days.median, days.percentile_90) == (3, 8, 8)
    assert count_topics([khonkaen], period)[khonkaen.pk]["debt"].closed == 4
    months = count_cases([khonkaen], fiscal_year_of(TODAY), (Dimension.TOPIC,), with_months=True).months_of
    assert months[Dimension.TOPIC, "debt"][2026 * 12 + 9].received == 4


def test_the_overview_shows_months_of_the_main_topics(khonkaen: Centre) -> None:
    for day in (date(2026, 9, 3), date(2026, 11, 2), date(2026, 11, 3)):
        _fact(khonkaen, day, topic="land").save()
    _fact(khonkaen, date(2025, 11, 30)).save()  # more than twelve months ago
    rebuild()
    (topic,) = build_overview(khonkaen, TODAY).topics
    assert topic.topic == "land"
    assert topic.received == [0] * 9 + [1, 0, 2]


def test_the_overview_counts_no_cases_twice(khonkaen: Centre, districts: list[Centre], desk_client: Client) -> None:
    create_case(districts[0], at=NOW)
    with CaptureQueriesContext(connection) as captured:
        page = desk_client.get("/desk/overview")
    repeated = [sql for sql in repeated_queries(captured) if "cases_case" in sql or "casefact" in sql]
    assert repeated == []
    assert len(page.content) < 300_000
    assert desk_client.get("/desk/reports/places?period=fy2027").content.decode().count("data-place") == 2
