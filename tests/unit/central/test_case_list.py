"""The desk's home and list of cases: what is counted and shown to whom, filters, orders, pages, saved filters."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from central.cases import commands
from central.cases.case_pages import Sort, format_cursor, parse_cursor
from central.cases.codes import Attention
from central.cases.commands import Actor, ClosingInputs, OrderInputs
from central.cases.models import Case, CaseView, PersonalDataRead
from central.centres.models import Centre, Officer
from central.desk.list_form import CaseListForm
from central.desk.models import MAX_FILTERS, SavedFilter
from central.people.roles import Role
from tests.unit.central import factories
from tests.unit.central.factories import create_agency, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.sql_queries import repeated_queries


@pytest.fixture
def district(khonkaen: Centre) -> Centre:
    return Centre.objects.create(parent=khonkaen, slug="mueang", area_code="4001", name_th="เมือง", name_en="Mueang")


@pytest.fixture
def somsri(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.CASE_OFFICER, name="somsri")


def create_case(centre: Centre, *, at: datetime | None = None, **fields: object) -> Case:
    """A case with exactly these values, also where the clock would set others."""
    case = factories.create_case(centre, at=at, **fields)
    Case.objects.filter(pk=case.pk).update(**{"due": None, **fields})
    case.refresh_from_db()
    return case


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def numbers(client: Client, **query: str) -> list[str]:
    """The case numbers of the list, in its order."""
    response = client.get("/desk/cases", {"status": "", **query})
    assert response.status_code == 200
    return [part.partition('"')[0] for part in page_text(response).split('<tr data-number="')[1:]]


def count(client: Client, queue: str) -> tuple[str, str]:
    """The two counts of a queue on the home page: of the centres, and the officer's own ('' without)."""
    tile = page_text(client.get("/desk/")).partition(f'data-queue="{queue}"')[2].partition("</li>")[0]
    own = tile.partition('data-own="')[2].partition('"')[0]
    return tile.partition('data-count="')[2].partition('"')[0], own


def test_home_counts_by_what_needs_doing(somsri: Officer, khonkaen: Centre) -> None:
    client = signed_in(somsri)
    mine: dict[str, Any] = {"owner": somsri, "status": "checking", "attention": ""}
    create_case(khonkaen)
    create_case(khonkaen, **mine, due=timezone.localdate())
    create_case(khonkaen, **mine, due=timezone.localdate() - timedelta(days=1))
    create_case(khonkaen, **mine, due=timezone.localdate() - timedelta(days=9), closed_at=timezone.now())
    create_case(
        khonkaen, status="ordered", attention="", due=timezone.localdate() - timedelta(days=3), escalation_level=2
    )
    create_case(khonkaen, **mine | {"attention": "returned"})
    create_case(khonkaen, **mine | {"attention": "citizen_answered", "next_report_due": timezone.localdate()})
    for attention in ("agency_answered", "reopened", "decided"):
        create_case(khonkaen, status="checking", attention=attention)
    expected = {
        "new": ("1", "0"),
        "due_today": ("1", "1"),
        "overdue": ("2", "1"),
        "returned": ("1", "1"),
        "agency_answered": ("1", "0"),
        "citizen_answered": ("1", "1"),
        "reopened": ("1", "0"),
        "decided": ("1", "0"),
        "report_due": ("1", "1"),
        "silent": ("1", "0"),
        "unowned": ("5", ""),
        "open": ("9", "4"),
    }
    assert {queue: count(client, queue) for queue in expected} == expected
    for queue, (whole, own) in expected.items():
        assert len(numbers(client, queue=queue)) == int(whole), queue
        assert len(numbers(client, queue=queue, owner="me")) == int(own or 0), queue
    assert 'href="/desk/cases?queue=new&amp;sort=oldest"' in page_text(client.get("/desk/"))


def test_waiting_decisions_are_those_of_the_officers_step(khonkaen: Centre, district: Centre) -> None:
    director = create_officer_with(khonkaen, Role.DIRECTOR)
    governor = create_officer_with(khonkaen, Role.GOVERNOR)
    chief_of_district = create_officer_with(district, Role.DISTRICT_CHIEF)
    for centre, status in ((khonkaen, "to_director"), (khonkaen, "to_governor"), (district, "to_chief")):
        create_case(centre, status=status, attention="")
    for officer in (director, governor, chief_of_district):
        assert count(signed_in(officer), "decision")[0] == "1", officer.username
        (shown,) = numbers(signed_in(officer), queue="decision")
    assert Case.objects.get(case_number=shown).centre == district
    assert count(signed_in(create_officer_with(khonkaen, Role.INTAKE)), "decision") == ("", "")


