"""The audit page: who read and who changed what, within the auditor's centres, filtered, and as a CSV file."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from central.cases import commands
from central.cases.models import Case, PersonalDataRead
from central.centres.models import Centre, Officer
from central.people.roles import Role
from tests.unit.central.factories import create_agency, create_case, create_officer_with
from tests.unit.central.page_text import page_text


@pytest.fixture
def somsri(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.CASE_OFFICER, name="somsri")


@pytest.fixture
def case(khonkaen: Centre) -> Case:
    return create_case(khonkaen)


@pytest.fixture
def auditor(khonkaen: Centre) -> Client:
    client = Client()
    client.force_login(create_officer_with(khonkaen, Role.AUDITOR))
    return client


def read(case: Case, officer: Officer, kind: str = "case", reason: str = "") -> PersonalDataRead:
    return PersonalDataRead.objects.create(case=case, officer=officer, data_kind=kind, reason=reason)


def rows(client: Client, **query: str) -> list[tuple[str, str]]:
    """Case number and person of each row."""
    response = client.get("/desk/audit", query)
    assert response.status_code == 200
    parts = [part.split('"') for part in page_text(response).split('<tr data-case="')[1:]]
    return [(part[0], part[2]) for part in parts]


def test_reads_are_shown_with_person_and_reason(auditor: Client, somsri: Officer, case: Case) -> None:
    read(case, somsri, "person", "โทรถามจุดเกิดเหตุ")
    PersonalDataRead.objects.create(
        case=case, agency=create_agency(case.centre, name_th="อบต.บ้านเป็ด"), data_kind="case"
    )
    assert rows(auditor) == [(case.case_number, "อบต.บ้านเป็ด"), (case.case_number, "somsri")]
    html = page_text(auditor.get("/desk/audit"))
    assert "โทรถามจุดเกิดเหตุ" in html
    assert "ชื่อและการติดต่อ" in html


def test_changes_are_shown_with_their_hash_and_without_notes(auditor: Client, somsri: Officer, case: Case) -> None:
    event = commands.add_note(case, commands.Actor.of(somsri), seen_revision=None, note="ชื่อพยานในบันทึก")
    html = page_text(auditor.get("/desk/audit", {"view": "changes"}))
    assert event.hash[:12] in html
    assert "ชื่อพยานในบันทึก" not in html
    assert [who for _, who in rows(auditor, view="changes")] == ["somsri", "ระบบ"]


def test_filters_select_by_officer_case_kind_and_day(
    auditor: Client, somsri: Officer, case: Case, khonkaen: Centre
) -> None:
    other, other_case = create_officer_with(khonkaen, Role.INTAKE, name="malee"), create_case(khonkaen)
    read(case, somsri)
    read(other_case, other, "page")
    old = read(case, other)
    long_ago = timezone.now() - timedelta(days=30)
    PersonalDataRead.objects.filter(pk=old.pk).update(at=long_ago)
    day = timezone.localdate(long_ago).isoformat()
    assert rows(auditor, officer="somsri") == [(case.case_number, "somsri")]
    assert rows(auditor, number=other_case.case_number) == [(other_case.case_number, "malee")]
    assert rows(auditor, kind="page") == [(other_case.case_number, "malee")]
    assert rows(auditor, since=day, until=day) == [(case.case_number, "malee")]
    assert len(rows(auditor)) == 2
    assert rows(auditor, officer="nobody") == []


def test_other_centres_are_not_audited(somsri: Officer, case: Case, phayao: Centre, ministry: Centre) -> None:
    read(case, somsri)
    for centre, expected in ((phayao, 0), (ministry, 1)):
        client = Client()
        client.force_login(create_officer_with(centre, Role.AUDITOR))
        assert len(rows(client)) == len(rows(client, number=case.case_number)) == expected
        assert len(rows(client, view="changes")) == expected
        assert (case.case_number.encode() in client.get("/desk/audit.csv").content) is bool(expected)


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR, Role.GOVERNOR])
def test_only_auditors_open_the_page(khonkaen: Centre, role: Role) -> None:
    client = Client()
    client.force_login(create_officer_with(khonkaen, role))
    assert client.get("/desk/audit").status_code == client.get("/desk/audit.csv").status_code == 403
    assert "/desk/audit" not in page_text(client.get("/desk/"))


def test_the_csv_file_has_the_rows_of_the_filter(auditor: Client, somsri: Officer, case: Case) -> None:
    read(case, somsri, "person", '=HYPERLINK("http://evil.example")')
    read(case, somsri, "case")
    response = auditor.get("/desk/audit.csv", {"kind": "person"})
    table = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert response["Content-Disposition"].startswith('attachment; filename="audit-reads-')
    assert table[0] == ["time", "who", "what", "case_number", "reason", "hash"]
    assert len(table) == 2
    assert table[1][1:5] == ["somsri", "ชื่อและการติดต่อ", case.case_number, '\'=HYPERLINK("http://evil.example")']
    changes = auditor.get("/desk/audit.csv", {"view": "changes"})
    assert case.events.get().hash[:12] in changes.content.decode()


@pytest.mark.parametrize("name", ["view", "since", "until", "officer", "number", "kind", "page"])
@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30, "0001-01-01", "9999-12-31", "2026-02-30", "ก" * 500, "'"])
def test_odd_filters_show_a_page(auditor: Client, case: Case, name: str, value: str) -> None:
    for path in ("/desk/audit", "/desk/audit.csv"):
        assert auditor.get(path, {name: value}).status_code == 200
        assert auditor.get(path, {"view": "changes", name: value}).status_code == 200


def test_the_number_of_queries_does_not_grow(auditor: Client, somsri: Officer, case: Case) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            auditor.get("/desk/audit")
        return len(captured)

    read(case, somsri)
    auditor.get("/desk/audit")
    few = queries()
    for _ in range(20):
        read(create_case(case.centre), create_officer_with(case.centre, Role.INTAKE))
    assert queries() == few
