"""The point of an incident: read from what people write, set by who may, and shown to who may see it."""

import math
import time
from collections import Counter
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from central.cases import commands
from central.cases.attachments import prepare_files
from central.cases.commands import Actor, NotAllowedError, OrderInputs
from central.cases.coordinates import (
    OUTSIDE,
    SWAPPED,
    UNREADABLE,
    CoordinatesError,
    cover_coordinates,
    parse_coordinates,
)
from central.cases.models import Case, CasePoint
from central.cases.points import agency_words, can_see_point
from central.centres.models import Centre
from central.insight.clusters import CountedPoints, cell_degrees, clusters, mark_pixels
from central.insight.figures import EVERY_FACT
from central.insight.periods import month_of
from central.insight.points import MapBox, PointQuery
from central.letters.case_values import case_values
from central.letters.kinds import Audience
from central.people.roles import Role
from tests.unit.central import sample_files
from tests.unit.central.citizen_page import upload
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.factories import actor_with, create_agency, create_case, create_officer_with

PLACE = (16.4321, 102.8361)


@pytest.mark.parametrize(
    "text",
    [
        "16.43210, 102.83610",
        "16.4321 102.8361",
        "๑๖.๔๓๒๑๐, ๑๐๒.๘๓๖๑๐",
        "พิกัด 16.4321°N, 102.8361°E หน้าวัด",
        "ตำแหน่งของเครื่อง 16.43210, 102.83610",  # as the page for citizens writes it
        "https://maps.example/@16.4321,102.8361,17z",
        "https://maps.example/?q=16.4321%2C102.8361",
        "16°25'55.56\"N 102°50'09.96\"E",
    ],
)
def test_coordinates_are_read_as_people_write_them(text: str) -> None:
    assert parse_coordinates(text) == PLACE


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", UNREADABLE),
        ("หน้าวัดโพธิ์", UNREADABLE),
        ("16, 102", UNREADABLE),
        ("5.10.2569 10.30", UNREADABLE),
        ("102.8361, 16.4321", SWAPPED),
        ("48.8566, 102.3522", OUTSIDE),
        ("0.00, 0.00", OUTSIDE),
        ("999.99, 999.99", OUTSIDE),
    ],
)
def test_another_text_has_one_sentence(text: str, sentence: object) -> None:
    with pytest.raises(CoordinatesError) as raised:
        parse_coordinates(text)
    assert raised.value.sentence == sentence


def test_a_text_made_of_spaces_is_read_at_once() -> None:
    begins = time.process_time()
    for text in ("1.11" + 490 * " ", "1.11" + 160 * " " + "lon" + 330 * " ", "1°1'" + 490 * " "):
        with pytest.raises(CoordinatesError):
            parse_coordinates(text)
    assert time.process_time() - begins < 0.5  # 7 s and more when each space is tried with each other


@settings(max_examples=40)
@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        latitude, longitude = parse_coordinates(text)
    except CoordinatesError:
        return
    assert math.isfinite(latitude + longitude)


_DEGREES = st.tuples(st.floats(5.6, 20.4), st.floats(97.4, 105.6))


