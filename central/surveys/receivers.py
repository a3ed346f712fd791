"""What surveys do when a case is erased: forget that its citizen took part."""

from typing import Any

from central.cases.models import Case
from central.events import case_erased
from central.surveys.models import SurveyParticipation


def connect() -> None:
    """Receive the erasure of cases."""
    case_erased.connect(_on_case_erased, dispatch_uid="surveys.case_erased")


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> None:
    SurveyParticipation.objects.filter(case=case).delete()
