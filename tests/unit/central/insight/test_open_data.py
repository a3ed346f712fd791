"""Open data: what its rows add to the published tables gives no small count away, and files are kept as they were."""

import csv
import gzip
import io
import json
import re
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from central.cases import clock
from central.centres.models import Centre
from central.cli import main
from central.insight.models import CaseFact, OpenDataFile
from central.insight.open_data import FIELDS, make_file, make_open_data, open_data_state
from central.insight.open_rows import CentreTree, CountedCase, OpenRow, open_rows
from central.insight.periods import month_of
from central.insight.suppression import SMALLEST, hide_month
from central.people.roles import Role
from tests.unit.central.factories import create_officer_with

NODES = {"root": "", "p1": "40", "d1": "4001", "d2": "4002", "own1": "40", "p2": "56"}
BELOW = {"root": ["p1", "p2"], "p1": ["d1", "d2", "own1"]}
ABOVE = {"root": [], "p1": ["root"], "d1": ["p1", "root"], "d2": ["p1", "root"], "own1": ["p1", "root"], "p2": ["root"]}
LEAVES = ("d1", "d2", "own1", "p2")
TOPICS = ("land", "help", "safety")
TREE = CentreTree(ABOVE, NODES)
_TAMBONS = {"d1": ("400101", "400102"), "d2": ("400201",), "own1": ("400301", ""), "p2": ("560101", "560102")}

Counts = dict[tuple[str, str, str, bool], int]  # node, topic, area, closed → cases
counts = st.one_of(st.just(0), st.integers(0, 6), st.integers(5, 14))
towns = st.fixed_dictionaries(
    {
        (leaf, topic, area, closed): counts
        for leaf in LEAVES
        for topic in TOPICS
        for area in _TAMBONS[leaf]
        for closed in (False, True)
    }
)


def _cases(town: Counts) -> list[CountedCase]:
    return [
        CountedCase(node, topic, area, closed)
        for (node, topic, area, closed), count in town.items()
        for _ in range(count)
    ]


def _leaves(node: str) -> list[str]:
    return [leaf for child in BELOW[node] for leaf in _leaves(child)] if node in BELOW else [node]


def _table(town: Counts, node: str, topic: str) -> int:
    return sum(count for (leaf, its, _, _), count in town.items() if leaf in _leaves(node) and its == topic)


def _hidden(town: Counts) -> dict[str, frozenset[str]]:
    tables = {leaf: {topic: _table(town, leaf, topic) for topic in TOPICS} for leaf in LEAVES}
    return dict(hide_month("root", BELOW, tables, TOPICS))


def _published(town: Counts, hidden: dict[str, frozenset[str]]) -> list[OpenRow]:
    return open_rows(_cases(town), TREE, hidden, dict.fromkeys(NODES, frozenset()))


@settings(max_examples=60, deadline=None)
@given(town=towns)
def test_the_rows_with_all_tables_give_no_small_count_away(town: Counts) -> None:
    hidden = _hidden(town)
    rows = _published(town, hidden)
    groups = Counter((row.area, row.topic) for row in rows)
    assert all(count >= SMALLEST for count in groups.values()), "rows that look alike are at least five"
    assert all(count >= SMALLEST for count in Counter(rows).values()), "with their state too"
    for topic in TOPICS:
        in_file = {area: count for (area, its), count in groups.items() if its == topic}
        for node in ("d1", "d2", "p2"):
            named = sum(count for area, count in in_file.items() if area.startswith(NODES[node]))
            assert named == (0 if topic in hidden[node] else _table(town, node, topic)), "as its published table says"
        left_out = _visible_above(town, hidden, topic) - sum(in_file.values())
        assert 0 <= left_out < SMALLEST, "the total follows from tables; fewer than five without an area are left out"


