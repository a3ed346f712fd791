"""Counts that the database makes anew are those of counting fact by fact."""

import random
from collections import defaultdict
from datetime import date, timedelta

from central.centres.models import Centre
from central.insight import folding
from central.insight.facts import MEASURES, SETTLED
from central.insight.models import CaseFact, MonthlyCount
from tests.unit.central.factories import create_agency


def _fact(chance: random.Random, centre: Centre, agencies: list[int]) -> CaseFact:
    received = date(2026, 1, 20) + timedelta(days=chance.randint(0, 200))
    closed = chance.choice((None, received, received + timedelta(days=chance.choice((3, 40, 500)))))
    rated = chance.choice((None, received + timedelta(days=50)))
    return CaseFact(
        centre=centre,
        area=chance.choice(("", "400101", "400102", "4002", "560101")),
        topic=chance.choice(("land", "debt")),
        channel=chance.choice(("web", "kiosk")),
        outcome=chance.choice((*sorted(SETTLED), "withdrawn")) if closed else "",
        agency_id=chance.choice((None, *agencies)),
        sex=chance.choice(("", "male")),
        age_band=chance.choice(("", "75")),
        received_on=received,
        closed_on=closed,
        reopened_on=chance.choice((None, received + timedelta(days=9))),
        rated_on=rated,
        in_time=chance.choice((None, True, False)) if closed else None,
        stars=chance.choice((None, 2, 5)) if rated else None,
        agency_stars=chance.choice((None, 1, 4)) if rated else None,
        days_to_take=chance.choice((None, 0, 900)),
        days_to_order=chance.choice((None, 4)),
        days_at_agency=chance.choice((None, 7, 8)),
        subtopic=chance.choice(("", "road")),
        strategy=chance.choice(("", "green")),
    )


def test_counts_made_anew_are_those_of_each_fact(khonkaen: Centre, phayao: Centre, ministry: Centre) -> None:
    district = Centre.objects.create(parent=khonkaen, slug="d4001", area_code="4001", name_th="เมือง", name_en="Mueang")
    agencies = [create_agency(khonkaen, "roads").pk, create_agency(khonkaen, "water").pk]
    chance = random.Random(7)
    CaseFact.objects.bulk_create(
        _fact(chance, chance.choice((district, khonkaen, phayao, ministry)), agencies) for _ in range(300)
    )
    assert folding.rebuild() == 300
    expected: folding.Sums = defaultdict(lambda: [0] * len(MEASURES))
    above = folding.summed_centres()
    for fact in CaseFact.objects.all():
        folding.add_up(expected, above, fact.values, 1)
    rows = MonthlyCount.objects.values_list("centre", "dimension", "month", "value", *MEASURES)
    assert {tuple(row[:4]): list(row[4:]) for row in rows} == {
        (centre, dimension.value, month, value): counts
        for (centre, dimension, month, value), counts in expected.items()
        if any(counts)
    }
    assert {row[0] for row in rows} == {khonkaen.pk, phayao.pk, ministry.pk}
