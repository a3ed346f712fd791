"""Steps of the citizen, by the tracking code. An officer enters what came by telephone, by post or at the counter."""

from collections.abc import Sequence
from dataclasses import dataclass

from central.cases.attachments import CleanFile, describe_files, store_files
from central.cases.codes import Attention
from central.cases.commands.step import Actor, kept_attention, locked_case, save_step, workflow_facts
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import ActorKind, EventKind
from central.cases.models import Case, CaseEvent
from central.cases.workflow import Input, target_status
from central.people.roles import Action
from central.pictures import delete_pictures_on_error
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from protocol.rating import MAX_STARS

MAX_CITIZEN_FILES = 40  # of one case: eight messages with five photos. A stolen code must not fill the disk.
MAX_CITIZEN_MESSAGES = 60  # of one case
_PDF = "application/pdf"
_ONE_PDF = BilingualText("ส่งภาพถ่ายได้ไม่เกิน 5 ภาพ หรือ PDF 1 ไฟล์ต่อครั้ง", "Send up to five photos, or one PDF, at a time")
_TOO_MANY_FILES = BilingualText(
    f"เรื่องนี้มีไฟล์จากท่านครบ {MAX_CITIZEN_FILES} ไฟล์แล้ว หากจำเป็นโปรดติดต่อศูนย์ โทร 1567",
    f"This case has {MAX_CITIZEN_FILES} files from you already. If more is needed, call the centre, 1567",
)
_TOO_MANY_MESSAGES = BilingualText(
    "เรื่องนี้มีข้อความจากท่านมากแล้ว โปรดติดต่อศูนย์ โทร 1567",
    "This case has many messages from you already. Please call the centre, 1567",
)

RATED_ALREADY = BilingualText("ท่านให้คะแนนแล้ว ขอบคุณ", "You have rated already. Thank you")


@dataclass(frozen=True)
class Rated:
    """One to five stars for an agency; for the centre `agency_id` is None."""

    agency_id: int | None
    name: str
    stars: int


def record_details(
    case: Case, by: Actor, *, seen_revision: int | None, details: str, attachments: Sequence[CleanFile] = ()
) -> CaseEvent:
    """Record what the citizen answers or adds, with files from `cases.attachments.prepare_files`. It stays internal: it
    may name people. The answer to a question ends the pause of the clock."""
    # Photos alone are an answer too.
    inputs = {Input.DETAILS: details.strip() or bool(attachments)}
    texts = [details]
    with (
        locked_case(case, Action.RECORD_DETAILS, by, seen_revision=seen_revision, inputs=inputs, texts=texts) as locked,
        delete_pictures_on_error() as stored,
    ):
        if by.kind is ActorKind.CITIZEN:
            _check_amount(locked, attachments)
        is_answer = locked.current_status is CaseStatus.UNCLEAR
        event = save_step(
            locked,
            EventKind.RECORD_DETAILS,
            by,
            status=target_status(Action.RECORD_DETAILS, workflow_facts(locked)),
            attention=_attention_after(locked, by, is_answer=is_answer),
            payload={"files": describe_files(attachments)} if attachments else None,
            is_public=True,
            note=details,
        )
        store_files(event, attachments, stored)
        return event


def _check_amount(case: Case, attachments: Sequence[CleanFile]) -> None:
    """Raises NotAllowedError for a mixture of files, and for more than anybody needs."""
    if len(attachments) > 1 and any(each.media_type == _PDF for each in attachments):
        raise NotAllowedError(_ONE_PDF)
    own = case.events.filter(kind=EventKind.RECORD_DETAILS.value, actor=ActorKind.CITIZEN.value)
    if own.count() >= MAX_CITIZEN_MESSAGES:
        raise NotAllowedError(_TOO_MANY_MESSAGES)
    if attachments and case.attachments.filter(event__in=own).count() + len(attachments) > MAX_CITIZEN_FILES:
        raise NotAllowedError(_TOO_MANY_FILES)


def _attention_after(case: Case, by: Actor, *, is_answer: bool) -> Attention | None:
    """What the case waits for. Details beside a question do not hide that it waits for something else already."""
    if by.kind is not ActorKind.CITIZEN:
        return None if is_answer else kept_attention(case)
    return Attention.CITIZEN_ANSWERED if is_answer else kept_attention(case) or Attention.CITIZEN_ANSWERED


def rate(case: Case, by: Actor, *, seen_revision: int | None, ratings: Sequence[Rated], comment: str = "") -> CaseEvent:
    """The citizen rates who worked on the case, once after each closing."""
    inputs = {Input.RATING: bool(ratings) and all(1 <= each.stars <= MAX_STARS for each in ratings)}
    with locked_case(case, Action.RATE, by, seen_revision=seen_revision, inputs=inputs, texts=[comment]) as locked:
        if was_rated(locked):
            raise NotAllowedError(RATED_ALREADY)
        payload = {
            "round": locked.reopened_count,
            "ratings": [{"agency": each.agency_id, "name": each.name, "stars": each.stars} for each in ratings],
        }
        return save_step(locked, EventKind.RATE, by, attention=kept_attention(locked), payload=payload, note=comment)


def was_rated(case: Case) -> bool:
    """Whether the citizen has rated since the last closing."""
    return case.events.filter(kind=EventKind.RATE.value, payload__round=case.reopened_count).exists()
