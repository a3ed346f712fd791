"""Reports: every figure leads to its cases, files hide small cells, the paragraph says what the tables say."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from central.cases import clock
from central.cases.models import Case, Complainant
from central.centres.models import Centre
from central.insight import folding
from central.insight.facts import Dimension
from central.insight.models import CaseFact
from central.insight.periods import month_of, parse, quarter_of
from central.insight.report import build_report, published_table
from central.insight.sentences import describe
from central.people.roles import Role
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.factories import create_agency, create_case, create_officer_with

NOVEMBER = "2026-11"
TODAY = date(2026, 11, 30)
_FIGURE = re.compile(r'<a href="(/desk/reports/cases\?[^"]+)">([\d,.]+)(?: %)?</a>')


def _case(centre: Centre, **fields: object) -> Case:
    day = fields.pop("day", 10)
    assert isinstance(day, int)
    return create_case(centre, at=datetime(2026, 11, day, 3, 0, tzinfo=UTC), **fields)


@pytest.fixture
def november(khonkaen: Centre, phayao: Centre) -> list[Case]:
    """Nine cases of roads, three of land, two closed; one of a neighbour."""
    cases = [_case(khonkaen, day=1 + number) for number in range(9)]
    cases += [_case(khonkaen, topic="land", area="400201", channel="web") for _ in range(3)]
    for case, outcome in zip(cases, ("resolved", "withdrawn"), strict=False):
        case.closed_at, case.outcome_code = datetime(2026, 11, 20, 3, 0, tzinfo=UTC), outcome
        case.save()
    for case in cases[:6]:  # the fact follows the person
        Complainant.objects.create(case=case, source="typed", sex="2", birth_date="25000101")
    _case(phayao)
    return cases


@pytest.fixture(autouse=True)
def _at_the_end_of_november() -> object:
    with clock.steps_made_at(datetime(2026, 11, 30, 2, 0, tzinfo=UTC)):
        yield


def _page(client: Client, query: str = f"period={NOVEMBER}") -> str:
    response = client.get(f"/desk/reports?{query}")
    assert response.status_code == 200
    assert len(response.content) < 300_000
    return response.content.decode()


def test_every_linked_figure_leads_to_exactly_its_cases(november: list[Case], desk_client: Client) -> None:
    html = _page(desk_client)
    links = _FIGURE.findall(html)
    assert len(links) >= 10
    for url, number in links:
        count = desk_client.get(url.replace("&amp;", "&")).content.decode()
        shown = re.search(r'id="count">(\d+)<', count)
        assert shown, url
        if "measure=in_time" not in url and "measure=settled" not in url:
            assert shown[1] == number, url
    assert 'data-row="land"' in html
    assert "data-tile" in html


def test_a_figure_equals_its_list_and_the_deleted_cases(november: list[Case], desk_client: Client) -> None:
    CaseFact.objects.filter(case__in=november[:2]).update(case=None)  # as the deletion of a case does
    html = desk_client.get(f"/desk/reports/cases?period={NOVEMBER}&measure=received").content.decode()
    assert re.search(r'id="count">12<', html)
    assert re.search(r'id="deleted">.* 2</p>', html)
    assert html.count("data-number") == 10


def test_the_list_of_a_share_has_the_cases_of_its_numerator(november: list[Case], desk_client: Client) -> None:
    html = desk_client.get(f"/desk/reports/cases?period={NOVEMBER}&measure=settled").content.decode()
    assert november[0].case_number in html
    assert november[1].case_number not in html, "withdrawn is not settled"


def test_sex_and_age_have_no_lists_and_no_small_figures(november: list[Case], desk_client: Client) -> None:
    people = _page(desk_client, f"period={NOVEMBER}&people=1")
    table = people[people.index('data-table="sex"') : people.index('data-table="age"')]
    assert re.search(r'data-row="female".*?number nowrap">6<', table)
    assert "<a " not in table
    assert (
        desk_client.get(f"/desk/reports/cases?period={NOVEMBER}&measure=received&by=sex&value=female").status_code
        == 404
    )
    Complainant.objects.filter(case__in=november[:3]).delete()
    people = _page(desk_client, f"period={NOVEMBER}&people=1")
    table = people[people.index('data-table="sex"') : people.index('data-table="age"')]
    assert table.count(">*<") >= 2, "three of twelve are hidden, and the rest with them"


def test_an_officer_sees_the_figures_of_the_own_centres_only(
    november: list[Case], phayao: Centre, desk_client: Client
) -> None:
    html = _page(desk_client, f"period={NOVEMBER}&centre=phayao")
    assert "จังหวัดขอนแก่น" in html
    assert re.search(r'data-tile="received".*?>12<', html, re.DOTALL)
    other = client_of(create_officer(phayao, "malee"))
    assert re.search(r'data-tile="received".*?>1<', _page(other), re.DOTALL)
    listed = desk_client.get(f"/desk/reports/cases?period={NOVEMBER}&centre=phayao&measure=received").content.decode()
    assert listed.count("data-number") == 12


def test_without_permission_there_is_no_report(khonkaen: Centre) -> None:
    officer = create_officer_with(khonkaen, Role.TECHNICIAN)
    officer.set_password("x-9-long-enough")
    officer.save()
    client = Client()
    client.force_login(officer)
    for path in ("/desk/reports", "/desk/reports/cases?measure=received", f"/desk/reports/file/csv?period={NOVEMBER}"):
        assert client.get(path).status_code == 403, path


def test_files_have_the_same_values_and_hide_small_cells(november: list[Case], desk_client: Client) -> None:
    query = f"period={NOVEMBER}"
    content = json.loads(desk_client.get(f"/desk/reports/file/json?{query}").content)
    topics = {row["row"]: row for row in content["values"] if (row["table"], row["column"]) == ("topic", "received")}
    assert topics["land"] | {"value": None, "hidden": "hidden"} == topics["land"], "three cases"
    assert topics["utilities"]["hidden"] == "hidden", "the total would give the other away"
    assert {row["column"] for row in content["values"]} <= {*content["dictionary"], "open"}
    rows = list(
        csv.DictReader(io.StringIO(desk_client.get(f"/desk/reports/file/csv?{query}").content.decode("utf-8-sig")))
    )
    values = [
        {name: str(value if value is not None else "") for name, value in row.items()} for row in content["values"]
    ]
    assert [row for row in rows if row["table"] != "dictionary"] == values
    book = load_workbook(io.BytesIO(desk_client.get(f"/desk/reports/file/xlsx?{query}").content))
    assert book["ภาพรวม"]["B3"].value == 12
    assert "*" in {cell.value for row in book["ตามประเภทเรื่อง"].iter_rows() for cell in row}
    pdf = PdfReader(io.BytesIO(desk_client.get(f"/desk/reports/file/pdf?{query}").content))
    assert len(pdf.pages) >= 2


def test_files_are_made_for_whole_months_without_a_filter(november: list[Case], desk_client: Client) -> None:
    for query in ("period=days&first=2026-11-01&last=2026-11-29", f"period={NOVEMBER}&place=4001"):
        assert desk_client.get(f"/desk/reports/file/csv?{query}").status_code == 404
        assert "/desk/reports/file/" not in _page(desk_client, query)
    assert desk_client.get(f"/desk/reports/file/exe?period={NOVEMBER}").status_code == 404


def test_a_district_an_agency_and_own_days_narrow_the_report(
    november: list[Case], khonkaen: Centre, desk_client: Client
) -> None:
    create_agency(khonkaen, "roads")
    html = _page(desk_client, f"period={NOVEMBER}&place=4002")
    assert re.search(r'data-tile="received".*?>3<', html, re.DOTALL)
    assert max(map(int, re.findall(r'<text x="\d+" y="\d+">(\d+)</text>', html))) == 3, "the chart has the same cases"
    html = _page(desk_client, "period=days&first=2026-11-01&last=2026-11-04")
    assert re.search(r'data-tile="received".*?>4<', html, re.DOTALL)


def test_the_paragraph_says_what_the_figures_are(november: list[Case], khonkaen: Centre) -> None:
    folding.fold()
    report = build_report(khonkaen, month_of(TODAY), TODAY, is_published=False)
    words = describe(report)
    assert words.th.startswith("ในเดือนพฤศจิกายน 2569 ศูนย์ดำรงธรรมจังหวัดขอนแก่น รับเรื่อง 12 เรื่อง และยุติ 2 เรื่อง")
    assert "คงค้าง 10 เรื่อง" in words.th
    assert "ร้อยละ 9.1 ยังไม่บรรลุเป้าหมายร้อยละ 80" in words.th, "one of eleven: the withdrawn case does not count"
    assert "9 cases (75.0 %)" in words.en
    published = build_report(khonkaen, month_of(TODAY), TODAY, is_published=True)
    assert "75.0" not in describe(published).en, "the topic is hidden in the table"


def test_a_period_is_compared_with_the_one_before(november: list[Case], khonkaen: Centre) -> None:
    for day in range(1, 5):
        create_case(khonkaen, at=datetime(2026, 10, day, 3, 0, tzinfo=UTC))
    report = build_report(khonkaen, month_of(TODAY), TODAY, is_published=False)
    received = report.table("summary").rows[0]
    assert [figure.number for figure in received.figures] == [12, 4]
    assert "เพิ่มขึ้นจากช่วงก่อนร้อยละ 200.0" in describe(report).th


def test_a_country_is_reported_by_region_and_province(
    november: list[Case], ministry: Centre, khonkaen: Centre, phayao: Centre
) -> None:
    _case(phayao, area="560101")
    report = build_report(ministry, month_of(TODAY), TODAY, is_published=False)
    assert {row.code: row.figures[0].number for row in report.table("province").rows} == {"40": 13, "56": 1}
    assert {row.code: row.figures[0].number for row in report.table("region").rows} == {"northeast": 13, "north": 1}
    published = build_report(ministry, month_of(TODAY), TODAY, is_published=True)
    assert all(figure.is_hidden for row in published.table("region").rows for figure in row.figures[:1])


def test_a_single_published_table_is_that_of_the_report(november: list[Case], ministry: Centre) -> None:
    report = build_report(ministry, month_of(TODAY), TODAY, is_published=True)
    assert published_table(ministry, month_of(TODAY), Dimension.TOPIC) == report.table("topic")


def test_the_mean_of_few_ratings_is_not_published(november: list[Case], khonkaen: Centre) -> None:
    for number, is_shown in ((4, False), (5, True)):
        CaseFact.objects.filter(case__in=november[:number]).update(stars=2, rated_on=date(2026, 11, 20))
        folding.rebuild()
        for is_published in (False, True):
            report = build_report(khonkaen, month_of(TODAY), TODAY, is_published=is_published)
            row = next(row for row in report.table("summary").rows if row.code == "rating")
            assert row.figures[0].number == (2.0 if is_shown or not is_published else None)
            assert ("จาก 5 คะแนน" in describe(report).th) == (is_shown or not is_published)


def test_an_empty_centre_has_a_report(phayao: Centre) -> None:
    report = build_report(phayao, quarter_of(TODAY), TODAY, is_published=True)
    assert "รับเรื่อง 0 เรื่อง และยุติ 0 เรื่อง" in describe(report).th


def test_the_page_is_in_english(november: list[Case], desk_client: Client) -> None:
    desk_client.cookies["desk_language"] = "en"
    html = _page(desk_client)
    assert "In November 2026" in html
    assert "Received to closed" in html


def test_a_fiscal_year_begins_in_october() -> None:
    assert quarter_of(date(2026, 10, 1)).name.th == "ไตรมาสที่ 1 ปีงบประมาณ พ.ศ. 2570"
    assert quarter_of(date(2026, 9, 30)).name.th == "ไตรมาสที่ 4 ปีงบประมาณ พ.ศ. 2569"
    for code in ("2026-11", "fy2027q1", "fy2027", "2026-11-03_2026-11-20"):
        period = parse(code)
        assert period is not None
        assert period.code == code
    year, quarter = parse("fy2027"), parse("fy2027q1")
    assert year is not None and quarter is not None
    assert (year.first, year.last) == (date(2026, 10, 1), date(2027, 9, 30))
    assert (year.before().code, quarter.before().code) == ("fy2026", "fy2026q4")
    assert month_of(date(2027, 1, 5)).before().code == "2026-12"
    for text in ("2026-13", "fy20", "2026-02-30_2026-03-01", "", "9999-01", "fy0000"):
        assert parse(text) is None
