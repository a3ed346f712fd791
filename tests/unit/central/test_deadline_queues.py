"""The queues of deadlines: who is in them, one query each, and an index for each."""

from collections.abc import Callable
from copy import copy
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet

from central.cases import queues
from central.cases.models import Case
from central.centres.models import Centre
from tests.unit.central.factories import create_case

TODAY = date(2026, 4, 20)
QUEUES: dict[str, Callable[[QuerySet[Case]], QuerySet[Case]]] = {
    "due_today": lambda cases: queues.due_on(cases, TODAY),
    "overdue": lambda cases: queues.overdue(cases, TODAY),
    "silent": queues.silent,
    "report_due": lambda cases: queues.report_due(cases, TODAY),
}
INDEXES = {
    "due_today": "case_open_due",
    "overdue": "case_open_due",
    "silent": "case_silent",
    "report_due": "case_report_due",
}


def case_with(centre: Centre, **columns: Any) -> Case:
    case = create_case(centre)
    values = {"due": None, "next_report_due": None, **columns}
    Case.objects.filter(pk=case.pk).update(**values)
    return case


@pytest.fixture
def cases(khonkaen: Centre) -> dict[str, Case]:
    day = timedelta(days=1)
    return {
        "due today": case_with(khonkaen, due=TODAY),
        "due tomorrow": case_with(khonkaen, due=TODAY + day),
        "late": case_with(khonkaen, due=TODAY - day),
        "very late": case_with(khonkaen, due=TODAY - 30 * day, escalation_level=1),
        "silent": case_with(khonkaen, escalation_level=3),
        "to report": case_with(khonkaen, next_report_due=TODAY),
        "to report later": case_with(khonkaen, next_report_due=TODAY + day),
        "closed": case_with(
            khonkaen,
            due=TODAY,
            next_report_due=TODAY,
            escalation_level=2,
            status="closed",
            closed_at="2026-04-01T00:00:00Z",
        ),
    }


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        ("due_today", ["due today"]),
        ("overdue", ["very late", "late"]),
        ("silent", ["silent", "very late"]),
        ("report_due", ["to report"]),
    ],
)
def test_a_queue_has_its_open_cases(queue: str, expected: list[str], cases: dict[str, Case]) -> None:
    assert list(QUEUES[queue](Case.objects.all())) == [cases[name] for name in expected]


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_costs_one_query_however_many_cases_it_has(
    queue: str, khonkaen: Centre, django_assert_num_queries: Any
) -> None:
    for _ in range(30):
        case_with(khonkaen, due=TODAY - timedelta(days=queue == "overdue"), next_report_due=TODAY, escalation_level=1)
    with django_assert_num_queries(1):
        assert len(QUEUES[queue](Case.objects.filter(centre__in=Centre.objects.all()))) == 30


def many_cases(centre: Centre, number: int) -> None:
    """Open cases, of which a few are in each queue."""
    sample = case_with(centre)
    rows = []
    for index in range(number):
        row = copy(sample)
        row.pk, row.submission_id, row.case_number, row.tracking_hash = None, uuid4(), f"T{index}", f"T{index}"
        row.due = TODAY + timedelta(days=index - 3)
        row.next_report_due = TODAY + timedelta(days=index - 3) if index % 9 == 0 else None
        row.escalation_level = int(index % 99 == 0)
        rows.append(row)
    Case.objects.bulk_create(rows)


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_uses_its_index(queue: str, khonkaen: Centre) -> None:
    many_cases(khonkaen, 600)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")
    assert INDEXES[queue] in QUEUES[queue](Case.objects.filter(centre=khonkaen)).explain()
