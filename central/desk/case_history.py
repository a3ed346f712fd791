"""The history of a case as its page shows it: events with their marks and hashes, and who has viewed the case."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from central.cases import reading
from central.cases.audio_cleaning import AUDIO
from central.cases.codes import OUTCOMES, RESPONDENT_TYPES
from central.cases.commands.citizen_rights import DATA_RIGHTS
from central.cases.event_kinds import (
    CITIZENS_WORDS,
    COVERED_FILES,
    COVERED_NOTES,
    EVENT_NAMES,
    LETTER_NOTES,
    ActorKind,
    EventKind,
)
from central.cases.identification import IDENTIFICATIONS
from central.cases.models import Attachment, Case, CaseEvent, Complainant
from central.cases.points import can_see_point, shown_words
from central.cases.recording_encoding import encoding_sentence
from central.cases.viewing import LastView, unseen_events
from central.centres.models import Officer
from central.centres.wording import official_text
from central.desk import labels
from central.desk.document_rows import ShownState, shown_state
from central.documents.models import Document
from central.letters.kinds import KINDS, LetterKind
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from protocol.rating import MAX_STARS
from thai import dates

_READS_SHOWN = 10
_HASH_CHARS = 10
_ACTORS = {
    ActorKind.AGENCY: BilingualText("หน่วยงาน", "The agency"),
    ActorKind.CITIZEN: BilingualText("ผู้ร้อง", "The citizen"),
    ActorKind.SYSTEM: BilingualText("ระบบ", "The system"),
}


@dataclass(frozen=True)
class ShownFile:
    """An attached file, and how far it is read. `thumbnail` is an address of data, '' before it is read. `is_repeated`:
    the case has the same file in an earlier event, or before it in this one."""

    attachment: Attachment
    reading: ShownState
    thumbnail: str = field(repr=False)
    is_repeated: bool
    encoding: str = ""  # why a recording cannot be played
    place: str = ""  # where a photo was taken, for who sees the point of the case

    @property
    def is_recording(self) -> bool:
        """Whether it is played."""
        return self.attachment.media_type == AUDIO


@dataclass(frozen=True)
class ShownEvent:
    """One event. `is_unseen`: it is newer than the officer's last view. `is_message`: a part of the conversation with
    the citizen; `is_from_citizen`: it has the citizen's words. Words and files are not shown if `is_covered`."""

    seq: int
    when: str
    by: str
    text: str
    public_text: str
    note: str
    is_public: bool
    is_unseen: bool
    short_hash: str
    files: Sequence[ShownFile]  # none while they are covered
    is_message: bool
    is_from_citizen: bool
    is_covered: bool
    file_count: int


@dataclass(frozen=True)
class ShownRead:
    when: str
    by: str
    kind: str
    reason: str


def shown_events(
    case: Case,
    officer: Officer,
    language: str,
    last_view: LastView | None = None,
    complainant: Complainant | None = None,
) -> list[ShownEvent]:
    """All events, newest first. In five queries. The citizen's own words and the note of an import are covered like a
    letter: see `reading.may_read_words`, which also says what `complainant` is."""
    rows = case.events.select_related("by", "texts").prefetch_related("attachments__document")
    events = list(rows.order_by("-at", "-id"))
    owners = _owner_names(events)
    unseen = unseen_events(events, officer, case.revision, last_view)
    may_read = reading.may_read_words(officer, case, complainant)
    sees_point, words = can_see_point(officer, case), shown_words(officer, case)
    repeated = _repeated_files(events)
    shown = []
    for event in events:
        texts, files = getattr(event, "texts", None), list(event.attachments.all())
        is_from_citizen = event.kind in CITIZENS_WORDS
        has_covered_note = event.kind in COVERED_NOTES and texts is not None and bool(texts.note)
        has_covered_files = event.kind in COVERED_FILES and bool(files)
        is_covered = not may_read and (is_from_citizen or has_covered_note or has_covered_files)
        public_text = words(texts.public_text) if texts else ""
        entry = ShownEvent(
            seq=event.seq or 0,
            when=dates.short_datetime(event.at, language),
            by=_actor_name(event, language),
            text=_event_text(event, case, language, owners),
            public_text=public_text,
            note=words(texts.note) if texts and not is_covered else "",
            is_public=event.is_public,
            is_unseen=event.pk in unseen,
            short_hash=event.hash[:_HASH_CHARS],
            files=[] if is_covered else [_shown_file(row, language, row.pk in repeated, sees_point) for row in files],
            is_message=is_from_citizen or (bool(public_text) and event.actor != ActorKind.SYSTEM.value),
            is_from_citizen=is_from_citizen,
            is_covered=is_covered,
            file_count=len(files),
        )
        shown.append(entry)
    return shown


