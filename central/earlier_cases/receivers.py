"""What the import does when a case is erased. The earlier number stays, so that it is not imported again."""

from typing import Any

from central.cases.models import Case
from central.earlier_cases.models import ImportedCase
from central.events import case_erased


def connect() -> None:
    """Receive the erasure of cases."""
    case_erased.connect(_on_case_erased, dispatch_uid="earlier_cases.case_erased")


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> None:
    ImportedCase.objects.filter(case=case).update(content_hash="")