def _visible_above(town: Counts, hidden: dict[str, frozenset[str]], topic: str) -> int:
    """The cases of the largest centres whose published tables show the topic."""
    tops = [node for node in NODES if topic not in hidden[node] and all(topic in hidden[up] for up in ABOVE[node])]
    return sum(_table(town, node, topic) for node in tops)


def test_a_hidden_neighbour_does_not_show_in_a_district() -> None:
    town: Counts = {
        ("d1", "land", "400101", False): 9,
        ("d1", "land", "400102", False): 2,
        ("d2", "land", "400201", False): 3,
    }
    town |= {("d2", "help", "400201", False): 12, ("p2", "land", "560101", False): 20}
    rows = Counter((row.area, row.topic) for row in _published(town, _hidden(town)))
    assert rows["4001", "land"] == 11, "two cases of a tambon take the nine of the other with them"
    assert not any(area.startswith("4002") for area, _ in rows)


@given(town=towns)
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_cases_changes_nothing(town: Counts) -> None:
    hidden, cases = _hidden(town), _cases(town)
    areas: dict[str, frozenset[str]] = dict.fromkeys(NODES, frozenset())
    there = open_rows(cases, TREE, hidden, areas)
    assert there == open_rows(reversed(cases), TREE, hidden, areas)


OCTOBER, TODAY = month_of(date(2026, 10, 1)), date(2026, 11, 30)


@pytest.fixture
def october(khonkaen: Centre) -> list[CaseFact]:
    facts = [("land", "400101", 12), ("land", "400102", 3), ("corruption", "400101", 30), ("help", "400201", 2)]
    facts.append(("safety", "400101", 6))  # hidden with the two cases of help
    return CaseFact.objects.bulk_create(
        CaseFact(centre=khonkaen, topic=topic, area=area, channel="web", received_on=date(2026, 10, day % 28 + 1))
        for topic, area, count in facts
        for day in range(count)
    )


@pytest.fixture(autouse=True)
def _in_november() -> object:
    with clock.steps_made_at(datetime(2026, 11, 30, 2, 0, tzinfo=UTC)):
        yield


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_a_file_has_the_fields_of_the_standard_and_no_small_count(october: list[CaseFact]) -> None:
    file = make_file(OCTOBER, TODAY)
    rows = _rows(bytes(file.csv))
    assert tuple(rows[0]) == FIELDS
    assert {row["service_code"] for row in rows} == {"land"}, "no confidential topic, no two cases"
    assert Counter(row["address_id"] for row in rows) == {"40": 15}, "three of twelve would be told"
    assert {row["requested_datetime"] for row in rows} == {"2026-10-01T00:00:00+07:00"}
    assert {row["status"] for row in rows} == {"open"}
    assert all(not row[name] for row in rows for name in ("description", "lat", "long", "media_url", "zipcode"))
    assert rows[0]["service_request_id"] == "2026-10-000001"


def test_a_file_is_made_once_and_stays_as_it_was(october: list[CaseFact]) -> None:
    file = make_file(OCTOBER, TODAY)
    CaseFact.objects.filter(topic="land").update(topic="help")
    assert bytes(make_file(OCTOBER, TODAY).csv) == bytes(file.csv)
    with pytest.raises(ValueError, match="has not ended"):
        make_file(month_of(TODAY), TODAY)