def shown_reads(case: Case, language: str) -> list[ShownRead]:
    """The last readings of the case and its personal data."""
    return [
        ShownRead(
            when=dates.short_datetime(read.at, language),
            by=read.reader,
            kind=labels.label(labels.DATA_KIND, read.data_kind, language),
            reason=read.reason,
        )
        for read in case.reads.select_related("officer", "agency")[:_READS_SHOWN]
    ]


def _repeated_files(events: Iterable[CaseEvent]) -> set[int]:
    """The files that the case had before, by their content as it is stored."""
    files = sorted((file for event in events for file in event.attachments.all()), key=lambda file: file.pk)
    seen: set[str] = set()
    repeated = set()
    for file in files:
        if file.sha256 in seen:
            repeated.add(file.pk)
        seen.add(file.sha256)
    return repeated


def _shown_file(attachment: Attachment, language: str, is_repeated: bool, sees_point: bool) -> ShownFile:
    document: Document | None = getattr(attachment, "document", None)
    small = b64encode(document.thumbnail).decode() if document and document.thumbnail else ""
    return ShownFile(
        attachment,
        shown_state(document, language),
        f"data:image/jpeg;base64,{small}" if small else "",
        is_repeated,
        encoding=encoding_sentence(attachment.encoding, language),
        place=attachment.position if sees_point else "",
    )


def _owner_names(events: Iterable[CaseEvent]) -> dict[int, str]:
    ids = {event.payload["owner"] for event in events if event.payload.get("owner")}
    return {pk: officer.display_name for pk, officer in Officer.objects.in_bulk(ids).items()} if ids else {}


def _actor_name(event: CaseEvent, language: str) -> str:
    if event.by:
        return event.by.display_name
    return _ACTORS[ActorKind(event.actor)].in_language(language) if event.actor in _ACTORS else ""


def _event_text(event: CaseEvent, case: Case, language: str, owners: dict[int, str]) -> str:
    kind = EventKind(event.kind)
    if kind in (EventKind.OLD_STATUS, EventKind.RECEIVED):
        status = event.status or event.value or str(event.payload.get("value", ""))
        return official_text(CaseStatus(status), case.centre, language)
    detail = _event_detail(event, kind, language, owners)
    name = EVENT_NAMES[kind].in_language(language)
    return f"{name}: {detail}" if detail else name


def _event_detail(event: CaseEvent, kind: EventKind, language: str, owners: dict[int, str]) -> str:
    """What the payload of the event says: the agency, the owner, the date, the outcome, the other case or centre."""
    payload = event.payload
    if kind in LETTER_NOTES:
        name = KINDS[LetterKind(payload["letter_kind"])].name.in_language(language)
        return f"{name} {payload.get('number', '')}"
    if kind is EventKind.IMPORTED:
        return " · ".join(str(payload[name]) for name in ("earlier_number", "agency") if name in payload)
    if "agencies" in payload:
        return ", ".join(payload["agencies"])
    if "agency_name" in payload:
        return str(payload["agency_name"])
    if payload.get("owner"):
        return owners.get(payload["owner"], "")
    if kind in (EventKind.LINK_DUPLICATE, EventKind.UNLINK_DUPLICATE):
        return str(payload.get("lead_case", ""))
    if "type" in payload:
        return labels.label(RESPONDENT_TYPES, str(payload["type"]), language)
    if kind is EventKind.REQUEST_DATA:
        return labels.label(DATA_RIGHTS, str(payload.get("right", "")), language)
    if kind is EventKind.RENEW_CODE:
        return labels.label(IDENTIFICATIONS, str(payload.get("identified_by", "")), language)
    if kind is EventKind.RATE:
        return " · ".join(f"{each['name']} {each['stars']}/{MAX_STARS}" for each in payload.get("ratings", ()))
    if "outcome" in payload:
        return labels.label(OUTCOMES, str(payload["outcome"]), language)
    if kind is EventKind.MOVE_CENTRE:
        return f"{payload.get('from', '')} → {payload.get('to', '')}"
    if kind in (EventKind.SET_DUE, EventKind.DUE_MOVED, EventKind.OLD_DUE):
        return _date_text(str(payload.get("after") or payload.get("value") or event.value), language)
    return event.value or str(payload.get("value", ""))


def _date_text(text: str, language: str) -> str:
    try:
        return dates.short_date(date.fromisoformat(text), language)
    except ValueError:
        return "–"