def test_no_other_centre_is_counted_or_listed(khonkaen: Centre, district: Centre, phayao: Centre) -> None:
    cases = {centre.slug: create_case(centre, area="400101").case_number for centre in (khonkaen, district, phayao)}
    seen = {
        "mueang": {"mueang"},
        "khonkaen": {"khonkaen", "mueang"},
        "phayao": {"phayao"},
        "moi": {"khonkaen", "mueang", "phayao"},
    }
    for slug, visible in seen.items():
        client = signed_in(create_officer_with(Centre.objects.get(slug=slug), Role.CASE_OFFICER))
        assert count(client, "new")[0] == str(len(visible))
        assert set(numbers(client)) == {cases[centre] for centre in visible}
        assert numbers(client, centre="phayao") == ([cases["phayao"]] if "phayao" in visible else numbers(client)), (
            "a centre that is not one's own filters nothing"
        )
        for number in (cases["phayao"], cases["mueang"][7:13]):
            matches = numbers(client, number=number)
            assert set(matches) <= {cases[centre] for centre in visible}
    below = signed_in(create_officer_with(khonkaen.parent or khonkaen, Role.AUDITOR))
    assert set(numbers(below, centre="khonkaen")) == {cases["khonkaen"], cases["mueang"]}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.TECHNICIAN, Role.TEAM_MEMBER])
def test_without_the_right_to_see_cases_nothing_is_shown(khonkaen: Centre, role: Role) -> None:
    case = create_case(khonkaen)
    client = signed_in(create_officer_with(khonkaen, role))
    assert "data-queue" not in page_text(client.get("/desk/"))
    assert numbers(client, status="all") == []
    assert numbers(client, number=case.case_number) == []


def test_each_filter_selects(somsri: Officer, khonkaen: Centre, district: Centre) -> None:
    agency = create_agency(khonkaen, "banped", name_th="อบต.บ้านเป็ด")
    plain = create_case(khonkaen, area="400101").case_number
    chosen = create_case(
        district,
        topic="land",
        subtopic="รุกที่สาธารณะ",
        urgency="urgent",
        mission="land_forest",
        channel="post",
        area="400107",
        due=timezone.localdate() + timedelta(days=3),
    )
    commands.order(chosen, Actor.of(somsri), seen_revision=None, inputs=OrderInputs(lead=agency, text="โปรดตรวจสอบ"))
    Case.objects.filter(pk=chosen.pk).update(due=timezone.localdate() + timedelta(days=3), attention="reopened")
    client, number = signed_in(somsri), chosen.case_number
    for query in (
        {"status": "ordered"},
        {"queue": "reopened"},
        {"topic": "land"},
        {"subtopic": "สาธารณะ"},
        {"owner": "me"},
        {"agency": "บ้านเป็ด"},
        {"agency": "banped"},
        {"centre": "mueang"},
        {"urgency": "urgent"},
        {"mission": "land_forest"},
        {"channel": "post"},
        {"due": "week"},
        {"place": "400107"},
        {"number": number.lower().replace("-", " ")},
        {"number": str(int(number[7:13]))},
    ):
        assert numbers(client, **query) == [number], query
    assert numbers(client, owner="none") == [plain]
    assert set(numbers(client, place="เมืองขอนแก่น")) == {plain, number}
    assert numbers(client, place="ไม่มีที่นี่") == []
    assert set(numbers(client, number=number[:6])) == {plain, number}


def test_open_cases_are_shown_unless_others_are_asked_for(somsri: Officer, khonkaen: Centre) -> None:
    client, case = signed_in(somsri), create_case(khonkaen)
    commands.take(case, Actor.of(somsri), seen_revision=None)
    commands.close(case, Actor.of(somsri), seen_revision=None, inputs=ClosingInputs("explained", "ชี้แจงแล้ว"))
    assert numbers(client) == []
    for query in ({"status": "closed"}, {"status": "all"}, {"number": case.case_number}):
        assert numbers(client, **query) == [case.case_number]
    assert numbers(client, status="closed", owner="me") == [case.case_number]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("is_merged", [False, True])
