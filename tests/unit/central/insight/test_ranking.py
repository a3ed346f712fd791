"""The ranking of agencies: fair to hard topics and to few cases, shown with its method; certificates of the best."""

import io
import re
from contextlib import AbstractContextManager
from copy import copy
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pypdf import PdfReader

from central.cases import clock
from central.centres.models import Centre
from central.insight.models import CaseFact
from central.insight.ranking import TopicResult, rank
from tests.unit.central.factories import create_agency

EASY, HARD = "utilities", "land"


def test_an_agency_with_hard_cases_is_not_behind_one_with_easy_cases() -> None:
    ranked = rank(
        [
            TopicResult(1, EASY, 100, 90),  # 90 %, as all with easy cases but one
            TopicResult(2, HARD, 100, 60),  # 60 %, better than the other one with hard cases
            TopicResult(3, HARD, 100, 40),
            TopicResult(4, EASY, 100, 94),
        ]
    )
    assert [each.key for each in ranked] == [2, 4, 1, 3]
    best = ranked[0]
    assert (best.expected, best.index, best.place) == (50, round(100 * 70 / 60, 1), 1)


def test_an_agency_that_alone_has_a_topic_is_measured_by_the_average_of_all_topics() -> None:
    early, late = rank([TopicResult(1, EASY, 20, 19), TopicResult(2, HARD, 20, 2)])
    assert (early.key, late.key) == (1, 2)
    assert early.expected == late.expected == 20 * 21 / 40
    assert late.index < 60 < 140 < early.index
    assert rank([TopicResult(1, EASY, 20, 2)])[0].index == 100, "there is nobody to compare with"


def test_one_lucky_case_makes_no_winner_and_equal_work_shares_a_place() -> None:
    ranked = rank(
        [
            TopicResult(1, EASY, 1, 1),
            TopicResult(2, EASY, 50, 40),
            TopicResult(3, EASY, 50, 40),
            TopicResult(4, EASY, 99, 60),
        ]
    )
    assert [(each.key, each.place) for each in ranked] == [(2, 1), (3, 1), (4, 3), (1, None)]


def test_an_agency_with_few_cases_stays_near_the_average() -> None:
    few, many = rank([TopicResult(1, EASY, 10, 10), TopicResult(2, EASY, 1000, 500)])
    assert few.key == 1
    assert few.index < 135, "not 198, as 10 of 5 would be"
    assert many.index == pytest.approx(100, abs=1)


def _november() -> AbstractContextManager[None]:
    return clock.steps_made_at(datetime(2026, 11, 30, 2, 0, tzinfo=UTC))


@pytest.fixture
def october(khonkaen: Centre) -> list[str]:
    names = []
    for number, in_time in enumerate((30, 25, 20, 5)):
        agency = create_agency(khonkaen, f"a{number}", name_th=f"เทศบาลตำบลที่ {number + 1}")
        names.append(agency.name_th)
        row = CaseFact(
            centre=khonkaen,
            area="400101",
            topic=EASY,
            channel="web",
            outcome="resolved",
            agency=agency,
            received_on=date(2026, 10, 1),
            closed_on=date(2026, 10, 9),
            days_at_agency=number,
        )
        rows = [copy(row) for _ in range(30)]
        for each, fact in enumerate(rows):
            fact.in_time = each < in_time
        CaseFact.objects.bulk_create(rows)
    return names


def test_the_page_shows_each_agency_and_the_method(october: list[str], desk_client: Client) -> None:
    with _november():
        html = re.sub("<wbr>|\u200b", "", desk_client.get("/desk/reports/agencies?period=2026-10").content.decode())
        table = html[html.index('id="ranking"') : html.index("</table>")]
        rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]]
        assert [row[0] for row in rows] == ["1", "2", "3", "4"]
        assert rows[0][1:] == ["เทศบาลตำบลที่", "1", "133.3", "100.0", "%", "66.7", "%", "30", "0", "0", "–"]
        assert re.search(r"n =</span> 10 ", re.sub(r"\s+", " ", html[html.index('id="method"') :]))
        listed = desk_client.get(re.findall(r'href="(/desk/reports/cases[^"]+)"', table)[0].replace("&amp;", "&"))
        assert 'id="deleted"' in listed.content.decode(), "30 facts without cases"


@pytest.mark.parametrize("page", ["agencies", "places", "savings"])
def test_work_is_compared_in_the_last_month_that_has_ended(page: str, october: list[str], desk_client: Client) -> None:
    with _november():
        html = re.sub("<wbr>|\u200b", "", desk_client.get(f"/desk/reports/{page}").content.decode())
    assert re.search(r'<option value="2026-10" selected', html)


def test_the_best_three_get_certificates_when_the_period_has_ended(october: list[str], desk_client: Client) -> None:
    with _november():
        assert 'id="certificates"' in desk_client.get("/desk/reports/agencies?period=2026-10").content.decode()
        pdf = desk_client.get("/desk/reports/agencies/certificates?period=2026-10")
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages]
        assert len(pages) == 2, "the third is below what was expected of it"
        assert "๓๐ เรื่อง" in re.sub(r"\s+", " ", pages[0])
        assert desk_client.get("/desk/reports/agencies/certificates?period=fy2027").status_code == 404
        assert desk_client.get("/desk/reports/agencies/certificates?period=2026-09").status_code == 404