@settings(max_examples=40)
@given(st.lists(_DEGREES, max_size=40), st.integers(5, 19))
def test_marks_have_every_point_once_and_never_overlap(places: list[tuple[float, float]], zoom: int) -> None:
    degrees = cell_degrees(zoom)
    points = [
        CountedPoints(
            int(latitude // degrees), int(longitude // degrees), "400101", 1, latitude, longitude, str(number)
        )
        for number, (latitude, longitude) in enumerate(places)
    ]
    made = clusters(points, degrees)
    assert sum(each.count for each in made) == len(places)
    assert len({each.cell for each in made}) == len(made)
    assert all(bool(each.number) == (each.count == 1) for each in made)
    pixels = (256 << zoom) / 360  # of a degree of longitude; a degree of latitude has more
    for one, other in combinations(made, 2):
        radii = (mark_pixels(one.count) + mark_pixels(other.count)) / 2
        distance = max(abs(one.latitude - other.latitude), abs(one.longitude - other.longitude)) * pixels
        assert distance >= radii - 2e-6 * pixels, "positions have six decimal places"


def test_an_officer_sets_and_removes_the_point_on_the_page(khonkaen: Centre, desk_client: Client) -> None:
    case = create_case(khonkaen)
    url = f"/desk/cases/{case.case_number}"
    refused = desk_client.post(f"{url}/point", {"coordinates": "102.8361, 16.4321"})
    assert refused.status_code == 409
    assert SWAPPED.th in refused.content.decode().replace("\u200b", "").replace("<wbr>", "")
    assert 'value="102.8361, 16.4321"' in refused.content.decode(), "what was typed is not lost"
    assert desk_client.post(f"{url}/point", {"coordinates": "16.4321, 102.8361"}).status_code == 302
    page = desk_client.get(url)
    assert "16.43210, 102.83610" in page.content.decode()
    assert "geolocation=(self)" in page["Permissions-Policy"]
    assert not any("16.4321" in str(event.payload) for event in case.events.all()), "history outlives an erasure"
    assert desk_client.post(f"{url}/point", {"coordinates": " "}).status_code == 302
    assert not CasePoint.objects.exists()
    with pytest.raises(NotAllowedError):
        commands.set_point(case, actor_with(khonkaen, Role.AUDITOR), seen_revision=None, coordinates="16.43, 102.83")


def test_the_team_of_the_tambon_sets_it(khonkaen: Centre) -> None:
    team = create_officer_with(khonkaen, Role.TEAM_MEMBER)
    team.memberships.update(tambons="400101")
    case, elsewhere = create_case(khonkaen), create_case(khonkaen, area="400201")
    commands.set_point(case, Actor.of(team), seen_revision=None, coordinates="16.43, 102.83")
    with pytest.raises(NotAllowedError):
        commands.set_point(elsewhere, Actor.of(team), seen_revision=None, coordinates="16.43, 102.83")
    assert [point.case for point in CasePoint.objects.all()] == [case]


def test_a_citizen_sends_it_in_words_or_with_a_photo(khonkaen: Centre) -> None:
    written = create_case(khonkaen)
    fresh = Case.objects.get(pk=written.pk)
    fresh.pk, fresh.case_number, fresh.tracking_hash = None, "KKN07A-999999-51", "f" * 64
    fresh.submission_id = "0192f0c4-7a5e-7cc3-8d11-5f0b2a9e4d10"
    fresh.location_note = "หน้าวัด https://maps.example/@16.4321,102.8361,17z"
    commands.create_case(fresh)
    assert (fresh.point.latitude, fresh.point.longitude, fresh.point.source) == (*PLACE, "citizen")
    photos = prepare_files([upload(sample_files.photo(position=True))], keep_positions=True)
    commands.take(written, actor_with(khonkaen, Role.CASE_OFFICER), seen_revision=None)
    commands.record_details(written, Actor.citizen(), seen_revision=None, details="ตามภาพ", attachments=photos)
    assert CasePoint.objects.get(case=written).source == "citizen"
    commands.record_details(fresh, Actor.citizen(), seen_revision=None, details="ตามภาพ", attachments=photos)
    fresh.point.refresh_from_db()
    assert fresh.point.latitude == PLACE[0], "the first point stays until somebody sets another"


def _with_point(centre: Centre, number: int, **fields: object) -> Case:
    case = create_case(centre, at=datetime(2026, 11, 3, 3, 0, tzinfo=UTC), **fields)
    CasePoint.objects.create(
        case=case, latitude=16.4321 + number / 1e4, longitude=102.8361, source="officer", set_at=case.received_at
    )
    return case


def test_the_point_of_a_confidential_case_is_for_those_who_work_on_it(khonkaen: Centre) -> None:
    district = Centre.objects.create(parent=khonkaen, slug="mueang", area_code="4001", name_th="เมือง", name_en="Mueang")
    officer, above = create_officer(district, "somchai"), create_officer(khonkaen, "malee")
    plain = _with_point(district, 0)
    secret = [_with_point(district, 1, topic="corruption"), _with_point(district, 2, name_disclosure="withheld")]
    auditor = create_officer_with(district, Role.AUDITOR)
    assert all(can_see_point(officer, case) for case in (plain, *secret))
    for other in (above, auditor):
        assert can_see_point(other, plain)
        assert not any(can_see_point(other, case) for case in secret)
    query = "period=2026-11"
    view = f"{query}&zoom=19&west=97&south=5&east=106&north=21"
    for viewer, count in ((officer, 3), (above, 1)):
        client = client_of(viewer)
        answer = client.get(f"/desk/reports/points.json?{view}").json()
        assert answer["count"] == sum(each["count"] for each in answer["clusters"]) == count
        html = client.get(f"/desk/reports/points?{query}").content.decode()
        assert f'id="count">{count}<' in html
        assert ('id="hidden-points"' in html) == (count == 1)
        assert "16.4322" not in html or count == 3
        assert "16.4322" not in client.get(f"/desk/cases/{secret[0].case_number}").content.decode() or count == 3


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("พิกัด 16.43210, 102.83610 ข้างวัด", "พิกัด ▪▪▪ ข้างวัด"),
        ("๑๖.๔๓๒๑, ๑๐๒.๘๓๖๑", "▪▪▪"),
        ("16.43 N, 102.83 E", "▪▪▪ E"),
        ("16°25'55.56\"N 102°50'09.96\"E", "▪▪▪ ▪▪▪"),
        ("ดู https://maps.app.goo.gl/AbC123 ครับ", "ดู ▪▪▪ ครับ"),
        ("7P52CRJP+VC บ้าน", "▪▪▪ บ้าน"),
        ("47Q 812345 1823456", "▪▪▪"),
        ("ค่าน้ำ 120.50 บาท เวลา 10.30 น. โทร 0812345678", "ค่าน้ำ 120.50 บาท เวลา 10.30 น. โทร 0812345678"),
    ],
)
def test_every_way_to_write_a_point_is_covered_and_other_numbers_stay(text: str, covered: str) -> None:
    assert cover_coordinates(text) == covered


