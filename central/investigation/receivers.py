"""What investigation files do when a case is erased: they go with it."""

from typing import Any

from central.cases.models import Case
from central.events import case_erased
from central.investigation.models import Evidence, Investigation


def connect() -> None:
    """Receive the erasure of cases."""
    case_erased.connect(_on_case_erased, dispatch_uid="investigation.case_erased")


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> list[str]:
    files = Evidence.objects.filter(investigation__case=case).exclude(file="").values_list("file", flat=True)
    names = list(files)
    Investigation.objects.filter(case=case).delete()
    return names
