"""Months and quarters of the survey: what they show, what they hide, and when a difference says something."""

import random
from datetime import date

import numpy as np
import pytest

from central.cases import clock
from central.centres.models import Centre, Officer
from central.insight.periods import first_day, month_number
from central.insight.survey_report import build_survey_report
from central.insight.survey_sentences import describe_changes
from central.insight.survey_suppression import hidden_series
from central.surveys import commands
from central.surveys.models import Survey, SurveyAnswer, SurveyResponse
from central.surveys.statistics import difference_of
from tests.unit.central.test_surveys import below, desk, head, survey

__all__ = ["head", "survey"]


def respond_often(centre: Centre, survey: Survey, months_ago: int, stars: list[int]) -> None:
    """A response of that month for each value, which answers every scale question with it."""
    respond_in(centre, survey, month_number(clock.today()) - months_ago, stars)


def respond_in(centre: Centre, survey: Survey, month: int, stars: list[int]) -> None:
    """The same in the month with this number."""
    questions = list(survey.questions.filter(kind="scale"))
    for value in stars:
        response = SurveyResponse.objects.create(
            survey=survey, centre=centre, topic="land", channel="web", month=first_day(month)
        )
        SurveyAnswer.objects.bulk_create(
            SurveyAnswer(response=response, question=question, value=value) for question in questions
        )


def test_the_difference_of_two_means_is_that_of_a_known_example() -> None:
    # Variances 2.5 and 10 of five values each: half² = t² × (0.5 + 2), degrees 2.5² ÷ (0.5² ÷ 4 + 2² ÷ 4) = 5.88 → 5.
    difference = difference_of([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])
    assert difference is not None and difference.low is not None and difference.high is not None
    assert difference.value == pytest.approx(-3)
    half = 2.5706 * 2.5**0.5  # t of 5 degrees, from its table
    assert (difference.low, difference.high) == (pytest.approx(-3 - half, abs=1e-3), pytest.approx(-3 + half, abs=1e-3))
    assert difference_of([5], [1, 2]) is None
    same = difference_of([4, 4], [3, 3])
    assert same is not None and (same.low, same.high) == (1, 1)


def test_months_are_shown_with_what_their_difference_says(khonkaen: Centre, survey: Survey, head: Officer) -> None:
    respond_often(khonkaen, survey, 2, [1, 2, 1, 2, 1, 2])
    respond_often(khonkaen, survey, 1, [5, 4, 5, 4, 5, 4, 5])
    report = build_survey_report(khonkaen, survey.year, clock.today())
    shown = [(group.count, group.satisfaction and group.satisfaction.value) for _, group in report.series.periods]
    assert shown == [(6, 1.5), (7, pytest.approx(32 / 7))]
    (satisfaction, trust) = describe_changes(report)
    assert "ดีขึ้นเกินกว่าความบังเอิญ" in satisfaction.th
    assert "risen by more than chance" in trust.en
    page = desk(head).get("/desk/reports/survey?centre=khonkaen").content.decode()
    assert 'id="changes"' in page and 'data-table="periods"' in page

    SurveyResponse.objects.all().delete()
    respond_often(khonkaen, survey, 2, [3, 4, 5, 4, 3, 5])
    respond_often(khonkaen, survey, 1, [4, 4, 5, 3, 4, 5])
    (satisfaction, _) = describe_changes(build_survey_report(khonkaen, survey.year, clock.today()))
    assert "ยังสรุปไม่ได้ว่าดีขึ้นหรือแย่ลง" in satisfaction.th


def test_years_are_compared_in_a_sentence(khonkaen: Centre, survey: Survey, head: Officer) -> None:
    before = commands.create_survey(head, khonkaen, survey.year - 1)
    Survey.objects.filter(pk=before.pk).update(opened_at=clock.now(), closed_at=clock.now())
    respond_often(khonkaen, before, 14, [1, 2, 1, 2, 1])
    respond_often(khonkaen, survey, 1, [5, 4, 5, 4, 5])
    sentences = [
        sentence.en for sentence in describe_changes(build_survey_report(khonkaen, survey.year, clock.today()))
    ]
    assert any(f"fiscal year {survey.year - 1} 1.40 (5)" in sentence for sentence in sentences), sentences


