"""The database reads the lists of cases by their indexes, without reading or sorting every case (decision 0058)."""

import random
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from central.cases.case_filter import CaseFilter
from central.cases.case_pages import Sort
from central.cases.listing import ListQuery
from central.cases.models import Case
from central.cases.scopes import action_scope
from central.cases.work_queues import WorkQueue
from central.centres.models import Centre
from central.people.roles import Action, Role
from tests.bench._desk_pages import case_row
from tests.unit.central.factories import create_officer_with

TODAY = timezone.localdate()
# What is filtered, for an officer of two centres: the index that serves it.
INDEXES = [
    (CaseFilter(), "case_open"),
    (CaseFilter(sort=Sort.OLDEST), "case_open"),
    (CaseFilter(status="all"), "case_recent"),
    (CaseFilter(status="ordered"), "case_queue"),
    (CaseFilter(queue=WorkQueue.NEW), "case_attention"),
    (CaseFilter(queue=WorkQueue.RETURNED), "case_attention"),
    (CaseFilter(queue=WorkQueue.OVERDUE, sort=Sort.DUE), "case_open_due"),
    (CaseFilter(queue=WorkQueue.DUE_TODAY, sort=Sort.DUE), "case_open_due"),
    (CaseFilter(sort=Sort.DUE), "case_open_due"),
    (CaseFilter(queue=WorkQueue.SILENT), "case_silent"),
    (CaseFilter(queue=WorkQueue.REPORT_DUE), "case_report_due"),
    (CaseFilter(sort=Sort.QUIET), "case_activity"),
    (CaseFilter(sort=Sort.ACTIVE), "case_activity"),
    (CaseFilter(number="000123"), "case_running_number"),
]
EVERYWHERE = [(CaseFilter(), "case_open_everywhere"), (CaseFilter(status="all"), "case_recent_everywhere")]


CASES = 8_000


def fill(centres: list[int]) -> None:
    """A history of which one case in twenty is open, and one in two hundred due today."""
    chance, now = random.Random(1), timezone.now()
    rows = []
    for number in range(CASES):
        status = chance.choice(("received", "ordered")) if number % 20 == 0 else "closed"
        case = case_row(Case, number, status, now - timedelta(hours=CASES - number), None, centres, chance)
        case.due = TODAY + timedelta(days=chance.randint(-5, 20))
        case.escalation_level = int(number % 200 == 0)
        case.next_report_due = TODAY if number % 200 == 100 else None
        rows.append(case)
    Case.objects.bulk_create(rows)
    if connection.vendor == "postgresql":  # as autovacuum does
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def plan(query: ListQuery) -> str:
    """The plan of the first query of a page, the one that finds its rows."""
    with CaptureQueriesContext(connection) as captured:
        query.page(None, 25)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {captured.captured_queries[0]['sql']}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_lists_read_an_index_and_no_whole_table(khonkaen: Centre, ministry: Centre) -> None:
    district = Centre.objects.create(parent=khonkaen, slug="mueang", area_code="4001", name_th="เมือง", name_en="Mueang")
    fill([khonkaen.pk, district.pk])
    wrong = []
    for centre, expected in ((khonkaen, INDEXES), (ministry, EVERYWHERE)):
        officer = create_officer_with(centre, Role.CASE_OFFICER)
        scope = action_scope(officer, Action.VIEW_CASES)
        for wanted, index in expected:
            shown = plan(ListQuery(officer, scope, wanted, TODAY, {}))
            reads_all = "Seq Scan on cases_case" in shown or "SCAN cases_case\n" in f"{shown}\n"
            if reads_all or index not in shown:
                wrong.append(f"{index} for {wanted}:\n{shown}")
    assert not wrong, "\n\n".join(wrong)
