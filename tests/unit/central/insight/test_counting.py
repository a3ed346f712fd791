"""The counted figures are those of a recount by SQL after any sequence of steps, folded or not."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from central.agencies.models import Agency
from central.cases import clock, commands
from central.cases.commands import Actor, ClosingInputs, NotAllowedError, OrderInputs
from central.cases.commands.citizen_steps import Rated
from central.cases.models import Case, Complainant
from central.centres.models import Centre
from central.insight import folding, upkeep
from central.insight.facts import Dimension
from central.insight.figures import FactFilter, Figures, count_cases
from central.insight.models import CaseFact, CountState, FactChange, MonthlyCount
from central.insight.periods import Period, days, fiscal_year_of, month_of
from tests.unit.central.factories import create_agency, create_case
from tests.unit.central.insight.recount import DIMENSIONS, Recount, recount

SYSTEM = Actor.system()
BANGKOK = timezone(timedelta(hours=7))
START = datetime(2026, 8, 20, 23, 30, tzinfo=BANGKOK)  # already the next day in UTC terms of +7
STEPS = ("file", "take", "order", "report", "return", "close", "reclassify", "move", "reopen", "rate", "erase", "fold")
TOPICS = ("utilities", "land")
AREAS = ("400101", "400201", "560101", "")
OUTCOMES = ("resolved", "withdrawn", "no_response")


class Town:
    """Cases of two provinces and one district, and the steps that change them."""

    def __init__(self, ministry: Centre, khonkaen: Centre, phayao: Centre, district: Centre) -> None:
        self.centres = (khonkaen, phayao, district)
        self.shown = (ministry, khonkaen, phayao, district)
        self.agencies = (create_agency(ministry, "roads"), create_agency(ministry, "water"))
        self.cases: list[Case] = []

    def step(self, name: str, which: int, choice: int, at: datetime) -> None:
        """Make this step, if the case allows it."""
        if name == "fold":
            folding.fold()
        elif name == "file":
            self._file(choice, at)
        elif self.cases:
            case = self.cases[which % len(self.cases)]
            try:
                with clock.steps_made_at(at), transaction.atomic():
                    getattr(self, f"_{name}")(case, choice)
            except NotAllowedError:
                pass

    def _file(self, choice: int, at: datetime) -> None:
        quality = ("kiosk_clock", "uncertain")[choice % 2]
        case = create_case(
            self.centres[choice % 3],
            at=at,
            filed_at=at - timedelta(days=choice % 40),
            filing_time_quality=quality,
            topic=TOPICS[choice % 2],
            channel=("kiosk", "web")[choice % 2],
            area=AREAS[choice % 4],
        )
        if choice % 3:
            Complainant.objects.create(case=case, source="typed", sex=("1", "2", "")[choice % 3], birth_date="24940305")
        self.cases.append(case)

    def _take(self, case: Case, choice: int) -> None:
        commands.take(case, SYSTEM, seen_revision=None)

    def _order(self, case: Case, choice: int) -> None:
        commands.order(case, SYSTEM, seen_revision=None, inputs=OrderInputs(lead=self.agencies[choice % 2], text="ซ่อม"))

    def _report(self, case: Case, choice: int) -> None:
        lead = case.referrals.filter(kind="lead").last()
        if lead:
            commands.report(lead, SYSTEM, seen_revision=None, text="ซ่อมแล้ว", is_done=bool(choice % 2))

    def _return(self, case: Case, choice: int) -> None:
        lead = case.referrals.filter(kind="lead").last()
        if lead:
            commands.return_to_centre(lead, SYSTEM, seen_revision=None, reason="ไม่ใช่หน้าที่")

    def _close(self, case: Case, choice: int) -> None:
        commands.close(case, SYSTEM, seen_revision=None, inputs=ClosingInputs(OUTCOMES[choice % 3], "เสร็จแล้ว"))

    def _reclassify(self, case: Case, choice: int) -> None:
        chosen = {"strategy": ("", "people", "green")[choice % 3]}
        subtopic = ("", "ไฟฟ้า", "title deeds", "ที่อื่น")[choice % 4]
        commands.reclassify(case, SYSTEM, seen_revision=None, topic=TOPICS[choice % 2], subtopic=subtopic, terms=chosen)

    def _move(self, case: Case, choice: int) -> None:
        commands.move_centre(case, SYSTEM, seen_revision=None, centre=self.centres[choice % 3], reason="พื้นที่อื่น")

    def _reopen(self, case: Case, choice: int) -> None:
        commands.reopen(case, SYSTEM, seen_revision=None, reason="ยังไม่เสร็จ")

    def _rate(self, case: Case, choice: int) -> None:
        ratings = [Rated(None, "ศูนย์", 1 + choice % 5), Rated(self.agencies[choice % 2].pk, "หน่วยงาน", 1 + choice % 4)]
        commands.rate(case, SYSTEM, seen_revision=None, ratings=ratings)

    def _erase(self, case: Case, choice: int) -> None:
        Complainant.objects.filter(case=case).delete()


@pytest.fixture
def district(khonkaen: Centre) -> Centre:
    return Centre.objects.create(
        parent=khonkaen, slug="nam-phong", area_code="4007", name_th="อำเภอน้ำพอง", name_en="Nam Phong"
    )


@pytest.fixture
def town(ministry: Centre, khonkaen: Centre, phayao: Centre, district: Centre) -> Town:
    return Town(ministry, khonkaen, phayao, district)


def counted(figures: Figures) -> dict[str, dict[str, dict[str, int]]]:
    """The figures in the form of a recount."""
    return {
        dimension: {
            value: {name: count for name, count in asdict(counts).items() if count}
            for value, counts in figures.of(Dimension(dimension)).items()
        }
        for dimension in DIMENSIONS
    }


def assert_equals_recount(centre: Centre, period: Period) -> None:
    """Every dimension, by both ways of counting: the monthly counts of the country have no agencies."""
    expected: Recount = {dimension: {} for dimension in DIMENSIONS} | recount(centre.path, period.first, period.last)
    figures = count_cases([centre], period)
    assert counted(figures) == expected, (centre.slug, period.code)
    topics = count_cases([centre], period, (Dimension.ALL, Dimension.TOPIC))
    assert counted(topics)["topic"] == expected["topic"], (centre.slug, period.code)


steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.integers(0, 119), st.integers(0, 60)),
    min_size=4,
    max_size=18,
)


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=steps)
def test_figures_equal_a_recount_after_any_steps(town: Town, made: list[tuple[str, int, int, int]]) -> None:
    with transaction.atomic():
        town.cases = []
        at = START
        town.step("file", 0, made[0][2], at)
        for name, which, choice, hours in made:
            at += timedelta(hours=hours)
            town.step(name, which, choice, at)
        for centre in town.shown:
            assert_equals_recount(centre, fiscal_year_of(START.date()))
        assert_equals_recount(town.shown[0], month_of(START.date()))
        assert_equals_recount(town.shown[1], days(date(2026, 8, 19), date(2026, 9, 10)))
        assert upkeep.keep_counts(at)[0] == 0, "no fact differs from its case"
        transaction.set_rollback(True)


def _lead_case(town: Town, at: datetime) -> Case:
    for name, hours in (("file", 0), ("take", 5), ("order", 30), ("report", 90), ("close", 100)):
        town.step(name, 0, 3, at + timedelta(hours=hours))
    return town.cases[0]


def test_stages_are_counted_in_days(town: Town, khonkaen: Centre) -> None:
    case = _lead_case(town, datetime(2026, 11, 2, 9, 0, tzinfo=BANGKOK))
    fact = CaseFact.objects.get(case=case)
    assert (fact.days_to_take, fact.days_to_order, fact.days_at_agency) == (0, 1, 3)
    figures = count_cases([town.shown[0]], month_of(date(2026, 11, 1)))
    assert figures.of(Dimension.DAYS_TO_CLOSE)["4"].closed == 1


def test_facts_have_sex_and_age_only_while_they_are_known(town: Town) -> None:
    case = create_case(town.centres[0], at=datetime(2026, 11, 2, 9, 0, tzinfo=BANGKOK))
    assert (case.fact.sex, case.fact.age_band) == ("", "")
    person = Complainant.objects.create(case=case, source="chip-unverified", sex="2", birth_date="25090000")
    fact = CaseFact.objects.get(case=case)
    assert (fact.sex, fact.age_band) == ("female", "60-74")
    person.delete()
    fact.refresh_from_db()
    assert (fact.sex, fact.age_band) == ("", "")


def test_a_deleted_case_stays_counted(town: Town, khonkaen: Centre) -> None:
    case = create_case(khonkaen, at=datetime(2026, 11, 2, 9, 0, tzinfo=BANGKOK))
    with_history_unlocked(case.delete)
    folding.fold()
    assert count_cases([khonkaen], month_of(date(2026, 11, 1))).total.received == 1
    folding.rebuild()
    assert count_cases([khonkaen], month_of(date(2026, 11, 1))).total.received == 1


def with_history_unlocked(delete: Callable[[], Any]) -> None:
    from tests.unit.central.factories import history_unlocked  # noqa: PLC0415

    with history_unlocked():
        delete()


def test_a_centre_that_moves_takes_its_counts_along(town: Town, khonkaen: Centre, phayao: Centre) -> None:
    district, period = town.centres[2], month_of(date(2026, 11, 1))
    create_case(district, at=datetime(2026, 11, 2, 9, 0, tzinfo=BANGKOK))
    folding.fold()
    district.parent = phayao
    district.save()
    for _ in range(2):
        assert count_cases([khonkaen], period).total.received == 0
        assert count_cases([phayao], period).total.received == 1
        folding.fold()
    assert not CountState.objects.get().needs_rebuild
    assert_equals_recount(phayao, period)


def test_cases_of_an_older_version_get_their_facts(town: Town, khonkaen: Centre) -> None:
    case = _lead_case(town, datetime(2026, 11, 2, 9, 0, tzinfo=BANGKOK))
    for model in (CaseFact, FactChange, MonthlyCount, CountState):
        model.objects.all().delete()
    assert upkeep.keep_counts(clock.now())[0] == 1
    assert CountState.objects.get().is_complete
    assert_equals_recount(case.centre, month_of(date(2026, 11, 1)))
    Case.objects.filter(pk=case.pk).update(topic="debt")  # behind the back of the commands
    assert upkeep.keep_counts(clock.now())[0] == 1
    assert_equals_recount(case.centre, month_of(date(2026, 11, 1)))


def test_a_filter_counts_the_facts_themselves(town: Town, khonkaen: Centre) -> None:
    create_case(khonkaen, area="400101", topic="land", at=datetime(2026, 11, 2, 9, 0, tzinfo=BANGKOK))
    create_case(khonkaen, area="400201", topic="debt", at=datetime(2026, 11, 2, 9, 0, tzinfo=BANGKOK))
    period = month_of(date(2026, 11, 1))
    assert count_cases([khonkaen], period, facts=FactFilter(area="4001")).of(Dimension.TOPIC).keys() == {"land"}
    assert count_cases([khonkaen], period, facts=FactFilter(topic="debt")).of(Dimension.DISTRICT).keys() == {"4002"}


def test_a_step_costs_few_statements(town: Town, khonkaen: Centre) -> None:
    case = create_case(khonkaen)
    with CaptureQueriesContext(connection) as captured:
        commands.take(case, SYSTEM, seen_revision=None)
    own = [query["sql"] for query in captured if "insight_" in query["sql"]]
    assert len(own) <= 4, own


def test_folding_leaves_nothing_behind(town: Town, khonkaen: Centre, ministry: Centre) -> None:
    case = create_case(khonkaen, topic="land")
    folding.fold()
    commands.reclassify(case, SYSTEM, seen_revision=None, topic="debt")
    while folding.fold():
        pass
    assert not FactChange.objects.exists()
    assert not MonthlyCount.objects.filter(value="land").exists(), "a row of zeros"
    agencies_of_the_country = MonthlyCount.objects.filter(centre=ministry, dimension="agency")
    assert not agencies_of_the_country.exists()
    assert Agency.objects.exists()