def test_json_is_made_once_and_sent_packed(october: list[CaseFact]) -> None:
    file = make_file(OCTOBER, TODAY)
    state = open_data_state()
    state.is_on = True
    state.save()
    plain = Client().get("/open-data/2026-10.json")
    packed = Client().get("/open-data/2026-10.json", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert packed.content == bytes(file.json)
    assert json.loads(gzip.decompress(packed.content)) == json.loads(plain.content)


def test_the_administrator_publishes_at_the_desk(october: list[CaseFact], khonkaen: Centre, ministry: Centre) -> None:
    client, name = Client(), "somsri"
    client.force_login(create_officer_with(ministry, Role.ADMINISTRATOR, name=name))
    of_province, director = (
        create_officer_with(khonkaen, Role.ADMINISTRATOR),
        create_officer_with(ministry, Role.DIRECTOR),
    )
    for other, status in ((of_province, 200), (director, 403)):
        stranger = Client()
        stranger.force_login(other)
        page = stranger.get("/desk/open-data?month=2026-10")
        assert (page.status_code, 'id="preview' in page.content.decode()) == (status, False)
        assert stranger.get("/desk/open-data/2026-10.csv").status_code == 403
        assert stranger.post("/desk/open-data/state", {"step": "on", "licence": "X"}).status_code == 403
        assert stranger.post("/desk/open-data/files", {"month": "2026-10"}).status_code == 403
    html = client.get("/desk/open-data?month=2026-10").content.decode()
    shown = re.findall(r'<td class="number">(\d+)</td>', html.split('id="preview-figures"')[1].split("</table>")[0])
    # Received, confidential, left out, rows; with tambon, district, province, country; without a state.
    assert shown == ["53", "30", "8", "15", "0", "0", "15", "0", "0"]
    assert client.post("/desk/open-data/files", {"month": "2026-10"}).status_code == 404, "not published yet"
    assert client.post("/desk/open-data/state", {"step": "on", "licence": ""}).status_code == 422
    assert client.post("/desk/open-data/state", {"step": "on", "licence": "CC0"}).status_code == 302
    assert client.post("/desk/open-data/files", {"month": "2026-11"}).status_code == 404, "it has not ended"
    assert client.post("/desk/open-data/files", {"month": "2026-10"}).status_code == 302
    file = OpenDataFile.objects.get()
    assert (file.licence, file.row_count, file.made_by and file.made_by.username) == ("CC0", 15, name)
    assert client.get("/desk/open-data?month=2026-10").content.decode().count("preview-figures") == 0
    assert client.post("/desk/open-data/state", {"step": "off"}).status_code == 302
    assert Client().get("/open-data/2026-10.csv").status_code == 404
    assert client.get("/desk/open-data/2026-10.csv").content == bytes(file.csv), "a copy for the desk"
    state = open_data_state()
    assert (state.is_on, state.changed_by) == (False, file.made_by)


def test_nothing_is_published_before_it_is_switched_on(
    october: list[CaseFact], capsys: pytest.CaptureFixture[str]
) -> None:
    client, now = Client(), datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
    assert make_open_data(now) == 0
    paths = ("/open-data", "/open-data/catalogue.json", "/open-data/2026-10.csv")
    assert {client.get(path).status_code for path in paths} == {404}
    licence = ("--licence", "Open Government Licence", "--licence-url", "https://licence.example/")
    assert main(["open-data", "on", *licence]) == 0
    assert make_open_data(now) == 1
    assert make_open_data(now) == 0
    html = client.get("/open-data?lang=en").content.decode()
    assert "Open Government Licence" in html
    assert "/open-data/2026-10.csv" in html
    table = _rows(client.get("/open-data/2026-10.csv").content)
    records = json.loads(client.get("/open-data/2026-10.json").content)
    assert [{name: value or None for name, value in row.items()} for row in table] == records
    described = client.get("/open-data/catalogue.json").json()
    assert {each["rows"] for each in described["dcat:distribution"]} == {len(table)}
    assert set(described["dictionary"]) == set(FIELDS)
    for path in ("/open-data/2026-09.csv", "/open-data/2026-10.xml", "/open-data/x.csv", "/open-data/fy2027.csv"):
        assert client.get(path).status_code == 404, path
    assert main(["open-data", "off"]) == 0
    assert client.get("/open-data").status_code == 404
    assert OpenDataFile.objects.count() == 1
    assert not open_data_state().is_on
    assert main(["open-data", "make", "2026-13"]) == 2
    assert main(["open-data", "list"]) == 0
    assert capsys.readouterr().out.startswith("2026-10\t15\t")
