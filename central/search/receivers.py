"""What the search does when a case is erased: nothing of it stays in the index when that is committed."""

from typing import Any

from central.cases.models import Case
from central.events import case_erased
from central.search.indexing import index_cases


def connect() -> None:
    """Receive the erasure of cases."""
    case_erased.connect(_on_case_erased, dispatch_uid="search.case_erased")


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> None:
    index_cases([case.pk])