def test_pages_forward_and_back_show_every_case_once_in_order(
    somsri: Officer, khonkaen: Centre, district: Centre, sort: Sort, is_merged: bool
) -> None:
    start = timezone.now() - timedelta(days=200)
    for index in range(60):
        create_case(
            district if is_merged and index % 3 == 0 else khonkaen,
            at=start + timedelta(hours=index // 2),  # pairs with the same time
            due=None if index % 5 == 0 else timezone.localdate() + timedelta(days=index % 7),
            last_activity_at=None if index % 2 else start + timedelta(days=index % 11),
        )
    if not is_merged:
        district.delete()
    client = signed_in(somsri)
    pages, cursor = [], ""
    while True:
        response = client.get("/desk/cases", {"status": "", "sort": sort.value, "at": cursor})
        html = page_text(response)
        pages.append([part.partition('"')[0] for part in html.split('<tr data-number="')[1:]])
        cursor = _cursor(html, "next")
        if not cursor:
            break
    assert [len(page) for page in pages] == [25, 25, 10]
    shown = [number for page in pages for number in page]
    assert shown == [case.case_number for case in sorted(Case.objects.all(), key=_sort_key(sort))]
    back = _cursor(html, "prev")
    html = page_text(client.get("/desk/cases", {"status": "", "sort": sort.value, "at": back}))
    assert [part.partition('"')[0] for part in html.split('<tr data-number="')[1:]] == pages[1]
    html = page_text(client.get("/desk/cases", {"status": "", "sort": sort.value, "at": _cursor(html, "prev")}))
    assert [part.partition('"')[0] for part in html.split('<tr data-number="')[1:]] == pages[0]
    assert not _cursor(html, "prev")


def _cursor(html: str, direction: str) -> str:
    link = html.partition(f'rel="{direction}" href="?')[2].partition('"')[0]
    return link.partition("at=")[2].partition("&")[0].replace("%7E", "~")


def _sort_key(sort: Sort):  # type: ignore[no-untyped-def]
    far = datetime(2999, 1, 1, tzinfo=timezone.get_current_timezone())

    def key(case: Case) -> tuple[object, int]:
        activity = case.last_activity_at or case.received_at
        return {
            Sort.NEWEST: (-case.received_at.timestamp(), case.pk),
            Sort.OLDEST: (case.received_at.timestamp(), case.pk),
            Sort.DUE: (case.due or far.date(), case.pk),
            Sort.ACTIVE: (-activity.timestamp(), case.pk),
            Sort.QUIET: (activity.timestamp(), case.pk),
        }[sort]

    return key


def test_a_row_is_six_facts_and_marks_what_is_unseen(somsri: Officer, khonkaen: Centre) -> None:
    case = create_case(khonkaen, owner=somsri, due=timezone.localdate() - timedelta(days=1), urgency="most_urgent")
    client = signed_in(somsri)
    html = page_text(client.get("/desk/cases"))
    row = html.partition(f'<tr data-number="{case.case_number}"')[2].partition("</tr>")[0]
    for fact in ("ไฟฟ้า ประปา ถนน", "ไฟฟ้าดับทุกคืน", "อ.เมืองขอนแก่น", "somsri", "รอรับเรื่อง", "เกินกำหนด", "ด่วนที่สุด"):
        assert fact in row
    assert 'class="unseen"' in row
    CaseView.objects.create(case=case, officer=somsri, revision=case.revision, open_at=timezone.now())
    assert 'class="unseen"' not in page_text(client.get("/desk/cases"))
    commands.add_note(case, Actor.of(somsri), seen_revision=None, note="โทรแล้ว")
    assert 'class="unseen"' in page_text(client.get("/desk/cases"))
    assert not PersonalDataRead.objects.exists()


@pytest.mark.parametrize("disclosure", ["withheld", "anonymous"])
def test_a_covered_name_has_no_excerpt(somsri: Officer, khonkaen: Centre, disclosure: str) -> None:
    create_case(khonkaen, name_disclosure=disclosure, text="ข้าพเจ้านายทดสอบ ถูกรังแก")
    html = page_text(signed_in(somsri).get("/desk/cases"))
    assert "ถูกรังแก" not in html
    assert "data-number" in html


def test_the_count_stops(somsri: Officer, khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.cases.listing.MAX_COUNT", 2)
    monkeypatch.setattr("central.desk.list_views.MAX_COUNT", 2)
    monkeypatch.setattr("central.desk.home_views.MAX_COUNT", 2)
    for _ in range(4):
        create_case(khonkaen)
    client = signed_in(somsri)
    assert ">2+</span>" in page_text(client.get("/desk/cases"))
    assert count(client, "new")[0] == "2+"
    assert len(numbers(client)) == 4


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/decisions", "/desk/cases", "/desk/cases?queue=new&topic=utilities&place=4001&sort=due"]
)
def test_the_number_of_queries_does_not_grow(somsri: Officer, khonkaen: Centre, district: Centre, path: str) -> None:
    client, agency = signed_in(somsri), create_agency(khonkaen)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        assert not repeated_queries(captured)
        return len(captured)

    create_case(khonkaen, owner=somsri)
    client.get(path)
    few = queries()
    for index in range(30):
        case = create_case(district if index % 2 else khonkaen, owner=create_officer_with(khonkaen, Role.INTAKE))
        commands.order(case, Actor.of(somsri), seen_revision=None, inputs=OrderInputs(lead=agency, text="โปรดตรวจสอบ"))
    Case.objects.update(attention=Attention.NEW.value)
    assert queries() == few
    assert few <= 16


def test_filters_are_saved_shown_first_and_deleted(somsri: Officer, khonkaen: Centre) -> None:
    client = signed_in(somsri)
    query = "topic=land&sort=due&nonsense=1&at=a~1~1"
    saved = client.post("/desk/filters", {"name": " ที่ดิน  ", "query": query, "default": "on"})
    assert (saved.status_code, saved["Location"]) == (302, "/desk/cases?topic=land&sort=due")
    own = SavedFilter.objects.get()
    assert (own.name, own.query, own.is_default) == ("ที่ดิน", "topic=land&sort=due", True)
    assert client.get("/desk/cases")["Location"] == "/desk/cases?topic=land&sort=due"
    shown = page_text(client.get("/desk/cases?topic=land&sort=due"))
    assert 'data-filter="ที่ดิน"><a href="?topic=land&amp;sort=due" aria-current="true"' in shown
    client.post("/desk/filters", {"name": "ที่ดิน", "query": "topic=land"})
    assert SavedFilter.objects.get().query == "topic=land", "the same name is replaced"
    client.post(f"/desk/filters/{own.pk}/default")
    assert SavedFilter.objects.get().is_default
    other = signed_in(create_officer_with(khonkaen, Role.INTAKE))
    for step in ("delete", "default"):
        other.post(f"/desk/filters/{own.pk}/{step}")
    assert "ที่ดิน</a>" not in page_text(other.get("/desk/cases"))
    assert SavedFilter.objects.get().is_default
    client.post(f"/desk/filters/{own.pk}/delete")
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "ก" * 41])
def test_a_filter_needs_a_short_name(somsri: Officer, name: str) -> None:
    assert signed_in(somsri).post("/desk/filters", {"name": name, "query": ""}).status_code == 422
    assert not SavedFilter.objects.exists()


