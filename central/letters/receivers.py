"""What becomes of letters when the data of a case is erased: drafts go, numbered letters keep kind, number and day."""

from typing import Any

from central.cases.models import Case
from central.events import case_erased
from central.letters.kinds import LetterState
from central.letters.texts import FIELDS


def connect() -> None:
    """Receive the erasure of a case."""
    case_erased.connect(_on_case_erased, dispatch_uid="letters.case_erased")


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> None:
    case.letters.filter(state=LetterState.DRAFT.value).delete()
    texts = dict.fromkeys((*FIELDS, "signer_name", "signer_position", "cancel_reason"), "")
    case.letters.update(**texts, pdf=None, names_complainant=False)
