"""What the listening does when a case is erased: the post that it was filed from is deleted with its text."""

from typing import Any

from central.cases.models import Case
from central.events import case_erased
from central.listening.models import SocialPost


def connect() -> None:
    """Receive the erasure of cases."""
    case_erased.connect(_on_case_erased, dispatch_uid="listening.case_erased")


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> None:
    SocialPost.objects.filter(case=case).delete()
