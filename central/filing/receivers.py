"""What filing does when a case is erased. The key stays, so that a phone that sends again makes no second case."""

from typing import Any

from central.cases.models import Case
from central.events import case_erased
from central.filing.models import FiledSubmission


def connect() -> None:
    """Receive the erasure of cases."""
    case_erased.connect(_on_case_erased, dispatch_uid="filing.case_erased")


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> None:
    FiledSubmission.objects.filter(case=case).update(content_hash="")