@settings(max_examples=40)
@given(st.floats(5.6, 20.4), st.floats(97.4, 105.6), st.integers(2, 7))
def test_no_point_can_be_read_from_a_covered_text(latitude: float, longitude: float, decimals: int) -> None:
    covered = cover_coordinates(f"บ้าน {latitude:.{decimals}f}, {longitude:.{decimals}f} หลังวัด")
    with pytest.raises(CoordinatesError):
        parse_coordinates(covered)


def test_words_and_photos_of_a_confidential_case_show_no_point_either(khonkaen: Centre) -> None:
    district = Centre.objects.create(parent=khonkaen, slug="mueang", area_code="4001", name_th="เมือง", name_en="Mueang")
    words = {"location_note": "พิกัด 16.43210, 102.83610", "text": "บ้านที่ 16.43210 102.83610 ขายยา"}
    case = _with_point(district, 1, topic="drugs", **words)
    photos = prepare_files([upload(sample_files.photo(position=True))], keep_positions=True)
    commands.record_details(
        case, Actor.citizen(), seen_revision=None, details="16.43210, 102.83610", attachments=photos
    )
    at = case.attachments.get().position
    url = f"/desk/cases/{case.case_number}"
    for viewer, sees in ((create_officer(district, "somchai"), True), (create_officer(khonkaen, "malee"), False)):
        client = client_of(viewer)
        for page in (url, f"{url}/print"):
            html = client.get(page).content.decode()
            assert ("16.43210" in html, "102.83610" in html, at in html) == (sees,) * 3, page
    lead, copy = create_agency(district), create_agency(district)
    by = actor_with(district, Role.CASE_OFFICER)
    commands.order(case, by, seen_revision=None, inputs=OrderInputs(lead=lead, copies=(copy,)))
    shown = [agency_words(case.referrals.get(agency=agency))(words["text"]) for agency in (lead, copy)]
    assert shown == [words["text"], "บ้านที่ ▪▪▪ ขายยา"]
    assert case_values(case, None, None, Audience.OFFICE)["{statement}"] == "บ้านที่ ▪▪▪ ขายยา"


def test_the_map_has_the_own_centres_and_the_chosen_period_only(khonkaen: Centre, phayao: Centre) -> None:
    _with_point(khonkaen, 0)
    _with_point(phayao, 1, area="560101")
    client = client_of(create_officer(khonkaen, "malee"))
    view = "zoom=8&west=97&south=5&east=106&north=21"
    assert client.get(f"/desk/reports/points.json?period=2026-11&{view}").json()["count"] == 1
    assert client.get(f"/desk/reports/points.json?period=2026-10&{view}").json()["count"] == 0
    whole = f"/desk/reports/points.json?period=fy2027&{view}"
    assert client.get(f"{whole}&month=2026-11").json()["count"] == 1
    assert client.get(f"{whole}&month=2026-12").json()["count"] == 0
    for bad in ("zoom=x", "zoom=99", view.replace("west=97", "west=nan"), "zoom=3"):
        assert client.get(f"/desk/reports/points.json?{bad}").status_code == 404, bad


def test_the_database_counts_the_points_of_each_cell(khonkaen: Centre) -> None:
    case = create_case(khonkaen, at=datetime(2026, 11, 3, 3, 0, tzinfo=UTC))
    for number in range(40):
        _with_point(khonkaen, number * number)
    period = month_of(date(2026, 11, 1))
    query = PointQuery(create_officer(khonkaen, "malee"), khonkaen, period, EVERY_FACT)
    degrees = cell_degrees(14)
    expected = Counter(int((16.4321 + number * number / 1e4) // degrees) for number in range(40))
    made = query.clusters(degrees)
    assert {each.cell[0]: each.count for each in made} == expected
    assert {bool(each.number) for each in made if each.count == 1} == {True}
    count, extent = query.extent()
    assert (count, extent and extent.south, extent and extent.north) == (40, 16.4321, 16.4321 + 39 * 39 / 1e4)
    part = MapBox(102, 16, 103, 16.4321 + 9 * 9 / 1e4)
    assert sum(each.count for each in query.clusters(degrees, part)) == 10, "without the case that has no point"
    assert case.case_number not in {each.number for each in made}


def test_tiles_come_from_no_server_but_the_one_that_is_set(
    khonkaen: Centre, desk_client: Client, settings: Any
) -> None:
    page = desk_client.get("/desk/reports/points")
    assert "img-src 'self' data:;" in page["Content-Security-Policy"]
    assert 'data-tiles=""' in page.content.decode()
    settings.MAP_TILES, settings.MAP_TILES_ORIGIN = "https://tiles.test/{z}/{x}/{y}.png", "https://tiles.test"
    page = desk_client.get("/desk/reports/points")
    assert "img-src 'self' data: https://tiles.test;" in page["Content-Security-Policy"]
    assert "tiles.test" not in desk_client.get("/desk/reports")["Content-Security-Policy"]
    rings = desk_client.get("/desk/reports/points/areas.json").json()["rings"]
    assert rings
    assert all(101 < longitude < 104 for ring in rings for longitude, _ in ring), "the own province only"
