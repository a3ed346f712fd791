"""What messages do when a case is erased."""

from typing import Any

from central.cases.models import Case
from central.events import case_erased
from central.messages.models import SentForm


def connect() -> None:
    """Receive the erasure of cases."""
    case_erased.connect(_on_case_erased, dispatch_uid="messages.case_erased")


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> None:
    SentForm.objects.filter(case=case).delete()
