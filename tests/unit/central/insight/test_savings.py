"""Savings: products of counted cases and assumptions that a centre sets and that are shown with the table."""

import io
import re
from datetime import UTC, datetime
from decimal import Decimal

from django.test import Client
from pypdf import PdfReader

from central.centres.models import Centre
from central.insight.models import CaseFact, SavingAssumptions
from central.insight.periods import parse
from central.insight.saving_counts import count_for_savings, load_assumptions
from central.insight.savings import Assumptions, ChannelCases, savings
from central.people.roles import Role
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.served_installation import PASSWORD

# Cases by channel as Khon Kaen published them (docs/facts.md §1).
PUBLISHED = {"counter": 2224, "web": 583, "app": 140, "kiosk": 37}


def test_the_published_counts_add_up_and_baht_are_eight_for_each_km() -> None:
    assumed = Assumptions(distances={"4001": Decimal(10)})
    rows = [savings([ChannelCases(channel, "4001", count)], assumed) for channel, count in PUBLISHED.items()]
    total = savings([ChannelCases(channel, "4001", count) for channel, count in PUBLISHED.items()], assumed)
    assert total.cases == sum(PUBLISHED.values()) == 2984
    assert round(100 * PUBLISHED["kiosk"] / total.cases, 1) == 1.2
    assert all(row.baht == 8 * row.km for row in (*rows, total))
    assert (sum(row.km for row in rows), sum(row.baht for row in rows)) == (total.km, total.baht)
    assert total.km == (583 + 140) * 2 * 10


def test_hours_and_days_follow_from_what_is_assumed() -> None:
    assumed = Assumptions(
        km_per_hour=50, hours_at_hall=Decimal("1.5"), distances={"4007": Decimal(25)}, days_before=Decimal(7)
    )
    saved = savings([ChannelCases("web", "4007", 4, ordered=3, days_to_order=6)], assumed)
    assert (saved.km, saved.hours, saved.baht) == (200, 4 * (1 + Decimal("1.5")), 1600)
    assert saved.days_faster == 5, "7 days before, 2 now"
    assert savings([ChannelCases("web", "4007", 4, 3, 6)], Assumptions()).days_faster is None, (
        "nobody knows the days before"
    )


def test_a_case_without_a_distance_adds_nothing_and_is_told() -> None:
    saved = savings([ChannelCases("web", "", 2), ChannelCases("counter", "", 9)], Assumptions())
    assert (saved.cases, saved.km, saved.baht, saved.without_distance) == (11, 0, 0, 2)


def test_a_centre_sets_distances_and_sees_them_with_the_table(
    khonkaen: Centre, phayao: Centre, desk_client: Client
) -> None:
    director = create_officer_with(khonkaen, Role.DIRECTOR, name="director")
    director.set_password(PASSWORD)
    director.save()
    client, page = client_of(director), "/desk/reports/savings?period=2026-11"
    at = datetime(2026, 11, 10, 3, tzinfo=UTC)
    for channel, area in (("web", "400701"), ("web", "400701"), ("web", ""), ("kiosk", "400701")):
        create_case(khonkaen, at=at, channel=channel, area=area)
    create_case(phayao, at=at, channel="web", area="560101")
    CaseFact.objects.filter(channel="kiosk").update(days_to_order=2)
    values = {"baht_per_km": "8", "km_per_hour": "40", "hours_at_hall": "1", "channels": ["web"], "days_before": "7"}
    action = "/desk/reports/savings/assumptions?period=2026-11"
    refused = client.post(action, values | {"distances": "ดาวอังคาร 35"})
    assert refused.status_code == 422
    assert "ดาวอังคาร 35" in refused.content.decode()
    assert not SavingAssumptions.objects.exists()
    assert client.post(action, values | {"distances": "น้ำพอง 35\n4001 3.5"}).status_code == 302
    assert load_assumptions(khonkaen).distances == {"4007": Decimal(35), "4001": Decimal("3.5")}
    html = re.sub("<wbr>|\u200b", "", client.get(page).content.decode())
    numbers = {
        row: re.findall(r'class="number">([^<]*)<', rest)
        for row, rest in re.findall(r'data-row="(\w+)">(.*?)</tr>', html, re.DOTALL)
    }
    assert numbers["web"] == ["3", "140", "6", "1,120", "–"]
    assert numbers["kiosk"] == ["1", "0", "0", "0", "5.0"]
    assert numbers["total"] == ["4", "140", "6", "1,120", "5.0"]
    assert "จึงไม่ได้นับกิโลเมตร: 1</span></li>" in html
    pdf = client.get("/desk/reports/savings/file.pdf?period=2026-11")
    printed = "".join(each.extract_text() for each in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "1,120" in printed
    assert "× 8" in printed, "the assumptions are printed with the table"
    assert "น้ำพอง 35" in html
    assert 'id="assumptions"' not in desk_client.get(page).content.decode()
    assert desk_client.post(action, values).status_code == 403
    assert load_assumptions(phayao) == Assumptions()


def test_the_count_is_that_of_the_centre_and_those_below(khonkaen: Centre, phayao: Centre, ministry: Centre) -> None:
    at, november = datetime(2026, 11, 10, 3, tzinfo=UTC), parse("2026-11")
    assert november
    create_case(khonkaen, at=at, channel="web", area="400701")
    create_case(phayao, at=at, channel="web", area="560101")
    assert sum(each.cases for each in count_for_savings(khonkaen, november)) == 1
    assert sum(each.cases for each in count_for_savings(ministry, november)) == 2
