"""What a citizen can do on the tracking page: one row for each action, with its form, its command and its sentences.

An action is possible while `refusal` has no reason against it. The commands check again, under the lock of the case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from central.cases import commands
from central.cases.attachments import prepare_files
from central.cases.commands import Actor
from central.cases.models import Case
from central.tracking.forms import CitizenForm, DetailsForm
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

_CLOSED = BilingualText(
    "เรื่องนี้ยุติแล้ว จึงเพิ่มรายละเอียดไม่ได้ สอบถามโทร 1567", "This case is closed, so nothing can be added. Questions: call 1567"
)


@dataclass(frozen=True)
class CitizenAction:
    """One row. `prepare` makes, before any lock, the step of a checked form."""

    title: Callable[[Case], BilingualText]
    form: type[CitizenForm]
    submit: BilingualText
    done: BilingualText
    refusal: Callable[[Case], BilingualText | None]
    prepare: Callable[[Case, Mapping[str, Any]], Callable[[], object]]


def _details_title(case: Case) -> BilingualText:
    if case.current_status is CaseStatus.UNCLEAR:
        return BilingualText("ตอบคำถามของศูนย์", "Answer the centre’s question")
    return BilingualText("เพิ่มรายละเอียดหรือภาพ", "Add details or photos")


def _send_details(case: Case, values: Mapping[str, Any]) -> Callable[[], object]:
    files = prepare_files(values["files"], keep_positions=values["with_place"])
    return lambda: commands.record_details(
        case, Actor.citizen(), seen_revision=None, details=values["text"], attachments=files
    )


DETAILS = CitizenAction(
    title=_details_title,
    form=DetailsForm,
    submit=BilingualText("ส่งให้ศูนย์", "Send to the centre"),
    done=BilingualText(
        "ศูนย์ได้รับสิ่งที่ท่านส่งแล้ว และแจ้งเจ้าหน้าที่ผู้รับผิดชอบแล้ว",
        "The centre has received what you sent, and the officer in charge sees it.",
    ),
    refusal=lambda case: _CLOSED if case.closed_at is not None else None,
    prepare=_send_details,
)
