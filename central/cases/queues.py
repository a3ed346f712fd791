"""Queues of open cases by their deadline. Each takes a query of cases and narrows it, with one index, in one query.

`cases` are those an officer may see (`reading.visible_cases`); the indexes begin with the centre."""

from datetime import date

from django.db.models import QuerySet

from central.cases.models import Case


def due_on(cases: QuerySet[Case], day: date) -> QuerySet[Case]:
    """Open cases whose last day is this one."""
    return cases.filter(closed_at=None, due=day).order_by("due", "pk")


def overdue(cases: QuerySet[Case], today: date) -> QuerySet[Case]:
    """Open cases whose last day has passed, the oldest first."""
    return cases.filter(closed_at=None, due__lt=today).order_by("due", "pk")


def silent(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Open cases whose agency is silent for at least one level of escalation, the highest level first."""
    return cases.filter(closed_at=None, escalation_level__gt=0).order_by("-escalation_level", "pk")


def report_due(cases: QuerySet[Case], today: date) -> QuerySet[Case]:
    """Open complex cases whose next report of progress is due today or was due before."""
    return cases.filter(closed_at=None, next_report_due__lte=today).order_by("next_report_due", "pk")
