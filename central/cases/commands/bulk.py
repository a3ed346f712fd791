"""One step on many cases: the same command for each, one transaction each, and a sentence for each that was refused.

What was done stays done when a later case is refused. A repeated form changes nothing: it carries the revision of each
case as the list showed it, and the first run has raised them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import DatabaseError

from central.cases.errors import NotAllowedError
from central.cases.models import Case
from protocol.bilingual_text import BilingualText

MAX_BULK = 200  # about two seconds; one screen of the longest page
_NOT_FOUND = BilingualText("ไม่พบเรื่องนี้ในศูนย์ของท่าน", "This case is not at your centre")
_NOT_SAVED = BilingualText("ระบบบันทึกไม่สำเร็จ โปรดลองอีกครั้ง", "It could not be saved. Please try again")
TOO_MANY = BilingualText(
    f"ทำพร้อมกันได้ไม่เกิน {MAX_BULK} เรื่อง โปรดเลือกให้น้อยลง ยังไม่มีเรื่องใดถูกเปลี่ยนแปลง",
    f"At most {MAX_BULK} cases can be changed at once. Please select fewer; nothing has been changed",
)

Step = Callable[[Case, int], object]  # the command, given the case and the revision that the officer saw


@dataclass(frozen=True)
class SelectedCase:
    """A row that an officer selected, as the list showed it."""

    number: str
    revision: int


@dataclass(frozen=True)
class BulkResult:
    """What became of one case. `refusal` None: the step was made."""

    number: str
    refusal: BilingualText | None = None


def run_bulk(selected: Sequence[SelectedCase], cases: Mapping[str, Case], step: Step) -> list[BulkResult]:
    """Make the step on each selected case. `cases` are those the officer may see, by number. Raises NotAllowedError
    for more than MAX_BULK, before anything is changed."""
    if len(selected) > MAX_BULK:
        raise NotAllowedError(TOO_MANY)
    return [BulkResult(each.number, _refusal(each, cases.get(each.number), step)) for each in selected]


def _refusal(selected: SelectedCase, case: Case | None, step: Step) -> BilingualText | None:
    if case is None:
        return _NOT_FOUND
    try:
        step(case, selected.revision)
    except NotAllowedError as error:
        return error.sentence
    except DatabaseError:
        return _NOT_SAVED
    return None