def test_few_answers_of_a_month_give_quarters_or_nothing(khonkaen: Centre, survey: Survey) -> None:
    today, quarter = date(2026, 12, 10), month_number(date(2026, 7, 1))
    for month in (quarter, quarter + 1):
        respond_in(khonkaen, survey, month, [4, 4, 4])
    periods = build_survey_report(khonkaen, survey.year, today).series.periods
    assert [(period.code, group.count) for period, group in periods] == [("fy2026q4", 6)]
    respond_in(khonkaen, survey, quarter - 1, [4, 4])
    report = build_survey_report(khonkaen, survey.year, today)
    assert not report.series.periods
    assert "น้อยเกินกว่าจะเทียบรายเดือน" in describe_changes(report)[0].th


def test_a_small_month_hides_a_second_centre_with_it(khonkaen: Centre, survey: Survey) -> None:
    small, partner, large = (
        below(khonkaen, slug, code) for slug, code in (("a", "4001"), ("b", "4002"), ("c", "4003"))
    )
    for months_ago in (1, 2):
        respond_often(large, survey, months_ago, [4] * 9)
        respond_often(partner, survey, months_ago, [4] * 6)
        respond_often(small, survey, months_ago, [4] * (7 if months_ago == 1 else 2))
    shown = {
        centre.slug: [
            period.code for period, _ in build_survey_report(centre, survey.year, clock.today()).series.periods
        ]
        for centre in (khonkaen, small, partner, large)
    }
    assert all(len(shown[slug]) == 2 for slug in ("khonkaen", "c")), shown
    assert not [code for slug in ("a", "b") for code in shown[slug] if not code.startswith("fy")], shown


def test_no_small_month_follows_from_all_that_is_shown() -> None:
    """An attacker knows the months of every centre that has them, and every sum over the months."""
    chance = random.Random(3)
    months = range(3)
    for _ in range(150):
        parents: dict[int, int | None] = {0: None, 1: 0, 2: 0, 3: 0, 4: 1, 5: 1, 6: 1, 7: 2}
        leaves = [key for key in parents if key not in parents.values() or chance.random() < 0.5]
        cells = {key: {month: chance.choice((0, 2, 6, 9, 30)) for month in months} for key in leaves}
        hidden = hidden_series(parents, {key: {m: n for m, n in each.items() if n} for key, each in cells.items()}, ())
        unknown = [(key, month) for key in leaves for month in months]

        def inside(centre: int, key: int) -> bool:
            above: int | None = key
            while above is not None and above != centre:
                above = parents[above]  # noqa: B023  # of this round
            return above == centre

        def row(centre: int, chosen: range) -> list[int]:
            return [int(inside(centre, key) and month in chosen) for key, month in unknown]  # noqa: B023

        known = [row(centre, range(month, month + 1)) for centre in parents if centre not in hidden for month in months]
        known += [row(centre, months) for centre in parents]
        rank = np.linalg.matrix_rank(np.array(known))
        for centre in parents:
            for month in months:
                total = sum(cells[key][month] for key in leaves if inside(centre, key))
                row_of_cell = row(centre, range(month, month + 1))
                is_calculated = np.linalg.matrix_rank(np.array([*known, row_of_cell])) == rank
                assert not (is_calculated and 0 < total < 5), (cells, hidden, centre, month)


def test_a_month_that_has_not_ended_is_in_no_series(khonkaen: Centre, survey: Survey) -> None:
    respond_often(khonkaen, survey, 0, [4] * 9)
    assert not build_survey_report(khonkaen, survey.year, clock.today()).series.periods
