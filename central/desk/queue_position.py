"""The place of a case in the list that the officer came from: `list` in the URL is the query of that list."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from central.cases.models import Case
from central.centres.models import Officer
from central.desk.list_form import build_list

_MAX_QUERY_CHARS = 300


@dataclass(frozen=True)
class QueuePosition:
    """The numbers of the cases before and after this one in the list, '' at its ends. `query` is that of the list."""

    query: str
    previous: str
    next: str


def list_query(request: HttpRequest) -> str:
    """The query of the list that the officer came from, '' for the whole list and for one that is too long."""
    query = request.POST.get("list") or request.GET.get("list") or ""
    return query if len(query) <= _MAX_QUERY_CHARS and query.isprintable() else ""


def queue_position(officer: Officer, case: Case, query: str) -> QueuePosition:
    """The neighbours of a case. The case itself may have left the list by the step just saved."""
    _, cases = build_list("th", QueryDict(query), officer)
    return QueuePosition(query, *cases.neighbours(case))