def test_an_officer_saves_a_limited_number_of_filters(somsri: Officer) -> None:
    client = signed_in(somsri)
    statuses = [client.post("/desk/filters", {"name": f"f{index}"}).status_code for index in range(MAX_FILTERS + 1)]
    assert statuses == [302] * MAX_FILTERS + [422]
    assert client.post("/desk/filters", {"name": "f0", "query": "topic=land"}).status_code == 302


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize(
    "text",
    ["", "x", "a~~", "a~~5", "b~1~2", "a~9" + "9" * 40 + "~1", "a~2026-02-30~1", "a~2026-02-03~1", "a~-1~1", "c~1~1",
     "a~1~" + "9" * 30, "a~๑~๑", "b~~7", "a~9999-12-31~1"],
)  # fmt: skip
def test_an_odd_cursor_shows_a_page(somsri: Officer, khonkaen: Centre, text: str, sort: Sort) -> None:
    create_case(khonkaen)
    cursor = parse_cursor(text, sort)
    assert cursor is None or parse_cursor(format_cursor(cursor), sort) == cursor
    response = signed_in(somsri).get("/desk/cases", {"at": text, "sort": sort.value})
    assert response.status_code == 200


_ODD = (
    "",
    "0",
    "-1",
    "9" * 30,
    "\x1b",
    "%",
    "_",
    "ก" * 300,
    "๑๒",
    "'",
    "closed",
    "all",
    "overdue",
    "none",
    "me",
    "due",
    "25",
)


@pytest.mark.parametrize("seed", range(6))
def test_no_filter_causes_a_server_error(somsri: Officer, khonkaen: Centre, seed: int) -> None:
    chance = random.Random(seed)
    create_case(khonkaen)
    client = signed_in(somsri)
    names = [*CaseListForm.base_fields, "at", "page", "nonsense"]
    for _ in range(40):
        query = {name: chance.choice(_ODD) for name in chance.sample(names, chance.randint(1, 6))}
        assert client.get("/desk/cases", query).status_code in (200, 302), query
        saved = client.post("/desk/filters", {"name": chance.choice(_ODD), "query": chance.choice(_ODD)})
        assert saved.status_code in (302, 422)
